"""Inline scripts that call what a held one defines: alone they would only fail, so they wait with it.

Seen are functions that a held script declares at its top level. A script that declares one of the same name itself
needs nobody's.
"""

import re
from dataclasses import dataclass

from consent.html.texts import Texts

_FUNCTION = re.compile(rb"function[\t\n\r ]+([A-Za-z_$][\w$]*)[\t\n\r ]*\(")
SHORTEST = 3
"""Letters of a name that is taken for more than a minifier's."""


LONGEST = 32 * 1024
"""Bytes of a script that is read for declarations: what others call is declared in small ones."""

MOST = 32
"""Functions remembered of a page."""


class Dependents:
    """The functions that the held scripts of one page declare, and the labels they wait for."""

    __slots__ = ("_calls", "_labels", "_texts", "declared")

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self.declared: tuple[tuple[bytes, bytes], ...] = ()
        """Names and their labels."""
        self._labels: dict[bytes, bytes] = {}
        self._calls = Calls(())

    def declare(self, text: bytes, labels: bytes) -> None:
        """``text`` is held under ``labels``."""
        if len(text) > LONGEST or len(self._labels) >= MOST:
            return
        names = self._texts.find(declarations, text)
        if names:
            for name in names:
                if len(self._labels) < MOST:
                    self._labels.setdefault(name, labels)
            self.declared = tuple(self._labels.items())
            self._calls = Calls(tuple(self._labels))

    def labels(self, text: bytes) -> bytes:
        """The labels of what ``text`` calls; none if it calls nothing that is held."""
        if not self.declared:
            return b""
        called = self._texts.find(self._calls, text)
        return b" ".join(dict.fromkeys(label for name in called for label in self._labels[name].split()))


def declarations(text: bytes) -> tuple[bytes, ...]:
    """The functions declared outside of any braces."""
    names: list[bytes] = []
    depth = at = 0
    for match in _FUNCTION.finditer(text):
        depth += text.count(b"{", at, match.start()) - text.count(b"}", at, match.start())
        at = match.start()
        if depth == 0 and len(match[1]) >= SHORTEST:
            names.append(match[1])
    return tuple(names)


@dataclass(frozen=True, slots=True)
class Calls:
    """Which functions of these names a text calls and does not declare itself."""

    names: tuple[bytes, ...]

    def __call__(self, text: bytes) -> tuple[bytes, ...]:
        return tuple(name for name in self.names if name in text and _calls(text, name))


def _calls(text: bytes, name: bytes) -> bool:
    word = rb"(?<![\w$.])" + re.escape(name) + rb"[\t\n\r ]*\("
    return re.search(word, text) is not None and re.search(rb"function[\t\n\r ]+" + word, text) is None
