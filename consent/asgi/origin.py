"""The cross-site guard: a grant that another site made a browser send is no consent."""

from urllib.parse import urlsplit

from consent.asgi.visit import Visit

_OWN_SITES = frozenset({b"same-origin", b"none"})
_DEFAULT_PORTS = {"http": 80, "https": 443}


def refusal(visit: Visit) -> str | None:
    """Why this state-changing request is refused, or None where it comes from the site itself.

    ``Sec-Fetch-Site`` is set by the browser and cannot be forged by a page (Fetch Metadata, 2.2): ``same-origin`` is
    our own page, ``none`` the visitor's own doing. ``same-site`` is refused too: a sister subdomain is not the site.

    Browsers leave it out on plain http, and old ones everywhere; they send ``Origin`` with every POST, though
    (Fetch, 3.2: request methods other than GET and HEAD), so it has to name this very host and port. Schemes are
    not compared: behind a proxy that ends TLS the application sees http. Where both are missing it is not a browser
    that could be lured: a script of the site owner's, or a tool, acts on its own cookies only.
    """
    site = visit.headers.get(b"sec-fetch-site")
    if site is not None:
        return None if site in _OWN_SITES else f"Sec-Fetch-Site: {_shown(site)}"
    origin = visit.headers.get(b"origin")
    if origin is None:
        # Browsers before 2020 sent a form without Origin, but not without Referer.
        referer = visit.headers.get(b"referer")
        if referer is None or _is_own(referer, visit.authority):
            return None
        return f"Referer: {_shown(referer)}"
    if _is_own(origin, visit.authority):
        return None
    return f"Origin: {_shown(origin)}"


def same_host_path(url: bytes, authority: str) -> str | None:
    """Path and query of ``url`` where it is on this host; for Referer."""
    try:
        parts = urlsplit(url.decode("ascii"))
        if not _matches(parts.scheme, parts.netloc, authority):
            return None
    except ValueError:  # bad bytes, or a netloc that is no host
        return None
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def is_local_path(text: str) -> bool:
    """Whether a browser, given ``text`` as Location, stays on this origin (URL Standard, 4.4).

    One leading slash, and neither a second nor a backslash after it (both would begin a host); no control
    characters, which parsers drop; ASCII only, as a header's value is.
    """
    return (
        text.startswith("/")
        and not text.startswith("//")
        and "\\" not in text
        and text.isascii()
        and text.isprintable()
        and " " not in text
        and len(text) <= 2000
    )


def _is_own(origin: bytes, authority: str) -> bool:
    try:
        parts = urlsplit(origin.decode("ascii"))
        return _matches(parts.scheme, parts.netloc, authority)
    except ValueError:
        return False


def _matches(scheme: str, netloc: str, authority: str) -> bool:
    if scheme not in _DEFAULT_PORTS or not authority or "@" in netloc:
        return False
    ours, theirs = urlsplit(f"//{authority}"), urlsplit(f"//{netloc}")
    default = _DEFAULT_PORTS[scheme]
    same_host = theirs.hostname is not None and theirs.hostname == ours.hostname
    return same_host and (theirs.port or default) == (ours.port or default)


def _shown(value: bytes) -> str:
    return value.partition(b"?")[0][:100].decode("ascii", "replace")
