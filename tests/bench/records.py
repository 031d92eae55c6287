"""What records cost: ``make bench-records``. Ratios are taken within one run, on one disk.

Each way is driven by the same 200 visitors who choose, wait for the answer, and choose again.
"""

import asyncio
import itertools
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from consent import ConsentMiddleware, Settings
from consent.choices import Action
from consent.records import rows
from consent.records.base import Event, Record, Source, make_record_id
from consent.records.chain import derive_key
from consent.records.sqlite import SqliteStore

VISITORS = 200
SECONDS = float(os.environ.get("CONSENT_BENCH_SECONDS", "4"))
SECRET = "a key for measuring alone, nothing else"
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
    """The plain way: a connection, and one commit for each record."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        columns = ", ".join(rows.COLUMNS)
        self._connection.execute(f"CREATE TABLE records ({columns}, PRIMARY KEY (record_id))")
        self._connection.execute("CREATE INDEX receipts ON records (receipt)")
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
    """The plain way in PostgreSQL: a pool of ten, one transaction for each record."""

    def __init__(self, url: str) -> None:
        self._url, self._pool, self._lock = url, None, asyncio.Lock()

    async def append(self, record: Record, notice: object = None) -> None:
        import asyncpg  # noqa: PLC0415 - where PostgreSQL is measured

        async with self._lock:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(self._url, min_size=10, max_size=10)
                columns = ", ".join(f"{name} text" for name in rows.COLUMNS)
                await self._pool.execute(f"CREATE TABLE records ({columns}, PRIMARY KEY (record_id))")
                await self._pool.execute("CREATE INDEX receipts ON records (receipt)")
        row = rows.to_row(record)
        values = [None if row[name] is None else str(row[name]) for name in rows.COLUMNS]
        places = ", ".join(f"${number + 1}" for number in range(len(values)))
        await self._pool.execute(f"INSERT INTO records VALUES ({places})", *values)

    async def end(self) -> None:
        if self._pool is not None:
            await self._pool.close()

    def close(self) -> None:
        pass


async def drive(visit: Callable[[], Awaitable[None]], seconds: float = SECONDS) -> tuple[float, list[float]]:
    """Visits a second, and how long each took, with all visitors at once."""
    took: list[float] = []
    await asyncio.gather(*(visit() for _ in range(VISITORS)))  # opened, and warm
    ends = time.perf_counter() + seconds

    async def visitor() -> None:
        while (started := time.perf_counter()) < ends:
            await visit()
            took.append(time.perf_counter() - started)

    started = time.perf_counter()
    await asyncio.gather(*(visitor() for _ in range(VISITORS)))
    return len(took) / (time.perf_counter() - started), sorted(took)


def endpoint(url: str) -> ConsentMiddleware:
    async def app(_scope, _receive, _send):
        raise AssertionError("the app is not asked")

    settings = Settings.from_mapping(
        {"site": {"name": "Measured", "languages": ["en"], "services": ["youtube"]}, "records": {"url": url, "rate": 1_000_000}}
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
    print(f"{name:<52}{rate:>10,.0f} /s   p50 {p50:6.1f} ms   p99 {p99:6.1f} ms")
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


def measure_endpoint(name: str, url: str, replaced: Callable[[], object] | None = None) -> dict[str, object]:
    app = endpoint(url)
    if replaced:
        app.site.keeper.store = replaced()
    app.site.keeper._limit = 60  # the plain way is waited for, too
    store = app.site.keeper.store

    async def run():
        measured = await drive(choosing(app))
        if hasattr(store, "end"):
            await store.end()
        return measured

    rate, took = asyncio.run(run())
    assert not app.site.keeper.spool.waiting()
    app.site.keeper.close()
    return told(name, rate, took)


def main() -> int:
    os.environ["CONSENT_SECRET"] = SECRET
    key = derive_key(SECRET.encode())
    results = []
    with folder() as path:
        results.append(measure_endpoint("endpoint, records off", "off"))
        results.append(measure_store("SQLite: store, a commit each", lambda: CommitEach(path / "plain.db")))
        results.append(measure_store("SQLite: store, ours", lambda: SqliteStore(path / "ours.db", key)))
        results.append(
            measure_endpoint(
                "SQLite: endpoint, a commit each", f"sqlite:///{path}/x.db", lambda: CommitEach(path / "plain2.db")
            )
        )
        results.append(measure_endpoint("SQLite: endpoint, ours", f"sqlite:///{path}/ours2.db"))
    try:
        from tests.postgres import server  # noqa: PLC0415
    except ImportError as error:
        print(f"PostgreSQL was not measured: {error}")
    else:
        from consent.records.postgres import PostgresStore  # noqa: PLC0415

        with server() as running, folder() as path:
            if isinstance(running, str):
                print(f"PostgreSQL was not measured: {running}")
            else:
                os.chdir(path)  # the spool's place
                with running.database() as url:
                    results.append(measure_store("PostgreSQL: store, a transaction each", lambda: TransactionEach(url)))
                    results.append(measure_store("PostgreSQL: store, ours", lambda: PostgresStore(url, key)))
                with running.database() as url:
                    results.append(
                        measure_endpoint("PostgreSQL: endpoint, a transaction each", url, lambda: TransactionEach(url))
                    )
                with running.database() as url:
                    results.append(measure_endpoint("PostgreSQL: endpoint, ours", url))
    rates = {one["name"]: one["rate"] for one in results}
    for ours, plain in (("ours", "a commit each"), ("ours", "a transaction each")):
        for kind in ("SQLite: store", "SQLite: endpoint", "PostgreSQL: store", "PostgreSQL: endpoint"):
            if f"{kind}, {plain}" in rates:
                print(f"{kind}: {rates[f'{kind}, {ours}'] / rates[f'{kind}, {plain}']:.1f} times {plain}")
    if "--json" in sys.argv:
        print(json.dumps(results))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
