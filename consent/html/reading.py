"""Text as it is written in a page and as a browser reads it, with the way back: an edit is made where it is written.

In an attribute and in an SVG ``<style>`` character references stand for characters; in the latter comments and
elements are no text, and CDATA sections are (HTML 13.2.5.69 to 13.2.5.80).
"""

import bisect
import re
from html.entities import html5

from consent.html.tags import BOGUS_COMMENT, REFERENCE, REST_OF_TAG, WHOLE_COMMENT, character

_IN_TEXT = re.compile(rb"&(?:#[xX][0-9a-fA-F]++;?|#[0-9]++;?|[a-zA-Z][a-zA-Z0-9]*+;?)")
_IN_VALUE = re.compile(REFERENCE.pattern.encode())
_LONGEST_NAME = max(map(len, html5))
_MARKUP = re.compile(
    rb"<!\[CDATA\[((?:[^\]]++|\](?!\]>))*+)(?:\]\]>|\Z)|"
    + WHOLE_COMMENT
    + b"|"
    + BOGUS_COMMENT
    + rb"|</?[a-zA-Z][^\t\n\f\r />]*+"
    + REST_OF_TAG
    + rb"|<[a-zA-Z/!?][\s\S]*+\Z"  # one that the page's end cuts
)
_BEGINS_TAG = re.compile(rb"</?[a-zA-Z]")


class Reading:
    """What a browser reads; ``back`` leads to where it is written."""

    __slots__ = ("_read", "_written", "nested", "text")

    def __init__(self, pieces: list[tuple[int, bytes]], *, nested: bool = False) -> None:
        """``pieces``: where each is written, and its text. ``nested``: a tag stands within."""
        self.nested = nested
        self._read: list[int] = []
        self._written: list[int] = []
        length = 0
        for written, text in pieces:
            self._read.append(length)
            self._written.append(written)
            length += len(text)
        self.text = b"".join(text for _, text in pieces)

    def back(self, at: int) -> int:
        """Where what is read at ``at`` is written, as an offset."""
        piece = bisect.bisect_right(self._read, at) - 1
        return self._written[piece] + at - self._read[piece] if piece >= 0 else at


def read_value(value: bytes) -> Reading:
    """An attribute's value."""
    return Reading(_referred(value, 0, len(value), _IN_VALUE))


def read_foreign(text: bytes) -> Reading:
    """The content of a ``<style>`` in SVG."""
    pieces: list[tuple[int, bytes]] = []
    at = 0
    nested = False
    for markup in _MARKUP.finditer(text):
        pieces += _referred(text, at, markup.start(), _IN_TEXT)
        nested = nested or _BEGINS_TAG.match(text, markup.start()) is not None
        if markup[1]:
            pieces.append((markup.start(1), markup[1]))
        at = markup.end()
    return Reading(pieces + _referred(text, at, len(text), _IN_TEXT), nested=nested)


def _referred(text: bytes, start: int, end: int, pattern: re.Pattern[bytes]) -> list[tuple[int, bytes]]:
    """The pieces of ``text[start:end]``, each with where it is written."""
    pieces: list[tuple[int, bytes]] = []
    at = start
    for reference in pattern.finditer(text, start, end):
        stands_for, length = _resolved(reference[0].decode("ascii"), in_text=pattern is _IN_TEXT)
        if not length:
            continue
        after = reference.start() + length
        pieces += [(at, text[at : reference.start()]), (reference.start(), stands_for)]
        at = after
    pieces.append((at, text[at:end]))
    return pieces


def _resolved(written: str, *, in_text: bool) -> tuple[bytes, int]:
    """What a reference stands for, and how much of ``written`` it is; nothing if it is none."""
    if in_text and written[1] != "#":
        # Outside of attributes the longest name counts, whatever follows it.
        for length in range(min(len(written), _LONGEST_NAME + 1), 1, -1):
            if stands_for := html5.get(written[1:length]):
                return stands_for.encode(), length
        return b"", 0
    resolved = character(written)
    return (resolved.encode("utf-8", "surrogateescape"), len(written)) if resolved != written else (b"", 0)
