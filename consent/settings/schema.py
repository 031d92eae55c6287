"""What the settings file says, as values: one frozen dataclass a section, a field a key.

Defaults stand here and nowhere else. Docs: docs/settings.md, held to these fields by a test.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from consent.browsers import Floors

Undeclared = Literal["release", "hold"]
Unknown = Literal["allow", "hold"]
Csp = Literal["off", "report", "enforce"]
Release = Literal["in-place", "reload"]
Position = Literal["bottom", "sheet", "left", "right", "center"]
Dark = Literal["auto", "always", "never"]
Revisit = Literal["button", "link", "none"]
BrowserMode = Literal["page", "notice", "off"]
Model = Literal["opt-in", "opt-out", "exempt"]
Mode = Literal["visitor", "shared"]

HELD_ALWAYS = "-"
"""The category of a service that is switched off: none a visitor can grant, so it stays held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Who asks: shown to visitors, and what is the site's own."""

    name: str
    domains: tuple[str, ...] = ()
    """Registrable domains of the site: they and what lies below them are never held."""
    privacy_policy: str | None = None
    """A path on the site, or an https URL."""
    languages: tuple[str, ...] = ("en",)
    """The first is the fallback; left out in the file: every bundled one."""
    controller: str | None = None
    services: tuple[str, ...] = ()
    """Keys as declared; ``Settings.policy.services`` holds what is asked for in the end."""
    templates: Path | None = None
    """The folder of the owner's own templates; relative to the working directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What is held back, and how it is let go."""

    undeclared: Undeclared = "release"
    unknown: Unknown = "allow"
    allow: tuple[str, ...] = ()
    guard: bool = True
    csp: Csp = "off"
    release: Release = "in-place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """CSS colours of the banner; None leaves the style sheet's own."""

    accent: str | None = None
    accent_text: str | None = None
    background: str | None = None
    text: str | None = None
    border: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """How the banner looks and where it stands."""

    position: Position = "bottom"
    colours: Colours = field(default_factory=Colours)
    radius: int = 8
    """CSS pixels."""
    dark: Dark = "auto"
    revisit: Revisit = "button"


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieSettings:
    """The cookie that keeps a visitor's choice."""

    name: str = "consent"
    domain: str | None = None
    """Set to share the choice over subdomains."""
    lifetime: timedelta = timedelta(days=180)
    refusal_lifetime: timedelta = timedelta(days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Where the proof is kept, and for how long."""

    url: str = "sqlite:///consent.db"
    """``sqlite:///PATH`` (relative to the working directory; a fourth slash makes it absolute), a PostgreSQL URL, or
    ``off``."""
    retention: timedelta = timedelta(days=3 * 365)
    rate: int = 60
    """Choices a minute of one client, and as many at once; 0: no limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserRule:
    """What holds on one part of the site instead; the rule with the longest path that fits counts."""

    path: str
    """Where the part begins, such as ``/app/``."""
    floor: str | Floors | None = None
    mode: BrowserMode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Browsers:
    """Which browsers are too old, and what they get."""

    mode: BrowserMode = "page"
    floor: str | Floors = "widely-18m"
    """A name in the facts, or the owner's own versions; 0 lets every version of an engine in."""
    status: int = 406
    exclude: tuple[str, ...] = ()
    rules: tuple[BrowserRule, ...] = ()
    data: str | None = None
    """The file that ``consent browsers refresh`` keeps; None: the bundled facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """Which model holds where."""

    default: Model = "opt-in"
    country_header: str | None = None
    rules: tuple[tuple[str, Model], ...] = ()
    """Pairs of an ISO 3166 code (``US-CA``, ``BR``) and a model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Whose HTML a response is: one visitor's, or the same for all."""

    mode: Mode = "visitor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Where the product's own pages stand, and where it stays out."""

    mount: str = "/consent"
    exclude: tuple[str, ...] = ()
    language: bool = False
    """Whether the first segment of a path names the page's language."""
