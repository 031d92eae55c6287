"""Records in SQLite, through the standard library: one writer thread that groups commits.

An append returns only after a COMMIT under ``synchronous=FULL``. A commit on a real disk costs the same for one row
as for five hundred, so whoever comes meanwhile goes into the next one together. The thread and its connection are
made at the first append, and again after a fork: a connection carried across a fork corrupts the file
(sqlite.org/howtocorrupt.html, 2.6).
"""

import asyncio
import os
import queue
import sqlite3
import threading
import time
import weakref
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from consent.records import rows
from consent.records.base import Record, StoreError
from consent.records.sqlite_schema import migrate

BUSY_SECONDS = 1.5
"""How long a locked file is waited for; below the time a visitor is made to wait."""
GROUP = 500
"""Records in one transaction at most: more would keep the lock, and the first of them, for too long."""

_NAMES = ", ".join(rows.COLUMNS)
_VALUES = ", ".join(f":{column}" for column in rows.COLUMNS)
_INSERT = f"INSERT INTO consent_records ({_NAMES}) VALUES ({_VALUES}) ON CONFLICT (record_id) DO NOTHING"  # noqa: S608 - our own constants
_SELECT = f"SELECT {_NAMES} FROM consent_records ORDER BY sequence"  # noqa: S608 - our own constants


@dataclass(frozen=True, slots=True)
class _Append:
    row: rows.Row
    done: asyncio.Future[None]
    """Of the caller's event loop, whichever it is."""


class SqliteStore:
    """A ``RecordStore`` in one file. Several processes may have the same one open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._start_anew()
        _STORES.add(self)

    def _start_anew(self) -> None:
        self._lock = threading.Lock()
        self._writer: _Writer | None = None

    async def append(self, record: Record) -> None:
        done = asyncio.get_running_loop().create_future()
        one = _Append(rows.to_row(record), done)
        with self._lock:
            if self._writer is None:
                self._writer = _Writer(self.path)
                self._writer.start()
            self._writer.queue.put(one)
        await done

    def close(self) -> None:
        with self._lock:
            writer, self._writer = self._writer, None
        if writer is not None:
            writer.queue.put(None)
            writer.join()

    def count(self) -> int:
        """How many records there are. Reading is for commands and tests; a visit never does it."""
        with closing(self._reader()) as connection:
            (number,) = connection.execute("SELECT count(*) FROM consent_records").fetchone()
            return int(number)

    def read_all(self) -> list[Record]:
        """Every record, in the order they were kept."""
        with closing(self._reader()) as connection:
            connection.row_factory = sqlite3.Row
            return [rows.from_row(dict(row)) for row in connection.execute(_SELECT)]

    def _reader(self) -> sqlite3.Connection:
        if not self.path.is_file():
            raise StoreError(f"there are no records at {self.path}")
        return sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)


_STORES: weakref.WeakSet[SqliteStore] = weakref.WeakSet()


def _after_fork() -> None:
    """No thread and no lock survives a fork; the parent's connection stays in its dead thread, never closed here."""
    for store in _STORES:
        store._start_anew()  # noqa: SLF001 - the module's own


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_after_fork)


class _Writer(threading.Thread):
    """The one thread that touches the file. A daemon: a process may end with nothing but unacknowledged appends."""

    def __init__(self, path: Path) -> None:
        super().__init__(name="consent-records", daemon=True)
        self.queue: queue.SimpleQueue[_Append | None] = queue.SimpleQueue()
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self.commits = 0

    def run(self) -> None:
        going_on = True
        while going_on:
            batch, going_on = self._next_batch()
            if batch:
                self._write(batch)
        self._close()

    def _next_batch(self) -> tuple[list[_Append], bool]:
        """Wait for one append, and take with it whatever else is there."""
        batch: list[_Append] = []
        one = self.queue.get()
        while one is not None:
            # An append whose caller gave up is not written: the caller has put it elsewhere.
            if not one.done.cancelled():
                batch.append(one)
            if len(batch) >= GROUP:
                return batch, True
            try:
                one = self.queue.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _write(self, batch: Sequence[_Append]) -> None:
        try:
            self._commit([one.row for one in batch])
        except Exception as error:  # noqa: BLE001 - whatever it is, the callers wait and the thread must live
            self._close()
            _answer(batch, f"{type(error).__name__}: {error}")
        else:
            _answer(batch, None)

    def _commit(self, batch: Sequence[rows.Row]) -> None:
        if self._connection is not None and self._identity != _identity(self._path):
            self._close()
        connection = self._connection or self._open()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(_INSERT, batch)
        connection.execute("COMMIT")
        self.commits += 1
        # A deleted file takes commits as long as it is open, and nobody will ever read them.
        if self._identity != _identity(self._path):
            raise StoreError(f"{self._path} was removed or replaced")

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
        self._connection = connection
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        migrate(connection)
        self._identity = _identity(self._path)
        return connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()  # rolls back what was not committed
            self._connection = None


def _answer(batch: Sequence[_Append], fault: str | None) -> None:
    """Wake the callers, each event loop once: a wake-up apiece costs more than the commit they share."""
    waiting: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for one in batch:
        waiting.setdefault(one.done.get_loop(), []).append(one.done)
    for loop, futures in waiting.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_settle, futures, fault)


def _settle(futures: Sequence[asyncio.Future[None]], fault: str | None) -> None:
    for future in futures:
        if future.done():  # its caller gave up meanwhile
            continue
        if fault is None:
            future.set_result(None)
        else:
            future.set_exception(StoreError(fault))


def _use_wal(connection: sqlite3.Connection) -> None:
    """Two processes that switch a new file at once: one is refused without the busy time being waited for."""
    ends = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.02)
        else:
            return


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
