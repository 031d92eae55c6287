"""What an element fetches by itself, by its name and attributes: which of them are URLs, and to what use.

The tables hold what today's browsers fetch. What none of them does is not held: ``lowsrc``, ``dynsrc``, ``manifest``,
``<applet>``, ``<bgsound>``, ``codebase`` and ``classid``.
"""

import re
from collections.abc import Iterable
from enum import Enum

from consent.html import srcset
from consent.html.tags import Attribute, resolve


class Use(Enum):
    """To what use a URL is put: what is in no catalogue entry is judged by it."""

    ACTIVE = "active"
    """It runs, or shows a document of its own."""
    PIXEL = "pixel"
    """Nobody is meant to see it: an image of one by one or hidden, one in ``<noscript>`` of no other size, a ping."""
    PASSIVE = "passive"
    """Pictures, styles, fonts, media, hints."""


HREFS = frozenset({b"href", b"xlink:href"})
ANIMATIONS = frozenset({b"set", b"animate"})
"""SVG elements that set an attribute of another, an address among them."""
ANIMATED = frozenset({b"to", b"from", b"by", b"values"})
FETCHING: dict[bytes, frozenset[bytes]] = {
    b"script": frozenset({b"src"}) | HREFS,
    b"iframe": frozenset({b"src", b"srcdoc"}),
    b"frame": frozenset({b"src"}),
    b"portal": frozenset({b"src"}),
    b"img": frozenset({b"src", b"srcset"}),
    b"image": frozenset({b"src", b"srcset"}) | HREFS,
    b"feimage": HREFS,
    b"use": HREFS,
    b"set": ANIMATED,
    b"animate": ANIMATED,
    b"input": frozenset({b"src"}),
    b"source": frozenset({b"src", b"srcset"}),
    b"video": frozenset({b"src", b"poster"}),
    b"audio": frozenset({b"src"}),
    b"track": frozenset({b"src"}),
    b"embed": frozenset({b"src"}),
    b"object": frozenset({b"data"}),
    b"link": frozenset({b"href", b"imagesrcset"}),
    b"meta": frozenset({b"content"}),
    b"base": frozenset({b"href"}),
    b"a": frozenset({b"ping"}),
    b"area": frozenset({b"ping"}),
    **dict.fromkeys(b"body table thead tbody tfoot tr td th".split(), frozenset({b"background"})),
}
NOTHING: frozenset[bytes] = frozenset()
SETS = frozenset({b"srcset", b"imagesrcset"})

FRAMES = frozenset({b"iframe", b"frame", b"object", b"embed", b"portal"})
"""What shows a document of its own."""
_ACTIVE = FRAMES | {b"script", b"meta"}

FETCHING_RELS = frozenset(
    b"preload modulepreload prefetch preconnect dns-prefetch prerender next stylesheet icon apple-touch-icon "
    b"apple-touch-icon-precomposed apple-touch-startup-image mask-icon fluid-icon manifest compression-dictionary "
    b"import".split()
)
"""Link types for which a browser may contact the host by itself; ``canonical``, ``author`` and the like do not."""

_JAVASCRIPT = frozenset(
    b"application/ecmascript application/javascript application/x-ecmascript application/x-javascript "
    b"text/ecmascript text/javascript text/javascript1.0 text/javascript1.1 text/javascript1.2 text/javascript1.3 "
    b"text/javascript1.4 text/javascript1.5 text/jscript text/livescript text/x-ecmascript text/x-javascript".split()
)
"""JavaScript MIME type essences (MIME Sniffing 4.6)."""
MODULE = b"module"
RULES = b"speculationrules"

_TINY = re.compile(rb"[\t\n\f\r ]*+\+?+0*+[01](?![0-9])")
_SIZE = re.compile(rb"[\t\n\f\r ]*+\+?+[0-9]")
_UNSEEN = re.compile(
    rb"(?:display[\t\n\f\r ]*+:[\t\n\f\r ]*+none|visibility[\t\n\f\r ]*+:[\t\n\f\r ]*+hidden)", re.IGNORECASE
)


def value_of(written: Iterable[Attribute], name: bytes) -> bytes | None:
    """What an attribute says, its character references resolved."""
    return next((resolve(a.value) for a in written if a.name == name), None)


def script_type(written: Iterable[Attribute]) -> bytes:
    """``javascript``, ``module`` or ``speculationrules`` for a script that a browser takes to be one; else nothing
    (HTML 4.12.1.1, "prepare the script element", step 8).
    """
    written = list(written)
    kind, language = value_of(written, b"type"), value_of(written, b"language")
    if kind is None:
        return b"javascript" if not language or b"text/" + language.lower() in _JAVASCRIPT else b""
    # Browsers strip more than ASCII white space here; what is stripped too much is held too much, never too little.
    kind = kind.decode("utf-8", "replace").strip().encode().lower() if kind else kind
    if not kind or kind in _JAVASCRIPT:
        return b"javascript"
    return kind if kind in {MODULE, RULES} else b""


def fetches(name: bytes, written: list[Attribute]) -> bool:
    """Whether the element contacts a host by itself: scripts, links and inputs by their type, metas that refresh."""
    if name == b"script":
        # An SVG script's file is fetched whatever its type says (Chromium).
        return script_type(written) in {b"javascript", MODULE} or any(a.name in HREFS for a in written)
    if name == b"link":
        return not FETCHING_RELS.isdisjoint((value_of(written, b"rel") or b"").lower().split())
    if name == b"input":
        return (value_of(written, b"type") or b"").lower() == b"image"
    if name == b"meta":
        return (value_of(written, b"http-equiv") or b"").lower() == b"refresh"
    return True


def urls_in(element: bytes, name: bytes, value: bytes, written: list[Attribute]) -> Iterable[bytes]:
    """The URLs in the ``value`` of an attribute called ``name``, its character references resolved."""
    if name in SETS:
        return srcset.urls(value)
    if name == b"ping":
        return value.split()
    if element in ANIMATIONS:
        animated = next((resolve(a.value) for a in written if a.name == b"attributename"), b"")
        return value.split(b";") if animated.strip().lower() in HREFS else ()
    return (value,)


def use_of(name: bytes, written: list[Attribute], *, unscripted: bool) -> Use:
    """To what use the URLs of an element are put; ``unscripted``: it stands in a ``<noscript>``."""
    if name in _ACTIVE:
        return Use.ACTIVE
    if name in {b"a", b"area"} or (name == b"img" and _is_pixel(written, unscripted=unscripted)):
        return Use.PIXEL
    return Use.PASSIVE


def _is_pixel(written: list[Attribute], *, unscripted: bool) -> bool:
    width, height = value_of(written, b"width"), value_of(written, b"height")
    if width is not None and height is not None and _TINY.match(width) and _TINY.match(height):
        return True
    if any(a.name == b"hidden" for a in written) or _UNSEEN.search(value_of(written, b"style") or b""):
        return True
    shown = any(_SIZE.match(size) and not _TINY.match(size) for size in (width, height) if size is not None)
    return unscripted and not shown and not any(a.name in {b"srcset", b"sizes", b"class"} for a in written)
