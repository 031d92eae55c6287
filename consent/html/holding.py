"""What each construct turns into: its edits, all of them insertions, so that an edited tag keeps its other bytes.

A held ``script`` becomes inert by its ``type`` and keeps ``src``: Chromium requests nothing for it. Of any other
held element the attributes that would fetch are renamed. Both bear ``data-consent-held`` with the labels they
wait for. What the page author wrote in ``data-consent`` comes before what the judge says.
"""

import functools
import re
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from consent.html import embedded, srcset
from consent.html.scanner import Construct
from consent.html.tags import Attribute, attributes, resolve
from consent.html.texts import Texts

Edit = tuple[int, bytes]
"""``(offset, bytes to insert there)``."""


class Judge(Protocol):
    """Says under which label something is held, or None where it may run."""

    def url(self, value: bytes) -> bytes | None:
        """``value``: a URL as an attribute gives it, character references resolved, perhaps relative."""

    def inline(self, text: bytes) -> bytes | None:
        """``text``: an inline script's."""

    def assigned(self, name: bytes) -> bytes | None:
        """``name``: what ``data-consent`` says."""


HELD = b"data-consent-held"
RENAMED = b"data-consent-"
IGNORE = b"ignore"

_HREFS = frozenset({b"href", b"xlink:href"})
_FETCHING: dict[bytes, frozenset[bytes]] = {
    b"script": frozenset({b"src"}) | _HREFS,
    b"iframe": frozenset({b"src", b"srcdoc"}),
    b"frame": frozenset({b"src"}),
    b"portal": frozenset({b"src"}),
    b"img": frozenset({b"src", b"srcset"}),
    b"image": frozenset({b"src", b"srcset"}) | _HREFS,
    b"feimage": _HREFS,
    b"use": _HREFS,
    b"input": frozenset({b"src"}),
    b"source": frozenset({b"src", b"srcset"}),
    b"video": frozenset({b"src", b"poster"}),
    b"audio": frozenset({b"src"}),
    b"track": frozenset({b"src"}),
    b"embed": frozenset({b"src"}),
    b"object": frozenset({b"data"}),
    b"link": frozenset({b"href", b"imagesrcset"}),
    b"style": frozenset(),
}
_SETS = frozenset({b"srcset", b"imagesrcset"})

FETCHING_RELS = frozenset(
    b"preload modulepreload prefetch preconnect dns-prefetch prerender next stylesheet icon apple-touch-icon "
    b"apple-touch-icon-precomposed apple-touch-startup-image mask-icon fluid-icon manifest compression-dictionary "
    b"import".split()
)
"""Link types for which a browser may contact the host by itself; ``canonical``, ``author`` and the like do not."""

_JAVASCRIPT = frozenset(
    b"application/ecmascript application/javascript application/x-ecmascript application/x-javascript "
    b"text/ecmascript text/javascript text/javascript1.0 text/javascript1.1 text/javascript1.2 text/javascript1.3 "
    b"text/javascript1.4 text/javascript1.5 text/jscript text/livescript text/x-ecmascript text/x-javascript".split()
)
"""JavaScript MIME type essences (MIME Sniffing 4.6)."""

_UNSAFE_LABEL = re.compile(rb"[^a-z0-9_./ -]")


Hold = tuple[bytes, tuple[Edit, ...]]
"""The labels a construct waits for, and its edits, with offsets from its ``<``."""

REMEMBERED = 2 * 1024 * 1024
"""Bytes of tags, and of URLs, whose judgement is remembered: a site writes the same ones into its every page."""

LONGEST_REMEMBERED = 8 * 1024
"""Bytes of a tag or URL: what is longer is data in a URL, seen once."""

OVERHEAD = 128
"""Bytes that one costs beside its own."""

Answer = TypeVar("Answer")


