"""A bar on the terminal while something takes long: on standard error, and only where somebody looks at it."""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self, TextIO, TypeVar

T = TypeVar("T")

WIDTH = 30
NARROW = 80
"""Columns of a terminal that does not say."""
PAUSE = 0.1
"""Seconds between two looks of the bar."""


class Progress:
    """So many of ``total`` are done."""

    def __init__(self, what: str, total: int, *, stream: TextIO | None = None) -> None:
        self._what = what
        self._total = total
        self._stream = sys.stderr if stream is None else stream
        self._shown = self._stream.isatty()
        self._done = 0
        self._started = self._next = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def step(self, number: int = 1) -> None:
        self._done += number
        now = time.monotonic()
        if self._shown and now >= self._next:
            self._next = now + PAUSE
            self._draw(now)

    def over(self, things: Iterable[T]) -> Iterator[T]:
        """``things``, counted as they pass."""
        for thing in things:
            yield thing
            self.step()

    def close(self) -> None:
        """Take the bar off the terminal."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or NARROW
        except (OSError, ValueError):
            return NARROW

    def _draw(self, now: float) -> None:
        share = min(1.0, self._done / self._total) if self._total else 0.0
        rate = self._done / max(now - self._started, 0.001)
        left = (self._total - self._done) / rate if rate and self._total > self._done else 0.0
        told = f" {self._done:,} of {self._total:,}, {rate:,.0f} a second, {left:.0f} s left"
        # What reaches the last column goes on in the next line, and is never taken away again.
        room = self._columns() - 1
        wide = min(WIDTH, room - len(self._what) - len(told) - 3)
        full = int(share * wide)
        bar = f" [{'#' * full}{'-' * (wide - full)}]" if wide > 0 else ""
        self._stream.write(f"\r\x1b[K{f'{self._what}{bar}{told}'[:room]}")
        self._stream.flush()
