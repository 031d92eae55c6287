"""Where a page's constructs are: bytes in, constructs out, resumable at any byte, exact to the WHATWG tokenizer.

The law that makes it fast: most tags need no look. A literal search finds candidates (``<script``, ``<img`` ...);
only for a candidate is it *proven*, from the last proven place, that its ``<`` stands in the data state and not in
a quoted value, a comment or a script (``proof``). Where the short proof fails, tags are matched one by one.

The tokenizer's state depends on the tree in two places, followed here without a tree: ``<template>`` (its content
is inert, nothing in it is reported) and foreign content (``foreign``: in ``<svg>`` a ``<style>`` is no raw text).
"""

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Protocol

from consent.html import candidates, foreign, rawtext, traced
from consent.html.candidates import BARE, CLOSE, COMMENT, FULL, PLAIN, REPORTED, SIMPLE, TEXT, TURNS, Finder, Kind
from consent.html.names import alternatives, caseless
from consent.html.proof import in_data
from consent.html.rawtext import LONGEST_END, RAW, raw_end
from consent.html.tags import ANY_END, NAME_END, REST_OF_TAG, TAG, attributes, is_self_closing
from consent.html.texts import Texts
from consent.html.traced import BORING as _BORING, ONE as _ONE, Gap

Construct = tuple[bytes, int, int, int, bytes | None]
"""``(name, start, tag_end, end, value)``: a start tag ``page[start:tag_end]``; of a script or style also its text
``page[tag_end:end]``. ``value``: what the tag's only judged attribute, ``src`` or ``href``, says, as written with
its quotes; ``b""``: no judged attribute; None: look for yourself. A plain tuple: a page has hundreds."""


class Interest(Protocol):
    """What the scanner asks while it passes over a page, to tell what is worth proving."""

    @property
    def passes(self) -> Callable[[bytes], bool]:
        """Whether a tag whose only judged attribute says this, as written with its quotes, may run."""

    @property
    def markup(self) -> Texts:
        """The markup met before."""

    def passes_text(self, page: bytes, start: int, tag_end: int, end: int, /) -> bool:
        """Whether the inline script ``page[start:end]`` may run; its text begins at ``tag_end``."""


_BY_NAME = frozenset({b"meta", b"base"})
_WHOLE = frozenset({b"script", b"style"})
"""Raw text that is judged: it is waited for. The rest may pass before its end has come."""

_TURNS = TURNS | foreign.POINTS | {b"base"}
"""After which another way of looking, or another judge, may be needed."""
TRACED = b"*"
"""The name of a construct that is a start tag found by what stands in it (``traced``); it may be reported twice."""
FOREIGN = foreign.PREFIX
_TAG_NAME = re.compile(rb"<([a-zA-Z]+)")
_LONG = 512
"""Bytes passed behind a match from which on a new search costs less than to go on with the old one through them."""

_NEVER = re.compile(rb"(?!)")
_COMMENT_END = re.compile(rb"--!?>")

_SOUND = re.compile(
    rb"(?:[^<]++|<" + caseless(b"iframe") + NAME_END + REST_OF_TAG + b"[^<]*+</" + caseless(b"iframe") + REST_OF_TAG
    + rb"|</?(?!(?:" + alternatives(RAW | TURNS | {b"plaintext", b"noscript"}) + rb")" + NAME_END
    + rb")[a-zA-Z][^\t\n\f\r />]*+" + REST_OF_TAG + rb")*+"
)  # fmt: skip
"""Markup that leaves the tokenizer in the data state, wherever it is read."""


