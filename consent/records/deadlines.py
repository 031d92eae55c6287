"""Deadlines: who waits gives up after a set time, as with ``asyncio.timeout``, and all who wait share one timer.

Everybody waits equally long, so they give up in the order in which they came: a queue does what the event loop's heap
would do for each anew (of the 150 us of processor time that a choice took, asyncio's own timers were 10).
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from weakref import WeakKeyDictionary


class Deadlines:
    """``with deadlines.next():`` around an await; TimeoutError where it took ``seconds`` or more."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._lines: WeakKeyDictionary[asyncio.AbstractEventLoop, deque[_Wait]] = WeakKeyDictionary()
        """Of each loop, which alone touches its own; the first in line has the timer."""

    def next(self) -> "_Wait":
        """For the task that runs; entered at once."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can give up")
        if (line := self._lines.get(loop)) is None:
            line = self._lines[loop] = deque()
        wait = _Wait(task=task, ends=loop.time() + self.seconds, cancelling=task.cancelling(), line=line)
        if not line:
            loop.call_at(wait.ends, _give_up, loop, line)
        line.append(wait)
        return wait


@dataclass(slots=True, kw_only=True, eq=False)
class _Wait:
    task: asyncio.Task[object]
    ends: float
    """By the loop's clock."""
    cancelling: int
    """How often somebody else had asked the task to stop."""
    line: "deque[_Wait]"
    over: bool = False
    given_up: bool = False

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.over = True
        while len(self.line) > 1 and self.line[0].over:  # the last one stays: the timer is the line's
            self.line.popleft()
        if self.given_up and self.task.uncancel() <= self.cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error


def _give_up(loop: asyncio.AbstractEventLoop, line: "deque[_Wait]") -> None:
    """The timer: whoever's time has come is woken; it is set again for the first that is left."""
    now = loop.time()
    while line and (line[0].over or line[0].ends <= now):
        wait = line.popleft()
        if not wait.over:
            wait.given_up = True
            wait.task.cancel()
    if line:
        loop.call_at(line[0].ends, _give_up, loop, line)
