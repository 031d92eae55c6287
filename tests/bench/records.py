"""What records cost: ``make bench-records``. Ratios are taken within one run, on one disk.

Closed loop: 200 visitors who choose, wait for the answer, and choose again without a pause. Open loop: visitors who
come at random moments, so many a second, and choose once; time counts from their moment, not from when there was room.
"""

import asyncio
import itertools
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from consent import ConsentMiddleware, Settings
from consent.choices import Action
from consent.records import rows
from consent.records.base import Event, Record, Source
from consent.records.chain import ChainKey, derive_key
from consent.records.making import make_record_id
from consent.records.sqlite import SqliteStore
from tests.postgres import Server, server

VISITORS = 200
SECONDS = float(os.environ.get("CONSENT_BENCH_SECONDS", "4"))
SECRET = "a key for measuring alone: nothing else"
HEADERS = [
    (b"host", b"example.org"), (b"content-type", b"application/json"), (b"sec-fetch-site", b"same-origin"),
    (b"accept-language", b"en"), (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
]  # fmt: skip
BODY = b'{"action": "accept", "lang": "en", "waited": %d}'


def make_record() -> Record:
    now = datetime.now(UTC)
    categories = tuple((key, True) for key in ("functional", "analytics", "advertising", "social", "media"))
    return Record(
        record_id=make_record_id(now, os.urandom(10)), receipt=os.urandom(8).hex(), at=now, event=Event.GRANT,
        action=Action.ACCEPT, source=Source.BANNER, categories=categories, services=(("youtube", True),),
        policy_version="0123456789", language="en", host="example.org", browser="gecko",
        expires_at=now + timedelta(days=180),
    )  # fmt: skip


class CommitEach:
    """The plain way: a connection, and one commit for each record.

    SQLite as it comes has a rollback journal and ``synchronous = FULL``; ``wal``: tuned, as ours is.
    """

    def __init__(self, path: Path, *, wal: bool) -> None:
        self._connection = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
        if wal:
            self._connection.execute("PRAGMA journal_mode = WAL")
        assert self._connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        columns = ", ".join(rows.COLUMNS)
        self._connection.execute(f"CREATE TABLE IF NOT EXISTS records ({columns}, PRIMARY KEY (record_id))")
        self._connection.execute("CREATE INDEX IF NOT EXISTS receipts ON records (receipt)")
        self._insert = f"INSERT INTO records VALUES ({', '.join(':' + name for name in rows.COLUMNS)})"
        self._lock = asyncio.Lock()

    async def append(self, record: Record, notice: object = None) -> None:
        async with self._lock:
            await asyncio.to_thread(self._connection.execute, self._insert, rows.to_row(record))

    async def of_receipt(self, receipt: str) -> tuple[Record, ...]:
        raise NotImplementedError

    def close(self) -> None:
        self._connection.close()


class TransactionEach:
    """The plain way in PostgreSQL: one transaction for each record, on one connection or on a pool of several."""

    def __init__(self, url: str, connections: int) -> None:
        self._url, self._connections, self._pool, self._lock = url, connections, None, asyncio.Lock()

    async def append(self, record: Record, notice: object = None) -> None:
        import asyncpg  # noqa: PLC0415 - where PostgreSQL is measured

        async with self._lock:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._url, min_size=self._connections, max_size=self._connections
                )
                columns = ", ".join(f"{name} text" for name in rows.COLUMNS)
                await self._pool.execute(f"CREATE TABLE IF NOT EXISTS records ({columns}, PRIMARY KEY (record_id))")
                await self._pool.execute("CREATE INDEX IF NOT EXISTS receipts ON records (receipt)")
        row = rows.to_row(record)
        values = [None if row[name] is None else str(row[name]) for name in rows.COLUMNS]
        places = ", ".join(f"${number + 1}" for number in range(len(values)))
        await self._pool.execute(f"INSERT INTO records VALUES ({places})", *values)

    async def end(self) -> None:
        if self._pool is not None:
            await self._pool.close()

    def close(self) -> None:
        pass


