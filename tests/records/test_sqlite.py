"""Real files: durability, several processes, forks, and folders that go away."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from consent.records.base import StoreError
from consent.records.sealing import seal_group
from consent.records.sqlite import SqliteStore
from consent.records.sqlite_faults import explained
from consent.records.sqlite_schema import MIGRATIONS, migrate
from tests.records.conftest import KEY, kept

WRITER = textwrap.dedent(
    """
    import asyncio, os, sys
    from datetime import UTC, datetime, timedelta
    from pathlib import Path
    from consent.choices import Action
    from consent.records.base import Event, Record, Source
    from consent.records.chain import derive_key
    from consent.records.making import make_record_id
    from consent.records.sqlite import SqliteStore

    async def main(path, count):
        store = SqliteStore(Path(path), derive_key(b"0123456789abcdef0123456789abcdef"))
        for number in range(count):
            now = datetime.now(UTC)
            record_id = make_record_id(now, os.urandom(10))
            await store.append(Record(
                record_id=record_id, receipt="r", at=now, event=Event.GRANT, action=Action.ACCEPT,
                source=Source.BANNER, categories=(), services=(), policy_version="v", language="en",
                host="example.org", expires_at=now + timedelta(days=1),
            ))
            print(record_id, flush=True)
        store.close()

    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
    """
)


def start_writer(path: Path, count: int) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(count)], stdout=subprocess.PIPE, text=True)


def ids(store: SqliteStore) -> list[str]:
    return [record.record_id for record in kept(store)]


@pytest.fixture
def store(tmp_path):
    opened = SqliteStore(tmp_path / "consent.db", KEY)
    yield opened
    opened.close()


def test_nothing_is_opened_before_the_first_record(tmp_path):
    running = set(threading.enumerate())
    store = SqliteStore(tmp_path / "consent.db", KEY)

    assert list(tmp_path.iterdir()) == []
    assert set(threading.enumerate()) <= running
    with pytest.raises(StoreError, match="no records at"):
        len(kept(store))


def test_a_writer_that_is_killed_has_kept_what_it_acknowledged(store):
    for enough in (1, 7, 40):
        with start_writer(store.path, 100_000) as writer:
            assert writer.stdout is not None
            acknowledged = [writer.stdout.readline().strip() for _ in range(enough)]
            writer.send_signal(signal.SIGKILL)
            acknowledged += writer.stdout.read().split()
        whole = [name for name in acknowledged if len(name) == 36]
        assert set(whole) <= set(ids(store))


def test_two_processes_keep_records_in_one_file(store, make):
    with start_writer(store.path, 150) as one, start_writer(store.path, 150) as other:

        async def keep():
            for number in range(50):
                await store.append(make(number))

        asyncio.run(keep())
        told = one.communicate()[0].split() + other.communicate()[0].split()
    assert (one.returncode, other.returncode, len(told)) == (0, 0, 300)
    assert len(kept(store)) == 350
    assert set(told) <= set(ids(store))


def test_two_hundred_at_once_are_fewer_commits(store, make):
    asyncio.run(store.append(make(1_000)))
    before = store._writer._thread.written

    async def keep():
        await asyncio.gather(*(store.append(make(number)) for number in range(200)))

    asyncio.run(keep())
    assert len(kept(store)) == 201
    assert 1 <= store._writer._thread.written - before < 200


def test_who_waits_for_a_locked_file_goes_in_together(store, make):
    asyncio.run(store.append(make(1_000)))
    before = store._writer._thread.written

    async def keep(lock):
        appends = asyncio.gather(*(store.append(make(number)) for number in range(200)))
        await asyncio.sleep(0.2)
        lock.rollback()
        await appends

    with closing(sqlite3.connect(store.path)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        asyncio.run(keep(lock))
    assert len(kept(store)) == 201
    assert store._writer._thread.written - before <= 2  # the one that met the lock, and all the others


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a fork")
# From 3.12 on Python warns of a fork beside a thread; servers that load an app before they fork do just that.
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_file_is_not_locked_while_a_group_is_sealed(store, make, monkeypatch):
    asyncio.run(store.append(make(0)))  # a chain is begun under the lock
    taken = []

    def seal_beside_another(*arguments):
        with closing(sqlite3.connect(store.path, timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")
            taken.append(True)
            other.rollback()
        return seal_group(*arguments)

    monkeypatch.setattr("consent.records.sqlite.seal_group", seal_beside_another)
    asyncio.run(store.append(make(1)))
    assert taken == [True]
    assert kept(store) == [make(0), make(1)]


def test_who_has_waited_long_for_a_locked_file_is_on_in_a_moment(store, make):
    asyncio.run(store.append(make(0)))
    late = [waited_after_release(store, make(number)) for number in range(1, 6)]
    assert min(late) < 0.05, late  # SQLite's own wait sleeps 100 ms by then, to some 80 ms behind


def waited_after_release(store: SqliteStore, record) -> float:
    """Seconds from the end of a lock of 250 ms until a record is kept that has waited for it."""

    async def run() -> float:
        with closing(sqlite3.connect(store.path)) as other:
            other.execute("BEGIN IMMEDIATE")
            waiting = asyncio.ensure_future(store.append(record))
            await asyncio.sleep(0.25)
            other.rollback()
        released = time.monotonic()
        await waiting
        return time.monotonic() - released

    return asyncio.run(run())


def test_a_child_after_a_fork_has_a_connection_of_its_own(store, make):
    asyncio.run(store.append(make(1)))
    child = os.fork()
    if child == 0:
        code = 1
        try:
            asyncio.run(store.append(make(2)))
            store.close()
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    asyncio.run(store.append(make(3)))
    assert [make(1), make(2), make(3)] == kept(store)


def test_a_folder_that_vanished_fails_the_append_and_its_return_mends_it(tmp_path, make):
    folder = tmp_path / "data"
    folder.mkdir()
    store = SqliteStore(folder / "consent.db", KEY)
    asyncio.run(store.append(make(1)))
    away = folder.rename(tmp_path / "away")
    with pytest.raises(StoreError):
        asyncio.run(store.append(make(2)))
    away.rename(folder)
    asyncio.run(store.append(make(3)))
    assert [make(1), make(3)] == kept(store)
    store.close()


def test_a_deleted_file_is_never_written_to(store, make):
    asyncio.run(store.append(make(1)))
    for file in store.path.parent.iterdir():
        file.unlink()
    asyncio.run(store.append(make(2)))
    assert [make(2)] == kept(store)


def test_a_file_that_is_no_database_fails_the_append(store, make):
    store.path.write_bytes(b"this is no database, but it is long enough to be looked at" * 40)
    with pytest.raises(StoreError, match="not a database"):
        asyncio.run(store.append(make(1)))


def test_a_record_cannot_be_changed(store, make):
    asyncio.run(store.append(make(1)))
    with closing(sqlite3.connect(store.path)) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("UPDATE consent_records SET event = 'grant'")


def test_commits_wait_for_the_disk(store, make):
    asyncio.run(store.append(make(1)))
    with closing(sqlite3.connect(store.path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_migrations_are_numbered_and_run_once(store, make):
    asyncio.run(store.append(make(1)))
    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        migrate(connection, KEY)
        versions = connection.execute("SELECT version FROM consent_migrations").fetchall()
    assert [(number + 1,) for number in range(len(MIGRATIONS))] == versions


def test_a_file_of_a_newer_version_is_left_as_it_is(store, make):
    asyncio.run(store.append(make(1)))
    store.close()
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("INSERT INTO consent_migrations (version) VALUES (99)")
        connection.commit()
    before = store.path.read_bytes()
    with pytest.raises(StoreError, match="schema 99") as refused:
        asyncio.run(store.append(make(2)))
    assert refused.value.code == "consent.E071"
    assert before == store.path.read_bytes()


def test_a_full_disk_is_said_to_be_full(tmp_path):
    with closing(sqlite3.connect(tmp_path / "consent.db")) as connection:
        connection.execute("CREATE TABLE t (content BLOB)")
        connection.execute("PRAGMA max_page_count = 3")
        with pytest.raises(sqlite3.OperationalError) as full:
            connection.execute("INSERT INTO t VALUES (zeroblob(100000))")
    told = explained(full.value, tmp_path / "consent.db")
    assert isinstance(told, StoreError)
    assert (told.code, told.remedy) == ("consent.E078", "Free some space")
