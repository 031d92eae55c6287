"""Text that needs no look, passed up to its end though it comes in pieces: memory does not grow with it."""

import re
from dataclasses import dataclass
from typing import Protocol

from consent.html.rawtext import END, LONGEST_END
from consent.html.tags import ANY_END


class Passing(Protocol):
    """Looks for an end piece by piece."""

    def find(self, page: bytes, start: int, /) -> tuple[int, int]:
        """Where to go on, or -1; and from where to look again once more has come."""


@dataclass(frozen=True, slots=True)
class UpTo:
    """The end is a pattern's match."""

    end: re.Pattern[bytes]
    behind: bool = False
    """Whether to go on behind the match, not at it."""

    def find(self, page: bytes, start: int, /) -> tuple[int, int]:
        match = self.end.search(page, start)
        if match is None:
            return -1, max(start, len(page) - LONGEST_END)
        at = match.end() if self.behind else match.start()
        return at, at


COMMENT = UpTo(re.compile(rb"--!?>"), behind=True)
BOGUS_COMMENT = UpTo(ANY_END, behind=True)
EVERYTHING = UpTo(re.compile(rb"(?!)"))
"""What follows ``<plaintext>``."""
RAW_TEXT = {name: UpTo(end) for name, end in END.items()}
