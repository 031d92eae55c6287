"""What each construct turns into: its edits, all of them insertions, so that an edited tag keeps its other bytes.

A held ``script`` becomes inert by its ``type`` and keeps ``src``: Chromium requests nothing for it. Of any other
held element the attributes that would fetch are renamed. Both bear ``data-consent-held`` with the labels they
wait for. In a style the held URLs are marked one by one (``styles``). What the page author wrote in ``data-consent``
comes before what the judge says.
"""

import functools
from collections.abc import Callable, Iterable
from typing import Protocol

from consent.html import embedded, refresh, speculation, srcset, styles
from consent.html.fetching import FETCHING, FRAMES, HREFS, NOTHING, RULES, SETS, Use, fetches, script_type, use_of
from consent.html.marks import Hold, both, inert, joined, renamed
from consent.html.reading import read_foreign
from consent.html.scanner import FOREIGN, TRACED, Construct
from consent.html.tags import Attribute, attributes, resolve, tag_name


class Judge(Protocol):
    """Says under which label something is held, or None where it may run."""

    def url(self, value: bytes, use: Use = Use.ACTIVE, /) -> bytes | None:
        """``value``: a URL as an attribute gives it, character references resolved, perhaps relative."""

    def inline(self, text: bytes, /) -> bytes | None:
        """``text``: an inline script's."""

    def assigned(self, name: bytes, /) -> bytes | None:
        """``name``: what ``data-consent`` says."""

    def at(self, base: bytes, /) -> "Judge":
        """The judge of a page with a ``<base href>`` that says ``base``; itself where that leads no further."""


IGNORE = b"ignore"

REMEMBERED = 8192
"""Tags and URLs whose judgement is remembered: a site writes the same ones into its every page."""

LONGEST_REMEMBERED = 1024
"""Bytes of a tag or URL: what is longer is data in a URL, seen once."""

BASES = 16
"""Bases that lead elsewhere for which a holder keeps another."""


