"""What the tests of records share."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings

from consent.choices import Action
from consent.records.base import Event, Record, RecordStore, Source
from consent.records.chain import derive_key
from consent.records.ledger import Ledger, Selection
from consent.records.making import make_record_id
from consent.records.memory import MemoryStore
from consent.records.postgres import PostgresStore
from consent.records.postgres_ledger import PostgresLedger
from consent.records.rows import from_row
from consent.records.sqlite import SqliteStore
from consent.records.sqlite_ledger import SqliteLedger
from tests.postgres import Server, server

settings.register_profile("records", deadline=None)  # laws are about what, and this machine is shared
settings.load_profile("records")

SECRET = b"0123456789abcdef0123456789abcdef"
KEY = derive_key(SECRET)
NOW = datetime(2026, 11, 23, 10, 0, 0, 123456, tzinfo=UTC)


def kept(store: SqliteStore) -> list[Record]:
    """Every record in the file, by the order of their ids."""
    with closing(SqliteLedger(store.path, store.key)) as ledger:
        return [from_row(row) for row in ledger.rows(Selection())]


@pytest.fixture
def make() -> Callable[..., Record]:
    """A record like any other; ``number`` makes it a different one."""

    def record(number: int = 0, **given: object) -> Record:
        fields: dict[str, object] = {
            "record_id": make_record_id(NOW + timedelta(milliseconds=number), number.to_bytes(10, "big")),
            "receipt": f"receipt-{number}",
            "at": NOW + timedelta(milliseconds=number),
            "event": Event.PARTIAL,
            "action": Action.SAVE,
            "source": Source.BANNER,
            "categories": (("analytics", True), ("advertising", False)),
            "services": (("youtube", False),),
            "policy_version": "0123456789",
            "language": "uk",
            "host": "example.org",
            "browser": "blink",
            "expires_at": NOW + timedelta(days=180),
        }
        return Record(**{**fields, **given})

    return record


@dataclass(frozen=True)
class Opened:
    """A store, and how to read what it keeps."""

    store: RecordStore
    ledger: Callable[[], Ledger]

    @contextmanager
    def reading(self) -> Iterator[Ledger]:
        with closing(self.ledger()) as ledger:
            yield ledger


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL."""
    with server() as found:
        if isinstance(found, str):
            pytest.skip(found)
        yield found


@pytest.fixture(params=["sqlite", "memory", "postgres"])
def opened(request, tmp_path) -> Iterator[Opened]:
    """Every kind of store there is."""
    if request.param == "postgres":
        with request.getfixturevalue("postgres").database() as url:
            kept_there = PostgresStore(url, KEY)
            yield Opened(kept_there, lambda: PostgresLedger(url))
            kept_there.close()
        return
    if request.param == "memory":
        memory = MemoryStore(KEY)
        yield Opened(memory, lambda: memory)
        return
    store = SqliteStore(tmp_path / "consent.db", KEY)
    yield Opened(store, lambda: SqliteLedger(store.path, KEY))
    store.close()


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder that anybody may read, so that a test may give up root's powers in it."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def nobody() -> Callable[[], AbstractContextManager[None]]:
    """Root writes into read-only folders; nobody doesn't."""

    @contextmanager
    def powerless() -> Iterator[None]:
        if not hasattr(os, "geteuid") or os.geteuid() != 0:
            yield
            return
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)

    return powerless
