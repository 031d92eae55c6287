"""What the start tag of a script says of its text; pages use a handful of them, so answers are remembered."""

import functools

from consent.html.fetching import script_type
from consent.html.marks import Hold, inert
from consent.html.tags import attributes

_DECIDING = frozenset({b"data-consent", b"src", b"href", b"xlink:href"})
_ORDINARY = 16 * 1024
"""Bytes of a tag that is remembered."""


def kind_of(tag: bytes) -> bytes:
    """What a browser takes a script with this start tag to be: see ``script_type``."""
    return known_kind(tag) if len(tag) <= _ORDINARY else script_type(attributes(tag, 0, len(tag)))


@functools.lru_cache(maxsize=512)
def known_kind(tag: bytes) -> bytes:
    """As ``kind_of``, remembered."""
    return b"javascript" if tag == b"<script>" else script_type(attributes(tag, 0, len(tag)))


def decides(tag: bytes) -> bool:
    """Whether a script's tag has an attribute that decides about it, whatever its text says."""
    return any(True for _ in attributes(tag, 0, len(tag), _DECIDING))


def inert_script(tag: bytes, label: bytes) -> Hold:
    """A script with text that does not run."""
    return inert(b"script", tag, label)
