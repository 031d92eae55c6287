"""Where a page's constructs are: bytes in, constructs out, resumable at any byte, exact to the WHATWG tokenizer.

The law that makes it fast: most tags need no look. A literal search finds candidates (``<script``, ``<img`` ...);
only for a candidate is it *proven*, from the last proven place, that its ``<`` stands in the data state and not in
a quoted value, a comment or a script (``proof``). Where the short proof fails, tags are matched one by one.
"""

from collections.abc import Generator, Iterator

from consent.html import candidates, foreign
from consent.html.candidates import PLAIN, TEXT, Finder
from consent.html.constructs import TOO_DEEP, TRACED, Construct
from consent.html.elements import Elements, name_at
from consent.html.proof import in_data, walk
from consent.html.tags import ANY_END
from consent.html.tokens import BORING, TURNS

_TURNS = TURNS | foreign.POINTS | {b"base"}
"""After which another way of looking, or another judge, may be needed."""
_LONG = 512
"""Bytes passed behind a match from which on a new search costs less than to go on with the old one through them."""


class Scanner(Elements):
    """Finds constructs in a page that comes in pieces.

    ``scan`` is given the bytes from ``consumed`` of the piece before on, with more behind them.
    """

    __slots__ = ()

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
                yield (name or name_at(page, start), start, tag_end, tag_end, match[index - 1])
                continue
            found, proven = self._read(page, name, match, kind, final=final)
            for construct in found:
                if construct[0] != b"base":
                    yield construct
                elif name == b"base":
                    yield from self._reported(page, construct)
                else:  # in text that is read as markup, too: what stands before that text comes first
                    yield from self._traced(page)
                    yield construct
            if proven > end + _LONG or proven < 0 or name in _TURNS:
                return proven
        return self._rest(page, proven, final=final)

    def _finder(self) -> Finder:
        if self._template:
            return candidates.IN_TEMPLATE
        return candidates.IN_POINT if self._foreign else candidates.IN_HTML

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
