"""The contract of a record store, held by every one of them."""

import asyncio
from collections.abc import Iterator

import pytest

from consent.records.sqlite import SqliteStore


@pytest.fixture(params=["sqlite"])
def store(tmp_path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "consent.db")
    yield opened
    opened.close()


def test_records_come_back_whole_and_in_order(store, make):
    records = [make(number) for number in range(20)]

    async def keep():
        for record in records:
            await store.append(record)

    asyncio.run(keep())
    assert records == store.read_all()


def test_the_same_record_twice_is_kept_once(store, make):
    async def keep():
        await store.append(make(1))
        await store.append(make(1))
        await asyncio.gather(store.append(make(2)), store.append(make(2)))

    asyncio.run(keep())
    assert [make(1), make(2)] == store.read_all()


def test_appends_at_once_are_all_kept(store, make):
    async def keep():
        await asyncio.gather(*(store.append(make(number)) for number in range(500)))

    asyncio.run(keep())
    assert [make(number) for number in range(500)] == store.read_all()


def test_a_store_that_was_closed_opens_again(store, make):
    store.close()
    asyncio.run(store.append(make(1)))
    store.close()
    store.close()
    asyncio.run(store.append(make(2)))
    assert store.count() == 2


def test_any_event_loop_may_use_it(store, make):
    for number in range(5):
        asyncio.run(store.append(make(number)))
    assert store.count() == 5


def test_an_append_that_was_given_up_harms_no_other(store, make):
    async def keep():
        given_up = asyncio.create_task(store.append(make(1)))
        await asyncio.sleep(0)
        given_up.cancel()
        await store.append(make(2))

    asyncio.run(keep())
    assert make(2) in store.read_all()
