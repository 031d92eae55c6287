"""Whoever edits the file of records is found out: a thousand random edits, and those an attacker would think of."""

import asyncio
import json
import random
import sqlite3
from contextlib import closing

import pytest

from consent.records.anchor import make_anchor
from consent.records.base import Notice
from consent.records.sql_ledger import SHIFT
from consent.records.sqlite import SqliteStore
from consent.records.sqlite_ledger import SqliteLedger
from consent.records.verifying import verify
from tests.records.conftest import KEY, NOW

TABLES = (
    "consent_records",
    "consent_chains",
    "consent_register",
    "consent_tombstones",
    "consent_notices",
    "consent_counts",
)
AT = "2026-11-24T00:00:00.000000+00:00"
EDITS = 1_000


@pytest.fixture
def ledger(tmp_path, make):
    """Three chains, two notices, erased and purged records."""
    shown = [Notice.of(b'{"format":1}'), Notice.of(b'{"format":1,"language":"uk"}')]
    for writer in range(3):
        store = SqliteStore(tmp_path / "consent.db", KEY)

        async def keep(store=store, writer=writer):
            for number in range(writer * 12, writer * 12 + 12):
                notice = shown[number % 2]
                await store.append(make(number, notice=notice.hash, receipt=f"receipt-{number % 5}"), notice)

        asyncio.run(keep())
        store.close()
    with closing(SqliteLedger(tmp_path / "consent.db", KEY)) as opened:
        opened.purge(make(5).at, key=KEY, at=AT)
        opened.erase("receipt-3", key=KEY, at=AT)
        opened._connection.execute("DROP TRIGGER consent_records_stand")  # whoever can write can do so
        yield opened


def contents(connection):
    return {table: sorted(map(repr, connection.execute(f"SELECT * FROM {table}"))) for table in TABLES}


def findings(ledger, **given):
    return [str(one) for one in verify(ledger, [KEY], **given)]


def edit(connection, chance):
    """One edit of one table: a value, a row away, a row more, two rows swapped."""
    table = chance.choice(TABLES)
    rows = connection.execute(
        f"SELECT rowid, * FROM {table}" if table != "consent_counts" else f"SELECT 0, * FROM {table}"
    ).fetchall()
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    row = chance.choice(rows)
    at = " AND ".join(f"{name} IS ?" for name in columns)
    kind = chance.choice(["value", "value", "value", "delete", "insert", "swap"])
    if kind == "value":
        place = chance.randrange(len(columns))
        connection.execute(
            f"UPDATE {table} SET {columns[place]} = ? WHERE {at}", (altered(row[place + 1], chance), *row[1:])
        )
    elif kind == "delete":
        connection.execute(f"DELETE FROM {table} WHERE {at}", row[1:])
    elif kind == "insert":
        values = [altered(value, chance) if chance.random() < 0.5 else value for value in row[1:]]
        connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", values)
    else:
        other = chance.choice(rows)
        place = chance.randrange(len(columns))
        name = columns[place]
        connection.execute(f"UPDATE {table} SET {name} = ? WHERE {at}", (other[place + 1], *row[1:]))
        left = " AND ".join(f"{column} IS ?" for column in columns)
        connection.execute(f"UPDATE {table} SET {name} = ? WHERE {left}", (row[place + 1], *other[1:]))


def altered(value, chance):
    if isinstance(value, int):
        return chance.choice([value + 1, value - 1, -value, 0, value + (1 << SHIFT), "many", None])
    if value is None:
        return chance.choice([0, 1, 30])
    if not value:
        return chance.choice(["x", "accept", "UA"]) if isinstance(value, str) else b"x"
    if chance.random() < 0.2:
        return type(value)()
    place = chance.randrange(len(value))
    if isinstance(value, bytes):
        return value[:place] + bytes([value[place] ^ 1 << chance.randrange(8)]) + value[place + 1 :]
    letter = chance.choice('0a1 ["é')
    return value[:place] + letter + value[place + chance.randrange(2) :]


def test_a_thousand_random_edits_are_all_found(ledger):
    assert findings(ledger) == []
    connection, chance, missed, made = ledger._connection, random.Random(20261128), [], 0
    before = contents(connection)
    while made < EDITS:
        connection.execute("BEGIN")
        try:
            edit(connection, chance)
        except sqlite3.IntegrityError:  # not even the table takes it
            connection.execute("ROLLBACK")
            continue
        after = contents(connection)
        if after != before:
            made += 1
            if not findings(ledger):
                missed.append(
                    {table: set(after[table]) ^ set(before[table]) for table in TABLES if after[table] != before[table]}
                )
        connection.execute("ROLLBACK")
    assert missed == []
    assert findings(ledger) == []


