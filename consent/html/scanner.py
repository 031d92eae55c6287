"""Where a page's constructs are: bytes in, constructs out, resumable at any byte, exact to the WHATWG tokenizer.

The law that makes it fast: most tags need no look. A literal search finds candidates (``<script``, ``<img`` ...);
only for a candidate is it *proven*, from the last proven place, that its ``<`` stands in the data state and not in
a quoted value, a comment or a script (``proof``). Where the short proof fails, tags are matched one by one.

The tokenizer's state depends on the tree in two places, followed here without a tree: ``<template>`` (its content
is inert, nothing in it is reported) and foreign content (``foreign``: in ``<svg>`` a ``<style>`` is no raw text).
"""

import re
from collections.abc import Generator, Iterable, Iterator

from consent.html import candidates, foreign, passing, rawtext
from consent.html.candidates import BARE, CLOSE, COMMENT, FULL, PLAIN, REPORTED, SIMPLE, TEXT, Finder, Kind
from consent.html.constructs import TOO_DEEP, TOO_LONG, TRACED, UNSURE, Construct, Interest
from consent.html.passing import Passing
from consent.html.proof import in_data, walk
from consent.html.rawtext import RAW, ScriptText, raw_end
from consent.html.tags import ANY_END, TAG, attributes, is_self_closing
from consent.html.tokens import BORING, SOUND, TURNS
from consent.html.traced import Gaps

_BY_NAME = frozenset({b"meta", b"base"})
_WHOLE = frozenset({b"script", b"style"})
"""Raw text that is judged: it is waited for. The rest may pass before its end has come."""

_TURNS = TURNS | foreign.POINTS | {b"base"}
"""After which another way of looking, or another judge, may be needed."""
_TAG_NAME = re.compile(rb"<([a-zA-Z]+)")
_SHADOW_ROOT = frozenset({b"shadowrootmode"})
_LONG = 512
"""Bytes passed behind a match from which on a new search costs less than to go on with the old one through them."""


