"""What somebody tries who can write to the database but has no key, and what an owner's own commands must not help with."""

import asyncio
import sqlite3
import threading
from contextlib import closing

import pytest

from consent.records.anchor import make_anchor
from consent.records.base import Notice
from consent.records.chain import derive_key
from consent.records.keeper import RecordKeeper
from consent.records.ledger import Selection
from consent.records.making import make_record_id
from consent.records.spool import Spool
from consent.records.sql_ledger import SHIFT
from consent.records.sqlite import SqliteStore
from consent.records.sqlite_ledger import SqliteLedger
from consent.records.verifying import verify
from tests.records.conftest import KEY, NOW

AT = "2026-11-24T00:00:00.000000+00:00"


def keep(store, *records):
    async def all_of_them():
        for record in records:
            await store.append(record)

    asyncio.run(all_of_them())


@pytest.fixture
def store(tmp_path, make):
    made = SqliteStore(tmp_path / "consent.db", KEY)
    keep(made, *(make(number) for number in range(1, 7)))
    made.close()
    return made


@pytest.fixture
def ledger(store):
    with closing(SqliteLedger(store.path, KEY)) as opened:
        opened._connection.execute("DROP TRIGGER consent_records_stand")  # whoever can write can do so
        yield opened


def findings(ledger, **given):
    return [str(one) for one in verify(ledger, [KEY], **given)]


def write(ledger, statement, *values):
    assert ledger._connection.execute(statement, values).rowcount > 0


@pytest.mark.parametrize("column", ["host", "event", "receipt", "categories", "waited", "record_id", "mac"])
@pytest.mark.parametrize("value", ["x'00ff'", "CAST(x'ff41' AS TEXT)", "1.5", "9e999"])
def test_a_value_no_record_can_have_is_named_with_its_record(ledger, column, value):
    write(ledger, f"UPDATE consent_records SET {column} = {value} WHERE place = ?", 1 << SHIFT | 3)
    assert findings(ledger)[0].startswith("chain 1, record 3")


@pytest.mark.parametrize("table", ["consent_chains", "consent_register", "consent_counts", "consent_notices"])
def test_bytes_that_are_no_text_are_found_in_every_table(ledger, table, make):
    for column in [row[1] for row in ledger._connection.execute(f"PRAGMA table_info({table})")]:
        for value in ("x'00ff'", "CAST(x'ff41' AS TEXT)"):
            ledger._connection.execute("BEGIN")
            try:
                changed = ledger._connection.execute(f"UPDATE {table} SET {column} = {value}").rowcount
            except sqlite3.IntegrityError:
                changed = 0
            if changed:
                assert findings(ledger), (column, value)
            ledger._connection.execute("ROLLBACK")


def test_a_purge_signs_nothing_for_a_record_whose_time_was_changed(ledger, make):
    write(
        ledger,
        "UPDATE consent_records SET record_id = ? WHERE record_id = ?",
        make_record_id(NOW.replace(year=2001), bytes(10)),
        make(3).record_id,
    )
    assert ledger.purge(NOW.replace(year=2020), key=KEY, at=AT) == 1
    assert findings(ledger)


def test_an_erasure_signs_nothing_for_a_record_put_under_another_receipt(ledger, make):
    write(ledger, "UPDATE consent_records SET receipt = 'receipt-1' WHERE record_id = ?", make(4).record_id)
    assert ledger.erase("receipt-1", key=KEY, at=AT) == 2
    assert findings(ledger)


def test_a_row_changed_beyond_reading_can_still_be_erased_and_purged(ledger, make):
    write(ledger, "UPDATE consent_records SET categories = 'no json' WHERE record_id = ?", make(4).record_id)
    write(ledger, "UPDATE consent_records SET categories = '[1,2]' WHERE record_id = ?", make(5).record_id)
    assert ledger.erase("receipt-4", key=KEY, at=AT) == 1
    assert ledger.purge(NOW.replace(year=2027), key=KEY, at=AT) == 5
    assert findings(ledger)


def test_a_chain_begun_anew_over_an_earlier_copy_is_found_by_the_anchor(tmp_path, make):
    store = SqliteStore(tmp_path / "consent.db", KEY)
    keep(store, make(1))
    store.close()
    earlier = store.path.read_bytes()
    keep(store, make(2))
    store.close()
    with closing(SqliteLedger(store.path, KEY)) as opened:
        anchor = make_anchor(opened.chains())
    store.path.write_bytes(earlier)
    keep(store, make(3), make(4))
    store.close()
    with closing(SqliteLedger(store.path, KEY)) as opened:
        assert findings(opened, anchor=anchor)


