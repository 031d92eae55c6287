"""The facts file: one JSON file, bundled, and replaceable as a whole by a newer one; read strictly (CatalogueError)."""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from consent.browsers.check import Floors
from consent.browsers.engines import Engine
from consent.browsers.facts import Browser, BrowserFacts, Edition, Family, Source, Support, fitted, version_of
from consent.browsers.table import Json, Table, https
from consent.errors import CatalogueError

SYSTEMS = frozenset({"windows", "macos", "linux", "android"})
"""Systems on which a browser can be chosen; on iOS it comes with the system."""
GRACES = {"widely": 0, "widely-6m": 6, "widely-12m": 12, "widely-18m": 18, "widely-24m": 24}
"""Floors by Baseline Widely available, as it was so many months before the date of the facts."""


@cache
def bundled_browser_facts() -> BrowserFacts:
    """The facts that come with the package."""
    return parse_browser_facts(bundled_browser_text())


def bundled_browser_text() -> str:
    """The file they stand in."""
    return files("consent").joinpath("data", "browsers.json").read_text("utf-8")


def parse_browser_facts(text: str) -> BrowserFacts:
    """Read a facts file; a ``CatalogueError`` says what does not keep to the schema."""
    try:
        return _facts(Table(json.loads(text)))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise CatalogueError(f"browser facts: {error!r}") from error


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, the 28th at the latest."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, min(day.day, 28) if months else day.day)


def _facts(root: Table) -> BrowserFacts:
    as_of = root.day("as_of")
    shares, listed = root.table("shares"), root.table("families")
    families = {key: _family(key, listed.table(key)) for key in listed.keys()}  # noqa: SIM118 - not a dict
    if missing := {"chrome", "firefox", "safari"} - families.keys():
        raise ValueError(f"no newest release of {', '.join(sorted(missing))}")
    if late := [family.key for family in families.values() if family.released > as_of]:
        raise ValueError(f"released after the date of the facts: {', '.join(late)}")
    browsers = sorted((_browser(item, families) for item in root.tables("browsers")), key=lambda item: -item.share)
    floors = _widely(root, as_of) | _fixed(root.table("floors"))
    return BrowserFacts(
        as_of=as_of,
        floors=MappingProxyType({name: fitted(floor, families) for name, floor in floors.items()}),
        families=MappingProxyType(families),
        browsers=tuple(browsers),
        esr=tuple(_support(item) for item in root.tables("esr")),
        webkit=tuple(version_of(text) for text in root.texts("webkit")),
        shares_as_of=shares.day("as_of"),
        attribution=shares.text("attribution"),
        licence=https(shares.text("licence")),
        sources=tuple(_source(item) for item in root.tables("sources")),
    )


def _widely(root: Table, as_of: date) -> dict[str, Floors]:
    """The floor of each grace: the last line of the history that was true by then; the oldest where none was."""
    history = [_line(line) for line in root.lists("widely")]
    if history != sorted(history, key=lambda line: line[0]) or not history:
        raise ValueError("widely must be in the order of its dates, and not empty")
    found = {}
    for name, months in GRACES.items():
        by_then = [floors for day, floors in history if day <= months_before(as_of, months)]
        found[name] = (by_then or [history[0][1]])[-1]
    return found


def _line(line: list[Json]) -> tuple[date, Floors]:
    day, blink, gecko, webkit = line
    if not (isinstance(blink, int) and isinstance(gecko, int)):
        raise TypeError("a line of widely is [date, Blink, Gecko, WebKit]")
    return date.fromisoformat(str(day)), Floors(blink=blink, gecko=gecko, webkit=version_of(str(webkit)))


def _fixed(table: Table) -> dict[str, Floors]:
    return {name: _floors(table.table(name)) for name in table.keys()}  # noqa: SIM118 - not a dict


def _floors(table: Table) -> Floors:
    return Floors(blink=table.whole("blink"), gecko=table.whole("gecko"), webkit=version_of(table.text("webkit")))


def _family(key: str, table: Table) -> Family:
    version = table.text("version")
    version_of(version)
    return Family(
        key=key,
        name=table.text("name"),
        engine=Engine(table.text("engine")),
        version=version,
        built_on=version_of(table.text("built_on", version)),
        released=table.day("released"),
    )


def _browser(table: Table, families: Mapping[str, Family]) -> Browser:
    return Browser(
        key=table.text("key"),
        name=table.text("name"),
        share=table.number("share"),
        editions=tuple(_edition(item, families) for item in table.tables("editions")),
    )


def _edition(table: Table, families: Mapping[str, Family]) -> Edition:
    systems = table.texts("systems")
    if unknown := set(systems) - SYSTEMS:
        raise ValueError(f"no such system: {', '.join(sorted(unknown))}")
    family = families[table.text("family")]
    return Edition(systems=systems, version=family.version, released=family.released, url=https(table.text("url")))


def _support(table: Table) -> Support:
    return Support(version=table.whole("version"), ends=table.day("ends") if table.has("ends") else None)


def _source(table: Table) -> Source:
    return Source(
        name=table.text("name"),
        licence=table.text("licence"),
        url=https(table.text("url")),
        used_for=table.text("used_for"),
    )
