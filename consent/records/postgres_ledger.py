"""The ``Ledger`` of a PostgreSQL database: one connection, driven from where there is no event loop."""

import asyncio
import re
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import asyncpg

from consent.records.postgres_faults import explained
from consent.records.postgres_schema import LOCK, migrate
from consent.records.rows import COLUMNS, Row, Value, moment_text
from consent.records.sql_ledger import SqlLedger

T = TypeVar("T")

SECONDS = 10.0
"""A command waits longer than a visitor."""


class PostgresLedger(SqlLedger):
    """One open database. Makes its tables where there are none; StoreError where it cannot be reached."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._runner = asyncio.Runner()
        try:
            self._connection = self._run(asyncpg.connect(url, timeout=SECONDS, server_settings={"timezone": "UTC"}))
            try:
                self._run(migrate(self._connection))
            except BaseException:
                self._run(self._connection.close())
                raise
        except BaseException:
            self._runner.close()
            raise

    def close(self) -> None:
        try:
            self._run(self._connection.close(timeout=SECONDS))
        finally:
            self._runner.close()

    def _all(self, statement: str, *values: Value) -> Sequence[Any]:
        return self._run(self._connection.fetch(_numbered(statement), *values))

    def _many(self, statement: str, values: Sequence[Sequence[Value]]) -> None:
        if values:
            self._run(self._connection.executemany(_numbered(statement), values))

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        transaction = self._connection.transaction(isolation="repeatable_read", readonly=True)
        self._run(transaction.start())
        try:
            yield
        finally:
            self._run(transaction.rollback())

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        transaction = self._connection.transaction()
        self._run(transaction.start())
        try:
            # Alone: no writer may refer to a notice, or add to a counter, that is being taken away.
            self._all("SELECT pg_advisory_xact_lock(?)", LOCK)
            yield
        except BaseException:
            self._run(transaction.rollback())
            raise
        self._run(transaction.commit())

    def _row(self, one: Any) -> Row:  # noqa: ANN401 - asyncpg's, which has names and places
        row: Row = dict(zip(COLUMNS, one[2:], strict=True))
        row["at"], row["expires_at"] = moment_text(one["at"]), moment_text(one["expires_at"])
        row["gpc"] = None if row["gpc"] is None else int(row["gpc"])
        return row

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            return self._runner.run(coroutine)
        except Exception as error:
            told = explained(error, self.url)
            if told is error:
                raise
            raise told from error


def _numbered(statement: str) -> str:
    """``?`` as PostgreSQL counts it."""
    numbers = iter(range(1, 100))
    return re.sub(r"\?", lambda _: f"${next(numbers)}", statement)
