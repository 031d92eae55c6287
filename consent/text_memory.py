"""What was found for a text, kept while there is room: the oldest text goes first."""

from typing import Generic, TypeVar

ROOM = 16 * 1024 * 1024
"""Bytes of all remembered texts together, with what each costs beside its letters."""
KEPT = 7 / 8
"""How full it is after forgetting: so that not every new text has to push out one."""
OVERHEAD = 200
"""What a remembered text costs beside its letters: the object, its place in the table, its answer."""

Answer = TypeVar("Answer")


class TextMemory(Generic[Answer]):
    """A bounded table. A hit is one look-up in a dict and changes nothing, so threads may share it."""

    __slots__ = ("_answers", "_room", "_size", "get")

    def __init__(self, room: int = ROOM) -> None:
        self._answers: dict[bytes, Answer] = {}
        self._room, self._size = room, 0
        self.get = self._answers.get

    def __len__(self) -> int:
        return len(self._answers)

    def keep(self, text: bytes, answer: Answer) -> None:
        """Remember, and forget the oldest if need be; a text longer than a quarter of the room is not kept."""
        cost = len(text) + OVERHEAD
        if cost * 4 > self._room or text in self._answers:
            return
        self._answers[text] = answer
        self._size += cost
        if self._size > self._room:
            self._forget()

    def clear(self) -> None:
        """Forget everything."""
        self._answers.clear()
        self._size = 0

    def _forget(self) -> None:
        # Counted anew each time: what threads miscounted meanwhile is put right, and no lock is needed.
        texts = list(self._answers)
        size = sum(map(len, texts)) + OVERHEAD * len(texts)
        for text in texts:
            if size <= self._room * KEPT:
                break
            self._answers.pop(text, None)
            size -= len(text) + OVERHEAD
        self._size = size
