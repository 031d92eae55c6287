"""``consent report``: one HTML file that shows how visitors choose."""

import argparse
import sys
from datetime import UTC, datetime

from consent.cli.output import EVERYBODY, write_file
from consent.cli.records import add_days, number
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
    add_days(parser)
    parser.add_argument(
        "--threshold",
        type=number,
        default=THRESHOLD,
        metavar="N",
        help=f"languages and regions with fewer choices are not shown (default: {THRESHOLD})",
    )


def run(arguments: argparse.Namespace) -> int:
    try:
        site = load_site(arguments)
        since, until = arguments.since or "", arguments.until or "~"
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
        write_file(arguments.output, [html], EVERYBODY)
    except SettingsError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return 1
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{arguments.output}: {figures.chosen:,} choices")
    return 0


def _span(since: str, until: str) -> str:
    if not since and until == "~":
        return "All records"
    return f"Records from {since or 'the first'} to {'the last' if until == '~' else f'before {until}'}"
