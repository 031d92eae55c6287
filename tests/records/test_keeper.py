"""A visitor's choice never fails on the store: it is kept, spooled, or said to be lost."""

import asyncio
import logging
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from consent.errors import ConsentError
from consent.records.keeper import RecordKeeper
from consent.records.opening import open_keeper
from consent.records.places import sqlite_path
from consent.records.spool import Spool
from consent.records.sqlite import SqliteStore
from tests.records.conftest import KEY, SECRET, kept


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def keeper(tmp_path, clock):
    (tmp_path / "data").mkdir()
    made = RecordKeeper(SqliteStore(tmp_path / "data" / "consent.db", KEY), Spool(tmp_path / "spool"), clock=clock)
    yield made
    made.close()


def take_away(keeper: RecordKeeper) -> Path:
    folder = keeper.store.path.parent
    return folder.rename(folder.with_name("away"))


def bring_back(keeper: RecordKeeper) -> None:
    folder = keeper.store.path.parent
    folder.with_name("away").rename(folder)


def append(keeper: RecordKeeper, *records) -> list[bool]:
    async def keep():
        return [await keeper.append(record) for record in records]

    return asyncio.run(keep())


def codes(caplog) -> list[str]:
    return [record.getMessage().split()[0] for record in caplog.records if record.name == "consent.records"]


def test_a_record_is_kept(keeper, make, caplog):
    assert append(keeper, make(1), make(2)) == [True, True]
    assert [make(1), make(2)] == kept(keeper.store)
    assert not keeper.spool.path.exists()
    assert codes(caplog) == []


def test_while_the_folder_is_away_records_are_spooled_and_come_back_in_order(keeper, make, clock, caplog):
    assert append(keeper, make(1)) == [True]
    take_away(keeper)
    assert append(keeper, make(2), make(3)) == [False, False]
    bring_back(keeper)
    assert append(keeper, make(4)) == [False]  # nobody asks the store before the pause is over
    clock.now += 2
    assert append(keeper, make(5)) == [True]
    assert [make(number) for number in range(1, 6)] == kept(keeper.store)
    assert not keeper.spool.waiting()
    assert codes(caplog) == ["consent.W020", "consent.W022"]
    assert "3 records drained" in caplog.text


def test_a_locked_store_makes_nobody_wait_for_long(tmp_path, make, clock, caplog):
    keeper = RecordKeeper(SqliteStore(tmp_path / "consent.db", KEY), Spool(tmp_path / "spool"), limit=1, clock=clock)
    assert append(keeper, make(1)) == [True]
    with closing(sqlite3.connect(keeper.store.path)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        start = time.monotonic()
        assert append(keeper, make(2)) == [False]
        assert time.monotonic() - start < 4
        start = time.monotonic()
        assert append(keeper, *(make(number) for number in range(3, 10))) == [False] * 7
        assert time.monotonic() - start < 4  # known to be down: straight to the spool
        lock.rollback()
    clock.now += 2
    assert append(keeper, make(10)) == [True]
    assert [make(number) for number in range(1, 11)] == kept(keeper.store)
    keeper.close()
    assert codes(caplog) == ["consent.W020", "consent.W022"]


def test_a_read_only_folder_sends_records_to_the_spool(elsewhere, nobody, make, clock):
    data, spooled = elsewhere / "data", elsewhere / "spool"
    data.mkdir()
    spooled.mkdir()
    spooled.chmod(0o777)
    data.chmod(0o555)
    keeper = RecordKeeper(SqliteStore(data / "consent.db", KEY), Spool(spooled / "records"), clock=clock)
    with nobody():
        assert append(keeper, make(1), make(2)) == [False, False]
    data.chmod(0o777)
    clock.now += 2
    with nobody():
        assert append(keeper, make(3)) == [True]
        assert [make(1), make(2), make(3)] == kept(keeper.store)
        keeper.close()


def test_a_pause_grows_while_the_store_stays_down(keeper, make, clock):
    take_away(keeper)
    append(keeper, make(1))
    pauses = []
    for number in range(2, 10):
        pauses.append(keeper._retry_at - clock.now)
        clock.now = keeper._retry_at
        assert append(keeper, make(number)) == [False]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]


def test_what_nobody_takes_is_logged_with_its_id(tmp_path, make, clock, caplog):
    keeper = RecordKeeper(
        SqliteStore(tmp_path / "nowhere" / "consent.db", KEY), Spool(tmp_path / "nowhere" / "spool"), clock=clock
    )
    assert append(keeper, make(1), make(2)) == [None, None]
    assert codes(caplog) == ["consent.W020", "consent.W021", "consent.W021"]
    assert make(1).record_id in caplog.text
    assert make(2).record_id in caplog.text
    assert "receipt-1" not in caplog.text
    (tmp_path / "nowhere").mkdir()
    clock.now += 60
    assert append(keeper, make(3)) == [True]
    keeper.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_raises_nothing(tmp_path, make, clock, caplog):
    keeper = RecordKeeper(SqliteStore(tmp_path / "no" / "consent.db", KEY), Spool(Path("/dev/full")), clock=clock)
    assert append(keeper, make(1)) == [None]
    assert codes(caplog) == ["consent.W020", "consent.W021"]
    keeper.close()


def test_an_outage_is_told_once_and_the_next_one_again(keeper, make, clock, caplog):
    for outage in range(2):
        take_away(keeper)
        append(keeper, *(make(10 * outage + number) for number in range(3)))
        bring_back(keeper)
        clock.now += 100
        assert append(keeper, make(10 * outage + 5)) == [True]
    assert codes(caplog) == ["consent.W020", "consent.W022"] * 2


