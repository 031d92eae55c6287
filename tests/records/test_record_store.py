"""The contract of a record store and its ledger, held by every one of them."""

import asyncio
from datetime import timedelta

from consent.records.base import Event, Notice
from consent.records.chain import derive_key
from consent.records.ledger import Selection
from consent.records.rows import from_row
from consent.records.verifying import verify
from tests.records.conftest import KEY, NOW

SHOWN = Notice.of(b'{"format":1}')
AT = "2026-11-24T00:00:00.000000+00:00"


def append(store, *records, notice=None):
    async def keep():
        for record in records:
            await store.append(record, notice)

    asyncio.run(keep())


def every(opened, **wanted):
    with opened.reading() as ledger:
        return [from_row(row) for row in ledger.rows(Selection(**wanted))]


def findings(opened, *keys):
    with opened.reading() as ledger:
        return [str(finding) for finding in verify(ledger, keys or [KEY])]


def test_records_come_back_whole_and_in_order(opened, make):
    records = [make(number) for number in range(20)]
    append(opened.store, *records)
    assert records == every(opened)
    assert findings(opened) == []


def test_the_same_record_twice_is_kept_once(opened, make):
    async def keep():
        await opened.store.append(make(1))
        await opened.store.append(make(1))
        await asyncio.gather(opened.store.append(make(2)), opened.store.append(make(2)))
        await asyncio.gather(opened.store.append(make(1)), opened.store.append(make(3)))

    asyncio.run(keep())
    assert [make(1), make(2), make(3)] == every(opened)
    assert findings(opened) == []


def test_appends_at_once_are_all_kept(opened, make):
    async def keep():
        await asyncio.gather(*(opened.store.append(make(number)) for number in range(700)))

    asyncio.run(keep())
    assert [make(number) for number in range(700)] == every(opened)
    assert findings(opened) == []


def test_a_store_that_was_closed_opens_again(opened, make):
    opened.store.close()
    append(opened.store, make(1))
    opened.store.close()
    opened.store.close()
    append(opened.store, make(2))
    assert len(every(opened)) == 2
    assert findings(opened) == []


def test_any_event_loop_may_use_it(opened, make):
    for number in range(5):
        append(opened.store, make(number))
    assert len(every(opened)) == 5


def test_an_append_that_was_given_up_harms_no_other(opened, make):
    async def keep():
        given_up = asyncio.create_task(opened.store.append(make(1)))
        await asyncio.sleep(0)
        given_up.cancel()
        await opened.store.append(make(2))

    asyncio.run(keep())
    assert make(2) in every(opened)
    assert findings(opened) == []


def test_a_visitor_is_shown_their_own_records(opened, make):
    append(opened.store, make(1), make(2, receipt="mine"), make(3), make(4, receipt="mine"))
    assert asyncio.run(opened.store.of_receipt("mine")) == (make(2, receipt="mine"), make(4, receipt="mine"))
    assert asyncio.run(opened.store.of_receipt("nobody's")) == ()


def test_what_was_shown_is_kept_once_with_the_first_that_refers_to_it(opened, make):
    append(opened.store, *(make(number, notice=SHOWN.hash) for number in range(3)), notice=SHOWN)
    with opened.reading() as ledger:
        assert list(ledger.notices()) == [SHOWN]
        assert (ledger.notice(SHOWN.hash), ledger.notice("other")) == (SHOWN, None)
    assert findings(opened) == []


def test_a_record_without_its_notice_is_found(opened, make):
    append(opened.store, make(1), make(2, notice=SHOWN.hash))
    assert findings(opened) == [
        f"chain 1, record 2 ({make(2).record_id}): the notice it refers to is missing ({SHOWN.hash})"
    ]


