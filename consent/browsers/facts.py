"""The dated facts behind the browser check: floors, newest versions, shares, and where to get a browser.

Floors are absolute numbers: facts grown old turn away fewer browsers, never more. And no named floor passes the newest
release of a family: whoever keeps a browser up to date is let in, even where its maker is years behind. Pure values;
``facts_file`` reads them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from consent.browsers.check import Floors
from consent.browsers.engines import Engine, Version

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


def version_of(text: str) -> Version:
    """``27.2`` as it is compared; a ValueError for what is no version."""
    match = re.fullmatch(r"([0-9]{1,4})(?:\.([0-9]{1,4}))?", text, re.ASCII)
    if match is None:
        raise ValueError(f"not a version: {text!r:.40}")
    return int(match[1]), int(match[2] or 0)
