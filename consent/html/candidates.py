"""The search for what may be of interest, as one pattern a way of reading.

Most of a page's tags are passed without Python seeing them. A tag of interest is matched whole where that can be
done in one go: its attributes are passed up to the first that is judged, and if there is just one, ``src`` or
``href``, its value comes with the match. Anything less plain is left to ``tags.attributes``.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from consent.html import foreign
from consent.html.names import alternatives, caseless, prefilter
from consent.html.rawtext import RAW
from consent.html.tags import NAME_END, SPACE, VALUE
from consent.html.tokens import TURNS

REPORTED = frozenset(
    b"script style iframe frame img image input source video audio track embed object link portal meta base".split()
)

Kind = int
"""How much of a candidate a match holds. Plain numbers: they are compared once for each candidate of a page."""
TEXT: Kind = 0
"""A whole script with no judged attribute and no ``<`` in its text, which is the group before."""
PLAIN: Kind = 1
"""A whole start tag with one judged attribute, whose value is the group before; no raw text follows, or none but
white space and the end tag. The last group stands at the tag's end."""
BARE: Kind = 2
"""A whole start tag of raw text with no judged attribute."""
TAG: Kind = 3
"""The beginning of a start tag."""
CLOSE: Kind = 4
"""The beginning of an end tag."""
COMMENT: Kind = 5
"""``<!--`` of a comment that a tag may hide in, or without an end."""
FULL: Kind = 6
"""Like ``PLAIN``, but raw text follows."""


@dataclass(frozen=True, slots=True)
class Finder:
    """A pattern, and what its last group says of a match."""

    pattern: re.Pattern[bytes]
    meaning: tuple[tuple[Kind, bytes], ...]


_COMMENT = rb"!--(?!-?>|(?:[^-<]++|-(?!-!?>))*+--!?>)()"
"""A comment without a ``<`` in it is passed like a tag of no interest: nothing can hide in it."""

_JUDGED = (
    b"(?:" + alternatives([b"src", b"href", b"xlink", b"post", b"images"])
    + rb"|[dD][aA][tT][aA](?:[\t\n\f\r />=]|-[cC][oO][nN]))"
)  # fmt: skip
"""How the names of the attributes begin that can matter; ``data`` alone, and ``data-consent...``."""


def _all_but(judged: bytes) -> bytes:
    """``tags.ATTRIBUTES`` without those judged, with a short way for the common form, ``name="value"``."""
    value = rb'(?:="[^"]*+"|' + SPACE + rb"*+=" + SPACE + rb"*+" + VALUE + rb"|(?!" + SPACE + rb"*+=))"
    name = rb"(?!" + judged + rb")[^\t\n\f\r />][^\t\n\f\r />=]*+"
    return rb"(?:[\t\n\f\r /]*+" + name + value + rb")*+[\t\n\f\r /]*+"


_PASSED = _all_but(_JUDGED)

_ONE_URL = b"(?:" + alternatives([b"src", b"href"]) + b")" + SPACE + b"*+=" + SPACE + b"*+(" + VALUE + b")" + _PASSED


SIMPLE = b""
"""Stands for the name in a meaning: it is one of several, to be read off the page."""


class _Builder:
    """Joins alternatives and counts their groups."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.meaning: list[tuple[Kind, bytes]] = [(COMMENT, b"")]

    def add(self, pattern: bytes, *groups: tuple[Kind, bytes]) -> None:
        self.parts.append(pattern)
        self.meaning.extend(groups)

    def text(self, name: bytes) -> None:
        """An element whose text is nobody's business: passed, unless a tag could hide in it."""
        self.begun(name, unless=_PASSED + b">[^<]*+</" + caseless(name) + NAME_END)

    def simple(self, names: Collection[bytes]) -> None:
        """Elements without raw text: one with no judged attribute is passed. One way for all, as groups cost time."""
        pattern = b"(?:" + alternatives(names) + b")" + NAME_END + _PASSED + b"(?:" + _ONE_URL + b">()|(?!>)())"
        self.add(pattern, (PLAIN, SIMPLE), (PLAIN, SIMPLE), (TAG, SIMPLE))

    def raw(self, name: bytes) -> None:
        """An element with raw text: seen in any case, since its text must not be read as markup."""
        close = b"</" + caseless(name) + NAME_END
        text = b"([^<]*+)" + close + b"()|" if name == b"script" else b""
        ways = _ONE_URL + b">(?:()" + SPACE + b"*+" + close + b"|())|>(?:" + text + b"())|()"
        self.add(
            caseless(name) + NAME_END + _PASSED + b"(?:" + ways + b")",
            *[(PLAIN, name), (PLAIN, name), (FULL, name)],
            *([(TEXT, name), (TEXT, name)] if text else []),
            *[(BARE, name), (TAG, name)],
        )

    def refreshing(self) -> None:
        """A ``meta`` with ``http-equiv``."""
        passed = _all_but(caseless(b"http-equiv"))
        self.add(caseless(b"meta") + NAME_END + passed + rb"(?=[hH])()", (TAG, b"meta"))

    def begun(self, name: bytes, kind: Kind = TAG, *, unless: bytes = b"") -> None:
        slash = b"/" if kind is CLOSE else b""
        but = b"(?!" + unless + b")" if unless else b""
        self.add(slash + caseless(name) + NAME_END + but + b"()", (kind, name))

    def finder(self, look_ahead: bytes) -> Finder:
        return Finder(re.compile(b"<" + look_ahead + b"(?:" + b"|".join(self.parts) + b")"), tuple(self.meaning))


def _finder(
    *,
    simple: Collection[bytes] = (),
    raw: Collection[bytes] = (),
    text: Collection[bytes] = (),
    begun: Collection[bytes] = (),
    closed: Collection[bytes] = (),
) -> Finder:
    builder = _Builder()
    builder.add(_COMMENT, (COMMENT, b""))
    for name in sorted(raw):
        builder.raw(name)
    if simple:
        builder.simple(simple)
    for name in sorted(text):
        builder.text(name)
    if simple:
        builder.refreshing()
    for name in sorted(begun):
        builder.begun(name, unless=foreign.PLAIN_SVG if name == b"svg" else b"")
    for name in sorted(closed):
        builder.begun(name, CLOSE)
    look_ahead = b"" if closed else prefilter([b"!--", b"meta", *raw, *simple, *text, *begun])
    return builder.finder(look_ahead)


_SIMPLE = REPORTED - RAW - {b"meta", b"base"}
_JUDGED_RAW = frozenset({b"script", b"iframe", b"style"})
_TEXTS = RAW - _JUDGED_RAW
_BEGUN = TURNS | {b"noscript", b"plaintext", b"base", b"frameset"}

IN_HTML = _finder(simple=_SIMPLE, raw=_JUDGED_RAW, text=_TEXTS, begun=_BEGUN)
IN_POINT = _finder(
    simple=_SIMPLE, raw=_JUDGED_RAW, text=_TEXTS, begun=_BEGUN | (foreign.POINTS - _TEXTS), closed=foreign.POINTS
)
"""HTML within an integration point of SVG or MathML: its end leads back."""
IN_TEMPLATE = _finder(begun=RAW | TURNS, closed={b"template"})
"""A template's content is inert: only what could hide its end matters."""
