"""Inline scripts that call what a held one defines: alone they would only fail, so they wait with it.

Seen are functions that a held script declares at its top level. A script that declares one of the same name itself
needs nobody's.
"""

import functools
import re

_FUNCTION = re.compile(rb"function[\t\n\r ]+([A-Za-z_$][\w$]*)[\t\n\r ]*\(")
SHORTEST = 3
"""Letters of a name that is taken for more than a minifier's."""


LONGEST = 32 * 1024
"""Bytes of a script that is read for declarations: what others call is declared in small ones."""

MOST = 32
"""Functions remembered of a page."""


class Dependents:
    """The functions that the held scripts of one page declare, and the labels they wait for."""

    __slots__ = ("_declared",)

    def __init__(self) -> None:
        self._declared: dict[bytes, bytes] = {}

    def declare(self, text: bytes, labels: bytes) -> None:
        """``text`` is held under ``labels``."""
        if len(text) <= LONGEST and b"function" in text:
            for name in declared(text):
                if len(self._declared) < MOST:
                    self._declared.setdefault(name, labels)

    def labels(self, text: bytes) -> bytes:
        """The labels of what ``text`` calls; none if it calls nothing that is held."""
        if not self._declared:
            return b""
        found = [labels for name, labels in self._declared.items() if name in text and _calls(text, name)]
        return b" ".join(dict.fromkeys(label for labels in found for label in labels.split()))


@functools.lru_cache(maxsize=256)
def declared(text: bytes) -> tuple[bytes, ...]:
    """The functions declared outside of any braces."""
    names: list[bytes] = []
    depth = at = 0
    for match in _FUNCTION.finditer(text):
        depth += text.count(b"{", at, match.start()) - text.count(b"}", at, match.start())
        at = match.start()
        if depth == 0 and len(match[1]) >= SHORTEST:
            names.append(match[1])
    return tuple(names)


def _calls(text: bytes, name: bytes) -> bool:
    word = rb"(?<![\w$.])" + re.escape(name) + rb"[\t\n\r ]*\("
    return re.search(word, text) is not None and re.search(rb"function[\t\n\r ]+" + word, text) is None
