"""From which day to which, on the command line: for what is counted by day."""

import argparse
from datetime import date


def add_days(parser: argparse.ArgumentParser) -> None:
    """For what is counted by day."""
    parser.add_argument("--since", type=day, metavar="DAY", help="such as 2026-01-31")
    parser.add_argument("--until", type=day, metavar="DAY", help="this day not included")


def days_of(arguments: argparse.Namespace) -> tuple[str, str]:
    """From which day on, and to which: what ``Ledger.counts`` takes for all where none was named."""
    return arguments.since or "", arguments.until or "~"


def day(text: str) -> str:
    """A day as counters name it, which is by UTC."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it like 2026-01-31") from None
