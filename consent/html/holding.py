"""What each construct turns into: its edits, all of them insertions, so that an edited tag keeps its other bytes.

A held ``script`` becomes inert by its ``type`` and keeps ``src``: Chromium requests nothing for it. Of any other
held element the attributes that would fetch are renamed. Both bear ``data-consent-held`` with the labels they
wait for. In a style the held URLs are marked one by one (``styles``). What the page author wrote in ``data-consent``
comes before what the judge says.
"""

import itertools
from collections.abc import Callable, Iterable

from consent.html import embedded, limits, marks, modules, refresh, speculation, styles
from consent.html.constructs import FOREIGN, TOO_DEEP, TOO_LONG, TRACED, UNSURE, Construct
from consent.html.fetching import FETCHING, FRAMES, MODULE, NOTHING, RULES, Use, fetches, urls_in, use_of
from consent.html.judging import Judge, Passes
from consent.html.marks import Hold, both, inert, joined, renamed
from consent.html.memory import Memory
from consent.html.reading import Reading, read_foreign
from consent.html.script_tags import decides, inert_script, kind_of
from consent.html.tags import Attribute, attributes, has_more_attributes, resolve, tag_name
from consent.html.texts import Texts

IGNORE = b"ignore"

LONGEST_BASE = 1024
"""Bytes of a base for which a holder is kept."""
BASES = 16
"""Bases that lead elsewhere for which a holder keeps another."""

_RUN = frozenset({b"javascript", MODULE})
"""Kinds of scripts that run (``script_tags.kind_of``)."""
_COMMENTS = {TOO_DEEP: limits.DRAWINGS, TOO_LONG: limits.TAG, UNSURE: limits.AMBIGUITY}
"""Tags that are made comments, and why."""
_SHOWING = FRAMES | {b"meta"}
_SELDOM = frozenset(b"a area body table thead tbody tfoot tr td th".split())
"""Elements that fetch by an attribute that few of them have: they are found by it, not by their name."""

_KINDS = {
    b"link": b"rel",
    b"meta": b"http-equiv",
    b"input": b"type",
    b"set": b"attributename",
    b"animate": b"attributename",
}
"""By what an element is one that fetches."""

_FORGETFUL = Texts(room=0)


