"""Cookies of services that are not allowed: those a response would set are taken out, those a browser has expired.

Pure. A cookie is expired on the host, on its registrable domain and on each of the site's domains that the host lies
in: a server is not told which Domain a cookie was set with (RFC 6265bis, 5.8.3 sends names and values only), so every
one is tried. HttpOnly ones too, which the page's script cannot.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime

from consent.catalogue import Catalogue, Service
from consent.decision import Decision
from consent.suffixes import registrable_domain

CANDIDATES = 200
"""Cookies looked at in one request; browsers keep some 180 a host."""
LEVELS = 5
"""Domains tried for one cookie; a Host header of a hundred labels is nobody's site."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")
"""A token (RFC 6265bis, 4.1.1): nothing else of a visitor's bytes goes into a header."""
_DOMAIN = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+")
_DIGITS = re.compile(rb"-?[0-9]+")


def setter(set_cookie: bytes, catalogue: Catalogue, decision: Decision, now: datetime) -> Service | None:
    """The service that is not allowed and whose first-party cookie ``set_cookie`` would set; None where it may be set.

    What ends a cookie passes, whoever's it is.
    """
    service = catalogue.find_cookie(cookie_name(set_cookie))
    if service is None or decision.allows_service(service):
        return None
    return None if _ends(set_cookie.split(b";")[1:], now) else service


def cookie_name(set_cookie: bytes) -> str:
    """The name in a ``Set-Cookie`` value; empty where it has none (RFC 6265bis, 5.7)."""
    name, equals, _ = set_cookie.partition(b";")[0].partition(b"=")
    return name.strip(b" \t").decode("latin-1") if equals else ""


def withdrawn_cookies(cookies: Iterable[bytes], catalogue: Catalogue, decision: Decision) -> list[str]:
    """Names of first-party cookies in the request whose service is not allowed."""
    found: dict[str, None] = {}
    for name in _names(cookies):
        service = catalogue.find_cookie(name)
        if service is not None and not decision.allows_service(service):
            found[name] = None
    return list(found)


def expiring_headers(names: Sequence[str], *, host: str, domains: Sequence[str]) -> list[bytes]:
    """``Set-Cookie`` values that expire each of ``names``."""
    if not names:  # nearly always: then nobody need know what the host's registrable domain is
        return []
    parents = [domain for domain in domains if host == domain or host.endswith(f".{domain}")]
    if registered := registrable_domain(host):
        parents.append(registered)
    # A cookie for a host in between (Domain=a.example.org on b.a.example.org) is the parents' business too.
    levels = dict.fromkeys(level for parent in parents for level in _levels(host, parent))
    tried = [level for level in levels if _DOMAIN.fullmatch(level)][-LEVELS:]
    return [value for name in names for value in _expire(name, tried)]


def _ends(attributes: Sequence[bytes], now: datetime) -> bool:
    """Whether a cookie with these attributes is gone as soon as it is set: Max-Age first (RFC 6265bis, 5.7, step 7)."""
    ages = [value for name, value in map(_attribute, attributes) if name == b"max-age" and _DIGITS.fullmatch(value)]
    if ages:
        return ages[-1].startswith(b"-") or not ages[-1].strip(b"0")
    dates = [value for name, value in map(_attribute, attributes) if name == b"expires"]
    return bool(dates) and _is_past(dates[-1], now)


def _attribute(text: bytes) -> tuple[bytes, bytes]:
    name, _, value = text.partition(b"=")
    return name.strip().lower(), value.strip()


def _is_past(date: bytes, now: datetime) -> bool:
    try:
        # Cookies write "Thu, 01-Jan-1970" as well; without a zone it is UTC (RFC 6265bis, 5.1.1).
        read = parsedate_to_datetime(date.decode("ascii").replace("-", " "))
        return read.replace(tzinfo=read.tzinfo or now.tzinfo) <= now
    except (ValueError, TypeError, OverflowError):
        return False  # not understood: it may well set something


def _expire(name: str, domains: Iterable[str]) -> Iterator[bytes]:
    expired = f"{name}=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
    if name.startswith(("__Host-", "__Secure-")):
        expired += "; Secure"
    yield expired.encode("ascii")
    if not name.startswith("__Host-"):
        for domain in domains:
            yield f"{expired}; Domain={domain}".encode("ascii")


def _levels(host: str, parent: str) -> Iterator[str]:
    """``host`` and what lies above it, down to ``parent``."""
    while host != parent:
        yield host
        host = host.partition(".")[2]
    yield parent


def _names(cookies: Iterable[bytes]) -> Iterator[str]:
    seen = 0
    for header in cookies:
        for pair in header.split(b";"):
            name = pair.partition(b"=")[0].strip().decode("latin-1")
            if _NAME.fullmatch(name):
                seen += 1
                if seen > CANDIDATES:
                    return
                yield name
