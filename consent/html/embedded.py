"""Documents and style sheets within a URL: what ``data:`` and ``javascript:`` bring along (Fetch 6, HTML 7.4.2.3.2)."""

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

_DATA = re.compile(rb"[\x00-\x20]*data:([^,]*+),", re.IGNORECASE)
_NO_SHEET = re.compile(rb"[ ]*(?:image|font|audio|video|application)/", re.IGNORECASE)
_SCRIPT = re.compile(rb"[\x00-\x20]*javascript:", re.IGNORECASE)
_MARKUP = re.compile(rb"html|xml|svg", re.IGNORECASE)
_BASE64 = re.compile(rb";[ ]*base64[ ]*$", re.IGNORECASE)

_NOT_ASCII = re.compile(rb"charset=[^;,]*(?:2022|utf-?16|ucs|unicode|%)", re.IGNORECASE)
SHIFT = re.compile(rb"\x1b(?:\$|\(I|\(?\Z)")
"""What begins a run in ISO-2022-JP in which ASCII bytes, quotes and brackets too, are parts of other characters."""

BEGINNINGS = b"dDjJ" + bytes(range(0x21))
"""How such a URL may begin: all others need no look."""
_DROPPED = b"\t\n\r"
"""What the URL parser drops wherever it stands."""


def is_embedded(url: bytes) -> bool:
    """Whether ``url`` holds a document or a script of its own, or a style sheet."""
    url = url.translate(None, _DROPPED)
    data = _DATA.match(url)
    if data is None:
        return _SCRIPT.match(url) is not None
    return _MARKUP.search(data[1]) is not None or _NO_SHEET.match(data[1]) is None


def is_markup(url: bytes) -> bool:
    """Whether ``url`` holds a document or a script of its own."""
    url = url.translate(None, _DROPPED)
    data = _DATA.match(url)
    return _SCRIPT.match(url) is not None if data is None else _MARKUP.search(data[1]) is not None


def sheet(url: bytes) -> bytes | None:
    """The style sheet in a ``data:`` URL, None where there is none: pictures and fonts are none, and what is not
    told may be one.
    """
    if url[:1] not in BEGINNINGS:
        return None
    url = url.translate(None, _DROPPED)
    data = _DATA.match(url)
    if data is None or _NO_SHEET.match(data[1]):
        return None
    return _content(url, data)


def document(url: bytes) -> bytes | None:
    """The markup in a ``data:`` URL, None where there is none that can be read."""
    url = url.translate(None, _DROPPED)
    data = _DATA.match(url)
    if data is None or _MARKUP.search(data[1]) is None or _NOT_ASCII.search(data[1]) is not None:
        return None
    content = _content(url, data)
    unreadable = content is None or content.startswith((b"\xff\xfe", b"\xfe\xff")) or SHIFT.search(content) is not None
    return None if unreadable else content


def script(url: bytes) -> bytes | None:
    """The script of a ``javascript:`` URL."""
    url = url.translate(None, _DROPPED)
    match = _SCRIPT.match(url)
    return unquote_to_bytes(url[match.end() :]) if match else None


def _content(url: bytes, data: re.Match[bytes]) -> bytes | None:
    body = unquote_to_bytes(url[data.end() :])
    if _BASE64.search(data[1]) is None:
        return body
    try:
        return base64.b64decode(body + b"==")
    except binascii.Error:
        return None