class Holder:
    """Turns constructs into holds, by one judge's word. Made once for a judge; remembers what it said of a tag."""

    __slots__ = ("_based", "_depth", "_inner", "_judge", "_tags", "_urls")

    def __init__(self, judge: Judge, inner: Callable[[bytes, "Holder"], Iterable[bytes]]) -> None:
        self._judge = judge
        self._depth = 0
        self._inner = inner
        """The labels held in a ``srcdoc``: the rewriter's, handed in, since it stands above."""
        self._tags: dict[bytes, Hold | None] = {}
        self._urls: dict[bytes, bool] = {}
        self._based: dict[bytes, Holder] = {}

    def at(self, base: bytes) -> "Holder":
        """The holder for what comes after a ``<base href>`` that says ``base``, as written."""
        base = resolve(base)
        judge = self._judge.at(base)
        if judge is self._judge:
            return self
        holder = self._based.get(base) or Holder(judge, self._inner)
        if len(self._based) < BASES and len(base) <= LONGEST_REMEMBERED:
            self._based[base] = holder
        return holder

    def passes(self, value: bytes) -> bool:
        """Whether the URL ``value``, as written with its quotes, may be fetched now, to whatever use."""
        known = self._urls.get(value)
        if known is not None:
            return known
        url = value[1:-1] if value[:1] in _QUOTES else value
        url = resolve(url)
        passes = self._judge.url(url) is None and not (url[:1] in embedded.BEGINNINGS and embedded.is_embedded(url))
        if len(value) <= LONGEST_REMEMBERED:
            _make_room(self._urls)
            self._urls[value] = passes
        return passes

    def passes_text(self, tag: bytes, text: bytes) -> bool:
        """Whether an inline script, whose tag has no attribute that decides instead, may run now."""
        return not text or self._inline(_type(tag), text) is None

    def dependent(self, tag: bytes, labels: bytes) -> Hold | None:
        """An inline script with the start tag ``tag`` waits with what it depends on, unless its author decided."""
        written = list(attributes(tag, 0, len(tag)))
        if _type(tag) not in _RUN or any(a.name in _DECIDING for a in written):
            return None
        return inert(b"script", written, labels)

    def hold(self, page: bytes, construct: Construct, *, unscripted: bool = False) -> Hold | None:
        """How one construct is held; None where it may run. ``unscripted``: it stands in a ``<noscript>``."""
        name, start, tag_end, end, value = construct
        tag = page[start:tag_end]
        foreign = name.startswith(FOREIGN)
        name = name.removeprefix(FOREIGN)
        if name == b"style":
            return self._sheet(tag, page[tag_end:end], foreign=foreign)
        if name == b"script" and end > tag_end and not value:
            text = page[tag_end:end]
            return self._inline_script(tag, read_foreign(text).text if foreign else text, plain=value is not None)
        if value == b"" or (value is not None and self.passes(value)):
            return None
        key = tag if not unscripted else b"noscript" + tag
        key = b"traced" + key if name == TRACED else key
        if key in self._tags:
            return self._tags[key]
        hold = self._traced(tag) if name == TRACED else self._judged(name, tag, unscripted=unscripted)
        if len(tag) <= LONGEST_REMEMBERED:
            _make_room(self._tags)
            self._tags[key] = hold
        return hold

    def _sheet(self, tag: bytes, text: bytes, *, foreign: bool) -> Hold | None:
        """A style. One of a type that does not apply is read all the same: Chromium looks for ``@import`` in all."""
        written = list(attributes(tag, 0, len(tag)))
        assigned = _assigned(written)
        if assigned is None:
            return styles.hold_sheet(tag, text, self._passive, foreign=foreign)
        label = None if assigned == IGNORE else self._judge.assigned(assigned)
        if label is None:
            return None
        return both(
            inert(b"style", written, label),
            styles.hold_sheet(tag, text, self._passive, foreign=foreign, all_under=label),
        )

    def _traced(self, tag: bytes) -> Hold | None:
        """A tag with CSS in its attributes, or with one of the attributes that few tags have."""
        name, written = tag_name(tag), list(attributes(tag, 0, len(tag)))
        assigned = _assigned(written)
        label = None if assigned is None else self._judge.assigned(assigned)
        if assigned is not None and (label is None or assigned == IGNORE):
            return None
        styled = styles.hold_attributes(name, written, self._passive, label)
        return both(self._judged(name, tag, unscripted=False) if name in _SELDOM else None, styled)

    def _inline_script(self, tag: bytes, text: bytes, *, plain: bool) -> Hold | None:
        """A script with text; ``plain``: its tag has no attribute that decides instead."""
        kind = _type(tag)
        if not kind:
            return None
        if not plain and any(a.name in _DECIDING for a in attributes(tag, 0, len(tag))):
            return self._judged(b"script", tag, unscripted=False)
        label = self._inline(kind, text)
        return None if label is None else inert(b"script", attributes(tag, 0, len(tag)), label)

    def _inline(self, kind: bytes, text: bytes) -> bytes | None:
        """The labels of a script's text, by what ``script_type`` says."""
        if kind == RULES:
            return joined(label for url in speculation.texts(text) if (label := self._passive(url))) or None
        return self._judge.inline(text) if kind else None

    def _within(self, document: bytes) -> bytes | None:
        """The labels of what a document within the page would have held."""
        if self._depth >= DEEPEST:
            return UNREAD
        self._depth += 1
        try:
            return joined(self._inner(document, self)) or None
        finally:
            self._depth -= 1

    def _embedded(self, url: bytes) -> bytes | None:
        text = embedded.script(url)
        if text is not None:
            return joined(label for label in (self._judge.inline(text), self._within(text)) if label) or None
        document = embedded.document(url)
        return UNREAD if document is None else self._within(document)

    def _judged(self, name: bytes, tag: bytes, *, unscripted: bool) -> Hold | None:
        written = list(attributes(tag, 0, len(tag)))
        assigned = _assigned(written)
        if assigned == IGNORE or not fetches(name, written):
            return None
        fetching = [a for a in written if a.name in FETCHING.get(name, NOTHING)]
        if assigned is not None:
            label = self._judge.assigned(assigned)
        else:
            use = use_of(name, written, unscripted=unscripted)
            held = [(a, label) for a in fetching if (label := self._fetched(name, a, written, use)) is not None]
            fetching = [a for a, _ in held]
            label = joined(label for _, label in held)
        if not label:
            return None
        return inert(name, written, label) if name == b"script" else renamed(name, fetching, label)

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
            return joined(label for _, label in styles.held(sheet, self._passive)) or None
        found = (self._judge.url(url, use) for url in _urls(element, attribute.name, value, written))
        return joined(label for label in found if label is not None) or None

    def _passive(self, url: bytes) -> bytes | None:
        return self._judge.url(url, Use.PASSIVE)


def _urls(element: bytes, name: bytes, value: bytes, written: list[Attribute]) -> Iterable[bytes]:
    """The URLs in an attribute's value."""
    if name in SETS:
        return srcset.urls(value)
    if name == b"ping":
        return value.split()
    if element in _ANIMATIONS:
        animated = next((resolve(a.value) for a in written if a.name == b"attributename"), b"")
        return value.split(b";") if animated.strip().lower() in HREFS else ()
    return (value,)


_SHOWING = FRAMES | {b"meta"}
_ANIMATIONS = frozenset({b"set", b"animate"})
_SELDOM = frozenset(b"a area body table thead tbody tfoot tr td th".split())
"""Elements that fetch by an attribute that few of them have: they are found by it, not by their name."""

DEEPEST = 8
"""Documents within documents that are read; what lies deeper is held unread."""

UNREAD = styles.UNREAD

_QUOTES = frozenset({b'"', b"'"})
_DECIDING = frozenset({b"data-consent", b"src", b"href", b"xlink:href"})
_RUN = frozenset({b"javascript", b"module"})


def _make_room(memory: dict[bytes, bool] | dict[bytes, Hold | None]) -> None:
    """Forget the oldest entry where the memory is full."""
    if len(memory) >= REMEMBERED:
        memory.pop(next(iter(memory)), None)


def _assigned(written: list[Attribute]) -> bytes | None:
    """What the author assigned the element to, if anything."""
    assigned = next((resolve(a.value) for a in written if a.name == b"data-consent"), None)
    return IGNORE if assigned is not None and assigned.strip().lower() == IGNORE else assigned


@functools.lru_cache(maxsize=512)
def _type(tag: bytes) -> bytes:
    """What a browser takes a script with this start tag to be; pages use a handful of them."""
    return b"javascript" if tag == b"<script>" else script_type(attributes(tag, 0, len(tag)))
