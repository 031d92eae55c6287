"""Records in PostgreSQL: one thread with a loop and a pool of its own, that groups what waits into one transaction.

An append returns after a COMMIT that waited for the disk, and for the standby where the server has a synchronous one:
who switched ``synchronous_commit`` off has it on here. Each process writes a chain of its own; after any
failure it begins another, because nobody knows how the last transaction ended. Callers may be on any event loop.
"""

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import closing

import asyncpg

from consent.records import groups
from consent.records.base import Notice, Record
from consent.records.chain import Chain, ChainKey
from consent.records.groups import Append, GroupWriter
from consent.records.ledger import Selection
from consent.records.postgres_faults import explained
from consent.records.postgres_ledger import PostgresLedger
from consent.records.postgres_schema import LOCK, Connection, begin, keep, make_partitions, migrate, month_of
from consent.records.rows import Row, from_row
from consent.records.sealing import seal_group

SECONDS = 1.5
"""How long a server is waited for; below the time a visitor is made to wait."""
CONNECTIONS = 2
_SETTINGS = {"application_name": "asgi-consent", "timezone": "UTC"}
_SHARE_LOCK = """
    SELECT pg_advisory_xact_lock_shared($1),
        set_config('synchronous_commit', coalesce(nullif(current_setting('synchronous_commit'), 'off'), 'on'), true)
"""
# Not among the settings of a connection: PgBouncer lets no connection in that has it there.


class PostgresStore:
    """A ``RecordStore`` in one database. Any number of processes and machines may use it."""

    def __init__(self, url: str, key: ChainKey) -> None:
        self.url = url
        self.key = key
        self._writer = GroupWriter(lambda: _Database(url, key))

    async def append(self, record: Record, notice: Notice | None = None) -> None:
        await self._writer.append(record, notice)

    async def of_receipt(self, receipt: str) -> Sequence[Record]:
        return await asyncio.to_thread(self._of_receipt, receipt)

    def _of_receipt(self, receipt: str) -> Sequence[Record]:
        with closing(PostgresLedger(self.url)) as ledger:
            return tuple(from_row(row) for row in ledger.rows(Selection(receipt=receipt)))

    def close(self) -> None:
        self._writer.close()


class _Database:
    """The database, as the one thread of this process that writes to it has it open."""

    def __init__(self, url: str, key: ChainKey) -> None:
        self._url = url
        self._key = key
        self._runner: asyncio.Runner | None = None
        self._pool: asyncpg.Pool | None = None
        self._chain: Chain | None = None
        self._months: set[tuple[int, int]] = set()

    def write(self, group: Sequence[Append]) -> None:
        self._runner = self._runner or asyncio.Runner()
        try:
            self._runner.run(self._commit(group))
        except Exception as error:
            raise explained(error, self._url) from error

    def close(self) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            runner.run(self._leave())
            runner.close()

    async def _commit(self, group: Sequence[Append]) -> None:
        pool = self._pool or await self._open()
        async with asyncio.timeout(SECONDS * 2), pool.acquire(timeout=SECONDS) as connection:
            try:
                await self._transact(connection, group, groups.distinct(group))
            except asyncpg.UniqueViolationError:  # some were kept before: they came again out of the spool
                kept = await _kept(connection, group)
                await self._transact(connection, group, groups.distinct(group, kept))

    async def _transact(self, connection: Connection, group: Sequence[Append], fresh: Sequence[Row]) -> None:
        if not fresh:
            return
        if missing := {month_of(row) for row in fresh} - self._months:
            await make_partitions(connection, missing)
            self._months |= missing
        async with connection.transaction():
            await connection.execute(_SHARE_LOCK, LOCK)
            chain = self._chain or await begin(connection, self._key, secrets.token_hex(8))
            await _keep_notices(connection, groups.notices(group))
            sealed = seal_group(self._key, chain, fresh)
            await keep(connection, sealed)
        self._chain = sealed.chain  # only now: what was rolled back was never there

    async def _open(self) -> asyncpg.Pool:
        self._pool = pool = await asyncpg.create_pool(
            self._url,
            min_size=1,
            max_size=CONNECTIONS,
            timeout=SECONDS,
            command_timeout=SECONDS * 2,
            server_settings=_SETTINGS,
        )
        async with pool.acquire() as connection:
            await migrate(connection)
        return pool

    async def _leave(self) -> None:
        pool, self._pool, self._chain = self._pool, None, None
        self._months.clear()
        if pool is not None:
            try:
                async with asyncio.timeout(SECONDS):
                    await pool.close()
            except Exception:  # noqa: BLE001 - a server that is gone says no goodbye
                pool.terminate()


async def _kept(connection: Connection, group: Sequence[Append]) -> frozenset[str]:
    names = [str(one.row["record_id"]) for one in group]
    found = await connection.fetch("SELECT record_id FROM consent_records WHERE record_id = ANY($1::text[])", names)
    return frozenset(one[0] for one in found)


async def _keep_notices(connection: Connection, shown: dict[str, Notice]) -> None:
    """Those that are not there: a look for each group costs less than sending what is there already."""
    found = await connection.fetch("SELECT hash FROM consent_notices WHERE hash = ANY($1::text[])", list(shown))
    for name in sorted(shown.keys() - {one[0] for one in found}):
        await connection.execute(
            "INSERT INTO consent_notices VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING", name, shown[name].content
        )