class _Memory(dict[bytes, Answer]):
    """What was said of tags or URLs; where it is full it begins anew."""

    __slots__ = ("_size",)

    def __init__(self) -> None:
        self._size = 0

    def keep(self, asked: bytes, answer: Answer) -> Answer:
        if len(asked) <= LONGEST_REMEMBERED:
            self._size += len(asked) + OVERHEAD
            if self._size > REMEMBERED:
                self.clear()
                self._size = len(asked) + OVERHEAD
            self[asked] = answer
        return answer


class _Passes(_Memory[bool]):
    """URLs to whether they may be fetched. A look-up judges what is new: what is known costs no call of Python's."""

    __slots__ = ("_judge",)

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self._judge = judge

    def __missing__(self, value: bytes) -> bool:
        url = value[1:-1] if value[:1] in _QUOTES else value
        url = resolve(url)
        passes = self._judge.url(url) is None and not (url[:1] in embedded.BEGINNINGS and embedded.is_embedded(url))
        return self.keep(value, passes)


class Holder:
    """Turns constructs into holds, by one judge's word. Made once for a judge; remembers what it said of a tag."""

    __slots__ = ("_depth", "_inner", "_judge", "_tags", "passes", "texts")

    def __init__(self, judge: Judge, inner: Callable[[bytes, "Holder"], Iterable[bytes]], texts: Texts) -> None:
        self._judge = judge
        self.texts = texts
        self.passes: Callable[[bytes], bool] = _Passes(judge).__getitem__
        """Whether a URL, as written with its quotes, may be fetched now."""
        self._depth = 0
        self._inner = inner
        """The labels held in a ``srcdoc``: the rewriter's, handed in, since it stands above."""
        self._tags: _Memory[Hold | None] = _Memory()

    def passes_text(self, tag: bytes, text: bytes) -> bool:
        """Whether an inline script, whose tag has no attribute that decides instead, may run now."""
        return not text or not _runs(tag) or self._judge.inline(text) is None

    def dependent(self, tag: bytes, labels: bytes) -> Hold | None:
        """An inline script with the start tag ``tag`` waits with what it depends on, unless its author decided."""
        return _inert_script(tag, labels) if _runs(tag) and not _decides(tag) else None

    def hold(self, page: bytes, construct: Construct) -> Hold | None:
        """How one construct is held; None where it may run."""
        name, start, tag_end, end, value = construct
        tag = page[start:tag_end]
        if name == b"script" and end > tag_end and not value:
            return self._inline_script(tag, self.texts.take(page, tag_end, end), plain=value is not None)
        if value == b"" or (value is not None and self.passes(value)):
            return None
        try:
            return self._tags[tag]
        except KeyError:
            return self._tags.keep(tag, self._judged(name, tag))

    def _inline_script(self, tag: bytes, text: bytes, *, plain: bool) -> Hold | None:
        """A script with text; ``plain``: its tag has no attribute that decides instead."""
        if not _runs(tag):
            return None
        if not plain and _decides(tag):
            return self._judged(b"script", tag)
        label = self._judge.inline(text)
        return None if label is None else _inert_script(tag, label)

    def _within(self, document: bytes) -> bytes | None:
        """The labels of what a document within the page would have held."""
        if self._depth >= DEEPEST:
            return UNREAD
        self._depth += 1
        try:
            return _joined(self._inner(document, self)) or None
        finally:
            self._depth -= 1

    def _embedded(self, url: bytes) -> bytes | None:
        text = embedded.script(url)
        if text is not None:
            return _joined(label for label in (self._judge.inline(text), self._within(text)) if label) or None
        document = embedded.document(url)
        return UNREAD if document is None else self._within(document)

    def _judged(self, name: bytes, tag: bytes) -> Hold | None:
        written = list(attributes(tag, 0, len(tag)))
        assigned = next((resolve(a.value) for a in written if a.name == b"data-consent"), None)
        if assigned is not None and assigned.strip().lower() == IGNORE:
            return None
        if not (_executable(written) if name == b"script" else _fetches(name, written)):
            return None
        fetching = [a for a in written if a.name in _FETCHING[name]]
        if assigned is not None:
            label = self._judge.assigned(assigned)
        else:
            held = [(a, label) for a in fetching if (label := self._fetched(name, a)) is not None]
            fetching = [a for a, _ in held]
            label = _joined(label for _, label in held)
        if not label:
            return None
        return _inert(name, written, label) if name in _INERT_BY_TYPE else _renamed(name, fetching, label)

    def _fetched(self, element: bytes, attribute: Attribute) -> bytes | None:
        """Under which labels what an attribute fetches is held, if it is."""
        value = resolve(attribute.value)
        if attribute.name == b"srcdoc":
            return self._within(value)
        if element in _FRAMES and value[:1] in embedded.BEGINNINGS and embedded.is_embedded(value):
            return self._embedded(value)
        if attribute.name in _SETS:
            found = (self._judge.url(url) for url in srcset.urls(value))
            return _joined(label for label in found if label is not None) or None
        return self._judge.url(value)


