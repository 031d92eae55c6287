"""The ``Ledger`` of a SQLite file. Brings an older one up to date."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from consent.records import sqlite_lock
from consent.records.base import StoreError
from consent.records.chain import ChainKey
from consent.records.rows import Value
from consent.records.sql_ledger import SqlLedger
from consent.records.sqlite_faults import explained
from consent.records.sqlite_schema import MIGRATIONS, check_version, migrate

BUSY_SECONDS = 10.0
"""A command waits longer than a visitor."""


class SqliteLedger(SqlLedger):
    """One open file; StoreError where there is none."""

    def __init__(self, path: Path, key: ChainKey) -> None:
        self.path = path
        if not path.is_file():
            raise StoreError(
                f"there are no records at {path}",
                code="consent.E070",
                remedy="See records.url, and that the command runs in the server's working directory",
            )
        with _explaining(path):
            self._connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                # What is erased is to be gone from the file, not merely unlinked in it (GDPR Art. 17).
                self._connection.execute("PRAGMA secure_delete = ON")
                if check_version(self._connection) < len(MIGRATIONS):
                    migrate(self._connection, key)
            except BaseException:
                self._connection.close()
                raise

    def erase(self, receipt: str, *, key: ChainKey, at: str, known: Sequence[ChainKey] = ()) -> int:
        gone = super().erase(receipt, key=key, at=at, known=known)
        if not self._connection.in_transaction:
            # The write-ahead log has the pages as they were. Where a reader keeps it, the next checkpoint does this.
            self._all("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    def close(self) -> None:
        self._connection.close()

    def _all(self, statement: str, *values: Value) -> Sequence[Any]:
        with _explaining(self.path):
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.OperationalError as error:
                if self._connection.text_factory is _text or "decode" not in str(error):
                    raise
            # Bytes that are no UTF-8 are somebody's edit: from here on texts are read as they stand, so that the seal
            # tells of it. Not from the start, as that costs 5 us a record.
            self._connection.text_factory = _text
            return self._connection.execute(statement, values).fetchall()

    def _many(self, statement: str, values: Sequence[Sequence[Value]]) -> None:
        with _explaining(self.path):
            self._connection.executemany(statement, values)

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        if self._connection.in_transaction:
            yield
            return
        self._all("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with _explaining(self.path):
            sqlite_lock.begin(self._connection, BUSY_SECONDS)
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        with _explaining(self.path):
            self._connection.execute("COMMIT")


def _text(stored: bytes) -> str:
    return stored.decode("utf-8", "surrogateescape")


@contextmanager
def _explaining(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        told = explained(error, path)
        if told is error:
            told = StoreError(
                f"{path}: {error}", code="consent.E070", remedy="See what else uses the file, and try again"
            )
        raise told from error
