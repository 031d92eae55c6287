"""On a real PostgreSQL: what only it does. The contract of every store is in test_record_store.py."""

import asyncio
import os
import ssl
import subprocess
import sys
import textwrap
from contextlib import closing
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from consent.records.base import StoreError
from consent.records.opening import open_keeper, open_ledger
from consent.records.postgres import PostgresStore
from consent.records.postgres_faults import explained
from consent.records.postgres_ledger import PostgresLedger
from consent.records.verifying import verify
from tests.postgres import POOLER, pooler
from tests.records.conftest import KEY, NOW, SECRET

WRITER = textwrap.dedent(
    """
    import asyncio, os, sys
    from datetime import UTC, datetime, timedelta
    from consent.choices import Action
    from consent.records.base import Event, Record, Source
    from consent.records.chain import derive_key
    from consent.records.making import make_record_id
    from consent.records.postgres import PostgresStore

    async def main(url, count):
        store = PostgresStore(url, derive_key(b"0123456789abcdef0123456789abcdef"))
        async def one():
            now = datetime.now(UTC)
            await store.append(Record(
                record_id=make_record_id(now, os.urandom(10)), receipt="r", at=now, event=Event.GRANT,
                action=Action.ACCEPT, source=Source.BANNER, categories=(("analytics", True),), services=(),
                policy_version="v", language="en", host="example.org", expires_at=now + timedelta(days=1),
            ))
        for _ in range(count // 20):
            await asyncio.gather(*(one() for _ in range(20)))
        store.close()

    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
    """
)


@pytest.fixture
def url(postgres):
    with postgres.database() as made:
        yield made


@pytest.fixture
def store(url):
    made = PostgresStore(url, KEY)
    yield made
    made.close()


def append(store, *records):
    async def keep():
        await asyncio.gather(*(store.append(record) for record in records))

    asyncio.run(keep())


def ask(url, *statements):
    async def run():
        connection = await asyncpg.connect(url)
        try:
            return [await connection.fetch(statement) for statement in statements]
        finally:
            await connection.close()

    return asyncio.run(run())


def findings(url):
    with closing(PostgresLedger(url)) as ledger:
        return [str(found) for found in verify(ledger, [KEY])]


def test_several_processes_that_start_at_once_share_one_database(url, store, make):
    command = [sys.executable, "-c", WRITER, url, "200"]
    writers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    append(store, *(make(number) for number in range(50)))
    assert [(writer.communicate(timeout=60)[1], writer.returncode) for writer in writers] == [("", 0)] * 3
    store.close()
    with closing(PostgresLedger(url)) as ledger:
        assert sorted(chain.length for chain in ledger.chains()) == [50, 200, 200, 200]
    assert findings(url) == []


def test_two_hundred_at_once_are_few_commits(store, make):
    append(store, make(1_000))
    before = store._writer._thread.written
    append(store, *(make(number) for number in range(200)))
    assert 1 <= store._writer._thread.written - before < 50


def test_records_stand_in_a_partition_for_each_month(url, store, make):
    append(
        store,
        make(1),
        make(2, at=NOW - timedelta(days=400)),
        make(3, at=datetime(2026, 12, 31, 23, 59, 59, 999_999, UTC)),
    )
    (found,) = ask(url, "SELECT tableoid::regclass::text AS name, count(*) FROM consent_records GROUP BY 1 ORDER BY 1")
    assert [(one["name"], one["count"]) for one in found] == [
        ("consent_records_2025_10", 1),
        ("consent_records_2026_11", 1),
        ("consent_records_2026_12", 1),
    ]
    assert findings(url) == []


def test_a_commit_waits_for_the_disk_where_the_owner_switched_that_off_and_else_as_the_owner_has_it(url, make):
    name = url.rpartition("/")[2]
    seen = []
    for number, chosen in enumerate(("off", "local", "remote_apply")):
        ask(url, f"ALTER DATABASE {name} SET synchronous_commit = {chosen}")
        store = PostgresStore(url, KEY)
        append(store, make(number))
        if not number:
            ask(
                url,
                "CREATE TABLE seen (setting text)",
                """CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$""",
                "CREATE TRIGGER see BEFORE INSERT ON consent_records FOR EACH ROW EXECUTE FUNCTION see()",
            )
            append(store, make(100))
        store.close()
        seen += [row["setting"] for row in ask(url, "DELETE FROM seen RETURNING setting")[0]]
    assert seen == ["on", "local", "remote_apply"]


@pytest.mark.skipif(POOLER is None, reason="no PgBouncer: install the package pgbouncer")
def test_records_go_through_a_pooler_of_sessions(postgres, url, make):
    with pooler(postgres) as address:
        store = PostgresStore(f"postgresql://consent@{address}/{url.rpartition('/')[2]}", KEY)
        append(store, *(make(number) for number in range(200)))
        store.close()
        assert findings(store.url) == []
    assert ask(url, "SELECT count(*) FROM consent_records")[0][0][0] == 200


def test_a_record_cannot_be_changed(url, store, make):
    append(store, make(1))
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        ask(url, "UPDATE consent_records SET event = 'grant'")


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE consent_records SET event = 'grant' WHERE receipt = 'receipt-2'", "record 3 ({}): it is not what was written"),
        ("UPDATE consent_records SET at = at + interval '1 microsecond' WHERE receipt = 'receipt-2'", "record 3 ({}): it is not"),
        ("UPDATE consent_records SET gpc = true WHERE receipt = 'receipt-2'", "record 3 ({}): it is not"),
        ("DELETE FROM consent_records WHERE receipt = 'receipt-1'", "record 3 ({}): 1 before it are missing"),
        ("DELETE FROM consent_records WHERE receipt > 'receipt-2'", "record 4: the end is cut off: 3 of 5 records"),
        ("UPDATE consent_counts SET count = count + 1 WHERE facet = 'all'", "its counters are not"),
        ("UPDATE consent_chains SET length = 4", "the signature of its head is wrong"),
        ("DELETE FROM consent_register", "the head of the register is missing"),
    ],
)  # fmt: skip
def test_tampering_is_found(url, store, make, statement, told):
    async def keep():
        for number in range(5):
            await store.append(make(number))

    asyncio.run(keep())
    store.close()
    assert findings(url) == []
    ask(url, "ALTER TABLE consent_records DISABLE TRIGGER ALL", statement)
    assert told.format(make(2).record_id) in "\n".join(findings(url))


