"""What each construct turns into: its edits, all of them insertions, so that an edited tag keeps its other bytes.

A held ``script`` becomes inert by its ``type`` and keeps ``src``: Chromium requests nothing for it. Of any other
held element the attributes that would fetch are renamed. Both bear ``data-consent-held`` with the labels they
wait for. What the page author wrote in ``data-consent`` comes before what the judge says.
"""

import functools
import re
from collections.abc import Callable, Iterable
from typing import Protocol

from consent.html import srcset
from consent.html.scanner import Construct
from consent.html.tags import Attribute, attributes, resolve

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


class Holder:
    """Turns the constructs of one page into edits. ``held`` collects the labels that were met."""

    __slots__ = ("_inner", "_judge", "held")

    def __init__(self, judge: Judge, inner: Callable[[bytes, Judge], Iterable[bytes]]) -> None:
        self._judge = judge
        self._inner = inner
        """The labels held in a ``srcdoc``: the rewriter's, handed in, since it stands above."""
        self.held: set[bytes] = set()

    def edits(self, page: bytes, construct: Construct) -> list[Edit]:
        """The edits to one construct; none where it may run."""
        name, start, tag_end, end, value = construct
        if name == b"script" and value == b"":
            return self._bare_script(page, start, tag_end, end)
        if value is None:
            return self._judged(page, construct)
        if value and self._url(_unquoted(value)) is not None:
            return self._judged(page, construct)
        return []

    def _bare_script(self, page: bytes, start: int, tag_end: int, end: int) -> list[Edit]:
        """An inline script, the most frequent kind: only a held one has its tag looked at."""
        if end == tag_end or not _runs(page[start:tag_end]):
            return []
        label = self._judge.inline(page[tag_end:end])
        if label is None:
            return []
        return self._inert(start, b"script", list(attributes(page, start, tag_end)), label)

    def _url(self, value: bytes) -> bytes | None:
        return self._judge.url(resolve(value))

    def _judged(self, page: bytes, construct: Construct) -> list[Edit]:
        name, start, tag_end, end, _ = construct
        written = list(attributes(page, start, tag_end))
        assigned = next((a.value for a in written if a.name == b"data-consent"), None)
        if assigned is not None and resolve(assigned).strip().lower() == IGNORE:
            return []
        if name == b"script":
            return self._script(start, written, page[tag_end:end], assigned)
        if not _fetches(name, written):
            return []
        fetching = [a for a in written if a.name in _FETCHING[name]]
        if assigned is not None:
            label = self._judge.assigned(resolve(assigned))
            if label is None:
                return []
            return (
                self._inert(start, name, written, label)
                if name == b"style"
                else self._renamed(start, name, fetching, label)
            )
        labels = [(a, label) for a in fetching if (label := self._fetched(a)) is not None]
        if not labels:
            return []
        return self._renamed(start, name, [a for a, _ in labels], _joined(label for _, label in labels))

    def _script(self, start: int, written: list[Attribute], text: bytes, assigned: bytes | None) -> list[Edit]:
        if not _executable(written):
            return []
        sources = [a for a in written if a.name in _FETCHING[b"script"]]
        if assigned is not None:
            label = self._judge.assigned(resolve(assigned))
        elif sources:
            label = _joined(label for a in sources if (label := self._url(a.value)) is not None)
        else:
            label = self._judge.inline(text) if text else None
        return self._inert(start, b"script", written, label) if label else []

    def _fetched(self, attribute: Attribute) -> bytes | None:
        """Under which labels what an attribute fetches is held, if it is."""
        if attribute.name == b"srcdoc":
            return _joined(self._inner(resolve(attribute.value), self._judge)) or None
        if attribute.name in _SETS:
            found = (self._judge.url(url) for url in srcset.urls(resolve(attribute.value)))
            return _joined(label for label in found if label is not None) or None
        return self._url(attribute.value)

    def _inert(self, start: int, name: bytes, written: list[Attribute], label: bytes) -> list[Edit]:
        own_type = [(a.at, RENAMED) for a in written if a.name == b"type"]
        return [(start + 1 + len(name), b' type="text/plain"' + self._mark(label)), *own_type]

    def _renamed(self, start: int, name: bytes, fetching: list[Attribute], label: bytes) -> list[Edit]:
        return [(start + 1 + len(name), self._mark(label)), *((a.at, RENAMED) for a in fetching)]

    def _mark(self, label: bytes) -> bytes:
        self.held.update(label.split())
        return b" " + HELD + b'="' + _UNSAFE_LABEL.sub(b"_", label) + b'"'


def _unquoted(value: bytes) -> bytes:
    return value[1:-1] if value[:1] in {b'"', b"'"} else value


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
    return not kind or kind.strip(b"\t\n\f\r ").lower() in _JAVASCRIPT | {b"module"}


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
