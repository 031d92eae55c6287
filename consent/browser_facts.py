"""The dated facts behind the browser check: floors, newest versions, shares, and where to get a browser.

One JSON file, bundled and replaceable as a whole. Floors are absolute numbers: facts grown old turn away fewer
browsers, never more. And no named floor passes the newest release of a family: whoever keeps a browser up to date is
let in, even where its maker is years behind.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from consent.browser_table import Json, Table, https
from consent.browsers import Floors
from consent.engines import Engine, Version
from consent.errors import CatalogueError

SYSTEMS = frozenset({"windows", "macos", "linux", "android"})
"""Systems on which a browser can be chosen; on iOS it comes with the system."""
GRACES = {"widely": 0, "widely-6m": 6, "widely-12m": 12, "widely-18m": 18, "widely-24m": 24}
"""Floors by Baseline Widely available, as it was so many months before the date of the facts."""
LATEST_MOST = 36
"""How many releases back a floor ``latest-N`` reaches."""
_LATEST = re.compile(r"latest-([0-9]{1,2})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The newest release of one family of browsers."""

    key: str
    name: str
    engine: Engine
    version: str
    """In the family's own numbers."""
    built_on: Version
    """The engine's version in it."""
    released: date

    @property
    def number(self) -> Version:
        """``version`` as it is compared."""
        return version_of(self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """A Firefox with extended support (ESR)."""

    version: int
    ends: date | None
    """None: it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The newest release of a browser for some systems."""

    systems: tuple[str, ...]
    version: str
    released: date
    url: str
    """Where its vendor gives it away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """A browser worth getting."""

    key: str
    name: str
    share: float
    """Per cent of page views worldwide, on all systems together."""
    editions: tuple[Edition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where facts come from."""

    name: str
    licence: str
    url: str
    used_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserFacts:
    """What one file says."""

    as_of: date
    floors: Mapping[str, Floors]
    """Those with a name of their own; ``named`` knows ``latest-N`` too."""
    families: Mapping[str, Family]
    browsers: tuple[Browser, ...]
    """The most used first."""
    esr: tuple[Support, ...]
    webkit: tuple[Version, ...]
    """Safari's releases, the newest first: its numbers leap, so that counting back needs a list."""
    shares_as_of: date
    attribution: str
    """Must stand wherever a share is shown: the licence asks for it (CC BY 4.0, section 3(a)(1))."""
    licence: str
    sources: tuple[Source, ...]

    def named(self, name: str) -> Floors | None:
        """The floors an owner means by ``name``."""
        match = _LATEST.fullmatch(name)
        if match is None:
            return self.floors.get(name)
        back = int(match[1])
        return self._latest(back) if back <= LATEST_MOST else None

    def passed_by(self, floors: Floors) -> tuple[Family, ...]:
        """The families whose newest release ``floors`` would turn away."""
        return tuple(family for family in self.families.values() if _turns_away(floors, family))

    def behind(self, floors: Floors) -> tuple[Family, ...]:
        """The families let in by their newest release alone: ``floors`` asks for a newer engine than they have."""
        return tuple(self.families[key] for key, _ in floors.trailing if key in self.families)

    def _latest(self, back: int) -> Floors:
        chrome, firefox = self.families["chrome"], self.families["firefox"]
        floors = Floors(
            blink=chrome.built_on[0] - back,
            gecko=firefox.built_on[0] - back,
            webkit=self.webkit[min(back, len(self.webkit) - 1)],
        )
        return fitted(floors, self.families)


def fitted(floors: Floors, families: Mapping[str, Family]) -> Floors:
    """``floors``, lowered where they would turn away the newest release of a family."""
    newest: dict[Engine, list[Version]] = {engine: [] for engine in Engine}
    for family in families.values():
        newest[family.engine].append(family.built_on)
    trailing = tuple(
        (family.key, family.built_on[0])
        for family in families.values()
        if family.engine is Engine.BLINK and family.built_on[0] < floors.blink
    )
    return replace(
        floors,
        gecko=min([floors.gecko, *(version[0] for version in newest[Engine.GECKO])]),
        webkit=min([floors.webkit, *newest[Engine.WEBKIT]]),
        trailing=trailing,
    )


def _turns_away(floors: Floors, family: Family) -> bool:
    for key, version in floors.families:
        if key == family.key:
            return family.number < version
    if family.engine is Engine.BLINK:
        return family.built_on[0] < dict(floors.trailing).get(family.key, floors.blink)
    return family.built_on < ((floors.gecko, 0) if family.engine is Engine.GECKO else floors.webkit)


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


def version_of(text: str) -> Version:
    """``27.2`` as it is compared; a ValueError for what is no version."""
    match = re.fullmatch(r"([0-9]{1,4})(?:\.([0-9]{1,4}))?", text, re.ASCII)
    if match is None:
        raise ValueError(f"not a version: {text!r:.40}")
    return int(match[1]), int(match[2] or 0)


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
