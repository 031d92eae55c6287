"""The way from event loops to one thread that writes, and back: whoever waits meanwhile goes in together.

Getting one record onto a real disk costs the same as five hundred. Callers may be on any loop of any thread. The thread
is made with the first record, and again after a fork, which no thread survives.
"""

import asyncio
import os
import queue
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from consent.records import rows
from consent.records.base import Notice, Record, StoreError

LONGEST_PAUSE = 0.02
"""Seconds that a group is gathered at most."""
MANY = 5
"""Records of a group after which the next is gathered, too."""
LARGEST = 500
"""Records of a group after which it takes no more: they would keep a lock, and the first of them, for too long."""


@dataclass(frozen=True, slots=True)
class Append:
    """One record on its way."""

    row: rows.Row
    notice: Notice | None
    done: asyncio.Future[None]
    """Of the caller's event loop, whichever it is."""


class Writing(Protocol):
    """What the thread does, in the thread alone."""

    def write(self, group: Sequence[Append]) -> None:
        """Returns when the whole group is durable; raises, in an owner's words, where none of it may be counted on."""

    def close(self) -> None:
        """Let go of everything; a later ``write`` opens again."""


class GroupWriter:
    """Appends from anywhere, written by one daemon thread: a process may end with nothing but unacknowledged ones."""

    def __init__(self, make: Callable[[], Writing]) -> None:
        self._make = make
        self._start_anew()
        _WRITERS.add(self)

    def _start_anew(self) -> None:
        self._lock = threading.Lock()
        self._thread: _Thread | None = None
        self._gathered: dict[asyncio.AbstractEventLoop, list[Append]] = {}
        """What came in this turn of each loop; only the loop's own thread touches its list."""

    def append(self, record: Record, notice: Notice | None) -> asyncio.Future[None]:
        """Done when ``record`` is durable; with what the group's write raised where it is not."""
        loop = asyncio.get_running_loop()
        one = Append(rows.to_row(record), notice, loop.create_future())
        if (gathered := self._gathered.get(loop)) is None:
            gathered = self._gathered[loop] = []
            loop.call_soon(self._hand_over, loop)
        gathered.append(one)
        return one.done

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        """Everything of one turn at once: a thread woken for each record would fight the loop for the interpreter."""
        gathered = self._gathered.pop(loop)
        try:
            with self._lock:
                if self._thread is None:
                    self._thread = _Thread(self._make())
                    self._thread.start()
                for start in range(0, len(gathered), LARGEST):
                    self._thread.queue.put(gathered[start : start + LARGEST])
        except Exception as error:  # noqa: BLE001 - no thread to be had: the callers wait for an answer all the same
            _settle([one.done for one in gathered], error)

    def close(self) -> None:
        """Write what is there and let go; a later append starts again."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.queue.put(None)
            thread.join()


_WRITERS: weakref.WeakSet[GroupWriter] = weakref.WeakSet()


def _after_fork() -> None:
    """No thread and no lock survives; what the parent's thread had open stays in it, never closed here."""
    for writer in _WRITERS:
        writer._start_anew()  # noqa: SLF001 - the module's own


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_after_fork)


class _Thread(threading.Thread):
    def __init__(self, writing: Writing) -> None:
        super().__init__(name="consent-records", daemon=True)
        self.queue: queue.SimpleQueue[Sequence[Append] | None] = queue.SimpleQueue()
        self._writing = writing
        self.written = 0
        """Groups."""
        self._pause = 0.0

    def run(self) -> None:
        going_on = True
        while going_on:
            group, going_on = self._take()
            if not group:
                continue
            started = time.perf_counter()
            try:
                self._writing.write(group)
            except Exception as error:  # noqa: BLE001 - whatever it is, the callers wait and the thread must live
                self._writing.close()
                answer(group, error)
            else:
                self.written += 1
                # Many come at once and the disk is slow: then a moment's patience saves them a whole commit.
                took = time.perf_counter() - started
                self._pause = min(took / 8, LONGEST_PAUSE) if len(group) >= MANY else 0.0
                answer(group, None)
        self._writing.close()

    def _take(self) -> tuple[list[Append], bool]:
        """Wait for an append, and take with it whatever else is there; false: it is the last group."""
        group: list[Append] = []
        some = self.queue.get()
        if self._pause and some is not None:
            time.sleep(self._pause)
        while some is not None:
            # An append whose caller gave up is not written: the caller has put it elsewhere.
            group += [one for one in some if not one.done.cancelled()]
            if len(group) >= LARGEST:
                return group, True
            try:
                some = self.queue.get_nowait()
            except queue.Empty:
                return group, True
        return group, False


def answer(group: Sequence[Append], fault: Exception | None) -> None:
    """Wake the callers, each event loop once: a wake-up apiece costs more than the commit they share."""
    waiting: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for one in group:
        waiting.setdefault(one.done.get_loop(), []).append(one.done)
    for loop, futures in waiting.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_settle, futures, fault)


def distinct(group: Sequence[Append], kept: frozenset[str] = frozenset()) -> list[rows.Row]:
    """The rows of ``group``, each once, without those ``kept`` already."""
    found = {str(one.row["record_id"]): one.row for one in group}
    return [row for name, row in found.items() if name not in kept]


def notices(group: Sequence[Append]) -> dict[str, Notice]:
    """The notices of ``group`` by their hash."""
    return {one.notice.hash: one.notice for one in group if one.notice is not None}


def _settle(futures: Sequence[asyncio.Future[None]], fault: Exception | None) -> None:
    for future in futures:
        if future.done():  # its caller gave up meanwhile
            continue
        if fault is None:
            future.set_result(None)
        else:
            future.set_exception(_copy(fault))


def _copy(fault: Exception) -> StoreError:
    """One exception for each who waits: a traceback belongs to one task."""
    if isinstance(fault, StoreError):
        return StoreError(fault.message, code=fault.code, remedy=fault.remedy)
    return StoreError(f"{type(fault).__name__}: {fault}")
