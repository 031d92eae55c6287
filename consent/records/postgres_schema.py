"""The tables in PostgreSQL, as numbered steps that are never edited once released; new ones are added at the end.

Records stand in one partition a month (by ``at``), made when the first record of a month comes, and the next month's
with it. Texts compare by their bytes (``COLLATE "C"``), so that an order is the same on every server.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, Protocol

from consent.records.base import StoreError
from consent.records.chain import Chain, ChainKey, Register
from consent.records.rows import COLUMNS, Row, moment_text
from consent.records.sealing import Group, begin_chain
from consent.records.sql_ledger import SHIFT

LOCK = 0x636F6E73656E74
"""Of advisory locks: whoever changes tables or the register has it alone; writers of records share it."""

_TEXTS = ", ".join(
    f'{name} text COLLATE "C" NOT NULL' for name in COLUMNS if name not in {"at", "expires_at", "gpc", "waited"}
)
_FIRST = (
    f"""
    CREATE TABLE consent_records (
        place bigint NOT NULL, mac bytea NOT NULL, {_TEXTS}, at timestamptz NOT NULL, expires_at timestamptz NOT NULL,
        gpc boolean, waited integer, PRIMARY KEY (record_id, at)
    ) PARTITION BY RANGE (at)
    """,
    "CREATE INDEX consent_records_place ON consent_records (place)",
    "CREATE INDEX consent_records_receipt ON consent_records (receipt)",
    'CREATE TABLE consent_notices (hash text COLLATE "C" PRIMARY KEY, content bytea NOT NULL)',
    """
    CREATE TABLE consent_chains (
        chain bigint PRIMARY KEY, writer text NOT NULL, started_at text NOT NULL, key_id text NOT NULL,
        format integer NOT NULL, link text NOT NULL, length bigint NOT NULL, head text NOT NULL, seal text NOT NULL
    ) WITH (fillfactor = 50)
    """,
    """
    CREATE TABLE consent_register (
        one integer PRIMARY KEY CHECK (one = 1), chains bigint NOT NULL, link text NOT NULL, key_id text NOT NULL,
        seal text NOT NULL
    )
    """,
    """
    CREATE TABLE consent_tombstones (
        chain bigint NOT NULL, first bigint NOT NULL, last bigint NOT NULL, mac text NOT NULL, reason text NOT NULL,
        at text NOT NULL, key_id text NOT NULL, seal text NOT NULL, PRIMARY KEY (chain, first)
    )
    """,
    """
    CREATE TABLE consent_counts (
        day text COLLATE "C" NOT NULL, facet text COLLATE "C" NOT NULL, value text COLLATE "C" NOT NULL,
        event text COLLATE "C" NOT NULL, chain bigint NOT NULL, count bigint NOT NULL,
        PRIMARY KEY (day, facet, value, event, chain)
    ) WITH (fillfactor = 50)
    """,
    # A record is proof: it may go when its time is over, but it never becomes another one.
    """
    CREATE FUNCTION consent_records_stand() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'consent records are append-only'; END $$
    """,
    """
    CREATE TRIGGER consent_records_stand BEFORE UPDATE ON consent_records
    FOR EACH ROW EXECUTE FUNCTION consent_records_stand()
    """,
)
MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST,)
"""Step N brings the database from version N-1 to version N."""

_TYPED = ("at", "expires_at", "gpc")
"""Columns that PostgreSQL has otherwise than a row of ours."""
_UNTYPED = tuple(name for name in COLUMNS if name not in _TYPED)
_untyped = itemgetter(*_UNTYPED)
_COUNT_AND_SIGN = """
    WITH signed AS (UPDATE consent_chains SET length = $7, head = $8, seal = $9 WHERE chain = $5)
    INSERT INTO consent_counts (day, facet, value, event, chain, count)
    SELECT day, facet, value, event, $5, count
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $6::bigint[]) AS new (day, facet, value, event, count)
    ON CONFLICT (day, facet, value, event, chain) DO UPDATE SET count = consent_counts.count + excluded.count
"""


class Connection(Protocol):
    """What is used of asyncpg's, which bears no types."""

    def transaction(self) -> AbstractAsyncContextManager[object]: ...

    async def execute(self, query: str, *args: object) -> str: ...

    # ``Any``: a column's type is the database's word.
    async def fetch(self, query: str, *args: object) -> Sequence[Any]: ...

    async def fetchrow(self, query: str, *args: object) -> Any: ...  # noqa: ANN401 - see above

    async def fetchval(self, query: str, *args: object) -> Any: ...  # noqa: ANN401 - see above

    async def copy_records_to_table(
        self, table_name: str, *, records: Iterable[Sequence[object]], columns: Sequence[str]
    ) -> str: ...


