"""Where raw text ends (HTML 13.2.5.2 to 13.2.5.31): at its own end tag, and a script's by rules of its own."""

import re

from consent.html.names import caseless
from consent.html.tags import NAME_END

RAW = frozenset(b"script style textarea title xmp iframe noembed noframes".split())
"""Elements whose content is text (HTML 13.2.6.2); ``noscript`` too in a browser with scripting."""

END = {name: re.compile(b"</" + caseless(name) + NAME_END) for name in RAW | {b"noscript"}}
"""The beginning of the end tag. A script's may be found where it is none: ask ``raw_end``."""

LONGEST_END = 16
"""Bytes that the longest pattern of an end may need: what a search for it must look at again."""

_SCRIPT_STOP = re.compile(b"<(?:!--|/" + caseless(b"script") + NAME_END + b")")
_ESCAPED_STOP = re.compile(b"-->|<(/?)" + caseless(b"script") + NAME_END)


def raw_end(page: bytes, name: bytes, start: int) -> int:
    """Where the end tag of the raw text that begins at ``start`` begins, or -1."""
    if name == b"script":
        return ScriptText().find(page, start)[0]
    match = END[name].search(page, start)
    return -1 if match is None else match.start()


class ScriptText:
    """Looks for the end of a script's text, which may come in pieces. One for each script.

    After ``<!--`` a ``<script`` opens the double escaped state, in which ``</script`` only leads back.
    """

    __slots__ = ("_double", "_escaped")

    def __init__(self) -> None:
        self._escaped = self._double = False

    def find(self, page: bytes, start: int, /) -> tuple[int, int]:
        """Where the end tag begins, or -1; and from where to look again once more has come."""
        while match := (_ESCAPED_STOP if self._escaped else _SCRIPT_STOP).search(page, start):
            start = match.end()
            if not self._escaped:
                if match[0] != b"<!--":
                    return match.start(), match.start()
                self._escaped = True
                start = match.start() + 2  # the two dashes may be those of ``-->`` too
            elif match[0] == b"-->":
                self._escaped = self._double = False
            elif match[1] and not self._double:
                return match.start(), match.start()
            else:
                self._double = not match[1]
        return -1, max(start, len(page) - LONGEST_END)
