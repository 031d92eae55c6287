"""Expiring the cookies of services that are no longer allowed, HttpOnly ones too (what the page's script can't).

Pure. A cookie is expired on the host, and on each of the site's domains that the host lies in: a server is not told
which Domain a cookie was set with (RFC 6265bis, 5.8.3 sends names and values only), so every one is tried.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from consent.catalogue import Catalogue
from consent.decision import Decision

CANDIDATES = 200
"""Cookies looked at in one request; browsers keep some 180 a host."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")
"""A token (RFC 6265bis, 4.1.1): nothing else of a visitor's bytes goes into a header."""


def withdrawn_cookies(cookies: Iterable[bytes], catalogue: Catalogue, decision: Decision) -> list[str]:
    """Names of first-party cookies in the request whose service is not allowed."""
    found: dict[str, None] = {}
    for name in _names(cookies):
        service = catalogue.find_cookie(name)
        if service is not None and not decision.allows_service(service):
            found[name] = None
    return list(found)


def expiring_headers(names: Iterable[str], *, host: str, domains: Sequence[str]) -> list[bytes]:
    """``Set-Cookie`` values that expire each of ``names``."""
    parents = [domain for domain in domains if host == domain or host.endswith(f".{domain}")]
    # A cookie for a host in between (Domain=a.example.org on b.a.example.org) is the parents' business too.
    levels = dict.fromkeys(level for parent in parents for level in _levels(host, parent))
    return [value for name in names for value in _expire(name, levels)]


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
