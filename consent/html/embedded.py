"""Documents within a URL: what ``data:`` and ``javascript:`` bring along to a frame (Fetch 6, HTML 7.4.2.3.2)."""

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

_DATA = re.compile(rb"[\x00-\x20]*data:([^,]*+),", re.IGNORECASE)
_SCRIPT = re.compile(rb"[\x00-\x20]*javascript:", re.IGNORECASE)
_MARKUP = re.compile(rb"html|xml|svg", re.IGNORECASE)
_BASE64 = re.compile(rb";[ ]*base64[ ]*$", re.IGNORECASE)

BEGINNINGS = b"dDjJ\t\n\f\r "
"""How such a URL may begin: all others need no look."""


def is_embedded(url: bytes) -> bool:
    """Whether ``url`` holds a document or a script of its own."""
    data = _DATA.match(url)
    return _SCRIPT.match(url) is not None or (data is not None and _MARKUP.search(data[1]) is not None)


def document(url: bytes) -> bytes | None:
    """The markup in a ``data:`` URL, None where there is none that can be read."""
    data = _DATA.match(url)
    if data is None or _MARKUP.search(data[1]) is None:
        return None
    body = unquote_to_bytes(url[data.end() :])
    if _BASE64.search(data[1]) is None:
        return body
    try:
        return base64.b64decode(body + b"==")
    except binascii.Error:
        return None


def script(url: bytes) -> bytes | None:
    """The script of a ``javascript:`` URL."""
    match = _SCRIPT.match(url)
    return unquote_to_bytes(url[match.end() :]) if match else None