@pytest.mark.parametrize(
    "spoilt", [{"chain": "x"}, {}, {"chain": 1, "length": None, "key_id": 1, "head": 1, "seal": 1}]
)
def test_an_anchor_somebody_spoilt_is_a_finding(ledger, spoilt):
    assert findings(ledger, anchor={"format": 1, "chains": [spoilt]})


def test_counters_in_fractions_add_up_to_what_was_counted(store, ledger, make):
    keep(store, make(7))
    store.close()
    before = ledger.counts()
    write(ledger, "UPDATE consent_counts SET count = count + 0.9")
    assert ledger.counts() == before


def test_a_deletion_signed_by_nobody_is_not_signed_with_the_next_purge(ledger, make):
    (seal,) = ledger._connection.execute(
        "SELECT hex(mac) FROM consent_records WHERE place = ?", (1 << SHIFT | 3,)
    ).fetchone()
    write(ledger, "DELETE FROM consent_records WHERE place = ?", 1 << SHIFT | 3)
    write(ledger, "INSERT INTO consent_tombstones VALUES (1, 3, 3, ?, 'erasure', ?, ?, 'x')", seal.lower(), AT, KEY.id)
    assert ledger.erase("receipt-4", key=KEY, at=AT) == 1
    assert ledger.erase("receipt-2", key=KEY, at=AT) == 1
    assert findings(ledger)[0] == "chain 1, record 3: its tombstone was not made by us, or was changed"


@pytest.fixture
def keeper(store):
    made = RecordKeeper(store, Spool(store.path.with_name("spool"), keys=[KEY]))
    yield made
    made.close()


def test_a_record_put_into_the_spool_by_somebody_is_not_sealed(keeper, store, make):
    with closing(SqliteLedger(store.path, KEY)) as opened:
        before = opened.total(Selection())
    asyncio.run(Spool(keeper.spool.path).append(make(50)))
    other = Spool(keeper.spool.path, keys=[derive_key(b"another")])
    asyncio.run(other.append(make(51)))
    asyncio.run(keeper.spool.append(make(52)))
    changed = keeper.spool.path.read_bytes().splitlines(keepends=True)[2].replace(b"receipt-52", b"receipt-53")
    with keeper.spool.path.open("ab") as file:
        file.write(changed)
    assert asyncio.run(keeper.drain())
    with closing(SqliteLedger(store.path, KEY)) as opened:
        assert opened.total(Selection()) == before + 1
        assert opened.row(make(52).record_id)["receipt"] == "receipt-52"
    refused = keeper.spool.path.with_name("spool.refused").read_bytes()  # nothing is thrown away
    assert [refused.count(name) for name in (b"receipt-50", b"receipt-51", b"receipt-53")] == [1, 1, 1]


def test_a_notice_forgotten_between_two_outages_comes_again(keeper, store, make):
    shown = Notice.of(b'{"format":1}')
    for number in (60, 61):
        asyncio.run(keeper._set_aside(make(number, notice=shown.hash), shown))
        asyncio.run(keeper._set_aside(make(number + 10, notice=shown.hash), shown))
        assert keeper.spool.read().count(b"notice_hash") == 1
        assert asyncio.run(keeper.drain())
        with closing(SqliteLedger(store.path, KEY)) as opened:
            assert findings(opened) == []
            for receipt in (number, number + 10):
                opened.erase(f"receipt-{receipt}", key=KEY, at=AT)
            assert opened.forget_notices() == 1


NEW = derive_key(b"another secret, newer than the first")


def test_records_of_a_retired_key_are_purged_and_stay_proved(ledger, make):
    assert ledger.purge(make(3).at, key=NEW, at=AT, known=[KEY]) == 2
    assert ledger.purge(make(5).at, key=NEW, at=AT, known=[KEY]) == 2
    assert [str(one) for one in verify(ledger, [NEW, KEY])] == []
    assert [(stone.first, stone.last) for stone in ledger.tombstones(1)] == [(1, 4)]


def test_records_whose_key_is_not_at_hand_go_and_it_is_said_that_nobody_checked_them(ledger, make):
    write(ledger, "UPDATE consent_records SET receipt = 'another' WHERE record_id = ?", make(2).record_id)
    assert ledger.purge(make(3).at, key=NEW, at=AT) == 2
    assert ledger.purge(make(5).at, key=NEW, at=AT, known=[KEY]) == 2
    assert ledger.erase(make(5).receipt, key=NEW, at=AT) == 1
    told = "taken away ({}) while their key was not at hand: nobody saw whether they were as written"
    assert [str(one) for one in verify(ledger, [NEW, KEY])] == [
        "chain 1, record 1: 2 " + told.format("retention"),
        "chain 1, record 5: 1 " + told.format("erasure"),
    ]


