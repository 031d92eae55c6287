"""Inline scripts that call what a held one defines: alone they would only fail, so they wait with it.

Seen are functions that a held script declares at its top level. A script that declares one of the same name itself
needs nobody's.
"""

import re

_FUNCTION = re.compile(rb"(?<![\w$.])function[\t\n\r ]+([A-Za-z_$][\w$]*)[\t\n\r ]*\(")
SHORTEST = 3
"""Letters of a name that is taken for more than a minifier's."""


class Dependents:
    """The functions that the held scripts of one page declare, and the labels they wait for."""

    __slots__ = ("_declared",)

    def __init__(self) -> None:
        self._declared: dict[bytes, bytes] = {}

    def declare(self, text: bytes, labels: bytes) -> None:
        """``text`` is held under ``labels``."""
        for match in _FUNCTION.finditer(text):
            before = match.start()
            top_level = text.count(b"{", 0, before) == text.count(b"}", 0, before)
            if top_level and len(match[1]) >= SHORTEST:
                self._declared.setdefault(match[1], labels)

    def labels(self, text: bytes) -> bytes:
        """The labels of what ``text`` calls; none if it calls nothing that is held."""
        if not self._declared:
            return b""
        found = (labels for name, labels in self._declared.items() if _calls(text, name))
        return b" ".join(dict.fromkeys(label for labels in found for label in labels.split()))


def _calls(text: bytes, name: bytes) -> bool:
    if name not in text:
        return False
    word = rb"(?<![\w$.])" + re.escape(name) + rb"[\t\n\r ]*\("
    return re.search(word, text) is not None and re.search(rb"function[\t\n\r ]+" + word, text) is None
