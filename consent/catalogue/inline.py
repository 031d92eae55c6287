"""Inline text to services: which signatures stand in a script. The hot path: every byte of every inline script passes.

One pass of the regular expression engine for each sign that signatures are found by (``/``, ``_``, ``(``) and one for
``window``: an expression that starts with a literal character runs at the speed of a plain search, and only where the
sign stands are the bytes beside it looked at. What passes is looked up in a table and judged by its signatures.
A signature with none of the signs is searched for on its own; the product's own file has none such.
"""

import re
from collections.abc import Iterable

from consent.catalogue.addresses import AddressIndex
from consent.catalogue.code import CallIndex, UnderscoreIndex
from consent.catalogue.hosts import HostIndex
from consent.catalogue.service import Service
from consent.catalogue.signatures import Signature, make_signatures
from consent.categories import NECESSARY
from consent.text_memory import TextMemory

_GLOBALS = re.compile(rb"window(?<![\w$]window)(?:\.|\[['\"])([A-Za-z_$][\w$]*)").findall
_GLOBAL = re.compile(r"window\.([A-Za-z_$][\w$]*)", re.ASCII)


class InlineIndex:
    """Every inline signature of a catalogue. What is necessary is never held, so its signatures are left out."""

    __slots__ = ("_addresses", "_globals", "_rest", "_services", "_signs", "memory")

    def __init__(self, services: Iterable[Service], hosts: HostIndex) -> None:
        self._services = tuple(service for service in services if service.category != NECESSARY)
        self._addresses = AddressIndex(self._services, hosts)
        self._globals: dict[bytes, list[int]] = {}
        self._signs = (  # in the order of preference: the rarer in scripts and the more telling first
            UnderscoreIndex(),
            CallIndex(),
        )
        self._rest: list[tuple[int, Signature]] = []
        self.memory: TextMemory[tuple[Service, ...]] = TextMemory()
        for place, service in enumerate(self._services):
            for text in service.inline:
                self._add(place, text, hosts)
        self._addresses.close()
        for index in self._signs:
            index.close()

    def find(self, text: bytes) -> tuple[Service, ...]:
        """Whose ``text`` is. A site's scripts recur on its every page, so they are remembered."""
        if (known := self.memory.get(text)) is None:
            known = self._find(text)
            self.memory.keep(text, known)
        return known

    def _add(self, place: int, text: str, hosts: HostIndex) -> None:
        # Only a name that the catalogue has as a host is taken for one: ``gapi.load`` is code.
        if hosts.covers(text.lstrip(".").partition("/")[0]):
            self._addresses.add(place, text)
        elif name := _GLOBAL.fullmatch(text):
            self._globals.setdefault(name[1].encode(), []).append(place)
        else:
            for signature in make_signatures(text):
                if not (self._addresses.add_path(place, signature) or self._add_code(place, signature)):
                    self._rest.append((place, signature))

    def _add_code(self, place: int, signature: Signature) -> bool:
        return any(index.add(place, signature) for index in self._signs)

    def _find(self, text: bytes) -> tuple[Service, ...]:
        found: set[int] = set()
        self._addresses.find(text, found)
        for index in self._signs:
            index.find(text, found)
        names = self._globals
        for name in _GLOBALS(text):
            if name in names:
                found.update(names[name])
        for place, signature in self._rest:
            if signature.found_in(text):
                found.add(place)
        return tuple(self._services[place] for place in sorted(found)) if found else ()