class Busy(SqliteLedger):
    """A file that a server writes to whenever its records are read."""

    def __init__(self, store, make):
        super().__init__(store.path, KEY)
        self._store, self._make, self._next = store, make, 100

    def sealed(self, chain):
        keep(self._store, self._make(self._next))
        self._next += 1
        yield from super().sealed(chain)
        keep(self._store, self._make(self._next))
        self._next += 1


def test_a_server_that_never_rests_is_no_finding(store, make):
    keep(store, make(90))
    with closing(Busy(store, make)) as opened:
        assert findings(opened) == []
    store.close()


def test_what_is_written_while_it_is_verified_is_no_finding(store, make):
    stop = threading.Event()

    def visitors():
        async def go_on():
            number = 100
            while not stop.is_set() and number < 20_000:
                await asyncio.gather(*(store.append(make(number + one)) for one in range(5)))
                number += 5

        asyncio.run(go_on())
        store.close()

    busy = threading.Thread(target=visitors)
    busy.start()
    try:
        with closing(SqliteLedger(store.path, KEY)) as opened:
            found = [findings(opened) for _ in range(30)]
    finally:
        stop.set()
        busy.join()
    assert [one for one in found if one] == []


def test_what_was_erased_is_in_no_file_any_more(ledger, store, make):
    ledger.erase("receipt-4", key=KEY, at=AT)
    ledger.close()
    for path in store.path.parent.iterdir():
        assert b"receipt-4" not in path.read_bytes(), path.name


def test_what_was_erased_under_a_running_server_is_in_no_file_any_more(store, make):
    keep(store, make(8))
    with closing(SqliteLedger(store.path, KEY)) as opened:
        opened.erase("receipt-8", key=KEY, at=AT)
        names = {path.name for path in store.path.parent.iterdir() if b"receipt-8" in path.read_bytes()}
    store.close()
    assert names == set()


# What an attacker gets out of another store with the same key, such as that of a second group of machines.


@pytest.fixture
def other(tmp_path, make):
    made = SqliteStore(tmp_path / "other.db", KEY)
    keep(made, *(make(number) for number in range(101, 109)))
    made.close()
    with closing(SqliteLedger(made.path, KEY)) as opened:
        opened.purge(make(104).at, key=KEY, at=AT)
        yield opened


def put_in(ledger, other, table):
    ledger._connection.execute(f"DELETE FROM {table}")
    for row in other._connection.execute(f"SELECT * FROM {table}").fetchall():
        ledger._connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)


def test_the_records_of_another_store_with_the_same_key_do_not_pass_for_ones_own(ledger, other):
    anchor = make_anchor(ledger.chains())
    for table in ("consent_records", "consent_tombstones", "consent_counts"):
        put_in(ledger, other, table)
    head = other._connection.execute("SELECT length, head, seal FROM consent_chains").fetchone()
    write(ledger, "UPDATE consent_chains SET length = ?, head = ?, seal = ?", *head)
    assert findings(ledger)[:2] == [
        "chain 1, record 0: the signature of its head is wrong",
        "chain 1, record 1: its tombstone was not made by us, or was changed",
    ]
    assert findings(ledger, anchor=anchor)


def test_a_store_exchanged_whole_for_another_with_the_same_key_is_found_by_the_anchor(ledger, other):
    anchor = make_anchor(ledger.chains())
    assert findings(other) == []
    assert findings(other, anchor=anchor) == [
        "chain 1, record 0: it is another chain than when the anchor was made: the store was put back"
    ]


def test_chains_cut_off_before_the_next_one_begins_are_not_signed_away_by_it(store, ledger, make):
    """Who cannot sign a shorter register waits until a server begins a chain, and signs the register anew."""
    keep(store, make(7))
    store.close()
    first = ledger.chains()[0]
    write(ledger, "UPDATE consent_register SET chains = 1, link = ?", first.link)
    cut_off(ledger, from_chain=2)
    keep(store, make(8))
    store.close()
    assert findings(ledger) == [
        "chain 2, record 0: its entry in the register was changed, or an entry before it is missing"
    ]


def test_a_store_emptied_whole_is_found_by_the_anchor(store, ledger, make):
    anchor = make_anchor(ledger.chains())
    write(ledger, "DELETE FROM consent_register")
    cut_off(ledger, from_chain=1)
    assert findings(ledger) == []  # as one that nobody has used yet
    assert findings(ledger, anchor=anchor)
    keep(store, make(8))
    store.close()
    assert findings(ledger, anchor=anchor)


def cut_off(ledger, *, from_chain):
    ledger._connection.execute("DELETE FROM consent_records WHERE place >= ?", (from_chain << SHIFT,))
    for table in ("consent_chains", "consent_counts", "consent_tombstones"):
        ledger._connection.execute(f"DELETE FROM {table} WHERE chain >= ?", (from_chain,))
