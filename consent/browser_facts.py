"""The dated facts behind the browser check: named floors, newest versions, shares, and where to get a browser.

One JSON file, bundled and replaceable as a whole. Floors are absolute numbers: facts grown old turn away fewer
browsers, never more.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from types import MappingProxyType

from consent.browsers import Floors
from consent.errors import CatalogueError

SYSTEMS = frozenset({"windows", "macos", "linux", "android"})
"""Systems on which a browser can be chosen; on iOS it comes with the system."""

Json = dict[str, "Json"] | list["Json"] | str | int | float | None


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
class Trailing:
    """A browser whose newest release has an old Blink: a higher floor turns away all of its users."""

    name: str
    blink: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserFacts:
    """What one file says."""

    as_of: date
    floors: Mapping[str, Floors]
    browsers: tuple[Browser, ...]
    """The most used first."""
    trailing: tuple[Trailing, ...]
    shares_as_of: date
    attribution: str
    """Must stand wherever a share is shown: the licence asks for it (CC BY 4.0, section 3(a)(1))."""
    licence: str


def bundled_browser_facts() -> BrowserFacts:
    """The facts that come with the package."""
    return parse_browser_facts(files("consent").joinpath("data", "browsers.json").read_text("utf-8"))


def parse_browser_facts(text: str) -> BrowserFacts:
    """Read a facts file; a ``CatalogueError`` says what does not keep to the schema."""
    try:
        return _facts(_Table(json.loads(text)))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise CatalogueError(f"browser facts: {error!r}") from error


class _Table:
    """A JSON object read key by key, each with the type it must have."""

    def __init__(self, content: Json) -> None:
        if not isinstance(content, dict):
            raise TypeError(f"an object is expected, not {content!r:.40}")
        self._content = content

    def text(self, key: str) -> str:
        value = self._content[key]
        if not isinstance(value, str) or not value:
            raise TypeError(f"{key} must be a text")
        return value

    def number(self, key: str) -> float:
        value = self._content[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
            raise TypeError(f"{key} must be a number, 0 or more")
        return value

    def table(self, key: str) -> "_Table":
        return _Table(self._content[key])

    def tables(self, key: str) -> "tuple[_Table, ...]":
        return tuple(_Table(item) for item in self._list(key))

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(str(item) for item in self._list(key))

    def keys(self) -> tuple[str, ...]:
        return tuple(self._content)

    def _list(self, key: str) -> list[Json]:
        value = self._content[key]
        if not isinstance(value, list):
            raise TypeError(f"{key} must be a list")
        return value


def _facts(root: _Table) -> BrowserFacts:
    floors, shares = root.table("floors"), root.table("shares")
    browsers = sorted((_browser(item) for item in root.tables("browsers")), key=lambda browser: -browser.share)
    return BrowserFacts(
        as_of=date.fromisoformat(root.text("as_of")),
        floors=MappingProxyType({name: _floors(floors.table(name)) for name in floors.keys()}),  # noqa: SIM118 - not a dict
        browsers=tuple(browsers),
        trailing=tuple(
            Trailing(name=item.text("name"), blink=int(item.number("blink"))) for item in root.tables("trailing")
        ),
        shares_as_of=date.fromisoformat(shares.text("as_of")),
        attribution=shares.text("attribution"),
        licence=_https(shares.text("licence")),
    )


def _floors(table: _Table) -> Floors:
    major, minor = table.text("webkit").split(".")
    return Floors(blink=int(table.number("blink")), gecko=int(table.number("gecko")), webkit=(int(major), int(minor)))


def _browser(table: _Table) -> Browser:
    return Browser(
        key=table.text("key"),
        name=table.text("name"),
        share=table.number("share"),
        editions=tuple(_edition(item) for item in table.tables("editions")),
    )


def _edition(table: _Table) -> Edition:
    systems = table.texts("systems")
    if unknown := set(systems) - SYSTEMS:
        raise ValueError(f"no such system: {', '.join(sorted(unknown))}")
    return Edition(
        systems=systems,
        version=table.text("version"),
        released=date.fromisoformat(table.text("released")),
        url=_https(table.text("url")),
    )


def _https(url: str) -> str:
    if not url.startswith("https://"):
        raise ValueError(f"not an https link: {url}")
    return url
