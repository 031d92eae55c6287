"""The spool: records that the store did not take, one JSON line each, their notices before them, until it is back.

A line is on the disk before it is acknowledged. The file is opened, locked, written and closed anew each time, so
that any thread of any process may add to it and nothing of it has to survive a fork. A crash leaves at most one torn
last line, of a record that nobody acknowledged: it is passed over.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

from consent.records import rows
from consent.records.base import Notice, Record
from consent.records.groups import Append, GroupWriter

LIMIT = 64 * 1024 * 1024
"""Bytes at most: some 100,000 records."""
READ = 4 * 1024 * 1024
"""Bytes read at a time."""


class SpoolFullError(OSError):
    """The spool has reached its size."""


class Spool:
    """One file: beside the store, or better on another disk."""

    def __init__(self, path: Path, *, limit: int = LIMIT) -> None:
        self.path = path
        self._limit = limit
        self._writer = GroupWriter(lambda: self)

    async def append(self, record: Record, notice: Notice | None = None) -> None:
        """Returns when the record is on the disk, ``notice`` before it; StoreError where it is not."""
        await self._writer.append(record, notice)

    def finish(self) -> None:
        """Let the thread end that writes."""
        self._writer.close()

    def write(self, group: Sequence[Append]) -> None:
        """All of ``group`` onto the disk, or OSError and none of it."""
        lines = b"".join(_lines(one) for one in group)
        new = not self.path.exists()
        with _opened(self.path, create=True) as file:
            size = file.seek(0, os.SEEK_END)
            if size + len(lines) >= self._limit:
                raise SpoolFullError(f"{self.path} is full: {size} of {self._limit} bytes")
            _write(file, lines if _ends_whole(file, size) else b"\n" + lines)
        if new:
            _keep_name(self.path)

    def close(self) -> None:
        """Nothing is open between two groups."""

    def waiting(self) -> bool:
        """Whether there is anything to drain."""
        return self.size() > 0

    def size(self) -> int:
        """Bytes that wait."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def read(self, most: int = READ) -> bytes:
        """The first ``most`` bytes and what completes their last line; the spool stays as it is."""
        with suppress(FileNotFoundError), _opened(self.path) as file:
            content = file.read(most) or b""
            while content and not content.endswith(b"\n") and (more := file.read(64 * 1024)):
                end = more.find(b"\n") + 1
                content += more[:end] if end else more
            return content
        return b""

    def remove(self, content: bytes) -> None:
        """Take off ``content``, the beginning as it was read; nothing happens where another process already has."""
        with suppress(FileNotFoundError), _opened(self.path) as file:
            if not content or file.read(len(content)) != content:
                return
            if rest := file.readall():
                self._replace(rest)
            else:
                file.truncate(0)
                os.fsync(file.fileno())

    def _replace(self, content: bytes) -> None:
        """Put ``content`` in the spool's place at once: a crash leaves the old one, or the new one."""
        beside = self.path.with_name(f"{self.path.name}.new")
        with FileIO(beside, "w") as file:
            _write(file, content)
        beside.replace(self.path)
        _keep_name(self.path)


def parse_line(line: bytes) -> Record | Notice | None:
    """What one line holds; None for a torn one."""
    try:
        row = json.loads(line)
        if not isinstance(row, dict):
            return None
        if "notice_hash" in row:
            notice = Notice.of(str(row["content"]).encode())
            return notice if notice.hash == row["notice_hash"] else None
        return rows.from_row(row)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _lines(one: Append) -> bytes:
    line = _line(one.row)
    if one.notice is None:
        return line
    return _line({"notice_hash": one.notice.hash, "content": one.notice.content.decode("utf-8")}) + line


def _line(content: Mapping[str, rows.Value]) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode("ascii") + b"\n"


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