def refused(url):
    with pytest.raises(StoreError) as by_command:
        open_ledger(url, [SECRET])
    store = PostgresStore(url, KEY)
    with pytest.raises(StoreError) as by_server:
        append(store, _record())
    store.close()
    assert by_command.value.code == by_server.value.code
    assert by_command.value.remedy
    assert "s3cret" not in f"{by_command.value}{by_server.value}"
    return by_command.value.code, str(by_command.value)


def _record():
    from tests.records.conftest import make  # noqa: PLC0415 - a fixture, called by itself

    return make.__wrapped__()(1)


def test_an_unknown_database_is_said_to_be(url):
    code, told = refused(url.rpartition("/")[0] + "/nowhere")
    assert (code, "there is no such database" in told) == ("consent.E070", True)


def test_a_server_that_is_not_there_is_said_to_be():
    code, told = refused("postgresql://me:s3cret@127.0.0.1:1/consent")
    assert (code, "does not answer" in told) == ("consent.E070", True)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("sslmode=nonsense", "`sslmode` parameter must be one of"),
        ("sslmode=require", "rejected SSL upgrade"),
        ("sslmode=verify-full&sslrootcert=/no/such.pem", "a file that it leads to cannot be used"),
        ("connect_timeout=3", 'unrecognized configuration parameter "connect_timeout". See what stands behind'),
    ],
)
def test_what_is_wrong_behind_the_question_mark_is_said(url, query, told):
    address = url.partition("@")[2]
    code, message = refused(f"postgresql://consent:s3cret@{address}?{query}")
    assert (code, told in message) == ("consent.E070", True), message


def test_a_certificate_that_is_not_taken_is_said_to_be():
    refusal = explained(ssl.SSLCertVerificationError(1, "certificate verify failed"), "postgresql://db/x")
    assert ("sslrootcert" in refusal.remedy, "certificate verify failed" in refusal.message) == (True, True)


def test_a_pooler_of_transactions_is_said_to_be_one():
    lost = explained(asyncpg.InvalidSQLStatementNameError('prepared statement "s" does not exist'), "postgresql://db/x")
    assert (lost.code, "session pooling" in lost.remedy) == ("consent.E070", True)


def test_hosts_without_a_primary_are_said_to_have_none(postgres):
    if postgres.binaries is None:
        pytest.skip("this server is nobody's to make a standby of")
    url = f"{postgres.admin}?target_session_attrs=standby"
    code, told = refused(url)
    assert (code, "target_session_attrs" in told) == ("consent.E070", True)


def test_a_url_that_is_none_is_said_to_be():
    assert refused("postgresql://me:s3cret@127.0.0.1:many/consent")[0] == "consent.E070"


def test_a_database_of_a_later_version_is_left_as_it_is(url, store, make):
    append(store, make(1))
    store.close()
    ask(url, "INSERT INTO consent_migrations (version) VALUES (99)")
    assert refused(url)[0] == "consent.E071"
    assert ask(url, "SELECT count(*) FROM consent_records")[0][0][0] == 1


def test_a_user_who_may_not_write_is_said_so(url, postgres):
    ask(url, f"CREATE ROLE reader_{os.getpid()} LOGIN", "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    try:
        assert refused(url.replace("consent@", f"reader_{os.getpid()}@"))[0] == "consent.E073"
    finally:
        ask(url, f"DROP ROLE reader_{os.getpid()}")


def test_a_server_stopped_and_started_under_load_loses_nothing_and_keeps_the_order(postgres, url, tmp_path, make):
    if postgres.binaries is None:
        pytest.skip("a server that was not started here is not stopped")
    keeper = open_keeper(url, [SECRET], tmp_path / "spool")
    acknowledged = []

    async def visitor(name):
        for number in range(30):
            record = make(number * 10 + name, receipt=f"visitor-{name}")
            started = asyncio.get_running_loop().time()
            await keeper.append(record)
            assert asyncio.get_running_loop().time() - started < 15  # the limit is 2; a test's machine is shared
            acknowledged.append(record.record_id)
            await asyncio.sleep(0.05)

    async def outage():
        await asyncio.sleep(0.5)
        await asyncio.to_thread(postgres.stop)
        await asyncio.sleep(1)
        await asyncio.to_thread(postgres.start)

    async def load():
        await asyncio.gather(outage(), *(visitor(name) for name in range(10)))
        for _ in range(100):
            if await keeper.drain() and not keeper.spool.waiting():
                return
            await asyncio.sleep(0.1)

    asyncio.run(load())
    keeper.close()
    assert len(acknowledged) == 300
    with closing(PostgresLedger(url)) as ledger:
        chains = [[one.row for one in ledger.sealed(chain.chain)] for chain in ledger.chains()]
    order = [row["record_id"] for rows in chains for row in rows]
    assert sorted(order) == sorted(acknowledged)
    for name in range(10):
        mine = [row["record_id"] for rows in chains for row in rows if row["receipt"] == f"visitor-{name}"]
        assert mine == sorted(mine)
    assert findings(url) == []
