"""Where the head and the body begin: the places for what is inserted, also in a page that writes no such tags.

Follows the tree construction up to the first thing that opens the body (HTML 13.2.6.4.1 to 13.2.6.4.6): white
space, comments and the elements that belong in a head go before it. Resumable: the place reached is kept.
"""

import re

from consent.html import rawtext
from consent.html.names import alternatives, caseless
from consent.html.tags import ANY_END, BOGUS_COMMENT, NAME_END, REST_OF_TAG, TAG, WHOLE_COMMENT, attributes

_HEAD_ELEMENTS = frozenset(b"base basefont bgsound link meta title noscript noframes style script template".split())
_PASSED = re.compile(rb"(?:[\t\n\f\r ]++|" + WHOLE_COMMENT + b"|" + BOGUS_COMMENT + rb")*+")
"""White space, comments, the doctype and bogus comments."""


def _raw(name: bytes, stop: bytes = b"") -> bytes:
    """A raw text element as a whole, if its text holds no ``stop``."""
    end = b"/" + caseless(name) + NAME_END
    text = b"(?:[^<]++|<(?!" + end + stop + b"))*+"
    return b"|<" + caseless(name) + NAME_END + REST_OF_TAG + text + b"</" + caseless(name) + REST_OF_TAG


_HEAD_RUN = re.compile(
    rb"(?:[\t\n\f\r ]++|" + WHOLE_COMMENT
    + b"|<(?:" + alternatives([b"meta", b"link", b"base"]) + b")" + NAME_END + REST_OF_TAG
    + b"|" + BOGUS_COMMENT + _raw(b"title") + _raw(b"style") + _raw(b"script", b"|!--")
    + b")*+"
)  # fmt: skip
"""What most heads are made of, once the head has begun: passed in one go."""

_START = re.compile(rb"<(/?[a-zA-Z][^\t\n\f\r />]*+)(?=[\t\n\f\r />])")
_TEXT = re.compile(rb"[^<]|<[^a-zA-Z/!?]")
_IN_TEMPLATE = re.compile(
    rb"<!--(?:-?>|(?:[^-]++|-(?!-!?>))*+--!?>|)|<(/?)([a-zA-Z][^\t\n\f\r />]*+)" + REST_OF_TAG
)  # fmt: skip
BOM = b"\xef\xbb\xbf"


class Prologue:
    """Reads the beginning of a page. ``head`` and ``body`` are offsets once they are known."""

    __slots__ = ("_begun", "awaited", "body", "frameset", "head", "language", "reached")

    def __init__(self) -> None:
        self._begun = False
        self.reached = 0
        """Up to here everything belongs before the body."""
        self.head: int | None = None
        self.body: int | None = None
        self.frameset = False
        """The page is a frameset: there is no body to insert into."""
        self.language = b""
        """What ``<html lang>`` says."""
        self.awaited: re.Pattern[bytes] | None = None
        """What the end of an unfinished construct looks like."""

    def shift(self, consumed: int) -> None:
        """The first ``consumed`` bytes are gone from the page: offsets count from behind them."""
        self.reached -= consumed

    def read(self, page: bytes, *, final: bool) -> None:
        """Go on in ``page`` from ``reached``."""
        self.awaited = None
        if not self._begun and not self._behind_mark(page, final=final):
            return None
        while self.body is None and self.awaited is None:
            passed = (_PASSED if self.head is None else _HEAD_RUN).match(page, self.reached)
            at = self.reached = passed.end() if passed else self.reached
            if at == len(page):
                break
            if _TEXT.match(page, at):
                return self._body_at(at)
            start, tag = _START.match(page, at), TAG.match(page, at)
            if start is None or tag is None:
                self.awaited = ANY_END
                break
            self._take(page, start[1].lower(), at, tag.end())
        if final and self.body is None:
            self._body_at(self.reached)
        return None

    def give_up(self) -> None:
        """No more is kept: the body opens where the reading has come to, and a browser reads it the same way."""
        self._body_at(self.reached)

    def _behind_mark(self, page: bytes, *, final: bool) -> bool:
        """Go behind a byte order mark; false while it may still come."""
        if len(page) < len(BOM) and BOM.startswith(page) and not final:
            return False
        self._begun = True
        self.reached = len(BOM) if page.startswith(BOM) else 0
        return True

    def _take(self, page: bytes, name: bytes, start: int, end: int) -> None:
        """One tag: pass it, or find the head or the body at it."""
        if name == b"html":
            if self.head is None:
                self.language = next((a.value for a in attributes(page, start, end) if a.name == b"lang"), b"")
            self.reached = end
        elif name == b"head":
            self.head = end if self.head is None else self.head
            self.reached = end
        elif name in _HEAD_ELEMENTS:
            self.head = start if self.head is None else self.head
            self._pass_element(page, name, start, end)
        elif name[:1] != b"/" or name in {b"/html", b"/body", b"/br"}:
            self.frameset = name == b"frameset"
            self._body_at(end if name == b"body" else start, before=start)
        else:
            self.head = start if self.head is None and name == b"/head" else self.head
            self.reached = end

    def _body_at(self, at: int, *, before: int | None = None) -> None:
        self.head = (at if before is None else before) if self.head is None else self.head
        self.body = self.reached = at

    def _pass_element(self, page: bytes, name: bytes, start: int, end: int) -> None:
        """Go behind a head element, or wait for its end."""
        if name == b"template":
            end = _template_end(page, start)
        elif name in rawtext.END:
            end = rawtext.raw_end(page, name, end)
            close = TAG.match(page, end) if end >= 0 else None
            end = -1 if close is None else close.end()
        if end < 0:
            self.awaited = rawtext.END.get(name, ANY_END)
        else:
            self.reached = end


def _template_end(page: bytes, start: int) -> int:
    """Behind the end tag of the template at ``start``, or -1; comments and raw text in it may hide one."""
    depth, at = 0, start
    while match := _IN_TEMPLATE.search(page, at):
        at, slash, name = match.end(), match[1], (match[2] or b"").lower()
        if name == b"template":
            depth += -1 if slash else 1
            if depth == 0:
                return at
        elif name in rawtext.RAW and not slash:
            at = rawtext.raw_end(page, name, at)
        if at < 0 or match[0] == b"<!--":
            return -1
    return -1