def test_records_are_selected_by_receipt_event_and_time(opened, make):
    append(opened.store, *(make(number) for number in range(6)), make(6, event=Event.REFUSE))
    assert [make(3)] == every(opened, receipt="receipt-3")
    assert [make(6, event=Event.REFUSE)] == every(opened, event="refuse")
    since, until = NOW + timedelta(milliseconds=2), NOW + timedelta(milliseconds=4)
    assert [make(2), make(3)] == every(opened, since=since, until=until)
    with opened.reading() as ledger:
        assert ledger.total(Selection(since=since)) == 5
        assert ledger.row(make(2).record_id) == next(iter(ledger.rows(Selection(receipt="receipt-2"))))
        assert ledger.row("none") is None
        newest = ledger.rows(Selection(), newest_first=True)
        assert [row["receipt"] for row in newest] == [f"receipt-{number}" for number in range(6, -1, -1)]


def test_erasure_takes_every_record_of_a_receipt_and_leaves_the_chain_whole(opened, make):
    mine = [make(number, receipt="mine") for number in (0, 3, 4, 9)]
    others = [make(number) for number in (1, 2, 5, 6, 7, 8)]
    append(opened.store, *sorted([*mine, *others], key=lambda record: record.at))
    with opened.reading() as ledger:
        assert ledger.erase("mine", key=KEY, at=AT) == 4
        assert ledger.erase("mine", key=KEY, at=AT) == 0
        assert [(stone.first, stone.last, stone.reason) for stone in ledger.tombstones(1)] == [
            (1, 1, "erasure"),
            (4, 5, "erasure"),
            (10, 10, "erasure"),
        ]
        assert sum(n for key, n in ledger.counts().items() if key[1] == "all") == 6
    append(opened.store, make(10))
    assert [*others, make(10)] == every(opened)
    assert findings(opened) == []


def test_a_purge_takes_the_oldest_in_batches_and_leaves_one_stone(opened, make):
    append(opened.store, *(make(number, notice=SHOWN.hash) for number in range(25)), notice=SHOWN)
    with opened.reading() as ledger:
        before = NOW + timedelta(milliseconds=20)
        assert [ledger.purge(before, key=KEY, at=AT, limit=8) for _ in range(4)] == [8, 8, 4, 0]
        assert [(stone.first, stone.last) for stone in ledger.tombstones(1)] == [(1, 20)]
        assert ledger.forget_notices() == 0
    assert findings(opened) == []
    assert [make(number, notice=SHOWN.hash) for number in range(20, 25)] == every(opened)
    with opened.reading() as ledger:
        assert ledger.purge(NOW + timedelta(days=1), key=KEY, at=AT) == 5
        assert (ledger.forget_notices(), list(ledger.notices())) == (1, [])
        assert +ledger.counts() == {}
    assert findings(opened) == []


def test_counters_add_up_by_day(opened, make):
    records = [make(number, at=NOW + timedelta(days=number // 2), gpc=number == 0) for number in range(4)]
    append(opened.store, *records)
    with opened.reading() as ledger:
        counts = ledger.counts()
        assert counts["2026-11-23", "all", "", "partial"] == 2
        assert counts["2026-11-23", "category", "analytics:yes", "partial"] == 2
        assert counts["2026-11-23", "category", "advertising:no", "partial"] == 2
        assert (counts["2026-11-23", "gpc", "yes", "partial"], counts["2026-11-23", "gpc", "no", "partial"]) == (1, 1)
        assert {key[0] for key in ledger.counts(since="2026-11-24")} == {"2026-11-24"}
        assert counts == ledger.counts(chain=1)


def test_thousands_are_read_page_by_page(opened, make):
    async def keep():
        for start in range(0, 2_500, 500):
            await asyncio.gather(*(opened.store.append(make(start + number)) for number in range(500)))

    asyncio.run(keep())
    with opened.reading() as ledger:
        ids = [row["record_id"] for row in ledger.rows(Selection())]
        assert (len(ids), ids == sorted(ids)) == (2_500, True)
        assert ledger.total(Selection()) == 2_500
    assert findings(opened) == []


def test_another_key_is_said_and_proves_nothing(opened, make):
    append(opened.store, make(1))
    told = findings(opened, derive_key(b"another key altogether"))
    assert told
    assert all("consent.E074" in line for line in told)
    assert findings(opened, derive_key(b"another key altogether"), KEY) == []
