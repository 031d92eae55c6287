"""The way from event loops to the one thread of a store, and back: whoever waits meanwhile goes in together.

A commit on a real disk costs the same for one record as for five hundred. Callers may be on any loop of any thread.
"""

import asyncio
import queue
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from consent.records import rows
from consent.records.base import Notice, Record, StoreError

LARGEST = 500
"""Records in one transaction at most: more would keep the lock, and the first of them, for too long."""


@dataclass(frozen=True, slots=True)
class Append:
    """One record on its way."""

    row: rows.Row
    notice: Notice | None
    done: asyncio.Future[None]
    """Of the caller's event loop, whichever it is."""


class Appends:
    """What waits to be kept."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Append | None] = queue.SimpleQueue()

    def put(self, record: Record, notice: Notice | None) -> asyncio.Future[None]:
        """Hand over ``record``; the future is the running loop's."""
        done = asyncio.get_running_loop().create_future()
        self._queue.put(Append(rows.to_row(record), notice, done))
        return done

    def end(self) -> None:
        """No more after what is there."""
        self._queue.put(None)

    def take(self) -> tuple[list[Append], bool]:
        """Wait for one append, and take with it whatever else is there; false: it is the last group."""
        group: list[Append] = []
        one = self._queue.get()
        while one is not None:
            # An append whose caller gave up is not written: the caller has put it elsewhere.
            if not one.done.cancelled():
                group.append(one)
            if len(group) >= LARGEST:
                return group, True
            try:
                one = self._queue.get_nowait()
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


def notices(group: Sequence[Append], known: set[str]) -> dict[str, Notice]:
    """The notices of ``group`` by their hash, without those ``known``."""
    return {n.hash: n for one in group if (n := one.notice) is not None and n.hash not in known}


def _settle(futures: Sequence[asyncio.Future[None]], fault: Exception | None) -> None:
    for future in futures:
        if future.done():  # its caller gave up meanwhile
            continue
        if fault is None:
            future.set_result(None)
        else:
            # One exception for each: a traceback belongs to one task.
            code, remedy = (fault.code, fault.remedy) if isinstance(fault, StoreError) else ("", "")
            future.set_exception(StoreError(_told(fault), code=code, remedy=remedy))


def _told(fault: Exception) -> str:
    if isinstance(fault, StoreError):
        return fault.message
    return f"{type(fault).__name__}: {fault}"
