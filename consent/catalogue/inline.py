"""Inline text to services: which signatures stand in a script. The hot path: every byte of every inline script passes.

One pass of the regular expression engine for each sign that signatures are made of (``_``, ``.``, ``(``): an
expression that starts with a literal character runs at the speed of a plain search, and only where the sign stands
are the bytes beside it looked at. What passes is looked up in a table and judged by its signatures.
A signature with none of the signs is searched for on its own; the product's own file has none such.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from consent.catalogue.addresses import AddressIndex
from consent.catalogue.hosts import HostIndex
from consent.catalogue.service import Service
from consent.catalogue.signatures import Boundary, Signature, make_signatures
from consent.categories import NECESSARY

REMEMBERED = 512
LONGEST_REMEMBERED = 64 * 1024
"""A site's scripts recur on its every page: so many texts up to this length are remembered, 32 MB at the utmost."""

Entry = tuple[int, int, bytes, Boundary]
"""The service's place in the catalogue, where the sign stands in the literal, the literal, where it counts."""

Search = tuple[Callable[[bytes], Iterator[re.Match[bytes]]], Mapping[bytes, list[Entry]], int, int]
"""What finds the places, the entries by key, and how far the key reaches before a place and behind it."""
LOOK_BACK = 4
"""Bytes before a sign that the expression looks at."""


class SignIndex:
    """The signatures found by one sign, and by the ``before`` and ``after`` bytes beside it."""

    __slots__ = ("_after", "_before", "_by_key", "_sign")

    def __init__(self, sign: bytes, *, before: int, after: int) -> None:
        self._sign, self._before, self._after = sign, before, after
        self._by_key: dict[bytes, list[Entry]] = {}

    def add(self, place: int, signature: Signature) -> bool:
        """Take a signature in, if the sign stands in it with enough beside it."""
        literal = signature.literal
        at = literal.find(self._sign)
        if at < self._before or at + 1 + self._after > len(literal):
            return False
        entry = (place, at, literal, signature.counts)
        self._by_key.setdefault(literal[at - self._before : at + 1 + self._after], []).append(entry)
        return True

    def search(self) -> Search | None:
        """How to find the places that may be a signature's: a few too many, never one too few."""
        if not self._by_key:
            return None
        by_ending: dict[bytes, list[Entry]] = {}
        for key, entries in self._by_key.items():
            by_ending.setdefault(key[self._before + 1 :], []).extend(entries)
        endings = {ending: self._preceded(ending, entries) for ending, entries in by_ending.items()}
        # One look at the next byte turns away numbers, spaces and quotes before the tree is entered.
        first = b"(?=" + _any_of({ending[:1] for ending in endings}) + b")"
        expression = re.compile(re.escape(self._sign) + first + _tree(endings))
        return expression.finditer, self._by_key, self._before, self._after + 1

    def _preceded(self, ending: bytes, entries: list[Entry]) -> bytes:
        """What must stand before the sign: looked at last, where few places are left."""
        here = re.escape(self._sign + ending)
        inner = [(literal, at) for _, at, literal, _ in entries if at]
        ways = []
        if len(inner) < len(entries):
            ways.append(b"(?<![A-Za-z0-9_$]" + here + b")")  # a literal that starts with the sign starts a word
        if inner:
            near = range(min(LOOK_BACK, *(at for _, at in inner)), 0, -1)
            before = b"".join(_any_of({literal[at - i : at - i + 1] for literal, at in inner}) for i in near)
            ways.append(b"(?<=" + before + here + b")")
        return b"(?:" + b"|".join(ways) + b")"


class InlineIndex:
    """Every inline signature of a catalogue. What is necessary is never held, so its signatures are left out."""

    __slots__ = ("_addresses", "_remembered", "_rest", "_searches", "_services")

    def __init__(self, services: Iterable[Service], hosts: HostIndex) -> None:
        self._services = tuple(service for service in services if service.category != NECESSARY)
        self._addresses = AddressIndex(self._services, hosts)
        self._rest: list[tuple[int, Signature]] = []
        self._remembered: dict[bytes, tuple[Service, ...]] = {}
        indexes = (  # in the order of preference: the rarer in scripts and the more telling first
            SignIndex(b"_", before=0, after=3),
            SignIndex(b".", before=2, after=2),
            SignIndex(b"(", before=2, after=1),
        )
        for place, service in enumerate(self._services):
            for text in service.inline:
                # Only a name that the catalogue has as a host is taken for one: ``gapi.load`` is code.
                if hosts.covers(text.lstrip(".").partition("/")[0]):
                    self._addresses.add(place, text)
                    continue
                for signature in make_signatures(text):
                    if not any(index.add(place, signature) for index in indexes):
                        self._rest.append((place, signature))
        self._searches = tuple(search for index in indexes if (search := index.search()))

    def find(self, text: bytes) -> tuple[Service, ...]:
        if len(text) > LONGEST_REMEMBERED:
            return self._find(text)
        if (known := self._remembered.get(text)) is not None:
            return known
        found = self._find(text)
        if len(self._remembered) >= REMEMBERED:
            self._remembered.clear()  # all at once: safe in threads, and a site's scripts are soon back
        self._remembered[text] = found
        return found

    def _find(self, text: bytes) -> tuple[Service, ...]:
        found = {place for place, signature in self._rest if signature.found_in(text)} if self._rest else set()
        self._addresses.find(text, found)
        for places, by_key, before, after in self._searches:
            for match in places(text):
                at = match.start()
                for place, offset, literal, counts in by_key.get(text[at - before : at + after], ()):
                    start = at - offset
                    if text.startswith(literal, start) and counts(text, start, start + len(literal)):
                        found.add(place)
        return tuple(self._services[place] for place in sorted(found)) if found else ()


def _tree(ends: Mapping[bytes, bytes]) -> bytes:
    """An expression for texts of one length, each with its end: byte by byte, so that a wrong one is left at once."""
    if b"" in ends:
        return ends[b""]
    by_first: dict[bytes, dict[bytes, bytes]] = {}
    for text, end in sorted(ends.items()):
        by_first.setdefault(text[:1], {})[text[1:]] = end
    return b"(?:" + b"|".join(re.escape(first) + _tree(rest) for first, rest in by_first.items()) + b")"


def _any_of(values: Iterable[bytes]) -> bytes:
    return b"[" + b"".join(map(re.escape, sorted(set(values)))) + b"]"
