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
        return _script_end(page, start)
    match = END[name].search(page, start)
    return -1 if match is None else match.start()


def _script_end(page: bytes, start: int) -> int:
    match = _SCRIPT_STOP.search(page, start)
    while match is not None and match[0] == b"<!--":
        end, escaped = _escaped(page, match.start())
        if not escaped:
            return end
        match = _SCRIPT_STOP.search(page, end)
    return -1 if match is None else match.start()


def _escaped(page: bytes, start: int) -> tuple[int, bool]:
    """From ``<!--`` in a script: the end tag (or -1) and False, or the place after ``-->`` and True.

    Within, ``<script`` opens the double escaped state, in which ``</script`` only leads back.
    """
    double = False
    # The two dashes of ``<!--`` may be those of ``-->`` too: the search begins at them.
    for match in _ESCAPED_STOP.finditer(page, start + 2):
        if match[0] == b"-->":
            return match.end(), True
        if match[1] and not double:
            return match.start(), False
        double = not match[1]
    return -1, False
