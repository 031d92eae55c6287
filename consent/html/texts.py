"""Texts met before, found again in a page without copying or hashing them, and what was found in them: a site writes
the same scripts into its every page, and their bytes are most of what has to be looked up.

Two texts of one length and one end are told apart by comparing them where they stand, which runs at the speed of
memory. What is given is the text as it was first met: tables with texts as keys hash that object once.
"""

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

SHORT = 128
"""Bytes up to which a copy costs less than the look-up."""

END = 16
"""Bytes at the end of a text that it is found by, beside its length."""

ALIKE = 8
"""Texts kept of one length and one end: a page that numbers its scripts has several."""

MOST = 8192
"""Answers remembered."""

ROOM = 16 * 1024 * 1024
"""Bytes of all texts together, with what each costs beside its own."""

OVERHEAD = 256
"""Bytes that a text costs beside its own."""

Answer = TypeVar("Answer")


class Texts:
    """A bounded store. Threads may share it: each step is one look-up or one store in a dict."""

    __slots__ = ("_alike", "_found", "_room", "_size")

    def __init__(self, room: int = ROOM) -> None:
        self._alike: dict[tuple[int, bytes], tuple[bytes, ...]] = {}
        self._found: dict[tuple[Hashable, bytes], object] = {}
        self._room, self._size = room, 0

    def clear(self) -> None:
        """Forget everything."""
        self._alike, self._found, self._size = {}, {}, 0

    def take(self, page: bytes, start: int, end: int) -> bytes:
        """``page[start:end]``."""
        if end - start <= SHORT:
            return page[start:end]
        return self.find_text(page, start, end) or self._keep(page[start:end])

    def find_text(self, page: bytes, start: int, end: int) -> bytes | None:
        """``page[start:end]`` as it was first met; None if it was not, or is short."""
        for text in self._alike.get((end - start, page[end - END : end]), ()):
            if page.startswith(text, start):
                return text
        return None

    def find(self, question: Callable[[bytes], Answer], text: bytes) -> Answer:
        """What ``question``, a hashable function, says of a text that ``take`` gave: asked once while remembered."""
        found = self.recall(question, text)
        if found is None:
            found = question(text)
            self.remember(question, text, found)
        return cast("Answer", found)  # the key holds the question

    def recall(self, question: Hashable, text: bytes) -> object | None:
        """What was remembered of ``text`` under ``question``; None if nothing is."""
        return self._found.get((question, text))

    def remember(self, question: Hashable, text: bytes, answer: object) -> None:
        """Remember ``answer`` of a text that ``take`` gave."""
        if self._is_too_long(text):
            return
        if len(self._found) >= MOST:
            self._found.clear()
        self._found[question, text] = answer

    def _is_too_long(self, text: bytes) -> bool:
        return len(text) * 4 > self._room

    def _keep(self, text: bytes) -> bytes:
        """Remember a new text: of those alike the oldest goes; where all is full, everything."""
        if self._is_too_long(text):
            return text
        cost = len(text) + OVERHEAD
        if self._size + cost > self._room:
            self.clear()
        key = (len(text), text[-END:])
        alike = self._alike.get(key, ())
        self._alike[key] = (*alike[1 - ALIKE :], text) if alike else (text,)
        self._size += cost if len(alike) < ALIKE else 0
        return text