class Holder:
    """Turns constructs into holds, by one judge's word. Made once for a judge; remembers what it said of a tag."""

    __slots__ = ("_based", "_depth", "_inner", "_judge", "_scripts", "_sheets", "_tags", "passes", "pieces", "texts")

    def __init__(
        self, judge: Judge, inner: Callable[[bytes, "Holder"], Iterable[bytes]], texts: Texts, pieces: Texts
    ) -> None:
        self._judge = judge
        self.texts, self.pieces = texts, pieces
        self.passes: Callable[[bytes], bool] = Passes(judge).__getitem__
        """Whether a URL, as written with its quotes, may be fetched now, to whatever use."""
        self._depth = 0
        self._inner = inner
        """The labels held in a ``srcdoc``: the rewriter's, handed in, since it stands above."""
        self._tags: Memory[bytes, Hold | None] = Memory()
        self._scripts: Memory[tuple[bytes, bytes], bytes | None] = Memory()
        self._sheets: Memory[tuple[bytes, bytes, bool], Hold | None] = Memory()
        self._based: dict[bytes, Holder] = {}

    def at(self, base: bytes) -> "Holder":
        """The holder for what comes after a ``<base href>`` that says ``base``, as written."""
        base = resolve(base)
        judge = self._judge.at(base)
        if judge is self._judge:
            return self
        if known := self._based.get(base):
            return known
        if len(self._based) >= BASES or len(base) > LONGEST_BASE:
            return Holder(judge, self._inner, self.texts, _FORGETFUL)  # what is remembered of a page keeps its holder
        holder = self._based[base] = Holder(judge, self._inner, self.texts, self.pieces)
        return holder

    @property
    def is_outermost(self) -> bool:
        """Whether a page itself is judged now, not a document within it."""
        return self._depth == 0

    def passes_text(self, tag: bytes, text: bytes) -> bool:
        """Whether an inline script, whose tag has no attribute that decides instead, may run now."""
        return self._script(tag, text) is None

    def surplus(self, tag: bytes) -> Hold:
        """A ``<base>`` after so many that no more are followed."""
        return renamed(b"base", tag, FETCHING[b"base"], limits.BASES.label)

    def dependent(self, tag: bytes, labels: bytes) -> Hold | None:
        """An inline script with the start tag ``tag`` waits with what it depends on, unless its author decided."""
        return inert_script(tag, labels) if kind_of(tag) in _RUN and not decides(tag) else None

    def hold(self, page: bytes, construct: Construct, *, unscripted: bool = False) -> Hold | None:
        """How one construct is held; None where it may run. ``unscripted``: it stands in a ``<noscript>``."""
        name, start, tag_end, end, value = construct
        tag = page[start:tag_end]
        foreign = name.startswith(FOREIGN)
        name = name.removeprefix(FOREIGN)
        if name == b"style":
            sheet = (tag, self.texts.take(page, tag_end, end), foreign)
            try:
                return self._sheets[sheet]
            except KeyError:
                return self._sheets.keep(sheet, self._sheet(*sheet), len(tag) + end - tag_end)
        if name == b"script" and end > tag_end and not value:
            text = self.texts.take(page, tag_end, end)
            reading = read_foreign(text) if foreign else None
            return self._inline_script(tag, text if reading is None else reading, plain=value is not None)
        if value == b"" or (value is not None and self.passes(value)):
            return None
        if name in _COMMENTS:
            return marks.comment(_COMMENTS[name])
        key = tag if not unscripted else b"noscript" + tag
        key = b"traced" + key if name == TRACED else key
        try:
            return self._tags[key]
        except KeyError:
            hold = self._traced(tag) if name == TRACED else self._judged(name, tag, unscripted=unscripted)
            # Within a document what is deeper may not be read any more: of the page itself it is.
            return self._tags.keep(key, hold, len(tag)) if self.is_outermost else hold

    def unread(self, page: bytes, construct: Construct) -> Hold | None:
        """How a construct is held of which no more is kept (``Scanner.give_up``)."""
        name, start, tag_end, *_ = construct
        tag = page[start:tag_end]
        if name in _COMMENTS:
            return marks.comment(_COMMENTS[name])
        written = list(attributes(tag, 0, len(tag)))
        if _assigned(written) == IGNORE:
            return None
        if name == b"style":
            return marks.emptied(tag, limits.TEXT.label)
        if decides(tag) or not kind_of(tag):
            return self._judged(name, tag, unscripted=False)  # a file that is fetched instead, or data
        return inert_script(tag, limits.TEXT.label)

    def _sheet(self, tag: bytes, text: bytes, foreign: bool) -> Hold | None:  # noqa: FBT001 - a key's parts, in order
        """A style. One of a type that does not apply is read all the same: Chromium looks for ``@import`` in all."""
        written = list(attributes(tag, 0, len(tag)))
        assigned = _assigned(written)
        if assigned is None:
            return styles.hold_sheet(tag, text, self._passive, foreign=foreign)
        label = None if assigned == IGNORE else self._judge.assigned(assigned)
        if label is None:
            return None
        return both(
            inert(b"style", tag, label),
            styles.hold_sheet(tag, text, self._passive, foreign=foreign, all_under=label),
        )

    def _traced(self, tag: bytes) -> Hold | None:
        """A tag with CSS in its attributes, or with one of the attributes that few tags have."""
        name = tag_name(tag)
        if has_more_attributes(tag, limits.ATTRIBUTES.most):
            return _shadowed(name)
        written = list(attributes(tag, 0, len(tag)))
        assigned = _assigned(written)
        label = None if assigned is None else self._judge.assigned(assigned)
        if assigned is not None and (label is None or assigned == IGNORE):
            return None
        styled = styles.hold_attributes(name, written, self._passive, label)
        return both(self._judged(name, tag, unscripted=False) if name in _SELDOM else None, styled)

    def _inline_script(self, tag: bytes, text: bytes | Reading, *, plain: bool) -> Hold | None:
        """A script with text; ``plain``: its tag has no attribute that decides instead."""
        if has_more_attributes(tag, limits.ATTRIBUTES.most):
            return _shadowed(b"script")
        if not plain and decides(tag):
            return self._judged(b"script", tag, unscripted=False)
        if not kind_of(tag):
            return None
        if isinstance(text, Reading):
            label = limits.UNREAD if text.nested else self._script(tag, text.text)
        else:
            label = self._script(tag, text)
        return None if label is None else inert_script(tag, label)

    def _script(self, tag: bytes, text: bytes) -> bytes | None:
        """The labels of an inline script by its text."""
        try:
            return self._scripts[tag, text]
        except KeyError:
            return self._scripts.keep((tag, text), self._inline(kind_of(tag), text), len(tag) + len(text))

    def _inline(self, kind: bytes, text: bytes) -> bytes | None:
        """The labels of a script's text, by what ``script_type`` says."""
        if kind == RULES:
            return joined(label for url in speculation.texts(text) if (label := self._passive(url))) or None
        if not kind or not text:
            return None
        urls = modules.imported(text, module=kind == MODULE)
        return joined(label for label in (self._judge.inline(text), *map(self._judge.url, urls)) if label) or None

    def _within(self, document: bytes) -> bytes | None:
        """The labels of what a document within the page would have held."""
        if self._depth >= limits.DOCUMENTS.most:
            return limits.DOCUMENTS.label
        self._depth += 1
        try:
            return joined(self._inner(document, self)) or None
        finally:
            self._depth -= 1

    def _embedded(self, url: bytes) -> bytes | None:
        text = embedded.script(url)
        if text is not None:
            return joined(label for label in (self._inline(b"javascript", text), self._within(text)) if label) or None
        document = embedded.document(url)
        return limits.UNREAD if document is None else self._within(document)

    def _judged(self, name: bytes, tag: bytes, *, unscripted: bool) -> Hold | None:
        if has_more_attributes(tag, limits.ATTRIBUTES.most):
            return _shadowed(name)
        written = list(attributes(tag, 0, len(tag)))
        assigned = _assigned(written)
        if assigned == IGNORE or not fetches(name, written):
            return None
        fetching = [a for a in written if a.name in FETCHING.get(name, NOTHING)]
        if assigned is not None:
            # Of its author's word alone nothing waits that fetches nothing; a script runs.
            label = self._judge.assigned(assigned) if fetching or name == b"script" else None
        else:
            use = use_of(name, written, unscripted=unscripted)
            held = [(a, label) for a in fetching if (label := self._fetched(name, a, written, use)) is not None]
            fetching = [a for a, _ in held]
            label = joined(label for _, label in held)
        if not label:
            return None
        return inert(name, tag, label) if name == b"script" else renamed(name, tag, {a.name for a in fetching}, label)

    def _fetched(self, element: bytes, attribute: Attribute, written: list[Attribute], use: Use) -> bytes | None:
        """Under which labels what an attribute fetches is held, if it is."""
        value = resolve(attribute.value)
        if attribute.name == b"srcdoc":
            return self._within(value)
        if element == b"meta":
            value = refresh.target(value) or b""
        if element in _SHOWING and value[:1] in embedded.BEGINNINGS and embedded.is_markup(value):
            return self._embedded(value)
        if element == b"link" and (sheet := embedded.sheet(value)) is not None:
            return styles.labels(sheet, self._passive) or None
        urls = list(itertools.islice(urls_in(element, attribute.name, value, written), limits.CANDIDATES.most + 1))
        if len(urls) > limits.CANDIDATES.most:
            return limits.CANDIDATES.label
        return joined(label for url in urls if (label := self._judge.url(url, use)) is not None) or None

    def _passive(self, url: bytes) -> bytes | None:
        return self._judge.url(url, Use.PASSIVE)


def _shadowed(name: bytes) -> Hold:
    """How an element with too many attributes is held."""
    kind = [_KINDS[name]] if name in _KINDS else []
    names = {*FETCHING.get(name, NOTHING), *styles.STYLING, *kind} - {b"type" if name == b"script" else b""}
    return marks.shadowed(name, names, limits.ATTRIBUTES.label)


def _assigned(written: list[Attribute]) -> bytes | None:
    """What the author assigned the element to, if anything."""
    assigned = next((resolve(a.value) for a in written if a.name == b"data-consent"), None)
    return IGNORE if assigned is not None and assigned.strip().lower() == IGNORE else assigned
