"""What a page comes to as edits, a piece at a time: what is found in it, held by one judge's word.

A piece met before, which begins and ends between two constructs, is not looked at again (``pieces``).
"""

import re
from collections.abc import Callable

from consent.html import limits, pieces
from consent.html.constructs import FOREIGN, Construct
from consent.html.dependents import Dependents
from consent.html.holding import Holder
from consent.html.marks import Edit, Hold
from consent.html.pieces import Context, Declaration, Frame, Piece
from consent.html.scanner import Scanner
from consent.html.tags import attributes

Beside = Callable[[bytes, bytes], bytes]
"""Called for each frame that is held, with its labels and its start tag: what it gives is inserted before the frame."""


class Editor:
    """Edits one page. ``read`` is given the bytes from ``consumed`` of the time before on, with more behind them."""

    __slots__ = (
        "_bases",
        "_beside",
        "_declared",
        "_dependents",
        "_holder",
        "_room",
        "_scanner",
        "consumed",
        "labels",
        "passes",
    )

    def __init__(self, holder: Holder, *, beside: Beside | None = None) -> None:
        self._beside = beside
        self._holder = holder
        self._dependents = Dependents(holder.texts)
        self.passes = holder.passes  # for the scanner, with passes_text: see Interest
        self._scanner = Scanner(self)
        self._bases = 0
        self._room = pieces.NEW
        self._declared: list[Declaration] = []
        """Of the piece at hand."""
        self.consumed = 0
        """How many of the bytes given last are decided."""
        self.labels: set[bytes] = set()
        """Under which something was held so far; an entry may be several, with spaces between."""

    @property
    def awaited(self) -> re.Pattern[bytes] | None:
        """What the end of a construct that was cut looks like."""
        return self._scanner.awaited

    def read(self, page: bytes, *, final: bool) -> list[Edit]:
        """The edits of what is decided, and those already known of what is not; with ``final`` the page ends here."""
        edits: list[Edit] = []
        at = until = 0
        while True:
            until = pieces.end(page, until)
            piece = self._read(page, at, until, final=final and until == len(page))
            edits += self._edits(piece, at)
            at += self._scanner.consumed
            if until == len(page):
                break
            if self.awaited is not None:
                end = self.awaited.search(page, until)
                until = len(page) if end is None else end.end()
        self.consumed = at
        return edits

    def give_up(self, page: bytes) -> tuple[Edit, ...]:
        """Of the construct that ``page`` begins with no more is kept: its edits (see ``Scanner.give_up``)."""
        construct = self._scanner.give_up(page)
        self.consumed = self._scanner.consumed
        hold = construct and self._holder.unread(page, construct)
        if not hold:
            return ()
        self.labels.add(hold[0])
        return hold[1]

    def passes_text(self, page: bytes, start: int, tag_end: int, end: int) -> bool:
        """For the scanner: see Interest."""
        text = self._holder.texts.take(page, tag_end, end)
        return self._holder.passes_text(page[start:tag_end], text) and not self._dependents.labels(text)

    def _read(self, page: bytes, start: int, end: int, *, final: bool) -> Piece:
        """A piece, out of memory where it can be."""
        if end - start < pieces.SHORTEST or not self._scanner.is_at_rest or not self._holder.is_outermost:
            return self._scanned(page[start:end], final=final)
        holder, bases, size = self._holder, self._bases, end - start
        context = Context(holder, self._dependents.declared, final)
        met = holder.pieces.find_text(page, start, end)
        known = met and holder.pieces.recall(context, met)
        if isinstance(known, Piece):
            self._scanner.pass_over(size)
            for declaration in known.declared:
                self._dependents.declare(*declaration)
            return known
        text = met or page[start:end]
        piece = self._scanned(text, final=final)
        if self._room > 0 and self._scanner.is_between(size) and bases == self._bases:
            self._room -= size
            holder.pieces.remember(context, holder.pieces.take(text, 0, size), piece)
        return piece

    def _scanned(self, text: bytes, *, final: bool) -> Piece:
        self._declared = []
        edits: list[Edit] = []
        labels: set[bytes] = set()
        frames: list[Frame] = []
        for construct in self._scanner.scan(text, final=final):
            hold = self._hold(text, construct)
            if hold is None:
                continue
            start, tag_end = construct[1], construct[2]
            labels.add(hold[0])
            if construct[0] == b"iframe" and not self._is_unscripted(construct):
                frames.append(Frame(start, hold[0], text[start:tag_end]))
            edits += [(start + offset, mark) for offset, mark in hold[1]]
        return Piece(tuple(edits), frozenset(labels), tuple(frames), tuple(self._declared))

    def _edits(self, piece: Piece, at: int) -> list[Edit]:
        """A piece's edits in the page, in which it stands at ``at``."""
        self.labels |= piece.labels
        edits = [(at + offset, mark) for offset, mark in piece.edits]
        if self._beside is not None:
            edits += [(at + frame.offset, self._beside(frame.labels, frame.tag)) for frame in piece.frames]
        return edits

    def _hold(self, page: bytes, construct: Construct) -> Hold | None:
        name, start, tag_end, end, _ = construct
        hold = self._holder.hold(page, construct, unscripted=self._is_unscripted(construct))
        if name == b"base":
            self._bases += 1
            if self._bases > limits.BASES.most:
                return self._holder.surplus(page[start:tag_end])
            self._lead(page[start:tag_end])
        if end == tag_end or (hold is None and not self._dependents.declared):
            return hold
        if name.removeprefix(FOREIGN) != b"script":
            return hold
        text = self._holder.texts.take(page, tag_end, end)
        if hold is None and (labels := self._dependents.labels(text)):
            hold = self._holder.dependent(page[start:tag_end], labels)
        if hold is not None:
            self._dependents.declare(text, hold[0])
            self._declared.append((text, hold[0]))
        return hold

    def _is_unscripted(self, construct: Construct) -> bool:
        return construct[1] in self._scanner.unscripted

    def _lead(self, tag: bytes) -> None:
        """A ``<base>`` was met: from here on relative URLs may lead elsewhere, to any base of the page (Chromium takes
        the first that it can use).
        """
        href = next((a.value for a in attributes(tag, 0, len(tag)) if a.name == b"href"), None)
        if href is not None:
            self._holder = self._holder.at(href)
            self.passes = self._holder.passes