def one(ledger, statement, *values):
    """The findings after one statement, which is then taken back."""
    connection = ledger._connection
    connection.execute("BEGIN")
    assert connection.execute(statement, values).rowcount > 0
    found = findings(ledger)
    connection.execute("ROLLBACK")
    return found


def test_a_refusal_made_a_grant_is_named(ledger, make):
    found = one(ledger, "UPDATE consent_records SET event = 'grant' WHERE record_id = ?", make(20).record_id)
    assert found[0] == f"chain 2, record 9 ({make(20).record_id}): it is not what was written"
    assert all("counters" in line for line in found[1:])


def test_the_first_of_the_missing_is_named(ledger, make):
    found = one(ledger, "DELETE FROM consent_records WHERE record_id IN (?, ?)", make(15).record_id, make(16).record_id)
    assert found[0] == f"chain 2, record 6 ({make(17).record_id}): 2 before it are missing"


def test_an_end_cut_off_is_named(ledger):
    found = one(ledger, "DELETE FROM consent_records WHERE place > ?", 3 << SHIFT | 4)
    assert found[0].startswith("chain 3, record 6: 4 are missing before the tombstone of 10")


def test_an_erasure_that_nobody_made_is_found(ledger, make):
    forged = (2, 9, 9, "0" * 64, "erasure", AT, KEY.id, "0" * 64)
    connection = ledger._connection
    connection.execute("BEGIN")
    connection.execute("DELETE FROM consent_records WHERE record_id = ?", (make(20).record_id,))
    connection.execute("INSERT INTO consent_tombstones VALUES (?, ?, ?, ?, ?, ?, ?, ?)", forged)
    found = findings(ledger)
    connection.execute("ROLLBACK")
    assert found[0] == "chain 2, record 9: its tombstone was not made by us, or was changed"


def test_a_chain_taken_away_whole_is_found(ledger):
    connection = ledger._connection
    connection.execute("BEGIN")
    connection.execute("DELETE FROM consent_records WHERE place >= ?", (3 << SHIFT,))
    for table in ("consent_chains", "consent_tombstones", "consent_counts"):
        connection.execute(f"DELETE FROM {table} WHERE chain = 3")
    found = findings(ledger)
    connection.execute("ROLLBACK")
    assert found == ["chain 3, record 0: the register has 2 chains and was signed with 3"]


def test_a_store_put_back_to_an_earlier_copy_is_found_by_its_anchor(tmp_path, make):
    store = SqliteStore(tmp_path / "consent.db", KEY)

    def keep(*numbers):
        async def all_of_them():
            for number in numbers:
                await store.append(make(number))

        asyncio.run(all_of_them())

    keep(1, 2)
    store.close()
    earlier = store.path.read_bytes()
    keep(3, 4)
    store.close()
    with closing(SqliteLedger(store.path, KEY)) as ledger:
        anchor = json.loads(json.dumps(make_anchor(ledger.chains())))
        assert findings(ledger, anchor=anchor) == []
    store.path.write_bytes(earlier)
    with closing(SqliteLedger(store.path, KEY)) as ledger:
        assert findings(ledger) == []  # by itself it is whole
        assert findings(ledger, anchor=anchor) == [
            "chain 2, record 1: it had 2 records when the anchor was made and has 0: the store was put back"
        ]
    for spoilt in ({}, {"chains": "x"}, {"chains": [3]}):
        with closing(SqliteLedger(store.path, KEY)) as ledger:
            assert findings(ledger, anchor=spoilt) == ["chain 0, record 0: the anchor cannot be read"]


def test_erased_while_it_is_verified_is_no_finding(ledger, make):
    reading = verify(ledger, [KEY], progress=lambda _: erase_once(ledger))
    assert [str(found) for found in reading] == []


def erase_once(ledger, done=[]):  # noqa: B006 - remembers over calls
    if not done:
        done.append(True)
        assert ledger.erase("receipt-4", key=KEY, at=NOW.isoformat()) > 0


def test_a_store_that_is_written_to_is_verified_all_the_same(tmp_path, make):
    store = SqliteStore(tmp_path / "consent.db", KEY)
    numbers = iter(range(100_000))

    def keep(count):
        async def some():
            await asyncio.gather(*(store.append(make(next(numbers))) for _ in range(count)))

        asyncio.run(some())

    keep(1_500)
    with closing(SqliteLedger(store.path, KEY)) as ledger:
        assert findings(ledger, progress=lambda _: keep(3)) == []
    store.close()
