"""Pieces of regular expressions made from many literal texts."""

import re
from collections.abc import Iterable, Mapping


def tree(ends: Mapping[bytes, bytes]) -> bytes:
    """For texts of one length, each with its end: byte by byte, so that a wrong one is left at once."""
    if not ends:
        return b"(?!)"
    if b"" in ends:
        return ends[b""]
    by_first: dict[bytes, dict[bytes, bytes]] = {}
    for text, end in sorted(ends.items()):
        by_first.setdefault(text[:1], {})[text[1:]] = end
    return b"(?:" + b"|".join(re.escape(first) + tree(rest) for first, rest in by_first.items()) + b")"


def any_of(values: Iterable[bytes]) -> bytes:
    """One of several single bytes."""
    return b"[" + b"".join(map(re.escape, sorted(set(values)))) + b"]"
