"""Inline signatures in code: literal text that marks a script as a service's, and within which boundaries.

A first-party script that has a word that holds a signature is left alone (PRODUCT H2):

- code (``fbq(``, ``_hjSettings``) stands as a word of its own: ``sym(`` is not ``ym(``;
- a call of a name of up to three letters needs a literal as its first argument, as minifiers use such names;
- a signature that ends in a dot needs a member after it: prose ends in a dot as well.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = b"0123456789"
WORD = frozenset(_LETTERS + _DIGITS + b"_$")
"""What an identifier of JavaScript is made of (beyond ASCII nothing needs telling apart)."""
_MEMBER = frozenset(_LETTERS + b"_$")
_DOT, _UNDERSCORE = b"._"
_END = -1
SHORT_CALL = 3
"""Longest name of a call that is taken for a minified one unless its argument is a literal."""
ARGUMENTS = tuple(space + opening for space in ("", " ") for opening in "'\"`0123456789")
"""How a literal argument opens."""

Boundary = Callable[[bytes, int, int], bool]
"""Whether what stands around ``text[start:end]`` lets it count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One literal, and where it counts."""

    literal: bytes
    counts: Boundary

    def found_in(self, text: bytes) -> bool:
        start = text.find(self.literal)
        while start >= 0:
            if self.counts(text, start, start + len(self.literal)):
                return True
            start = text.find(self.literal, start + 1)
        return False


def make_signatures(text: str) -> Iterator[Signature]:
    r"""What ``text`` writes, and once more as JSON writes it, with ``\/`` for ``/``."""
    if _is_short_call(text):
        for argument in ARGUMENTS:
            yield Signature(literal=(text + argument).encode(), counts=_start)
        return
    literal = text.encode()
    counts = _boundary(literal)
    yield Signature(literal=literal, counts=counts)
    if b"/" in literal[1:]:  # the first is met from its slash on
        yield Signature(literal=literal.replace(b"/", b"\\/"), counts=counts)


def _boundary(literal: bytes) -> Boundary:
    if literal[-1] == _DOT:
        return _member
    if literal[-1] in WORD and literal[-1] != _UNDERSCORE:
        return _word
    return _start  # ends in a sign, or in ``_``, which says that a name goes on


def _is_short_call(text: str) -> bool:
    return text.endswith("(") and len(text) <= SHORT_CALL + 1 and WORD.issuperset(text[:-1].encode())


def _before(text: bytes, start: int) -> int:
    return text[start - 1] if start else _END


def _after(text: bytes, end: int) -> int:
    return text[end] if end < len(text) else _END


def _start(text: bytes, start: int, _end: int) -> bool:
    return text[start] not in WORD or _before(text, start) not in WORD


def _word(text: bytes, start: int, end: int) -> bool:
    return _after(text, end) not in WORD and _start(text, start, end)


def _member(text: bytes, start: int, end: int) -> bool:
    return _after(text, end) in _MEMBER and _start(text, start, end)
