"""What is written into a tag that is held, all of it inserted, so that the tag keeps its other bytes."""

import re
from collections.abc import Collection, Iterable

from consent.html.limits import Limit
from consent.html.tags import places

Edit = tuple[int, bytes]
"""``(offset, bytes to insert there)``."""

Hold = tuple[bytes, tuple[Edit, ...]]
"""The labels a construct waits for, and its edits, with offsets from its ``<``."""

HELD = b"data-consent-held"
URLS = b"data-consent-urls"
"""Which labels the URLs in an element's style wait for, each by itself: the element is in force all the time."""
RENAMED = b"data-consent-"

_UNSAFE = re.compile(rb"[^a-z0-9_./ -]")


def inert(name: bytes, tag: bytes, label: bytes) -> Hold:
    """A script or style that neither runs nor applies. Chromium fetches an SVG script's file whatever its type says,
    and no ``src``, so ``href`` is renamed too.
    """
    names = _STYLES_OWN if name == b"style" else _SCRIPTS_OWN
    inserted = b' type="text/plain"' + _mark(HELD, label)
    return label, ((1 + len(name), inserted), *((at, RENAMED) for at in places(tag, names)))


_STYLES_OWN = frozenset({b"type"})
_SCRIPTS_OWN = frozenset({b"type", b"href", b"xlink:href"})


def renamed(name: bytes, tag: bytes, fetching: Collection[bytes], label: bytes) -> Hold:
    """An element whose attributes of the names ``fetching`` fetch nothing."""
    return label, ((1 + len(name), _mark(HELD, label)), *((at, RENAMED) for at in places(tag, fetching)))


def marked(name: bytes, label: bytes, edits: Iterable[Edit]) -> Hold:
    """An element with held URLs in its style, at which ``edits`` are made."""
    return label, ((1 + len(name), _mark(URLS, label)), *edits)


def shadowed(name: bytes, names: Iterable[bytes], label: bytes) -> Hold:
    """An element of which not every attribute was read: empty ones of these ``names`` go first, and of duplicates a
    browser takes the first alone (HTML 13.2.5.33).
    """
    kind = b' type="text/plain"' if name == b"script" else b""
    empty = b"".join(b' %b=""' % attribute for attribute in sorted(names))
    return label, ((1 + len(name), kind + _mark(HELD, label) + empty),)


def comment(limit: Limit) -> Hold:
    """A tag that is made a comment. The space ends the word, so that no name makes it ``<!doctype``."""
    return limit.label, ((1, b"!" + limit.code.encode() + b" "),)


def emptied(tag: bytes, label: bytes) -> Hold:
    """A style whose text nobody read. The rule in front keeps Chromium's preload scanner from its ``@import``."""
    _, edits = inert(b"style", tag, label)
    return label, (*edits, (len(tag), b"x{}"))


def both(first: Hold | None, second: Hold | None) -> Hold | None:
    """Two holds of one element."""
    if first is None or second is None:
        return first or second
    return joined([first[0], second[0]]), (*first[1], *second[1])


def joined(labels: Iterable[bytes]) -> bytes:
    """Labels, each once, joined by a space."""
    return b" ".join(dict.fromkeys(part for label in labels for part in label.split()))


def _mark(name: bytes, label: bytes) -> bytes:
    return b" " + name + b'="' + _UNSAFE.sub(b"_", label) + b'"'
