"""Who is asked whether something may be fetched or run, and what the answer was: pages ask the same again and again."""

from typing import Protocol

from consent.html import embedded
from consent.html.fetching import Use
from consent.html.memory import Memory
from consent.html.tags import resolve


class Judge(Protocol):
    """Says under which label something is held, or None where it may run."""

    def url(self, value: bytes, use: Use = Use.ACTIVE, /) -> bytes | None:
        """``value``: a URL as an attribute gives it, character references resolved, perhaps relative."""

    def inline(self, text: bytes, /) -> bytes | None:
        """``text``: an inline script's."""

    def assigned(self, name: bytes, /) -> bytes | None:
        """``name``: what ``data-consent`` says."""

    def at(self, base: bytes, /) -> "Judge":
        """The judge of a page with a ``<base href>`` that says ``base``; itself where that leads no further."""


_QUOTES = frozenset({b'"', b"'"})


class Passes(Memory[bytes, bool]):
    """URLs to whether they may be fetched. A look-up judges what is new: what is known costs no call of Python's."""

    __slots__ = ("_judge",)

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self._judge = judge

    def __missing__(self, value: bytes) -> bool:
        url = value[1:-1] if value[:1] in _QUOTES else value
        url = resolve(url)
        passes = self._judge.url(url) is None and not (url[:1] in embedded.BEGINNINGS and embedded.is_embedded(url))
        return self.keep(value, passes, len(value))