async def migrate(connection: Connection) -> None:
    """Bring the database to the newest version; who comes second waits and finds it done. StoreError if it is newer."""
    if await check_version(connection) == len(MIGRATIONS):
        return
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS consent_migrations"
            " (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        version = await check_version(connection)
        for number, statements in enumerate(MIGRATIONS[version:], start=version + 1):
            for statement in statements:
                await connection.execute(statement)
            await connection.execute("INSERT INTO consent_migrations (version) VALUES ($1)", number)


async def check_version(connection: Connection) -> int:
    """0: a database without our tables. StoreError for one of a later version: its rules are not known here."""
    if await connection.fetchval("SELECT to_regclass('consent_migrations')") is None:
        return 0
    version = int(await connection.fetchval("SELECT coalesce(max(version), 0) FROM consent_migrations"))
    if version > len(MIGRATIONS):
        raise StoreError(
            f"these records have schema {version}, and this version of the package knows {len(MIGRATIONS)}",
            code="consent.E071",
            remedy="Update asgi-consent; nothing was changed",
        )
    return version


async def begin(connection: Connection, key: ChainKey, writer: str) -> Chain:
    """Put a new chain into the register; within the caller's transaction."""
    await connection.execute("SELECT pg_advisory_xact_lock($1, 1)", LOCK & 0x7FFFFFFF)
    found = await connection.fetchrow("SELECT chains, link, key_id, seal FROM consent_register")
    before = Register(**dict(found)) if found else None
    chain, register = begin_chain(key, before, writer=writer, started_at=moment_text(datetime.now(UTC)))
    await connection.execute(
        "INSERT INTO consent_chains VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)",
        *(chain.chain, chain.writer, chain.started_at, chain.key_id, chain.format, chain.link, chain.head, chain.seal),
    )
    await connection.execute(
        "INSERT INTO consent_register VALUES (1, $1, $2, $3, $4)"
        " ON CONFLICT (one) DO UPDATE SET chains = $1, link = $2, key_id = $3, seal = $4",
        *(register.chains, register.link, register.key_id, register.seal),
    )
    return chain


async def keep(connection: Connection, group: Group) -> None:
    """Write a sealed group; within the caller's transaction."""
    chain = group.chain
    first = chain.chain << SHIFT
    await connection.copy_records_to_table(
        "consent_records",
        columns=["place", "mac", *_TYPED, *_UNTYPED],
        records=[
            (first | one.number, bytes.fromhex(one.mac), *_typed(one.row), *_untyped(one.row)) for one in group.records
        ],
    )
    # In one order for all: two that add to the same counters must not wait for each other in a circle.
    keys = sorted(group.counts)
    columns = [[key[place] for key in keys] for place in range(4)]
    counted = (*columns, chain.chain, [group.counts[key] for key in keys])
    # One way to the server and back for both: each is waited for by everybody in the group.
    await connection.execute(_COUNT_AND_SIGN, *counted, chain.length, chain.head, chain.seal)


async def make_partitions(connection: Connection, months: Iterable[tuple[int, int]]) -> None:
    """The partitions of these months, and of those that follow them."""
    wanted = sorted({*months, *map(_next, months)})
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        for year, month in wanted:
            later = _next((year, month))
            await connection.execute(
                f"CREATE TABLE IF NOT EXISTS consent_records_{year:04}_{month:02} PARTITION OF consent_records"
                f" FOR VALUES FROM ('{year:04}-{month:02}-01 00:00+00') TO ('{later[0]:04}-{later[1]:02}-01 00:00+00')"
            )


def month_of(row: Row) -> tuple[int, int]:
    """Of ``at``, which is UTC."""
    text = str(row["at"])
    return int(text[:4]), int(text[5:7])


def _typed(row: Row) -> tuple[datetime, datetime, bool | None]:
    """The values of ``_TYPED``."""
    gpc = row["gpc"]
    at, expires_at = datetime.fromisoformat(str(row["at"])), datetime.fromisoformat(str(row["expires_at"]))
    return at, expires_at, None if gpc is None else bool(gpc)


def _next(month: tuple[int, int]) -> tuple[int, int]:
    year, number = month
    return (year, number + 1) if number < 12 else (year + 1, 1)
