"""Where ``<meta http-equiv=refresh content=...>`` leads (HTML 4.2.5.3, shared declarative refresh steps)."""

import re

_SPACE = rb"[\t\n\f\r ]*+"
_TIME = re.compile(_SPACE + rb"(?:[0-9]++[0-9.]*+|(?=\.)[.0-9]++)(?=[\t\n\f\r ;,])")
_BEFORE_URL = re.compile(_SPACE + rb"[;,]?+" + _SPACE)
_URL_SIGN = re.compile(rb"[uU][rR][lL]" + _SPACE + rb"=" + _SPACE)


def target(content: bytes) -> bytes | None:
    """The URL, or None where the page is loaded anew or nothing happens."""
    time = _TIME.match(content)
    before = _BEFORE_URL.match(content, time.end()) if time else None
    if before is None or before.end() == len(content):
        return None
    url = content[before.end() :]
    sign = _URL_SIGN.match(url)
    url = url[sign.end() :] if sign else url
    quote = url[:1]
    return url[1:].partition(quote)[0] if quote in _QUOTES else url


_QUOTES = (b'"', b"'")
