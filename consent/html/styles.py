"""What of a style is held: the places of its URLs that lead to a held host, and the marks put there.

A sheet within a ``data:`` URL is read like one of its own (``@import "data:text/css,..."``).
"""

import itertools
from collections.abc import Callable, Iterable

from consent.html import css, embedded, limits
from consent.html.css import Reference
from consent.html.fetching import ANIMATED, ANIMATIONS
from consent.html.marks import Edit, Hold, emptied, joined, marked, shadowed
from consent.html.reading import read_foreign, read_value
from consent.html.tags import Attribute
from consent.text_memory import TextMemory

LabelOf = Callable[[bytes], bytes | None]
"""Under which labels what a URL leads to is held, if it is."""

MEMORY: TextMemory[tuple[Reference, ...]] = TextMemory()
"""The URLs of sheets met before: a site writes the same ones into its every page. One for the process, as texts are the
same whoever judges them.
"""


class TooManyError(Exception):
    """A sheet has more URLs than ``limits.REFERENCES``. Never leaves this package."""


def held(sheet: bytes, label_of: LabelOf, *, depth: int = 0) -> list[tuple[int, bytes]]:
    """``(offset, labels)`` for each URL of ``sheet`` that is held. Raises TooManyError."""
    found: list[tuple[int, bytes]] = []
    for reference in references(sheet):
        labels = _label(reference.url, label_of, depth)
        if labels and not css.is_text(sheet, reference):
            found.append((reference.at, labels))
    return found


def references(sheet: bytes) -> tuple[Reference, ...]:
    """The URLs of a sheet that may lead anywhere. Raises TooManyError."""
    known = MEMORY.get(sheet)
    if known is None:
        found = (r for r in css.references(sheet) if r.url[:5].lower() != b"data:" or embedded.sheet(r.url) is not None)
        known = tuple(itertools.islice(found, limits.REFERENCES.most + 1))
        if len(known) > limits.REFERENCES.most:
            raise TooManyError
        MEMORY.keep(sheet, known)
    return known


def labels(sheet: bytes, label_of: LabelOf, *, depth: int = 0) -> bytes:
    """The labels that the URLs of a sheet in a ``data:`` URL wait for."""
    try:
        return joined(found for _, found in held(sheet, label_of, depth=depth))
    except TooManyError:
        return limits.REFERENCES.label


def hold_sheet(
    tag: bytes, text: bytes, label_of: LabelOf, *, foreign: bool, all_under: bytes | None = None
) -> Hold | None:
    """A ``<style>`` with the start tag ``tag``; ``all_under``: the labels that all its URLs wait for."""
    reading = read_foreign(text) if foreign and (b"&" in text or b"<" in text) else None
    if reading is not None and reading.nested:
        return emptied(tag, limits.UNREAD)  # what is the style's own text hangs on how elements in it are closed
    try:
        found = _found(text if reading is None else reading.text, label_of, all_under)
    except TooManyError:
        return emptied(tag, limits.REFERENCES.label)
    if not found:
        return None
    edits = [(len(tag) + (at if reading is None else reading.back(at)), css.mark(label)) for at, label in found]
    return marked(b"style", joined(label for _, label in found), edits)


def hold_attributes(
    name: bytes, written: Iterable[Attribute], label_of: LabelOf, all_under: bytes | None
) -> Hold | None:
    """The CSS in the attributes of an element, ``style`` and those that SVG has for one property each."""
    edits: list[Edit] = []
    under: list[bytes] = []
    for attribute in written:
        if attribute.name not in STYLING and not (name in ANIMATIONS and attribute.name in ANIMATED):
            continue
        reading = read_value(attribute.value) if b"&" in attribute.value else None
        try:
            found = _found(attribute.value if reading is None else reading.text, label_of, all_under)
        except TooManyError:
            return shadowed(name, [attribute.name], limits.REFERENCES.label)
        under += [label for _, label in found]
        edits += [
            (attribute.value_at + (at if reading is None else reading.back(at)), css.mark(label)) for at, label in found
        ]
    return marked(name, joined(under), edits) if edits else None


STYLING = frozenset(
    b"style fill stroke filter mask clip-path marker marker-start marker-mid marker-end cursor mask-image".split()
)


def _found(sheet: bytes, label_of: LabelOf, all_under: bytes | None) -> list[tuple[int, bytes]]:
    if all_under is None:
        return held(sheet, label_of)
    return [(r.at, all_under) for r in references(sheet) if not css.is_text(sheet, r)]


def _label(url: bytes, label_of: LabelOf, depth: int) -> bytes | None:
    sheet = embedded.sheet(url)
    if sheet is None:
        return label_of(url)
    if depth >= limits.SHEETS.most:
        return limits.SHEETS.label
    return labels(sheet, label_of, depth=depth + 1)
