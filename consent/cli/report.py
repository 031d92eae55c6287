"""``consent report``: one HTML file that shows how visitors choose."""

import argparse
from datetime import UTC, datetime

from consent.cli.days import add_days, days_of
from consent.cli.output import EVERYBODY, write_file
from consent.cli.records import number
from consent.cli.site import add_settings, load_site
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
    site = load_site(arguments)
    since, until = days_of(arguments)
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
    print(f"{arguments.output}: {figures.chosen:,} choices")
    return 0


def _span(since: str, until: str) -> str:
    if not since and until == "~":
        return "All records"
    return f"Records from {since or 'the first'} to {'the last' if until == '~' else f'before {until}'}"
