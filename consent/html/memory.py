"""What one judge said before of tags, URLs and texts: a site writes the same ones into its every page."""

from typing import TypeVar

ROOM = 1024 * 1024
"""Bytes of all that is remembered in one table, with what each entry costs beside its own. A holder has four, a site
64 holders at most."""

LONGEST = ROOM // 2
"""Bytes of what is remembered."""

OVERHEAD = 128
"""Bytes that an entry costs beside its own."""

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Memory(dict[Asked, Answer]):
    """A bounded table; where it is full it begins anew. Threads may share it: ask for an entry, don't look first."""

    __slots__ = ("_size",)

    def __init__(self) -> None:
        self._size = 0

    def keep(self, asked: Asked, answer: Answer, size: int) -> Answer:
        """Remember the answer, and give it; ``size``: the bytes of what was asked about."""
        if size <= LONGEST:
            self._size += size + OVERHEAD
            if self._size > ROOM:
                self.clear()
                self._size = size + OVERHEAD
            self[asked] = answer
        return answer
