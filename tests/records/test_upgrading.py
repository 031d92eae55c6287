"""Files of earlier versions go on being used, whoever starts first; what cannot be used is left as it is."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from consent.records import sealing
from consent.records.anchor import make_anchor
from consent.records.base import StoreError
from consent.records.rows import to_row
from consent.records.sqlite import SqliteStore
from consent.records.sqlite_ledger import SqliteLedger
from consent.records.sqlite_schema import MIGRATIONS
from consent.records.verifying import verify
from tests.records.conftest import KEY, SECRET, kept

OLD = (
    "record_id", "receipt", "at", "event", "action", "source", "categories", "services", "policy_version", "notice",
    "language", "region", "model", "gpc", "host", "browser", "expires_at",
)  # fmt: skip
STARTING = """
import sys
from pathlib import Path
from consent.records.chain import derive_key
from consent.records.sqlite_ledger import SqliteLedger
sys.stdin.readline()
SqliteLedger(Path(sys.argv[1]), derive_key(sys.argv[2].encode())).close()
"""


@pytest.fixture
def old(tmp_path, make):
    """A file as version 0.1 wrote it."""
    path = tmp_path / "consent.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(
            "CREATE TABLE consent_migrations (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)"
        )
        for statement in MIGRATIONS[0]:
            connection.execute(statement)
        connection.execute("INSERT INTO consent_migrations (version) VALUES (1)")
        for number in range(1_500):
            row = to_row(make(number))
            connection.execute(
                f"INSERT INTO consent_records ({', '.join(OLD)}) VALUES ({', '.join('?' * len(OLD))})",
                [row[name] for name in OLD],
            )
    return path


def whole(path):
    with closing(SqliteLedger(path, KEY)) as ledger:
        return [str(one) for one in verify(ledger, [KEY])]


def test_a_file_of_version_0_1_keeps_its_records_and_gets_a_chain(old, make):
    store = SqliteStore(old, KEY)
    asyncio.run(store.append(make(2_000)))
    store.close()
    assert kept(store) == [*(make(number) for number in range(1_500)), make(2_000)]
    with closing(SqliteLedger(old, KEY)) as ledger:
        assert next((chain.writer, chain.length) for chain in ledger.chains()) == ("version 0.1", 1_500)
        assert len(ledger.chains()) == 2
    assert whole(old) == []


def test_chains_of_the_first_format_stay_proved_and_can_be_erased_from(tmp_path, make, monkeypatch):
    store = SqliteStore(tmp_path / "consent.db", KEY)

    async def keep(*numbers):
        for number in numbers:
            await store.append(make(number))

    with monkeypatch.context() as patched:
        patched.setattr(sealing, "FORMAT", 1)
        asyncio.run(keep(1, 2, 3, 4, 5))
        store.close()
    with closing(SqliteLedger(store.path, KEY)) as ledger:
        anchor = make_anchor(ledger.chains())
        for head in anchor["chains"]:
            del head["format"]  # as it was kept then
    asyncio.run(keep(6, 7))
    store.close()
    with closing(SqliteLedger(store.path, KEY)) as ledger:
        assert [chain.format for chain in ledger.chains()] == [1, 2]
        assert ledger.erase("receipt-1", key=KEY, at="now") == 1
        assert ledger.purge(make(4).at, key=KEY, at="now") == 2
        assert ledger.erase("receipt-7", key=KEY, at="now") == 1
        assert [str(one) for one in verify(ledger, [KEY], anchor=anchor)] == []


def test_workers_that_start_at_once_upgrade_it_once(old):
    command = [sys.executable, "-c", STARTING, str(old), SECRET.decode()]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    for worker in workers:
        worker.stdin.write("\n")
        worker.stdin.flush()
    assert [(worker.communicate(timeout=60)[1], worker.returncode) for worker in workers] == [("", 0)] * 4
    with closing(SqliteLedger(old, KEY)) as ledger:
        assert [chain.length for chain in ledger.chains()] == [1_500]
    assert whole(old) == []


def test_an_upgrade_that_is_cut_short_leaves_the_old_file(old, monkeypatch):
    monkeypatch.setattr("consent.records.sqlite_schema._seal_old", broken)
    with pytest.raises(RuntimeError):
        SqliteLedger(old, KEY)
    monkeypatch.undo()
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("SELECT max(version) FROM consent_migrations").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM consent_records").fetchone() == (1_500,)
    assert whole(old) == []


def broken(*_):
    raise RuntimeError("power cut")


def refused(path):
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(StoreError) as caught:
        SqliteLedger(path, KEY).close()
    assert caught.value.remedy
    assert before == (path.read_bytes() if path.exists() else None)
    return caught.value.code


def test_a_file_that_is_not_there_is_not_made(tmp_path):
    assert refused(tmp_path / "consent.db") == "consent.E070"


def test_a_file_of_a_later_version_is_refused(old):
    whole(old)
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("INSERT INTO consent_migrations (version) VALUES (99)")
        connection.commit()
    assert refused(old) == "consent.E071"


@pytest.mark.parametrize(
    "content", [b"no database, but long enough to be looked at" * 40, b"SQLite format 3\0" + b"\xff" * 4_000]
)
def test_a_file_that_is_no_database_is_refused(tmp_path, content):
    (tmp_path / "consent.db").write_bytes(content)
    assert refused(tmp_path / "consent.db") == "consent.E072"


def test_a_file_damaged_in_the_middle_is_said_to_be(old):
    whole(old)
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(old.read_bytes())
    content[8_192:200_000] = b"\xee" * (200_000 - 8_192)
    old.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        whole(old)
    assert caught.value.code == "consent.E072"


def test_a_read_only_file_is_said_to_be(elsewhere, nobody, make):
    path = elsewhere / "consent.db"
    store = SqliteStore(path, KEY)
    asyncio.run(store.append(make(1)))
    store.close()
    path.chmod(0o444)
    elsewhere.chmod(0o555)
    with nobody(), pytest.raises(StoreError) as caught:
        asyncio.run(store.append(make(2)))
    store.close()
    elsewhere.chmod(0o755)
    assert caught.value.code in {"consent.E073", "consent.E070"}