async def drive(
    visit: Callable[[], Awaitable[None]], seconds: float = SECONDS, *, visitors: int = VISITORS
) -> tuple[float, list[float]]:
    """Visits a second, and how long each took, with all visitors at once."""
    took: list[float] = []
    await asyncio.gather(*(visit() for _ in range(visitors)))  # opened, and warm
    ends = time.perf_counter() + seconds

    async def visitor() -> None:
        while (started := time.perf_counter()) < ends:
            await visit()
            took.append(time.perf_counter() - started)

    started = time.perf_counter()
    await asyncio.gather(*(visitor() for _ in range(visitors)))
    return len(took) / (time.perf_counter() - started), sorted(took)


async def arrive(visit: Callable[[], Awaitable[None]], rate: int, seconds: float = SECONDS) -> list[float]:
    """How long each of ``rate`` visitors a second had to wait, who came when they liked."""
    took: list[float] = []
    chance = random.Random(1)
    await asyncio.gather(*(visit() for _ in range(20)))  # opened, and warm
    started = time.perf_counter()

    async def one(came: float) -> None:
        await visit()
        took.append(time.perf_counter() - came)

    visits = []
    for moment in sorted(chance.uniform(0, seconds) for _ in range(int(rate * seconds))):
        if (early := started + moment - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        visits.append(asyncio.create_task(one(started + moment)))
    await asyncio.gather(*visits)
    return sorted(took)


def endpoint(url: str) -> ConsentMiddleware:
    async def app(_scope, _receive, _send):
        raise AssertionError("the app is not asked")

    settings = Settings.from_mapping(
        {
            "site": {"name": "Measured", "languages": ["en"], "services": ["youtube"]},
            "records": {"url": url, "rate": 1_000_000},
        }
    )
    made = ConsentMiddleware(app, settings=settings)
    made.site.keeper.housekeeper = None
    return made


def choosing(app: ConsentMiddleware) -> Callable[[], Awaitable[None]]:
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/consent",
        "scheme": "https",
        "query_string": b"",
        "headers": HEADERS,
    }

    addresses = itertools.cycle([f"5.6.{number // 100}.{number % 100 + 1}" for number in range(VISITORS)])
    waits = itertools.cycle(range(1, 60, 7))

    async def visit() -> None:
        statuses: list[int] = []

        body = BODY % next(waits)

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        await app(dict(scope, client=(next(addresses), 4321)), receive, send)
        assert statuses == [200]

    return visit


def told(name: str, rate: float, took: list[float]) -> dict[str, object]:
    p50, p99 = (1_000 * took[int(len(took) * part)] for part in (0.5, 0.99))
    print(f"{name:<64}{rate:>8,.0f} /s   p50 {p50:6.1f} ms   p99 {p99:6.1f} ms", flush=True)
    return {"name": name, "rate": rate, "p50": p50, "p99": p99}


@contextmanager
def folder():
    with tempfile.TemporaryDirectory(dir=os.environ.get("CONSENT_BENCH_FOLDER")) as name:
        yield Path(name)


def measure_store(name: str, make: Callable[[], object]) -> dict[str, object]:
    store = make()

    async def run():
        measured = await drive(lambda: store.append(make_record()))
        if hasattr(store, "end"):
            await store.end()
        return measured

    rate, took = asyncio.run(run())
    store.close()
    return told(name, rate, took)


def measure_endpoint(
    name: str, url: str, replaced: Callable[[], object] | None = None, *, arrivals: int = 0
) -> dict[str, object]:
    """``arrivals`` a second in an open loop; without, the 200 of the closed loop."""
    app = endpoint(url)
    if replaced:
        app.site.keeper.store = replaced()
    app.site.keeper.deadlines.seconds = 60  # the plain way is waited for, too
    store = app.site.keeper.store

    async def run():
        visit = choosing(app)
        measured = (float(arrivals), await arrive(visit, arrivals)) if arrivals else await drive(visit)
        if hasattr(store, "end"):
            await store.end()
        return measured

    rate, took = asyncio.run(run())
    assert not app.site.keeper.spool.waiting()
    app.site.keeper.close()
    return told(name, rate, took)