def test_what_an_earlier_process_spooled_is_drained_first(keeper, make, caplog):
    asyncio.run(keeper.spool.append(make(1)))
    asyncio.run(keeper.spool.append(make(2)))
    assert append(keeper, make(3)) == [True]
    assert [make(1), make(2), make(3)] == kept(keeper.store)
    assert codes(caplog) == ["consent.W022"]


def test_a_spool_that_cannot_be_read_does_not_keep_a_record_from_the_store(keeper, make, caplog):
    keeper.spool.path.mkdir()
    assert append(keeper, make(1), make(2)) == [True, True]
    assert codes(caplog) == ["consent.W023"]


def test_a_spool_that_cannot_be_shortened_is_told_once_and_costs_no_visitor_a_wait(keeper, make, clock, caplog):
    for number in range(3):
        asyncio.run(keeper.spool.append(make(number)))
    put(keeper, b"of somebody else\n")
    in_the_way = keeper.spool.path.with_name("spool.refused")
    in_the_way.mkdir()
    assert append(keeper, *(make(number) for number in range(3, 9))) == [True] * 6
    for _ in range(30):
        asyncio.run(keeper.catch_up())
        clock.now += 5
    assert not asyncio.run(keeper.drain())  # an erasure is told that something waits
    assert [make(number) for number in range(9)] == kept(keeper.store)
    assert codes(caplog) == ["consent.W023"]
    in_the_way.rmdir()
    clock.now += 60
    assert asyncio.run(keeper.catch_up())
    assert not keeper.spool.waiting()
    assert in_the_way.read_bytes() == b"of somebody else\n"
    assert codes(caplog) == ["consent.W023", "consent.W022"]


@pytest.mark.parametrize("strange", [b'{"record_id":"019a', b"a\rb\r\nc\n", bytes(range(256)), bytes(4096), b"\r"])
def test_nothing_in_a_spool_is_thrown_away(keeper, make, strange):
    asyncio.run(keeper.spool.append(make(1)))
    put(keeper, strange)
    assert append(keeper, make(2)) == [True]
    assert [make(1), make(2)] == kept(keeper.store)
    assert not keeper.spool.waiting()
    refused = keeper.spool.path.with_name("spool.refused")
    assert not strange.strip() or refused.read_bytes().removesuffix(b"\n") == strange.removesuffix(b"\n")


def put(keeper, content):
    with keeper.spool.path.open("ab") as file:
        file.write(content)


def test_a_drain_without_a_visitor(keeper, make):
    asyncio.run(keeper.spool.append(make(1)))
    assert asyncio.run(keeper.drain())
    assert [make(1)] == kept(keeper.store)
    assert asyncio.run(open_keeper("off", [SECRET]).drain())


def test_a_drain_that_was_done_twice_keeps_records_once(keeper, make):
    for number in range(3):
        asyncio.run(keeper.spool.append(make(number)))
    content = keeper.spool.read()
    append(keeper, make(3))
    keeper.spool.path.write_bytes(content)
    assert asyncio.run(keeper.drain())
    assert len(kept(keeper.store)) == 4


def test_visitors_during_the_drain_are_kept_too(tmp_path, make, clock):
    keeper = RecordKeeper(SqliteStore(tmp_path / "consent.db", KEY), Spool(tmp_path / "spool"), limit=30, clock=clock)
    for number in range(250):
        asyncio.run(keeper.spool.append(make(number)))

    async def keep():
        return await asyncio.gather(*(keeper.append(make(number)) for number in range(250, 310)))

    answers = asyncio.run(keep())
    assert answers[0] is True  # the one who finds out; the others do not wait for it
    clock.now += 2
    assert append(keeper, make(310)) == [True]
    assert {make(number).record_id for number in range(311)} == {r.record_id for r in kept(keeper.store)}
    assert not keeper.spool.waiting()
    keeper.close()


def test_a_store_that_never_answers_costs_the_limit(tmp_path, make, caplog):
    class Deaf:
        async def append(self, record, notice=None):
            await asyncio.Event().wait()

        def close(self):
            pass

    keeper = RecordKeeper(Deaf(), Spool(tmp_path / "spool"), limit=0.05)
    assert append(keeper, make(1)) == [False]
    assert codes(caplog) == ["consent.W020"]
    assert keeper.spool.waiting()


def test_records_that_are_off_are_nowhere(tmp_path, make, monkeypatch):
    monkeypatch.chdir(tmp_path)
    keeper = open_keeper("off", [SECRET])
    assert append(keeper, make(1)) == [True]
    keeper.close()
    assert list(tmp_path.iterdir()) == []


def test_a_url_is_a_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert sqlite_path("sqlite:///consent.db") == tmp_path / "consent.db"
    assert sqlite_path("sqlite:///data/consent.db") == tmp_path / "data" / "consent.db"
    assert sqlite_path("sqlite:////var/lib/consent.db") == Path("/var/lib/consent.db")
    assert sqlite_path("sqlite:///") is sqlite_path("postgresql://db/x") is None


def test_the_spool_stands_beside_the_database_unless_told_otherwise(tmp_path):
    url = f"sqlite:///{tmp_path}/consent.db"
    assert open_keeper(url, [SECRET]).spool.path == tmp_path / "consent.db.spool"
    assert open_keeper(url, [SECRET], tmp_path / "other").spool.path == tmp_path / "other"


def test_an_unknown_store_is_refused_without_showing_its_password():
    with pytest.raises(ConsentError, match="mysql") as refused:
        open_keeper("mysql://user:secret@db/consent", [SECRET])
    assert "secret" not in str(refused.value)


def test_nothing_personal_is_in_the_log(keeper, make, caplog):
    caplog.set_level(logging.DEBUG)
    take_away(keeper)
    append(keeper, make(1))
    assert "receipt-1" not in caplog.text
