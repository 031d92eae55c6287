"""What the catalogue knows of an integration: its service, the partner behind it, the cookies it sets."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """A cookie a service sets."""

    name: str
    """Exact, or with ``*`` for any run of characters."""
    duration: str
    """ISO 8601 duration (``P2Y``), or ``session``."""
    purpose: str
    party: str = "first"
    """``first`` or ``third``."""
    unverified: bool = False
    """Sources disagree or were not found: shown as "up to"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """The organisation behind services."""

    name: str
    country: str | None = None
    """ISO 3166-1 alpha-2."""
    privacy_policy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One integration: hosts, inline signatures, cookies, a category."""

    key: str
    name: str
    partner: Partner
    category: str
    hosts: tuple[str, ...] = ()
    """``host`` or ``host/path``; ``*`` is one path segment; ``?key=prefix`` asks for a query parameter."""
    paths: tuple[str, ...] = ()
    """File names of self-hosted copies, such as ``/matomo.js``; with a ``/`` at the end, a path's start."""
    inline: tuple[str, ...] = ()
    """Literal text that marks an inline script as the service's."""
    cookies: tuple[Cookie, ...] = ()
    group: bool = False
    """Several organisations stand behind the entry: no single one is named to a visitor."""
    house: bool = False
    """A publisher's own service: its pages name the host all over, so that in scripts only ``inline`` counts."""
