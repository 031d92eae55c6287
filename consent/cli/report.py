"""``consent report``: one HTML file that shows how visitors choose."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from consent.cli.records import moment
from consent.cli.site import add_settings, load_site
from consent.errors import SettingsError
from consent.records.base import StoreError
from consent.records.stats import stats
from consent.report.figures import THRESHOLD
from consent.report.page import render_report

SUMMARY = "Write a report with plots: acceptance by time, category, language, region and source, and more."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_settings(parser)
    parser.add_argument("--output", metavar="PATH", default="consent-report.html", help="default: consent-report.html")
    parser.add_argument("--since", type=moment, metavar="DAY", help="such as 2026-01-31")
    parser.add_argument("--until", type=moment, metavar="DAY", help="this day not included")
    parser.add_argument(
        "--threshold",
        type=int,
        default=THRESHOLD,
        metavar="N",
        help=f"languages and regions with fewer choices are not shown (default: {THRESHOLD})",
    )


def run(arguments: argparse.Namespace) -> int:
    try:
        site = load_site(arguments)
        since = arguments.since.date().isoformat() if arguments.since else ""
        until = arguments.until.date().isoformat() if arguments.until else "~"
        with site.ledger() as ledger:
            figures = stats(ledger.counts(since=since, until=until))
        html = render_report(
            figures,
            site=site.settings.site.name,
            now=datetime.now(UTC),
            span=_span(since, until),
            threshold=arguments.threshold,
            own=site.settings.site.templates,
        )
        _write(Path(arguments.output), html)
    except SettingsError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return 1
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{arguments.output}: {figures.chosen:,} choices")
    return 0


def _write(path: Path, html: str) -> None:
    try:
        path.write_text(html, "utf-8")
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error})", code="consent.E079", remedy="Name another place"
        ) from error


def _span(since: str, until: str) -> str:
    if not since and until == "~":
        return "All records"
    return f"Records from {since or 'the first'} to {'the last' if until == '~' else f'before {until}'}"
