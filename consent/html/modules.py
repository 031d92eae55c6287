"""What a script imports by its URL: a browser fetches that when the script starts, or when it gets there.

A specifier is a string right behind ``import``, ``from`` or ``import(`` (ECMAScript 2025, 16.2.2, 16.2.3, 13.3.10). It
is found by its spelling, not by parsing: a text that only looks like one is found too, one put together or spelt with
escapes is not. A name alone is left to the page's import map.
"""

import re
from collections.abc import Iterator

_BETWEEN = rb"(?:\s|/\*+[^*]{0,200}+(?:\*(?!/)[^*]{0,50}+){0,8}+\*/|//[^\n]{0,200}+\n)*+"
"""White space and comments; none so long that many that never end would each be read to the text's end."""
_STRING = rb"""(?:"((?:[^"\\\n]|\\/)*+)"|'((?:[^'\\\n]|\\/)*+)'|`((?:[^`\\$]|\\/)*+)`)"""
_DYNAMIC = re.compile(rb"import(?<![\w$]import)" + _BETWEEN + rb"\(" + _BETWEEN + _STRING)
_STATIC = re.compile(rb"(?:import(?<![\w$]import)|from(?<![\w$]from))" + _BETWEEN + _STRING)
_URL = re.compile(rb"[./]|[^/?#]*:")
"""How a specifier begins that is no bare name (HTML 8.1.6.2, "resolve a module specifier")."""


def imported(text: bytes, *, module: bool) -> Iterator[bytes]:
    """The URLs that the script ``text`` imports; only a module can do so without a call."""
    if b"import" not in text and not (module and b"from" in text):
        return
    for pattern in (_DYNAMIC, _STATIC) if module else (_DYNAMIC,):
        for match in pattern.finditer(text):
            specifier = match[match.lastindex or 0].replace(b"\\/", b"/")
            if _URL.match(specifier):
                yield specifier
