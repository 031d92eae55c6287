"""Records in SQLite, through the standard library: one writer thread that groups commits.

An append returns only after a COMMIT under ``synchronous=FULL``. The connection belongs to the thread and is made anew
after a fork: one carried across corrupts the file (sqlite.org/howtocorrupt.html, 2.6). Each connection writes a chain
of its own, begun with its first group.
"""

import asyncio
import secrets
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from consent.records import groups, sqlite_lock
from consent.records.base import Notice, Record, StoreError
from consent.records.chain import Chain, ChainKey
from consent.records.groups import Append, GroupWriter
from consent.records.ledger import Selection
from consent.records.rows import from_row
from consent.records.sealing import seal_group
from consent.records.sqlite_faults import explained
from consent.records.sqlite_ledger import SqliteLedger
from consent.records.sqlite_schema import begin, keep, migrate

BUSY_SECONDS = 1.5
"""How long a locked file is waited for; below the time a visitor is made to wait."""


class SqliteStore:
    """A ``RecordStore`` in one file. Several processes may have the same one open."""

    def __init__(self, path: Path, key: ChainKey) -> None:
        self.path = path
        self.key = key
        self._writer = GroupWriter(lambda: _File(path, key))

    async def append(self, record: Record, notice: Notice | None = None) -> None:
        await self._writer.append(record, notice)

    async def of_receipt(self, receipt: str) -> Sequence[Record]:
        return await asyncio.to_thread(self._of_receipt, receipt)

    def _of_receipt(self, receipt: str) -> Sequence[Record]:
        if not self.path.is_file():
            return ()
        with closing(SqliteLedger(self.path, self.key)) as ledger:
            return tuple(from_row(row) for row in ledger.rows(Selection(receipt=receipt)))

    def close(self) -> None:
        self._writer.close()


class _File:
    """The file, as the one thread that writes to it has it open."""

    def __init__(self, path: Path, key: ChainKey) -> None:
        self._path = path
        self._key = key
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._chain: Chain | None = None

    def write(self, group: Sequence[Append]) -> None:
        try:
            self._commit(group)
        except sqlite3.Error as error:
            raise explained(error, self._path) from error

    def _commit(self, group: Sequence[Append]) -> None:
        if self._connection is not None and self._identity != _identity(self._path):
            self.close()
        connection = self._connection or self._open()
        try:
            self._transact(connection, group, frozenset())
        except sqlite3.IntegrityError:  # some were kept before: they came again out of the spool
            connection.execute("ROLLBACK")
            self._transact(connection, group, _kept(connection, group))
        # A deleted file takes commits as long as it is open, and nobody will ever read them.
        if self._identity != _identity(self._path):
            raise StoreError(f"{self._path} was removed or replaced")

    def _transact(self, connection: sqlite3.Connection, group: Sequence[Append], kept: frozenset[str]) -> None:
        fresh = groups.distinct(group, kept)
        if not fresh:
            return
        # Sealed before the lock is asked for, but for the first: whoever waits for it waits for what is written alone.
        sealed = seal_group(self._key, self._chain, fresh) if self._chain else None
        sqlite_lock.begin(connection, BUSY_SECONDS)
        if sealed is None:
            sealed = seal_group(self._key, begin(connection, self._key, secrets.token_hex(8)), fresh)
        for name, notice in groups.notices(group).items():
            # Looked for each time: it may have gone meanwhile, with the last record that referred to it.
            if not connection.execute("SELECT 1 FROM consent_notices WHERE hash = ?", (name,)).fetchone():
                connection.execute("INSERT INTO consent_notices VALUES (?, ?)", (name, notice.content))
        keep(connection, sealed)
        connection.execute("COMMIT")
        self._chain = sealed.chain  # only now: what was rolled back was never there

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
        self._connection = connection
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        migrate(connection, self._key)
        self._identity = _identity(self._path)
        return connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()  # rolls back what was not committed
        self._connection = self._chain = None


def _kept(connection: sqlite3.Connection, group: Sequence[Append]) -> frozenset[str]:
    names = [str(one.row["record_id"]) for one in group]
    find = "SELECT 1 FROM consent_records WHERE record_id = ?"
    return frozenset(name for name in names if connection.execute(find, (name,)).fetchone())


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
