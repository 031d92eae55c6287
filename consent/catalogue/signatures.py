"""Inline signatures: literal text that marks a script as a service's, and the boundaries within which it counts.

A first-party script that merely mentions a host, or has a word that holds a signature, is left alone (PRODUCT H2):

- code (``fbq(``, ``_hjSettings``) stands as a word of its own: ``sym(`` is not ``ym(``;
- a call of a name of up to three letters needs a literal as its first argument, as minifiers use such names;
- a signature that ends in a dot needs a member after it: prose ends in a dot as well;
- a host with a path starts at a label and ends no word short: ``.google-analytics.com/ga.js``;
- a host alone stands as the host of a URL (``//cdn.survicate.com``), or is joined to one (``'.survicate.com'``).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = b"0123456789"
WORD = frozenset(_LETTERS + _DIGITS + b"_$")
"""What an identifier of JavaScript is made of (beyond ASCII nothing needs telling apart)."""
_LABEL = frozenset(_LETTERS + _DIGITS + b"_-")
_HOST = _LABEL | {ord(".")}
_ALNUM = frozenset(_LETTERS + _DIGITS)
_MEMBER = frozenset(_LETTERS + b"_$")
_QUOTES = frozenset(b"'\"`")
_SLASH, _DOT, _UNDERSCORE = b"/._"
_END = -1
SHORT_CALL = 3
"""Longest name of a call that is taken for a minified one unless its argument is a literal."""
ARGUMENTS = tuple(space + opening for space in ("", " ") for opening in "'\"`0123456789")
"""How a literal argument opens."""
MAX_HOST = 255
"""How far back the ``//`` before a host is looked for; no host is longer."""

Boundary = Callable[[bytes, int, int], bool]
"""Whether what stands around ``text[start:end]`` lets it count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One literal, and where it counts."""

    literal: bytes
    counts: Boundary
    host: bool = False
    """Whether the literal starts with a host."""

    def found_in(self, text: bytes) -> bool:
        start = text.find(self.literal)
        while start >= 0:
            if self.counts(text, start, start + len(self.literal)):
                return True
            start = text.find(self.literal, start + 1)
        return False


def make_signatures(text: str, is_host: Callable[[str], bool]) -> Iterator[Signature]:
    r"""What ``text`` writes, and once more as JSON writes it, with ``\/`` for ``/``.

    Only a name that ``is_host`` knows is taken for a host: ``gapi.load`` is code.
    """
    host, slash, _ = text.lstrip(".").partition("/")
    known = is_host(host)
    if not known and _is_short_call(text):
        for argument in ARGUMENTS:
            yield Signature(literal=(text + argument).encode(), counts=_start)
        return
    literal = (text.lstrip(".") if known else text).encode()
    counts = _code_boundary(literal) if not known else _address if slash else _host
    yield Signature(literal=literal, counts=counts, host=known)
    if b"/" in literal:
        yield Signature(literal=literal.replace(b"/", b"\\/"), counts=counts, host=known)


def _code_boundary(literal: bytes) -> Boundary:
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


def _address(text: bytes, start: int, end: int) -> bool:
    if _before(text, start) in _LABEL:
        return False
    return text[end - 1] not in _ALNUM or _after(text, end) not in _ALNUM


def _host(text: bytes, start: int, end: int) -> bool:
    if _after(text, end) in _HOST or _before(text, start) in _LABEL:
        return False
    label = start
    while label and start - label < MAX_HOST and text[label - 1] in _HOST:
        label -= 1
    before = _before(text, label)
    if before == _SLASH:
        return text[label] != _DOT and text.endswith((b"//", b"\\/\\/"), 0, label)
    return before in _QUOTES and text[label] == _DOT
