"""The judge of a page with a ``<base>`` that leads elsewhere: what is relative is judged as the base resolves it, too
(URL Standard, 4.4; HTML 4.2.3).
"""

import re

from consent.html import Judge, Use


class BasedJudge:
    """The judge of a page with a ``<base>`` that leads elsewhere. What is relative is judged both ways: it may have
    been read before the base was, and of several bases a browser takes the first that it can use.
    """

    def __init__(self, judge: Judge, base: bytes) -> None:
        self._judge = judge
        self._origin, self._folder = _read_base(base)

    def url(self, value: bytes, use: Use = Use.ACTIVE, /) -> bytes | None:
        label = self._judge.url(value, use)
        if label is not None or (joined := self._joined(value)) is None:
            return label
        return self._judge.url(joined, use)

    def inline(self, text: bytes, /) -> bytes | None:
        return self._judge.inline(text)

    def assigned(self, name: bytes, /) -> bytes | None:
        return self._judge.assigned(name)

    def at(self, base: bytes, /) -> Judge:
        judge = self._judge.at(base)
        return self if judge is self._judge else BasedJudge(self, base)

    def _joined(self, value: bytes) -> bytes | None:
        """Where a relative URL leads below the base, None for any other and for the page itself."""
        value = value.strip(_STRIPPED).translate(None, b"\t\n\r")
        scheme = _SCHEME.match(value)
        if scheme is not None:
            if scheme[0].lower() not in _FETCHED:
                return None
            value = value[scheme.end() :]  # "https:x" is relative to a base of the same scheme
        start = value[:1]
        if start in _NOWHERE or (start in _SLASH and value[1:2] in _SLASH):
            return None
        return self._origin + (value if start in _SLASH else self._folder + value)


def _read_base(base: bytes) -> tuple[bytes, bytes]:
    """Scheme and host of a base, and its path up to the last slash."""
    base = base.strip(_STRIPPED).translate(None, b"\t\n\r")
    scheme = _SCHEME.match(base)
    rest = base[scheme.end() :] if scheme else base
    rest = rest.lstrip(b"/\\")
    end = _AUTHORITY_END.search(rest)
    host, path = (rest[: end.start()], rest[end.start() :]) if end else (rest, b"")
    path = re.split(rb"[?#]", path, maxsplit=1)[0].replace(b"\\", b"/")
    return (scheme[0] if scheme else b"") + b"//" + host, path[: path.rfind(b"/") + 1] or b"/"


_SLASH = (b"/", b"\\")
_NOWHERE = (b"", b"#")
"""The start of what leads to the page itself."""
_STRIPPED = bytes(range(0x21))
_SCHEME = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*:")
_FETCHED = (b"http:", b"https:")
_AUTHORITY_END = re.compile(rb"[/\\?#]")
