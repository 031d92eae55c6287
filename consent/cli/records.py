"""``consent records``: list, show, verify, export, erase and purge what was kept, and count it."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from consent.cli import records_reading, records_removing
from consent.cli.days import add_days
from consent.cli.site import CommandSite, add_settings, load_site
from consent.records.base import Event
from consent.records.replay import LAYERS
from consent.settings.durations import retention
from consent.settings.faults import Fault

SUMMARY = "List, show, verify, export, erase, purge or count the records of choices."

FORMATS = ("csv", "jsonl", "iso27560")
RUN: dict[str, Callable[[CommandSite, argparse.Namespace], int]] = {
    "list": records_reading.run_list,
    "show": records_reading.run_show,
    "verify": records_reading.run_verify,
    "export": records_reading.run_export,
    "stats": records_reading.run_stats,
    "erase": records_removing.run_erase,
    "purge": records_removing.run_purge,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_settings(parser)
    what = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    listing = _add(what, "list", "The newest records, one a line.")
    _add_selection(listing)
    listing.add_argument("--limit", type=number, default=20, metavar="N", help="so many at most (default: 20)")
    show = _add(what, "show", "One record in full, or the banner its visitor saw.")
    show.add_argument("id", metavar="ID", help="the record's id")
    show.add_argument("--html", action="store_true", help="write the page as the visitor saw it to standard output")
    show.add_argument("--layer", choices=LAYERS, help="which page (default: banner); with --html or without")
    verify = _add(what, "verify", "Find every edit, deletion, insertion, reordering and cut; exits 1 if there is any.")
    verify.add_argument(
        "--anchor", metavar="PATH", help="compare with the heads kept in this file, then keep the present ones in it"
    )
    export = _add(what, "export", "Records as CSV, JSON lines, or in the shape of ISO/IEC TS 27560.")
    _add_selection(export)
    export.add_argument("--format", choices=FORMATS, default="jsonl", help="default: jsonl")
    export.add_argument("--output", metavar="PATH", help="default: standard output")
    erase = _add(what, "erase", "Take away every record of one receipt (GDPR Art. 17); the chain stays whole.")
    erase.add_argument("receipt", metavar="RECEIPT", help="the receipt id, as the visitor's receipt page shows it")
    purge = _add(what, "purge", "Take away records older than records.retention.")
    purge.add_argument("--older-than", type=_span, metavar="DURATION", help='instead of records.retention: "3 years"')
    purge.add_argument("--dry-run", action="store_true", help="only say how many there are")
    stats = _add(what, "stats", "How many chose what.")
    add_days(stats)
    stats.add_argument("--json", action="store_true", help="as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    return RUN[arguments.what](load_site(arguments), arguments)


def _add(
    what: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, summary: str
) -> argparse.ArgumentParser:
    parser = what.add_parser(name, help=summary, description=summary)
    add_settings(parser)
    return parser


def _add_selection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--receipt", metavar="RECEIPT", help="of one visitor")
    parser.add_argument("--event", choices=[event.value for event in Event], help="of one kind")
    parser.add_argument("--since", type=moment, metavar="DAY", help="such as 2026-01-31 or 2026-01-31T10:00")
    parser.add_argument("--until", type=moment, metavar="DAY", help="this moment not included")


def moment(text: str) -> datetime:
    """A day or a moment of the command line; UTC where no zone is named."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it like 2026-01-31") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _span(text: str) -> timedelta:
    span = retention(text)
    if isinstance(span, Fault):
        raise argparse.ArgumentTypeError(f"{span.message}. {span.remedy}")
    return span


def number(text: str) -> int:
    """From 1 up; what is more than a machine counts to is as much as it counts to."""
    if not text.isdecimal() or not text.strip("0"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 up")
    return int(text) if len(text) < len(str(sys.maxsize)) else sys.maxsize
