"""Element names as patterns: case-insensitive bytes, grouped by letter so that a tag of no interest costs one look."""

import re
from collections.abc import Collection


def caseless(name: bytes) -> bytes:
    """A pattern for ``name`` in any case. Without ``re.IGNORECASE``, which would lose the literal prefix."""
    return b"".join(b"[%c%c]" % (c, c - 32) if ord("a") <= c <= ord("z") else re.escape(bytes([c])) for c in name)


def alternatives(names: Collection[bytes]) -> bytes:
    """A pattern for any of ``names`` in any case."""
    by_letter: dict[bytes, list[bytes]] = {}
    for name in sorted(names, reverse=True):
        by_letter.setdefault(name[:1], []).append(caseless(name[1:]))
    return b"|".join(caseless(letter) + b"(?:" + b"|".join(rest) + b")" for letter, rest in by_letter.items())


LOOK_AHEAD = 3
"""Letters that every name of interest has: a class for each is the cheapest way to pass all other tags."""


def prefilter(names: Collection[bytes]) -> bytes:
    """A look-ahead that most other tag names fail: the first letters, column by column, as classes."""
    columns = [sorted({name[i : i + 1] for name in names}) for i in range(LOOK_AHEAD)]
    return b"(?=" + b"".join(b"[" + b"".join(caseless_members(c)) + b"]" for c in columns) + b")"


def caseless_members(letters: Collection[bytes]) -> list[bytes]:
    """What a character class must hold to match ``letters`` in both cases."""
    return [caseless(letter).strip(b"[]") for letter in letters]
