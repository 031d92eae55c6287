"""What a candidate comes to, once its ``<`` is proven to be markup: constructs, and the place to go on from.

The tokenizer's state depends on the tree in two places, followed here without a tree: ``<template>`` (its content
is inert, nothing in it is reported) and foreign content (``foreign``: in ``<svg>`` a ``<style>`` is no raw text).
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator

from consent.html import foreign, passing, rawtext
from consent.html.candidates import BARE, CLOSE, COMMENT, FULL, REPORTED, SIMPLE, TEXT, Kind
from consent.html.constructs import TOO_DEEP, TOO_LONG, UNSURE, Construct, Interest
from consent.html.passing import Passing
from consent.html.rawtext import RAW, ScriptText, raw_end
from consent.html.tags import ANY_END, TAG, attributes, is_self_closing
from consent.html.tokens import SOUND
from consent.html.traced import Gaps

_BY_NAME = frozenset({b"meta", b"base"})
_WHOLE = frozenset({b"script", b"style"})
"""Raw text that is judged: it is waited for. The rest may pass before its end has come."""
_UNENDING = frozenset({b"frameset", b"plaintext"})
_TAG_NAME = re.compile(rb"<([a-zA-Z]+)")
_SHADOW_ROOT = frozenset({b"shadowrootmode"})


class Elements(ABC):
    """Reads proven candidates to their end and keeps what is open behind them.

    ``consumed`` says how many bytes of the piece at hand are decided. Where a construct was cut, ``awaited`` says what
    its end looks like, so that the caller need not try again before it has come.
    """

    __slots__ = (
        "_foreign",
        "_frameset",
        "_gaps",
        "_interest",
        "_passing",
        "_scripting",
        "_template",
        "awaited",
        "consumed",
        "unscripted",
    )

    def __init__(self, interest: Interest, *, scripting: bool = True, frameset: bool = False) -> None:
        self.consumed = 0
        self._interest = interest
        self.awaited: re.Pattern[bytes] | None = None
        self._scripting = scripting
        """False within ``<noscript>``, where a nested one is an element like any other."""
        self._passing: Passing | None = None
        """The comment or raw text that the piece before stopped in."""
        self._template = 0
        self._foreign: list[bytes] = []
        self._frameset = frameset
        """A frameset may have begun: in it tags of raw text and templates are no tags at all (HTML 13.2.6.4.20)."""
        self._gaps = Gaps()
        self.unscripted = range(0)
        """The places of the piece that stand in the ``<noscript>`` met last."""

    @abstractmethod
    def scan(self, page: bytes, *, final: bool) -> Iterator[Construct]:
        """The constructs that are whole in ``page``; with ``final`` the page ends here."""

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
        name = name_at(page, 0)
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

    def _cut(self, page: bytes, at: int, awaited: re.Pattern[bytes] | None, *, final: bool) -> int:
        """Stop before a construct that has not come whole."""
        self.consumed = len(page) if final else at
        self.awaited = awaited
        return -1

    def _pass(self, page: bytes, start: int, text: Passing, *, final: bool) -> int:
        """Pass over text that needs no look; it need not come whole."""
        at, again = text.find(page, start)
        self._passing = text if at < 0 else None
        if at < 0:
            self.consumed = len(page) if final else again
        return at

    def _made_comment(self, name: bytes, start: int, behind: int, *, in_foreign: bool = False) -> Iterator[Construct]:
        """The tag at ``start`` is made a comment that ends before ``behind``: markup begins anew there."""
        self._gaps.close(start, in_foreign=in_foreign)
        self._gaps.begin = -1 if self._template else behind
        yield name, start, start, start, None

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
            return [(name or name_at(page, start), start, end, end, value)], end
        if kind != CLOSE and name in RAW:
            return self._raw(page, (name, start, end, end, value), final=final)
        if name == b"noscript":
            return self._noscript(page, start, end, final=final)
        if name in _UNENDING:
            return (), self._begin(page, name, end, final=final)
        return self._turn(page, name, start, end, closing=kind == CLOSE)

    def _begin(self, page: bytes, name: bytes, end: int, *, final: bool) -> int:
        """What has no end behind its start tag: where to go on from."""
        if name == b"frameset":
            self._frameset = True
            return end
        if self._is_unsure:  # a plaintext that may be an element like any other, or none
            return end
        self._gaps.close(end)
        return self._pass(page, end, passing.EVERYTHING, final=final)

    def _comment(self, page: bytes, start: int, *, final: bool) -> int:
        """A comment without an end; its first bytes decide whether it is over at once (``<!-->``)."""
        text = start + len("<!--")
        if len(page) < text + 2 and not final:
            return self._cut(page, start, None, final=final)
        return self._pass(page, text, passing.COMMENT, final=final)

    def _raw(self, page: bytes, construct: Construct, *, final: bool) -> tuple[Iterable[Construct], int]:
        name, start, tag_end, _, value = construct
        reported = name in REPORTED and not self._template
        if self._is_unsure and not self._template:
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
        of an element around ends both), and in SVG it would be markup, as it is in a frameset: what it holds is
        reported too.
        """
        name, start, tag_end, _, value = construct
        close = raw_end(page, name, tag_end)
        if close < 0 and not final:
            return (), self._cut(page, start, rawtext.END[name], final=final)
        end = len(page) if close < 0 else close
        whole = (name, start, tag_end, end if name in _WHOLE else tag_end, value)
        before = [whole] if name in REPORTED else []
        return self._as_markup(page, start, tag_end, close, before, scripting=self._scripting, strict=False)

    def _turn(
        self, page: bytes, name: bytes, start: int, tag_end: int, *, closing: bool
    ) -> tuple[Iterable[Construct], int]:
        """Follow what changes how the rest is read: templates and foreign content."""
        if name == b"template":
            if closing:
                self._template -= 1
            elif not self._frameset and (self._template or not _is_shadow_root(page, start, tag_end)):
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
        return self._as_markup(page, start, tag_end, close, [], scripting=False, strict=not self._frameset)

    def _as_markup(  # noqa: PLR0913 - where the text is, and how it is read
        self,
        page: bytes,
        start: int,
        tag_end: int,
        close: int,
        before: list[Construct],
        *,
        scripting: bool,
        strict: bool,
    ) -> tuple[Iterable[Construct], int]:
        """Text that may be markup as well, up to the end tag at ``close`` (-1: to the page's end): ``before``, and what
        stands in it. Where something is open at its end the readings end apart, and its start tag is made a comment;
        ``strict``: a template or a drawing counts as well.
        """
        # A "<" right before the end tag's own is text in every reading.
        inside = page[tag_end:] if close < 0 else page[tag_end:close].rstrip(b"<")
        inner = type(self)(self._interest, scripting=scripting, frameset=self._frameset)
        found = list(_shifted(inner.scan(inside, final=close < 0), tag_end))
        is_whole = inner.is_between if strict else inner.is_behind
        if close >= 0 and not is_whole(len(inside)):
            behind = foreign.behind_comment(page, start)
            return list(self._made_comment(UNSURE, start, behind)), behind
        end = len(page) if close < 0 else close
        self._gaps.close(tag_end)
        self._gaps.begin = end
        return [*before, *found], end

    def is_between(self, at: int) -> bool:
        """Whether what was scanned, up to ``at``, ends between two constructs, with nothing open that changes how
        the rest is read.
        """
        return self.consumed == at and self.is_at_rest

    def is_behind(self, at: int) -> bool:
        """Whether what was scanned ends, at ``at``, behind a construct."""
        return self.consumed == at and self._passing is None

    @property
    def is_at_rest(self) -> bool:
        """Whether what comes next is read as at a page's beginning."""
        return self._passing is None and not self._template and not self._is_unsure

    @property
    def _is_unsure(self) -> bool:
        """Whether it takes the tree to tell if raw text is text."""
        return self._frameset or bool(self._foreign)


def name_at(page: bytes, start: int) -> bytes:
    """The name of the start tag at ``start``, in lower case; none if there is no such tag."""
    match = _TAG_NAME.match(page, start)
    return match[1].lower() if match else b""


def _shifted(constructs: Iterable[Construct], by: int) -> Iterator[Construct]:
    return ((name, start + by, tag_end + by, end + by, value) for name, start, tag_end, end, value in constructs)


def _is_shadow_root(page: bytes, start: int, end: int) -> bool:
    """Whether a template's content is live (declarative shadow DOM)."""
    return any(True for _ in attributes(page, start, end, _SHADOW_ROOT))