class Scanner:
    """Finds constructs in a page that comes in pieces.

    ``scan`` is given the bytes from ``consumed`` of the piece before on, with more behind them, and leaves in
    ``consumed`` how many of them are decided. Where a construct was cut, ``awaited`` says what its end looks like,
    so that the caller need not try again before it has come.
    """

    __slots__ = (
        "_foreign",
        "_gaps",
        "_interest",
        "_passing",
        "_scripting",
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
        self._passing: Passing | None = None
        """The comment or raw text that the piece before stopped in."""
        self._template = 0
        self._foreign: list[bytes] = []
        self._gaps = Gaps()
        self.unscripted = range(0)
        """The places of the piece that stand in the ``<noscript>`` met last."""

    def scan(self, page: bytes, *, final: bool) -> Iterator[Construct]:
        """The constructs that are whole in ``page``; with ``final`` the page ends here."""
        self.awaited = None
        self.unscripted = range(0)
        proven = 0 if self._passing is None else self._pass(page, 0, self._passing, final=final)
        self._gaps.begin = -1 if self._template else proven
        while proven >= 0:
            in_foreign, in_template = foreign.inside(self._foreign), self._template > 0
            if not in_foreign:
                proven = yield from self._scan_html(page, proven, final=final)
            else:
                step = foreign.step(page, proven, self._foreign, in_template=in_template, final=final)
                if step.construct is not None and step.construct[0] == TOO_DEEP:
                    yield from self._made_comment(TOO_DEEP, step.construct[1], step.end, in_foreign=True)
                elif step.construct is not None and not in_template:
                    yield from self._reported(page, step.construct)
                proven = step.end if step.whole else self._cut(page, step.end, ANY_END, final=final)
            if proven < 0:
                self._gaps.close(self.consumed, in_foreign=in_foreign)
            elif (in_foreign, in_template) != (foreign.inside(self._foreign), self._template > 0):
                self._gaps.close(proven, in_foreign=in_foreign)
                self._gaps.begin = -1 if self._template else proven
        yield from self._traced(page)

    def _reported(self, page: bytes, construct: Construct) -> Iterator[Construct]:
        """A construct; before a ``<base>`` all that comes before it, since it changes where the rest leads."""
        if construct[0] == b"base":
            start = construct[1]
            self._gaps.close(start, in_foreign=foreign.inside(self._foreign))
            self._gaps.begin = start
            yield from self._traced(page)
        yield construct

    def _made_comment(self, name: bytes, start: int, behind: int, *, in_foreign: bool = False) -> Iterator[Construct]:
        """The tag at ``start`` is made a comment that ends before ``behind``: markup begins anew there."""
        self._gaps.close(start, in_foreign=in_foreign)
        self._gaps.begin = -1 if self._template else behind
        yield name, start, start, start, None

    def _traced(self, page: bytes) -> Iterator[Construct]:
        for start, end in self._gaps.look(page):
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
                    if self._gaps.begin >= 0 and (start == proven or in_data(page, proven, start)):
                        self._gaps.close(text)
                        self._gaps.begin = proven = end
                    continue
            if start != proven and not in_data(page, proven, start):
                proven, whole = walk(page, proven, start)
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
            matched = BORING.match(page, begin)
            self.consumed = matched.end() if matched else begin
        return -1

    def _pass(self, page: bytes, start: int, text: Passing, *, final: bool) -> int:
        """Pass over text that needs no look; it need not come whole."""
        at, again = text.find(page, start)
        self._passing = text if at < 0 else None
        if at < 0:
            self.consumed = len(page) if final else again
        return at

    def pass_over(self, length: int) -> None:
        """So many bytes are decided already, and end between two constructs as they began."""
        self.awaited = None
        self.unscripted = range(0)
        self.consumed = length

    def give_up(self, page: bytes) -> Construct | None:
        """Of the construct that ``page``, the bytes from ``consumed`` on, begins with, no more is kept: how it is
        reported, if it is. What follows is passed up to its end.

        A script's or style's text stays its own. Any other tag is made a comment (``<!...``), which ends at the
        first ``>``, in a quoted value too: what follows is read as markup, by us and by a browser.
        """
        self.awaited = None
        tag = TAG.match(page)
        name = _name(page, 0)
        if tag is not None and name in _WHOLE and not self._foreign:
            self.consumed = tag.end()
            self._passing = ScriptText() if name == b"script" else passing.RAW_TEXT[name]
            return None if self._template else (name, 0, tag.end(), tag.end(), None)
        if page.startswith(b"<!--"):
            self.consumed = len(b"<!--")
            self._passing = passing.COMMENT
            return None
        self.consumed = 1
        self._passing = passing.BOGUS_COMMENT
        return (TOO_LONG, 0, 0, 0, None)

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
            self._gaps.close(begin)
            self._gaps.begin = end
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
            self._gaps.close(end)
            return (), self._pass(page, end, passing.EVERYTHING, final=final)
        return self._turn(page, name, start, end, closing=kind == CLOSE)

    def _comment(self, page: bytes, start: int, *, final: bool) -> int:
        """A comment without an end; its first bytes decide whether it is over at once (``<!-->``)."""
        text = start + len("<!--")
        if len(page) < text + 2 and not final:
            return self._cut(page, start, None, final=final)
        return self._pass(page, text, passing.COMMENT, final=final)

    def _raw(self, page: bytes, construct: Construct, *, final: bool) -> tuple[Iterable[Construct], int]:
        name, start, tag_end, _, value = construct
        reported = name in REPORTED and not self._template
        if self._foreign and not self._template:
            return self._ambiguous(page, construct, final=final)
        if name not in _WHOLE:
            self._gaps.close(tag_end)
            at = self._pass(page, tag_end, passing.RAW_TEXT[name], final=final)
            self._gaps.begin = -1 if self._template else at
            return ([construct] if reported else ()), at
        end = raw_end(page, name, tag_end)
        if end < 0:
            if not final:
                return (), self._cut(page, start, rawtext.END[name], final=final)
            end = self.consumed = len(page)
        self._gaps.close(tag_end)
        self._gaps.begin = -1 if self._template else end
        return ([(name, start, tag_end, end, value)] if reported else ()), end

    def _ambiguous(self, page: bytes, construct: Construct, *, final: bool) -> tuple[Iterable[Construct], int]:
        """Raw text where HTML is again within SVG or MathML. Whether it is, is not sure without the tree (the end tag
        of an element around ends both), and in SVG it would be markup: what it holds is reported too.
        """
        name, start, tag_end, _, value = construct
        end = raw_end(page, name, tag_end)
        if end < 0:
            if not final:
                return (), self._cut(page, start, rawtext.END[name], final=final)
            end = len(page)
        self._gaps.close(tag_end)
        self._gaps.begin = end
        whole = (name, start, tag_end, end if name in _WHOLE else tag_end, value)
        return [
            *([whole] if name in REPORTED else ()),
            *self._within(page, tag_end, end, scripting=self._scripting),
        ], end

    def _within(self, page: bytes, start: int, end: int, *, scripting: bool) -> Iterator[Construct]:
        """The constructs in text that is read as markup, too."""
        return _shifted(Scanner(self._interest, scripting=scripting).scan(page[start:end], final=True), start)

    def _turn(
        self, page: bytes, name: bytes, start: int, tag_end: int, *, closing: bool
    ) -> tuple[Iterable[Construct], int]:
        """Follow what changes how the rest is read: templates and foreign content."""
        if name == b"template":
            if closing:
                self._template -= 1
            elif self._template or not _is_shadow_root(page, start, tag_end):
                self._template += 1
        elif closing:
            if self._foreign and self._foreign[-1] == name:
                self._foreign.pop()
        elif name in foreign.ROOTS and not is_self_closing(page, start, tag_end):
            if foreign.is_too_deep(self._foreign):
                behind = foreign.behind_comment(page, start)
                return list(self._made_comment(TOO_DEEP, start, behind)), behind
            self._foreign.append(name)
        return (), tag_end

    def _noscript(self, page: bytes, start: int, tag_end: int, *, final: bool) -> tuple[Iterable[Construct], int]:
        """Text for a browser with scripting, markup for one without: what stands in it is read as markup."""
        if not self._scripting:
            return (), tag_end
        close = raw_end(page, b"noscript", tag_end)
        if close < 0 and not final:
            return (), self._cut(page, start, rawtext.END[b"noscript"], final=final)
        end = len(page) if close < 0 else close
        self.unscripted = range(tag_end, end)
        if SOUND.fullmatch(page, tag_end, end):
            return (), tag_end  # both readings agree: its tags are read like any other's
        inner = Scanner(self._interest, scripting=False)
        # A "<" right before the end tag's own is text in both readings.
        inside = page[tag_end:end] if close < 0 else page[tag_end:end].rstrip(b"<")
        found = list(_shifted(inner.scan(inside, final=close < 0), tag_end))
        if close >= 0 and not inner.is_between(len(inside)):
            behind = foreign.behind_comment(page, start)
            return list(self._made_comment(UNSURE, start, behind)), behind
        self._gaps.close(tag_end)
        self._gaps.begin = end
        return found, end

    def is_between(self, at: int) -> bool:
        """Whether what was scanned, up to ``at``, ends between two constructs, with nothing open that changes how
        the rest is read.
        """
        return self.consumed == at and self.is_at_rest

    @property
    def is_at_rest(self) -> bool:
        """Whether what comes next is read as at a page's beginning."""
        return self._passing is None and not self._template and not self._foreign


def _name(page: bytes, start: int) -> bytes:
    match = _TAG_NAME.match(page, start)
    return match[1].lower() if match else b""


def _shifted(constructs: Iterable[Construct], by: int) -> Iterator[Construct]:
    return ((name, start + by, tag_end + by, end + by, value) for name, start, tag_end, end, value in constructs)


def _is_shadow_root(page: bytes, start: int, end: int) -> bool:
    """Whether a template's content is live (declarative shadow DOM)."""
    return any(True for _ in attributes(page, start, end, _SHADOW_ROOT))
