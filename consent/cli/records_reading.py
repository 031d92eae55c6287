"""Commands that read records and change nothing."""

import argparse
import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from consent.cli.counting import counted
from consent.cli.days import days_of
from consent.cli.output import write_file, write_output
from consent.cli.progress import Progress
from consent.cli.site import CommandSite
from consent.records.anchor import Anchor, make_anchor
from consent.records.base import StoreError
from consent.records.exporting import Controller, formats, plain
from consent.records.ledger import Selection
from consent.records.replay import LAYERS, replay
from consent.records.rows import Row
from consent.records.stats import Share, Stats, stats
from consent.records.verifying import Extent, verify

NAMED = 20
"""Findings that are printed; the first is what matters."""


def run_list(site: CommandSite, arguments: argparse.Namespace) -> int:
    with site.ledger() as ledger:
        for row in islice(ledger.rows(_selection(arguments), newest_first=True), arguments.limit):
            print(_line(row))
    return 0


def run_show(site: CommandSite, arguments: argparse.Namespace) -> int:
    with site.ledger() as ledger:
        row = ledger.row(arguments.id)
        if row is None:
            raise StoreError(
                f"there is no record {arguments.id}",
                code="consent.E077",
                remedy="See the ids with consent records list; it may have been erased or purged",
            )
        notice = ledger.notice(str(row["notice"])) if row["notice"] else None
        if arguments.html or arguments.layer:
            if notice is None:
                raise StoreError(
                    f"what was shown with record {arguments.id} was not kept",
                    code="consent.E077",
                    remedy="Records of version 0.1 have no notice; for others, run consent records verify",
                )
            write_output([replay(notice, row, arguments.layer or LAYERS[0]), "\n"])
            return 0
    for name, value in plain(row).items():
        if isinstance(value, dict):
            print(f"{name:<15}{'' if value else '-'}")
            for key, allowed in value.items():
                print(f"  {'yes' if allowed else 'no ':<5}{key}")
        else:
            print(f"{name:<15}{'-' if value in ('', None) else value}")
    print(f"{'shown':<15}{'kept: see it with --html' if notice else 'not kept'}")
    return 0


def run_verify(site: CommandSite, arguments: argparse.Namespace) -> int:
    path = Path(arguments.anchor) if arguments.anchor else None
    extent, found = Extent(), 0
    with site.ledger() as ledger:
        with Progress("verifying", sum(chain.length for chain in ledger.chains())) as progress:
            looking = verify(ledger, site.keys, anchor=_anchor(path), extent=extent, progress=progress.step)
            for finding in looking:
                found += 1
                if found <= NAMED:
                    progress.close()
                    print(f"consent.E076  {finding}")
        told = f"{counted(extent.records, 'record')} and {counted(extent.tombstones, 'tombstone')}"
        told = f"{told} in {counted(extent.chains, 'chain')}, {counted(extent.notices, 'notice')}"
        if found:
            more = f", {found - NAMED} more than are named" if found > NAMED else ""
            print(f"{told}: {counted(found, 'finding')}{more}")
            return 1
        if path is not None:
            write_file(arguments.anchor, [json.dumps(make_anchor(ledger.chains()))])
    print(f"{told}: all is as it was written")
    return 0


def run_export(site: CommandSite, arguments: argparse.Namespace) -> int:
    write = formats(_controller(site))[arguments.format]
    selection = _selection(arguments)
    # The bar goes when writing ends, however it does: a generator that is merely left ends later.
    with site.ledger() as ledger, Progress("exporting", ledger.total(selection)) as progress:
        lines = write(progress.over(ledger.rows(selection)))
        if arguments.output is None:
            write_output(lines)
        else:
            write_file(arguments.output, lines)
    return 0


def run_stats(site: CommandSite, arguments: argparse.Namespace) -> int:
    since, until = days_of(arguments)
    with site.ledger() as ledger:
        figures = stats(ledger.counts(since=since, until=until))
    print(json.dumps(_told(figures), indent=2) if arguments.json else _table(figures))
    return 0


def _selection(arguments: argparse.Namespace) -> Selection:
    return Selection(receipt=arguments.receipt, event=arguments.event, since=arguments.since, until=arguments.until)


def _anchor(path: Path | None) -> Anchor | None:
    if path is None or not path.exists():
        return None
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}  # the findings say that it cannot be read
    return content if isinstance(content, dict) else {}


def _controller(site: CommandSite) -> Controller:
    settings = site.settings
    return Controller(
        site=settings.site.name,
        controller=settings.site.controller,
        privacy_policy=settings.site.privacy_policy,
        withdrawal=settings.paths.mount,
        retention=settings.records.retention,
        services=tuple((one.key, one.category, one.partner.name) for one in settings.policy.services),
    )


def _line(row: Row) -> str:
    told = plain(row)
    answers = told["categories"]
    allowed = [key for key, yes in answers.items() if yes] if isinstance(answers, dict) else []
    when = str(row["at"])[:19].replace("T", " ")
    what = f"{row['event']:<8}  {row['source']:<11}  {row['receipt']}"
    return f"{row['record_id']}  {when}  {what}  {' '.join(allowed) or '-'}"


def _told(figures: Stats) -> dict[str, object]:
    def shares(of: Iterable[Share]) -> dict[str, dict[str, float]]:
        return {one.name: {"part": one.part, "whole": one.whole, "percent": round(one.percent, 2)} for one in of}

    return {
        "records": figures.records,
        "events": figures.events,
        "days": shares(figures.days),
        "categories": shares(figures.categories),
        "languages": shares(figures.languages),
        "regions": shares(figures.regions),
        "sources": shares(figures.sources),
        "waited": dict(figures.waited),
        "asked_again": shares(figures.again),
        "gpc": {"part": figures.gpc.part, "whole": figures.gpc.whole, "percent": round(figures.gpc.percent, 2)},
    }


def _table(figures: Stats) -> str:
    lines = [f"{figures.records:,} records, {figures.chosen:,} choices"]
    lines += [f"  {name:<22}{number:>12,}" for name, number in figures.events.items()]
    for title, shares in (
        ("allowed, by category", figures.categories),
        ("allowed something, by source", figures.sources),
        ("allowed something, by language", figures.languages),
        ("allowed something, by region", figures.regions),
    ):
        lines += ["", title]
        lines += [f"  {one.name or '-':<22}{one.part:>12,} of {one.whole:,} ({one.percent:.1f} %)" for one in shares]
    lines += [
        "",
        f"with Global Privacy Control: {figures.gpc.part:,} of {figures.gpc.whole:,} ({figures.gpc.percent:.1f} %)",
    ]
    return "\n".join(lines)
