"""What a server does about its records by itself."""

import asyncio
import sqlite3
import time
from contextlib import closing
from datetime import timedelta

import pytest

from consent.records.chain import derive_keys
from consent.records.housekeeping import Housekeeping
from consent.records.keeper import RecordKeeper
from consent.records.making import make_record_id
from consent.records.opening import open_keeper, open_ledger
from consent.records.spool import Spool
from consent.records.sqlite import SqliteStore
from consent.records.verifying import verify
from tests.records.conftest import KEY, NOW, SECRET, kept
from tests.waiting import until


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/consent.db"


@pytest.fixture
def keeper(tmp_path):
    made = RecordKeeper(SqliteStore(tmp_path / "consent.db", KEY), Spool(tmp_path / "spool"))
    yield made
    made.close()


@pytest.fixture
def house(keeper, url):
    return Housekeeping(
        keeper=keeper,
        open=lambda: open_ledger(url, [SECRET]),
        keys=derive_keys([SECRET]),
        retention=timedelta(days=30),
        now=lambda: NOW + timedelta(days=40),
        look=0.05,
    )


def append(store, *records):
    async def keep():
        await asyncio.gather(*(store.append(record) for record in records))

    asyncio.run(keep())


def test_what_is_older_than_the_retention_is_purged_and_the_chain_stays_whole(house, keeper, make):
    old = [make(number) for number in range(1_200)]
    append(keeper.store, *old, make(5_000, record_id=make_record_id(NOW + timedelta(days=39), bytes(10))))
    house.start()
    house.start()
    until(lambda: len(kept(keeper.store)) == 1)
    house.stop()
    house.stop()
    with closing(house.open()) as ledger:
        assert list(verify(ledger, house.keys)) == []
        assert [(stone.first, stone.last) for stone in ledger.tombstones(1)] == [(1, 1_200)]


def test_a_clock_that_is_years_ahead_takes_nothing_away(house, keeper, make, caplog):
    append(keeper.store, *(make(number) for number in range(5)))
    house.retention, house.now = timedelta(days=1_000), lambda: NOW + timedelta(days=4_000)
    assert house.purge() == 0
    assert "consent.W033" in caplog.text
    assert len(kept(keeper.store)) == 5


def test_a_site_that_nobody_visits_any_more_is_still_purged_of_what_was_old_then(house, keeper, make, caplog):
    append(keeper.store, make(1), make(2, record_id=make_record_id(NOW + timedelta(days=20), bytes(10))))
    house.now = lambda: NOW + timedelta(days=4_000)
    assert house.purge() == 1
    assert "consent.W033" in caplog.text


def test_a_record_from_when_the_clock_was_ahead_is_told_of(house, keeper, make, caplog):
    append(keeper.store, make(1), make(2, record_id=make_record_id(NOW + timedelta(days=400), bytes(10))))
    assert house.purge() == 1
    assert "consent.W029" in caplog.text
    assert "consent.W033" not in caplog.text


@pytest.mark.parametrize("strange", ["zzz", "", "\ud83d\ude00", "ffffffff-ffff-7000-8000-000000000000"])
def test_an_id_that_somebody_made_up_stops_no_purge(house, keeper, make, strange):
    append(keeper.store, make(1), make(2, record_id=strange))
    assert house.purge() >= 1


def test_records_of_retired_keys_are_checked_before_a_server_takes_them_away(url, make):
    keeper = open_keeper(url, [SECRET])
    append(keeper.store, make(1))
    keeper.close()
    newer = b"another secret, newer than the first"
    keeper = open_keeper(url, [newer], retention=timedelta(days=30), retired=[SECRET])
    keeper.housekeeper.now = lambda: NOW + timedelta(days=31)
    append(keeper.store, make(2, record_id=make_record_id(NOW + timedelta(days=20), bytes(10))))
    assert keeper.housekeeper.purge() == 1
    keeper.close()
    with closing(open_ledger(url, [newer])) as ledger:
        assert list(verify(ledger, derive_keys([newer, SECRET]))) == []


def test_what_waits_is_brought_in_without_a_visitor(house, keeper, make):
    append(keeper.spool, make(1), make(2))
    house.retention = timedelta(days=365)
    house.start()
    until(lambda: not keeper.spool.waiting())
    house.stop()
    assert kept(keeper.store) == [make(1), make(2)]


def test_a_key_that_is_another_is_told(house, keeper, make, caplog):
    append(keeper.store, make(1))
    house.inspect()
    assert caplog.text == ""
    house.keys = derive_keys([b"another key"])
    house.inspect()
    assert "consent.W028" in caplog.text


def test_a_store_that_cannot_be_used_is_told_with_its_code(house, keeper, make, caplog):
    append(keeper.store, make(1))
    keeper.store.close()
    with closing(sqlite3.connect(keeper.store.path)) as connection:
        connection.execute("INSERT INTO consent_migrations (version) VALUES (99)")
        connection.commit()
    house.start()
    until(lambda: "consent.E071" in caplog.text)
    house.stop()
    assert "consent.W026" in caplog.text


def test_no_records_yet_are_nothing_to_tell(house, caplog):
    house.start()
    time.sleep(0.2)
    house.stop()
    assert caplog.text == ""


def test_a_keeper_with_a_retention_is_looked_after_from_its_first_record(url, make, tmp_path):
    keeper = open_keeper(url, [SECRET], retention=timedelta(days=36_000))
    assert keeper.housekeeper._thread is None
    asyncio.run(keeper.append(make(1)))
    assert keeper.housekeeper._thread.is_alive()
    keeper.close()
    assert keeper.housekeeper._thread is None
    assert open_keeper("off", [SECRET], retention=timedelta(days=1)).housekeeper is None
