"""The spool: records that the store did not take, one JSON line each, their notices before them, until it is back.

A line is on the disk before it is acknowledged. The file is opened, locked, written and closed anew each time, so
that any thread of any process may add to it and nothing of it has to survive a fork. A crash leaves at most one torn
last line, of a record that nobody acknowledged: it is passed over. Each line is sealed: what the store is given it
seals for good, so that a line of somebody else's would become proof. Such a line is put aside, and not lost.
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
from consent.records.chain import ChainKey, line_seal, same
from consent.records.groups import Append, GroupWriter
from consent.records.rows import Value

LIMIT = 64 * 1024 * 1024
"""Bytes at most: some 100,000 records."""
READ = 4 * 1024 * 1024
"""Bytes read at a time."""


class SpoolFullError(OSError):
    """The spool has reached its size."""


class Spool:
    """One file: beside the store, or better on another disk."""

    def __init__(self, path: Path, *, limit: int = LIMIT, keys: Sequence[ChainKey] = ()) -> None:
        """``keys``: the first seals, all verify; without any, lines are neither sealed nor checked."""
        self.path = path
        self._limit = limit
        self._keys = tuple(keys)
        self._noticed: set[str] = set()
        """Notices that stand in the file ``_inode``: one is written once."""
        self._inode = 0
        self._writer = GroupWriter(lambda: self)

    @property
    def refused(self) -> Path:
        """Where lines stand that were not taken, for an owner to look at."""
        return self.path.with_name(f"{self.path.name}.refused")

    async def append(self, record: Record, notice: Notice | None = None) -> None:
        """Returns when the record is on the disk, ``notice`` before it; StoreError where it is not."""
        await self._writer.append(record, notice)

    def finish(self) -> None:
        """Let the thread end that writes."""
        self._writer.close()

    def write(self, group: Sequence[Append]) -> None:
        """All of ``group`` onto the disk, or OSError and none of it."""
        new = not self.path.exists()
        with _opened(self.path, create=True) as file:
            size, inode = file.seek(0, os.SEEK_END), os.fstat(file.fileno()).st_ino
            # Once drained, a notice may be forgotten with its last record: what comes later brings it again.
            noticed = set(self._noticed) if size and inode == self._inode else set[str]()
            lines = b"".join(self._lines(one, noticed) for one in group)
            if size + len(lines) >= self._limit:
                raise SpoolFullError(f"{self.path} is full: {size} of {self._limit} bytes")
            try:
                _write(file, lines if _ends_whole(file, size) else b"\n" + lines)
            except OSError:  # what nobody was told is kept must not come up later as somebody's choice
                with suppress(OSError):
                    file.truncate(size)
                raise
            self._noticed, self._inode = noticed, inode
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

    def parse(self, line: bytes) -> Record | Notice | None:
        """What one line holds; None for a torn one, and for one that none of our keys sealed."""
        return parse_line(line, self._keys)

    def put_aside(self, lines: Sequence[bytes]) -> None:
        """Keep lines that were not taken beside the spool, for an owner to look at."""
        with _opened(self.refused, create=True) as file:
            file.seek(0, os.SEEK_END)
            _write(file, b"".join(line if line.endswith(b"\n") else line + b"\n" for line in lines))

    def _lines(self, one: Append, noticed: set[str]) -> bytes:
        line = self._line(one.row)
        if one.notice is None or one.notice.hash in noticed:
            return line
        noticed.add(one.notice.hash)
        return self._line({"notice_hash": one.notice.hash, "content": one.notice.content.decode("utf-8")}) + line

    def _line(self, content: Mapping[str, Value]) -> bytes:
        sealed = {**content, "seal": line_seal(self._keys[0], content)} if self._keys else content
        return json.dumps(sealed, separators=(",", ":")).encode("ascii") + b"\n"

    def _replace(self, content: bytes) -> None:
        """Put ``content`` in the spool's place at once: a crash leaves the old one, or the new one."""
        beside = self.path.with_name(f"{self.path.name}.new")
        with FileIO(beside, "w") as file:
            _write(file, content)
        beside.replace(self.path)
        _keep_name(self.path)


def parse_line(line: bytes, keys: Sequence[ChainKey] = ()) -> Record | Notice | None:
    """What one line holds; None for a torn one, and for one that none of ``keys`` sealed, where there are any."""
    try:
        row = json.loads(line)
        if not isinstance(row, dict):
            return None
        seal = str(row.pop("seal", ""))
        if keys and not any(same(seal, line_seal(key, row)) for key in keys):
            return None
        if "notice_hash" in row:
            notice = Notice.of(str(row["content"]).encode())
            return notice if notice.hash == row["notice_hash"] else None
        return rows.from_row(row)
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
