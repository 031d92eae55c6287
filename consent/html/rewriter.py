"""A page rewritten as it streams: ``feed`` chunk by chunk, then ``finish``.

Any chunking gives the same bytes as one piece, and the output is the input but for insertions. What is decided
goes out at once; only an unfinished tag, script, style or ``<noscript>`` is kept back.
"""

import operator
import re
from collections.abc import Callable, Iterable

from consent.html import limits, nonces
from consent.html.editing import Beside, Editor
from consent.html.holding import Holder
from consent.html.injection import Insertion
from consent.html.judging import Judge
from consent.html.limits import Limit
from consent.html.marks import Edit
from consent.html.prologue import Prologue
from consent.html.rawtext import LONGEST_END
from consent.html.texts import Texts

_PATIENCE = 8
"""After a try in vain the bytes kept back must grow by this fraction: trying stays linear whatever a page holds."""


class Rewriter:
    """Rewrites one page. Not to be used again after ``finish``.

    ``insert`` is called once, with what ``<html lang>`` says (``b""`` if nothing); None: the bytes are a fragment,
    in which things are held but nothing is inserted. ``beside``: see ``editing.Beside``. ``nonce``: the page's own, out
    of its Content-Security-Policy (see ``nonces``).
    """

    __slots__ = (
        "_awaited",
        "_beginning_kept",
        "_begun",
        "_editor",
        "_insert",
        "_insertion",
        "_kept",
        "_most",
        "_neutral",
        "_pending",
        "_prologue",
        "_retry",
        "_size",
        "_tail",
    )

    def __init__(
        self,
        holder: Holder,
        insert: Callable[[bytes], Insertion] | None,
        *,
        beside: Beside | None = None,
        nonce: bytes = b"",
        kept: int = limits.KEPT,
    ) -> None:
        self._neutral = nonces.neutral(nonce)
        self._editor = Editor(holder, beside=beside)
        self._prologue = None if insert is None else Prologue()
        self._insert = insert
        self._insertion: Insertion | None = None
        self._most = kept
        self._beginning_kept = True
        self._begun = False
        """Whether there was a byte at all: nothing is inserted into nothing."""
        self._kept: list[bytes] = []
        self._size = 0
        self._tail = b""
        self._awaited: re.Pattern[bytes] | None = None
        self._retry = 0
        self._pending: list[Edit] = []
        """Edits of what is kept."""

    @property
    def held(self) -> set[bytes]:
        """The labels of what was held so far."""
        return {label for labels in self._editor.labels for label in labels.split()}

    @property
    def exceeded(self) -> list[Limit]:
        """The limits that the page has gone beyond so far."""
        found = [limits.BY_LABEL[label] for label in self.held if label in limits.BY_LABEL]
        return found if self._beginning_kept else [*found, limits.BEGINNING]

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes; give those that are decided."""
        if not chunk:
            return b""
        self._begun = True
        self._kept.append(chunk)
        self._size += len(chunk)
        out = self._advance(final=False) if self._worth_a_try(chunk) or self._size > self._most else b""
        while self._size > self._most:
            out += self._give_up() + self._advance(final=False)
        return out

    def finish(self, chunk: bytes = b"") -> bytes:
        """The page ends, with ``chunk``: give what is left. A page in one piece takes one pass this way."""
        if chunk:
            self._begun = True
            self._kept.append(chunk)
        return self._advance(final=True)

    def _worth_a_try(self, chunk: bytes) -> bool:
        """Whether what an unfinished construct waits for has come."""
        if self._awaited is not None:
            window = self._tail + chunk
            self._tail = window[-LONGEST_END:]
            if self._awaited.search(window) is None:
                return False
            self._awaited = None  # it has come, and need not come again while there is too little for a try
        return self._size >= self._retry

    def _give_up(self) -> bytes:
        """Too much is kept back: what cannot be judged without its end goes out in a form that fetches nothing."""
        if self._prologue is not None:
            self._prologue.give_up()
            self._beginning_kept = False
            return b""
        page = b"".join(self._kept)
        hold = self._editor.give_up(page)
        consumed = self._editor.consumed
        self._keep(page, consumed)
        edits = [*self._pending, *hold]
        self._pending = [(offset - consumed, mark) for offset, mark in edits if offset > consumed]
        return _splice(page, consumed, [edit for edit in edits if edit[0] <= consumed])

    def _advance(self, *, final: bool) -> bytes:
        page = b"".join(self._kept)
        edits, self._pending = self._pending, []
        reach = len(page)
        if self._prologue is not None:
            reach, inserted = self._insertions(self._prologue, page, final=final)
            edits += inserted
        piece = page if reach == len(page) else page[:reach]
        edits += self._editor.read(self._neutral(piece), final=final)
        consumed = self._editor.consumed
        if self._prologue is not None:
            self._prologue.shift(consumed)
            if self._prologue.body is not None:
                self._prologue = None
        self._keep(page, consumed)
        # The text of an SVG style is read once more, for what stands in it: that may stop within.
        if edits and max(edits)[0] > consumed:
            self._pending = [(offset - consumed, mark) for offset, mark in edits if offset > consumed]
            edits = [edit for edit in edits if edit[0] <= consumed]
        return _splice(page, consumed, edits)

    def _insertions(self, prologue: Prologue, page: bytes, *, final: bool) -> tuple[int, list[Edit]]:
        """How far may be scanned before the body is found, and what to insert."""
        prologue.read(page, final=final)
        edits: list[Edit] = []
        if prologue.head is not None and self._insertion is None and self._insert is not None and self._begun:
            self._insertion = self._insert(prologue.language)
            edits.append((prologue.head, self._insertion.head))
        if prologue.body is not None and self._insertion is not None and not prologue.frameset:
            edits.append((prologue.body, self._insertion.body))
        return len(page) if prologue.body is not None else prologue.reached, edits

    def _keep(self, page: bytes, consumed: int) -> None:
        rest = page[consumed:]
        grown = len(rest) >= len(page)
        self._kept = [rest] if rest else []
        self._size = len(rest)
        self._tail = rest[-LONGEST_END:]
        self._awaited = self._editor.awaited
        if self._prologue is not None and self._awaited is None:
            self._awaited = self._prologue.awaited
        self._retry = len(rest) + len(rest) // _PATIENCE if grown else 0


def make_holder(judge: Judge, texts: Texts | None = None, pieces: Texts | None = None) -> Holder:
    """The holder for a judge: to be made once and used for every page that the judge judges.

    ``texts``, ``pieces``: scripts and styles, and pieces of pages, as met before: holders for other judges may share
    them.
    """
    return Holder(judge, _held_within, Texts() if texts is None else texts, Texts() if pieces is None else pieces)


def _held_within(document: bytes, holder: Holder) -> Iterable[bytes]:
    """The labels that a whole document, such as a ``srcdoc``, would have held."""
    rewriter = Rewriter(holder, None)
    rewriter.finish(document)
    return sorted(rewriter.held)


_offset = operator.itemgetter(0)


def _splice(page: bytes, end: int, edits: list[Edit]) -> bytes:
    """``page[:end]`` with the insertions made; at one offset in the order given."""
    if not edits:
        return page if end == len(page) else page[:end]
    edits.sort(key=_offset)
    view = memoryview(page)  # the pieces between are copied once, by the join
    pieces: list[bytes | memoryview] = []
    at = 0
    for offset, inserted in edits:
        pieces += (view[at:offset], inserted)
        at = offset
    pieces.append(view[at:end])
    return b"".join(pieces)