class Scanner:
    """Finds constructs in a page that comes in pieces.

    ``scan`` is given the bytes from ``consumed`` of the piece before on, with more behind them, and leaves in
    ``consumed`` how many of them are decided. Where a construct was cut, ``awaited`` says what its end looks like,
    so that the caller need not try again before it has come.
    """

    __slots__ = (
        "_foreign",
        "_gap",
        "_gaps",
        "_interest",
        "_scripting",
        "_skip",
        "_template",
        "awaited",
        "consumed",
        "unscripted",
    )

    def __init__(self, interest: Interest, *, scripting: bool = True) -> None:
        self.consumed = 0
        self._interest = interest
        self.awaited: re.Pattern[bytes] | None = None
        self._scripting = scripting
        """False within ``<noscript>``, where a nested one is an element like any other."""
        self._skip: re.Pattern[bytes] | None = None
        """The end of the comment or raw text that the piece before stopped in."""
        self._template = 0
        self._foreign: list[bytes] = []
        self._gap = -1
        """Where the markup begins that traces are still to be looked for in; -1: there is none."""
        self._gaps: list[Gap] = []
        self.unscripted = range(0)
        """The places of the piece that stand in the ``<noscript>`` met last."""

    def scan(self, page: bytes, *, final: bool) -> Iterator[Construct]:
        """The constructs that are whole in ``page``; with ``final`` the page ends here."""
        self.awaited = None
        self.unscripted = range(0)
        proven = 0 if self._skip is None else self._pass(page, 0, self._skip, final=final)
        self._gap = -1 if self._template else proven
        while proven >= 0:
            in_foreign, in_template = foreign.inside(self._foreign), self._template > 0
            if not in_foreign:
                proven = yield from self._scan_html(page, proven, final=final)
            else:
                step = foreign.step(page, proven, self._foreign, in_template=in_template, final=final)
                if step.construct is not None and not in_template:
                    yield from self._reported(page, step.construct)
                proven = step.end if step.whole else self._cut(page, step.end, ANY_END, final=final)
            if proven < 0:
                self._close(self.consumed, in_foreign=in_foreign)
            elif (in_foreign, in_template) != (foreign.inside(self._foreign), self._template > 0):
                self._close(proven, in_foreign=in_foreign)
                self._gap = -1 if self._template else proven
        yield from self._traced(page)

    def _reported(self, page: bytes, construct: Construct) -> Iterator[Construct]:
        """A construct; before a ``<base>`` all that comes before it, since it changes where the rest leads."""
        if construct[0] == b"base":
            start = construct[1]
            self._close(start, in_foreign=foreign.inside(self._foreign))
            self._gap = start
            yield from self._traced(page)
        yield construct

    def _close(self, at: int, *, in_foreign: bool = False) -> None:
        """The markup in which traces are looked for is over."""
        if 0 <= self._gap < at:
            self._gaps.append((self._gap, at, in_foreign))
        self._gap = -1

    def _traced(self, page: bytes) -> Iterator[Construct]:
        gaps, self._gaps = self._gaps, []
        if gaps:
            for start, end in traced.tags(page, gaps, self._interest.markup):
                yield TRACED, start, end, end, None

    def _scan_html(  # noqa: C901, PLR0912 - one loop, run for every candidate of every page: a call more is measured
        self, page: bytes, proven: int, *, final: bool
    ) -> Generator[Construct, None, int]:
        """Until the way of looking changes: the place to go on from; -1 at the piece's end.

        The hot loop of the product: a page passes here once for each candidate, so it calls as little as it can.
        """
        finder = self._finder()
        meaning, passes, passes_text = finder.meaning, self._interest.passes, self._interest.passes_text
        for match in finder.pattern.finditer(page, proven):
            start, end = match.span()
            if start < proven:
                if end > proven:
                    return proven  # begin anew: this match began in what was passed and may hide a tag
                continue
            index = match.lastindex or 0
            kind, name = meaning[index]
            if kind == PLAIN:
                tag_end = match.start(index)
                # Passed unproven, like any tag of no interest: if it stands in a quoted value it hides nothing.
                if passes(match[index - 1]) and page.find(b"<", start + 1, tag_end) < 0:
                    continue
            elif kind == TEXT:
                text, end = match.span(index - 1)
                if passes_text(page, start, text, end):
                    if self._gap >= 0 and (start == proven or in_data(page, proven, start)):
                        self._close(text)
                        self._gap = proven = end
                    continue
            if start != proven and not in_data(page, proven, start):
                proven, whole = _walk(page, proven, start)
                if not whole:
                    return self._cut(page, proven, ANY_END, final=final)
                if proven != start:
                    return proven  # begin anew: what was matched stands in a quoted value
            if kind == PLAIN:
                proven = tag_end
                yield (name or _name(page, start), start, tag_end, tag_end, match[index - 1])
                continue
            found, proven = self._read(page, name, match, kind, final=final)
            if name == b"base":
                for construct in found:
                    yield from self._reported(page, construct)
            else:
                yield from found
            if proven > end + _LONG or proven < 0 or name in _TURNS:
                return proven
        return self._rest(page, proven, final=final)

    def _finder(self) -> Finder:
        if self._template:
            return candidates.IN_TEMPLATE
        return candidates.IN_POINT if self._foreign else candidates.IN_HTML

    def _cut(self, page: bytes, at: int, awaited: re.Pattern[bytes] | None, *, final: bool) -> int:
        """Stop before a construct that has not come whole."""
        self.consumed = len(page) if final else at
        self.awaited = awaited
        return -1

    def _rest(self, page: bytes, proven: int, *, final: bool) -> int:
        """No candidate is left: all but an unfinished tag is decided."""
        self.consumed = len(page)
        if not final:
            less = page.rfind(b"<", proven)
            cut = less if less > page.rfind(b">", proven) else len(page)
            begin = cut if cut == proven or in_data(page, proven, cut) else proven
            matched = _BORING.match(page, begin)
            self.consumed = matched.end() if matched else begin
        return -1

    def _pass(self, page: bytes, start: int, end: re.Pattern[bytes], *, final: bool) -> int:
        """Pass over text that needs no look, up to ``end``; it need not come whole, memory does not grow with it."""
        match = end.search(page, start)
        if match is not None:
            self._skip = None
            return match.end() if end is _COMMENT_END else match.start()
        self._skip = end
        self.consumed = len(page) if final else max(start, len(page) - LONGEST_END)
        return -1

    def _read(
        self, page: bytes, name: bytes, match: re.Match[bytes], kind: Kind, *, final: bool
    ) -> tuple[Iterable[Construct], int]:
        """What a proven candidate comes to: constructs, and the place to go on from."""
        start, end = match.span()
        if kind == COMMENT:
            return (), self._comment(page, start, final=final)
        value = b"" if kind == BARE else None
        if kind == TEXT:
            begin, end = match.span((match.lastindex or 0) - 1)
            self._close(begin)
            self._gap = end
            return [(name, start, begin, end, b"")], end
        if kind == FULL:
            value = match[(match.lastindex or 0) - 2]
        elif kind != BARE:
            tag = TAG.match(page, start)
            if tag is None:
                return (), self._cut(page, start, ANY_END, final=final)
            end = tag.end()
        if name == SIMPLE or name in _BY_NAME:
            return [(name or _name(page, start), start, end, end, value)], end
        if kind != CLOSE and name in RAW:
            return self._raw(page, (name, start, end, end, value), final=final)
        if name == b"noscript":
            return self._noscript(page, start, end, final=final)
        if name == b"plaintext":
            return (), self._pass(page, end, _NEVER, final=final)
        self._turn(page, name, start, end, closing=kind == CLOSE)
        return (), end

    def _comment(self, page: bytes, start: int, *, final: bool) -> int:
        """A comment without an end; its first bytes decide whether it is over at once (``<!-->``)."""
        text = start + len("<!--")
        if len(page) < text + 2 and not final:
            return self._cut(page, start, None, final=final)
        return self._pass(page, text, _COMMENT_END, final=final)

    def _raw(self, page: bytes, construct: Construct, *, final: bool) -> tuple[Iterable[Construct], int]:
        name, start, tag_end, _, value = construct
        reported = name in REPORTED and not self._template
        if name not in _WHOLE:
            self._close(tag_end)
            at = self._pass(page, tag_end, rawtext.END[name], final=final)
            self._gap = -1 if self._template else at
            return ([construct] if reported else ()), at
        end = raw_end(page, name, tag_end)
        if end < 0:
            if not final:
                return (), self._cut(page, start, rawtext.END[name], final=final)
            end = self.consumed = len(page)
        self._close(tag_end)
        self._gap = -1 if self._template else end
        return ([(name, start, tag_end, end, value)] if reported else ()), end

    def _turn(self, page: bytes, name: bytes, start: int, tag_end: int, *, closing: bool) -> None:
        """Follow what changes how the rest is read: templates and foreign content."""
        if name != b"template":
            if closing and self._foreign and self._foreign[-1] == name:
                self._foreign.pop()
            elif closing or len(self._foreign) >= foreign.DEEPEST:
                return
            elif name in foreign.ROOTS and not is_self_closing(page, start, tag_end):
                self._foreign.append(name)
        elif closing:
            self._template -= 1
        elif self._template or not _is_shadow_root(page, start, tag_end):
            self._template += 1

    def _noscript(self, page: bytes, start: int, tag_end: int, *, final: bool) -> tuple[Iterable[Construct], int]:
        """Text for a browser with scripting, markup for one without: what stands in it is read as markup."""
        if not self._scripting:
            return (), tag_end
        end = raw_end(page, b"noscript", tag_end)
        if end < 0:
            if not final:
                return (), self._cut(page, start, rawtext.END[b"noscript"], final=final)
            end = len(page)
        self.unscripted = range(tag_end, end)
        if _SOUND.fullmatch(page, tag_end, end):
            return (), tag_end  # both readings agree: its tags are read like any other's
        self._close(tag_end)
        self._gap = end
        inner = Scanner(self._interest, scripting=False).scan(page[tag_end:end], final=True)
        return [(name, a + tag_end, b + tag_end, c + tag_end, value) for name, a, b, c, value in inner], end


def _name(page: bytes, start: int) -> bytes:
    match = _TAG_NAME.match(page, start)
    return match[1].lower() if match else b""


def _walk(page: bytes, proven: int, start: int) -> tuple[int, bool]:
    """Go tag by tag from ``proven``: to ``start``, or past it to the end of the token that ``start`` lies in.

    The second value is false where that token has not come whole; the place is its beginning then.
    """
    matched = _BORING.match(page, proven, start)
    at = matched.end() if matched else proven
    while at < start:
        token = _ONE.match(page, at)
        if token is None:
            return at, False
        at = token.end()
    return at, True


def _is_shadow_root(page: bytes, start: int, end: int) -> bool:
    """Whether a template's content is live (declarative shadow DOM)."""
    return any(a.name == b"shadowrootmode" for a in attributes(page, start, end))
