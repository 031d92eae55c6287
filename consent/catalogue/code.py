"""Signatures in code, each kind found by the sign that it has and scripts have least of.

An expression that starts with a literal character runs at the speed of a plain search, and only where the sign stands
are the bytes beside it looked at. What passes is looked up in a table, and its signatures judge it: the expressions
find a few places too many, never one too few.
"""

import re
from collections.abc import Callable, Iterator

from consent.catalogue.expressions import any_of, tree
from consent.catalogue.signatures import WORD, Boundary, Signature

Entry = tuple[int, int, bytes, Boundary]
"""The service's place in the catalogue, where the sign stands in the literal, the literal, where it counts."""
Places = Callable[[bytes], Iterator[re.Match[bytes]]]
LOOK_BACK = 4
"""Bytes before a bracket that are looked at."""
_NOWHERE: Places = re.compile(b"(?!)").finditer
_ANY, _OUTSIDE_WORDS = b"[\\x00-\\xff]", b"[^A-Za-z0-9_$]"


class UnderscoreIndex:
    """Names with a ``_``, by the three bytes behind it."""

    __slots__ = ("_by_key", "_places")
    SIGN, AFTER = b"_", 3

    def __init__(self) -> None:
        self._by_key: dict[bytes, list[Entry]] = {}
        self._places = _NOWHERE

    def add(self, place: int, signature: Signature) -> bool:
        """Take a signature in, if there is enough of it to find it by."""
        literal = signature.literal
        at = literal.find(self.SIGN)
        if at < 0 or at + 1 + self.AFTER > len(literal):
            return False
        entry = (place, at, literal, signature.counts)
        self._by_key.setdefault(literal[at + 1 : at + 1 + self.AFTER], []).append(entry)
        return True

    def close(self) -> None:
        """All are in: make the expression."""
        if self._by_key:
            # One look at the next byte turns away numbers, spaces and quotes before the tree is entered.
            gate = b"(?=" + any_of(key[:1] for key in self._by_key) + b")"
            ends = {key: self._preceded(key, entries) for key, entries in self._by_key.items()}
            self._places = re.compile(self.SIGN + gate + tree(ends)).finditer

    def find(self, text: bytes, found: set[int]) -> None:
        """Add the places of the services whose signatures stand in ``text``."""
        for match in self._places(text):
            at = match.start()
            _meet(text, at, self._by_key[text[at + 1 : at + 1 + self.AFTER]], found)

    def _preceded(self, key: bytes, entries: list[Entry]) -> bytes:
        """What must stand before the sign: looked at last, where few places are left."""
        here = re.escape(self.SIGN + key)
        inner = [(literal, at) for _, at, literal, _ in entries if at]
        ways = []
        if len(inner) < len(entries):
            ways.append(b"(?<![A-Za-z0-9_$]" + here + b")")  # a literal that starts with the sign starts a word
        if inner:
            near = min(at for _, at in inner)
            ways.append(b"(?<=" + tree({literal[at - near : at]: b"" for literal, at in inner}) + here + b")")
        return b"(?:" + b"|".join(ways) + b")"


class CallIndex:
    """Calls such as ``fbq(`` and ``googletag.cmd.push(``, by up to four bytes before the bracket."""

    __slots__ = ("_by_name", "_called", "_places")
    SIGN = b"("

    def __init__(self) -> None:
        self._by_name: dict[bytes, list[Entry]] = {}
        self._called: dict[bytes, tuple[bytes, ...]] = {}
        """What stands before the bracket in the literals of a name: one look turns away most."""
        self._places = _NOWHERE

    def add(self, place: int, signature: Signature) -> bool:
        """Take a signature in, if what is called is a name."""
        literal = signature.literal
        at = literal.find(self.SIGN)
        if at < 1 or literal[at - 1] not in WORD or (at < LOOK_BACK and literal[0] not in WORD):
            return False
        entry = (place, at, literal, signature.counts)
        self._by_name.setdefault(literal[max(0, at - LOOK_BACK) : at], []).append(entry)
        return True

    def close(self) -> None:
        """All are in: make the expression. The number of the group that took part is the length of the name."""
        if not self._by_name:
            return
        for name, entries in self._by_name.items():
            if len(name) == LOOK_BACK:  # ``x.ga`` ends in ``ga``
                entries += [e for n in range(1, LOOK_BACK) for e in self._by_name.get(name[-n:], ())]
        self._called = {
            name: tuple({literal[:at] for _, at, literal, _ in entries}) for name, entries in self._by_name.items()
        }
        ways = []
        for length in range(1, LOOK_BACK + 1):
            names = tree({name: b"" for name in self._by_name if len(name) == length})
            if length < LOOK_BACK:  # a shorter name is a whole word
                names = _ANY * (LOOK_BACK - 1 - length) + _OUTSIDE_WORDS + names
            ways.append(b"(?<=" + names + b"\\()()")
        # One look at the last byte turns away spaces and brackets before the names are entered.
        gate = b"(?<=" + any_of(name[-1:] for name in self._by_name) + b"\\()"
        start = b"(?<!" + _ANY * (LOOK_BACK + 1) + b")"  # too near the start of the text to tell
        self._places = re.compile(b"\\(" + gate + b"(?:" + b"|".join(ways) + b"|" + start + b")").finditer

    def find(self, text: bytes, found: set[int]) -> None:
        """Add the places of the services whose signatures stand in ``text``."""
        called = self._called
        for match in self._places(text):
            at = match.start()
            length = match.lastindex
            if length is None:
                for near in range(1, at + 1):
                    if (name := text[at - near : at]) in called:
                        _meet(text, at, self._by_name[name], found)
            elif text.endswith(called[name := text[at - length : at]], 0, at):
                _meet(text, at, self._by_name[name], found)


def _meet(text: bytes, at: int, entries: list[Entry], found: set[int]) -> None:
    """Add the services of those ``entries`` whose literal, its sign at ``at``, stands there and counts."""
    for place, offset, literal, counts in entries:
        start = at - offset
        if (
            place not in found
            and start >= 0
            and text.startswith(literal, start)
            and counts(text, start, start + len(literal))
        ):
            found.add(place)