_FRAMES = frozenset({b"iframe", b"frame", b"object", b"embed", b"portal"})
"""What shows a document of its own."""

DEEPEST = 8
"""Documents within documents that are read; what lies deeper is held unread."""

UNREAD = b"-/unread"
"""The label of what could not be judged: no grant releases it."""

_QUOTES = frozenset({b'"', b"'"})
_DECIDING = frozenset({b"data-consent", b"src", b"href", b"xlink:href"})
_INERT_BY_TYPE = frozenset({b"script", b"style"})


def _inert(name: bytes, written: Iterable[Attribute], label: bytes) -> Hold:
    own_type = [(a.at, RENAMED) for a in written if a.name == b"type"]
    return label, ((1 + len(name), b' type="text/plain"' + _mark(label)), *own_type)


@functools.lru_cache(maxsize=512)
def _decides(tag: bytes) -> bool:
    """Whether a script's tag has an attribute that decides about it, whatever its text says."""
    return any(a.name in _DECIDING for a in attributes(tag, 0, len(tag)))


@functools.lru_cache(maxsize=512)
def _inert_script(tag: bytes, label: bytes) -> Hold:
    return _inert(b"script", attributes(tag, 0, len(tag)), label)


def _renamed(name: bytes, fetching: Iterable[Attribute], label: bytes) -> Hold:
    return label, ((1 + len(name), _mark(label)), *((a.at, RENAMED) for a in fetching))


def _mark(label: bytes) -> bytes:
    return b" " + HELD + b'="' + _UNSAFE_LABEL.sub(b"_", label) + b'"'


def _joined(labels: Iterable[bytes]) -> bytes:
    return b" ".join(dict.fromkeys(part for label in labels for part in label.split()))


def _value(written: list[Attribute], name: bytes) -> bytes | None:
    return next((resolve(a.value) for a in written if a.name == name), None)


def _executable(written: list[Attribute]) -> bool:
    """Whether a script with these attributes runs (HTML 4.12.1.1, "prepare the script element", step 8)."""
    kind = _value(written, b"type")
    language = _value(written, b"language")
    if kind is None:
        return not language or b"text/" + language.lower() in _JAVASCRIPT
    # Browsers strip more than ASCII white space here; what is stripped too much is held too much, never too little.
    return not kind or kind.decode("utf-8", "replace").strip().encode().lower() in _JAVASCRIPT | {b"module"}


@functools.lru_cache(maxsize=512)
def _runs(tag: bytes) -> bool:
    """Whether a script with this start tag runs; pages use a handful of them."""
    return tag == b"<script>" or _executable(list(attributes(tag, 0, len(tag))))


def _fetches(name: bytes, written: list[Attribute]) -> bool:
    """Whether the element contacts a host by itself: links by their type, inputs as images only."""
    if name == b"link":
        rel = _value(written, b"rel") or b""
        return not FETCHING_RELS.isdisjoint(rel.lower().split())
    if name == b"input":
        return (_value(written, b"type") or b"").lower() == b"image"
    return True