AS_IT_COMES = "a commit each, SQLite as it comes (rollback journal)"
TUNED = "a commit each, tuned (WAL)"
PLAIN = {"a transaction each, one connection": 1, "a transaction each, pool of ten": 10}
"""The plain ways in PostgreSQL, and how many connections each has."""
ARRIVALS = (200, 1_000)


def measure_sqlite(path: Path, key: ChainKey) -> dict[str, float]:
    """Ratios by their names."""
    numbers = itertools.count()

    def new() -> Path:
        return path / f"{next(numbers)}.db"

    def url() -> str:
        return f"sqlite:///{new()}"

    plain = {AS_IT_COMES: lambda: CommitEach(new(), wal=False), TUNED: lambda: CommitEach(new(), wal=True)}
    stores = {way: measure_store(f"SQLite: store, {way}", make) for way, make in plain.items()}
    ours = measure_store("SQLite: store, ours", lambda: SqliteStore(new(), key))
    endpoints = {way: measure_endpoint(f"SQLite: endpoint, {way}", url(), make) for way, make in plain.items()}
    through = measure_endpoint("SQLite: endpoint, ours", url())
    for rate in ARRIVALS:
        measure_endpoint(f"SQLite: endpoint, ours, {rate:,} arrivals a second", url(), arrivals=rate)
    measure_endpoint(f"SQLite: endpoint, {AS_IT_COMES}, 200 a second", url(), plain[AS_IT_COMES], arrivals=200)
    return {f"SQLite: store, ours : {way}": ours["rate"] / one["rate"] for way, one in stores.items()} | {
        f"SQLite: endpoint, ours : {way}": through["rate"] / one["rate"] for way, one in endpoints.items()
    }


def measure_postgres(running: Server, key: ChainKey) -> dict[str, float]:
    """As ``measure_sqlite``."""
    from consent.records.postgres import PostgresStore  # noqa: PLC0415 - where there is a server

    def against(way: str) -> tuple[float, float]:
        with running.database() as url:
            store = measure_store(f"PostgreSQL: store, {way}", lambda: TransactionEach(url, PLAIN[way]))
            endpoint = measure_endpoint(f"PostgreSQL: endpoint, {way}", url, lambda: TransactionEach(url, PLAIN[way]))
        return store["rate"], endpoint["rate"]

    plain = {way: against(way) for way in PLAIN}
    with running.database() as url:
        ours = measure_store("PostgreSQL: store, ours", lambda: PostgresStore(url, key))
    with running.database() as url:
        through = measure_endpoint("PostgreSQL: endpoint, ours", url)
        for rate in ARRIVALS:
            measure_endpoint(f"PostgreSQL: endpoint, ours, {rate:,} arrivals a second", url, arrivals=rate)
    return {f"PostgreSQL: store, ours : {way}": ours["rate"] / store for way, (store, _) in plain.items()} | {
        f"PostgreSQL: endpoint, ours : {way}": through["rate"] / endpoint for way, (_, endpoint) in plain.items()
    }


def main() -> int:
    os.environ["CONSENT_SECRET"] = SECRET
    key = derive_key(SECRET.encode())
    with folder() as path:
        measure_endpoint("endpoint, records off", "off")
        ratios = measure_sqlite(path, key)
    with server() as running, folder() as path:
        if isinstance(running, str):
            print(f"PostgreSQL was not measured: {running}")
        else:
            os.chdir(path)  # the spool's place
            ratios |= measure_postgres(running, key)
    for name, ratio in ratios.items():
        print(f"{name:<92}{ratio:6.1f} times")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
