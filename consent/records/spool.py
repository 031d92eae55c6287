"""The spool: records that the store did not take, one JSON line each, until it is back.

A line is on the disk before it is acknowledged. The file is opened, locked, written and closed anew each time, so
that any thread of any process may add to it and nothing of it has to survive a fork. A crash leaves at most one torn
last line, of a record that nobody acknowledged: it is passed over.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

from consent.records import rows
from consent.records.base import Record

LIMIT = 16 * 1024 * 1024
"""Bytes at most: some 40,000 records."""


class SpoolFullError(OSError):
    """The spool has reached its size."""


class Spool:
    """One file: beside the store, or better on another disk."""

    def __init__(self, path: Path, *, limit: int = LIMIT) -> None:
        self.path = path
        self._limit = limit

    def append(self, record: Record) -> None:
        """Returns when the line is on the disk; OSError where it is not."""
        line = json.dumps(rows.to_row(record), separators=(",", ":")).encode() + b"\n"
        new = not self.path.exists()
        with _opened(self.path, create=True) as file:
            size = file.seek(0, os.SEEK_END)
            if size + len(line) >= self._limit:
                raise SpoolFullError(f"{self.path} is full: {size} of {self._limit} bytes")
            _write(file, line if _ends_whole(file, size) else b"\n" + line)
        if new:
            _keep_name(self.path)

    def waiting(self) -> bool:
        """Whether there is anything to drain."""
        try:
            return self.path.stat().st_size > 0
        except OSError:
            return False

    def read(self) -> bytes:
        """Everything in the spool, which stays as it is."""
        with suppress(FileNotFoundError), _opened(self.path) as file:
            return file.readall()
        return b""

    def remove(self, content: bytes) -> None:
        """Take off ``content``, the beginning as it was read; nothing happens where another process already has."""
        with suppress(FileNotFoundError), _opened(self.path) as file:
            whole = file.readall()
            if not content or not whole.startswith(content):
                return
            if len(whole) == len(content):
                file.truncate(0)
                os.fsync(file.fileno())
            else:
                self._replace(whole[len(content) :])

    def _replace(self, content: bytes) -> None:
        """Put ``content`` in the spool's place at once: a crash leaves the old one, or the new one."""
        beside = self.path.with_name(f"{self.path.name}.new")
        with FileIO(beside, "w") as file:
            _write(file, content)
        beside.replace(self.path)
        _keep_name(self.path)


def parse_line(line: bytes) -> Record | None:
    """The record of one line; None for a torn one."""
    try:
        row = json.loads(line)
        return rows.from_row(row) if isinstance(row, dict) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


@contextmanager
def _opened(path: Path, *, create: bool = False) -> Iterator[FileIO]:
    """The file, locked for this one use."""
    flags = os.O_RDWR | (os.O_CREAT if create else 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    while True:
        with FileIO(os.open(path, flags, 0o600), "r+") as file:
            _lock(file)
            # Whoever had the lock before may have put another file in this one's place.
            if _is_at(file, path):
                yield file
                return


def _is_at(file: FileIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _ends_whole(file: FileIO, size: int) -> bool:
    """Whether the last line ends; leaves the position at the end."""
    if not size:
        return True
    file.seek(size - 1)
    return file.read(1) == b"\n"


def _write(file: FileIO, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]
    os.fsync(file.fileno())


def _keep_name(path: Path) -> None:
    """A file's name is on the disk when its folder is (fsync(2)); Windows has no such call."""
    if sys.platform == "win32":
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: FileIO) -> None:
        """One byte far behind the end stands for the file; waits ten seconds, and goes when the file is closed."""
        file.seek(1 << 40)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        file.seek(0)

else:
    import fcntl

    def _lock(file: FileIO) -> None:
        """Goes when the file is closed."""
        fcntl.flock(file, fcntl.LOCK_EX)
