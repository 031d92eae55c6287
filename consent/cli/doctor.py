"""``consent doctor``: whether keys, records, spool and data are as a running site needs them."""

import argparse
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import files

from consent.cli.counting import counted
from consent.cli.site import CommandSite, add_settings, load_site
from consent.errors import SettingsError
from consent.records.base import StoreError
from consent.records.ledger import Ledger
from consent.records.places import default_spool, shown
from consent.records.proof import verify_register
from consent.records.spool import LIMIT, Spool
from consent.settings.keys import short_keys

SUMMARY = "Look at keys, record store, chain, spool and the age of bundled data."

STALE = 180
"""Days after which data counts as old."""
_LIST_DATE = re.compile(rb"VERSION: ([0-9]{4}-[0-9]{2}-[0-9]{2})")


@dataclass(frozen=True, slots=True)
class Look:
    """One line of the answer."""

    right: bool
    what: str
    told: str

    def __str__(self) -> str:
        return f"{'ok ' if self.right else '!! '} {self.what:<10} {self.told}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    try:
        site = load_site(arguments)
    except SettingsError as error:
        for problem in error.problems:
            print(problem)
        return 1
    looks = [Look(True, "settings", f"{site.path} is right"), *_keys(site), *_records(site), *_data(site)]
    for look in looks:
        print(look)
    return 0 if all(look.right for look in looks) else 1


def _keys(site: CommandSite) -> Iterator[Look]:
    short = short_keys(site.secrets)
    sealing = site.keys[0].id
    yield Look(not short, "keys", short[0] if short else f"{len(site.secrets)}, records are sealed with {sealing}")


def _records(site: CommandSite) -> Iterator[Look]:
    url = site.settings.records.url
    if url == "off":
        yield Look(True, "records", "switched off: nothing can be shown later")
        return
    try:
        with site.ledger() as ledger:
            yield Look(True, "store", shown(url))
            yield from _chain(site, ledger)
    except StoreError as error:
        yield Look(False, "store", str(error))
    spool = Spool(default_spool(url))
    waiting = spool.size()
    told = f"{waiting:,} of {LIMIT:,} bytes wait in {spool.path}" if waiting else "nothing waits"
    yield Look(not waiting, "spool", told)
    if spool.refused.exists():
        yield Look(False, "refused", f"{spool.refused} has lines that were not taken (consent.W022): look, and move it")


def _chain(site: CommandSite, ledger: Ledger) -> Iterator[Look]:
    """The register is verified whole, which is quick; records are for ``consent records verify``."""
    chains = ledger.chains()
    found = list(verify_register(ledger.register(), chains, {key.id: key for key in site.keys}))
    kept = sum(number for (_, facet, _, _), number in ledger.counts().items() if facet == "all")
    if found:
        yield Look(False, "chain", f"{found[0]} (consent.E076): run consent records verify")
    elif chains:
        last = chains[-1]
        length = counted(last.length, "record")
        head = f"the last is of {last.started_at[:19]}, with {length}, head {last.head[:12] or '-'}"
        yield Look(True, "chain", f"{counted(len(chains), 'chain')}, {counted(kept, 'record')}; {head}")
    else:
        yield Look(True, "chain", "no record yet")


def _data(site: CommandSite) -> Iterator[Look]:
    today = datetime.now(UTC).date()
    data = files("consent").joinpath("data")
    catalogue = json.loads(data.joinpath("partners.json").read_bytes())["as_of"]
    yield _aged("catalogue", date.fromisoformat(catalogue), today)
    if site.settings.browsers.mode != "off":
        yield _aged("browsers", site.settings.browser_facts.as_of, today)
    found = _LIST_DATE.search(data.joinpath("public_suffix_list.dat").read_bytes()[:4_096])
    if found is not None:
        yield _aged("suffixes", date.fromisoformat(found[1].decode("ascii")), today)


def _aged(what: str, as_of: date, today: date) -> Look:
    age = (today - as_of).days
    old = age > STALE
    return Look(not old, what, f"of {as_of}, {counted(age, 'day')} old" + (": update the package" if old else ""))
