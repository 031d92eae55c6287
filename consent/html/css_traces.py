"""Where CSS that fetches may stand in markup: ``url(``, ``src(``, ``image-set(``, however they are spelt.

The law: within the spelling of every such function, from the first byte of its name to the end of its parenthesis,
begins at least one trace. There are more traces than functions (the text "curl(1)" holds one), never fewer.

A function is a name with ``(`` right behind it (CSS Syntax 4.3.4), in any case, each character perhaps an escape
(4.3.7) and, in an attribute, each byte perhaps a character reference (HTML 13.2.5.72). So the spelling of one holds
a backslash, or a reference of a backslash, a letter or the parenthesis, or none of these: then the name's last
letters stand right before a ``(``. Each of the three kinds begins with a byte of its own, for the speed of it.
"""

import re
from html.entities import html5

_SPELT = frozenset("\\(-" + "urlsrcimage-set" + "urlsrcimage-set".upper())
"""What names, escapes and the parenthesis are made of; the digits of an escape have their backslash."""

_CODES = sorted(map(ord, _SPELT))
_DECIMAL = "|".join(map(str, _CODES))
_HEX = "|".join(f"{code:x}" for code in _CODES)
_NAMED = "|".join(sorted(name for name, text in html5.items() if name.endswith(";") and text in _SPELT))

_KINDS = (
    (b"(", re.compile(rb"\((?<=[lLcCtT]\()(?:(?<=[uU][rR][lL]\()|(?<=[sS][rR][cC]\()|(?<=[sS][eE][tT]\())")),
    (b"\\", re.compile(rb"\\[0-9a-fA-FgGiIlLmMrRsStTuU&-]")),
    (b"&", re.compile(rf"&(?:#(?:[xX]0*+(?i:{_HEX})(?![0-9a-fA-F])|0*+(?:{_DECIMAL})(?!\d))|{_NAMED})".encode())),
)  # fmt: skip
"""The first byte and the pattern of each kind. A range that lacks the byte costs no pattern."""


def traces(page: bytes, start: int, end: int) -> list[int]:
    """Where in ``page[start:end]`` a trace begins, sorted. Markup and text may be mixed."""
    found = [at for sign, pattern in _KINDS for at in places(page, sign, pattern, start, end)]
    found.sort()
    return found


SPARSE = 750
"""Bytes for each sign from which on it is quicker to look for the sign alone: that runs at the speed of memory."""


def places(page: bytes, sign: bytes, pattern: re.Pattern[bytes], start: int, end: int) -> list[int]:
    """Where ``pattern``, which begins with ``sign``, matches."""
    found: list[int] = []
    at = page.find(sign, start, end)
    few = (end - start) // SPARSE
    while at >= 0:
        if few < 0:
            return found + [match.start() for match in pattern.finditer(page, at, end)]
        if pattern.match(page, at, end):
            found.append(at)
        at = page.find(sign, at + 1, end)
        few -= 1
    return found
