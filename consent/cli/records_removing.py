"""Commands that take records away: a visitor's, or those whose time is over."""

import argparse
import asyncio
import sys
from datetime import UTC, datetime

from consent.cli.counting import counted
from consent.cli.progress import Progress
from consent.cli.site import CommandSite
from consent.records.ledger import Selection
from consent.records.rows import moment_text


def run_erase(site: CommandSite, arguments: argparse.Namespace) -> int:
    keeper = site.keeper()
    try:
        # What waits in the spool would come back after the erasure.
        drained = asyncio.run(keeper.drain())
    finally:
        keeper.close()
    if not drained:
        print("consent.W025 records still wait in the spool: erase again when the store has them", file=sys.stderr)
    now = moment_text(datetime.now(UTC))
    with site.ledger() as ledger:
        gone = ledger.erase(arguments.receipt, key=site.keys[0], at=now, known=site.keys[1:])
        ledger.forget_notices()
    print(f"{counted(gone, 'record')} erased" if gone else "there is no record of this receipt")
    return 0 if gone and drained else 1


def run_purge(site: CommandSite, arguments: argparse.Namespace) -> int:
    span = arguments.older_than or site.settings.records.retention
    before = datetime.now(UTC) - span
    with site.ledger() as ledger:
        total = ledger.total(Selection(until=before))
        if arguments.dry_run:
            print(f"{counted(total, 'record')} older than {counted(span.days, 'day')}")
            return 0
        gone, keys = 0, site.keys
        with Progress("purging", total) as progress:
            while batch := ledger.purge(before, key=keys[0], at=moment_text(datetime.now(UTC)), known=keys[1:]):
                gone += batch
                progress.step(batch)
        ledger.forget_notices()
    print(f"{counted(gone, 'record')} older than {counted(span.days, 'day')} purged")
    return 0
