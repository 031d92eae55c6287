"""Records as servers are run: a worker process for each processor, all with one store, the visitors divided among them.

The second half of ``make bench-records``. What is measured and how is said in ``records``; the plain way runs in just
as many processes. All begin at once, and what is told is of all together. Ratios are taken within one run.
"""

import asyncio
import functools
import multiprocessing
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path

from tests.bench import records
from tests.postgres import Server, server

WORKERS = os.cpu_count() or 1
PATIENCE = 120
"""Seconds that a worker waits for the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What each worker is told."""

    url: str
    plain: Callable[[], object] | None
    """Makes the store of the plain way; None for ours."""
    visitors: int
    seconds: float


def measure(name: str, url: str, plain: Callable[[], object] | None = None) -> dict[str, object]:
    """The 200 visitors of the closed loop, divided among the workers."""
    if plain is not None:
        _make_tables(plain)
    shift = Shift(url=url, plain=plain, visitors=records.VISITORS // WORKERS, seconds=records.SECONDS)
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(WORKERS)
    answers: multiprocessing.Queue[tuple[float, float, list[float]]] = context.Queue()
    workers = [context.Process(target=_work, args=(shift, ready, answers), daemon=True) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    measured = [answers.get(timeout=PATIENCE) for _ in workers]
    for worker in workers:
        worker.join(timeout=PATIENCE)
        assert worker.exitcode == 0
    took = sorted(one for _, _, times in measured for one in times)
    lasted = max(ended for _, ended, _ in measured) - min(started for started, _, _ in measured)
    return records.told(f"{name}, {WORKERS} workers", len(took) / lasted, took)


def _make_tables(plain: Callable[[], object]) -> None:
    """With the first record, before several try at once."""
    store = plain()

    async def run() -> None:
        await store.append(records.make_record())
        if hasattr(store, "end"):
            await store.end()

    asyncio.run(run())
    store.close()


def _work(shift: Shift, ready: Barrier, answers: "multiprocessing.Queue[tuple[float, float, list[float]]]") -> None:
    os.environ["CONSENT_SECRET"] = records.SECRET
    app = records.endpoint(shift.url)
    if shift.plain is not None:
        app.site.keeper.store = shift.plain()
    app.site.keeper.deadlines.seconds = 60  # the plain way is waited for, too
    store = app.site.keeper.store

    async def run() -> tuple[float, float, list[float]]:
        visit = records.choosing(app)
        await asyncio.gather(*(visit() for _ in range(shift.visitors)))  # opened, and warm
        await asyncio.to_thread(ready.wait, PATIENCE)
        started = time.monotonic()  # of the machine: the same for all workers
        _, took = await records.drive(visit, shift.seconds, visitors=shift.visitors)
        ended = time.monotonic()
        if hasattr(store, "end"):
            await store.end()
        return started, ended, took

    measured = asyncio.run(run())
    assert not app.site.keeper.spool.waiting()
    app.site.keeper.close()
    answers.put(measured)


def measure_sqlite(path: Path) -> dict[str, float]:
    """Ratios by their names."""

    def against(way: str, *, wal: bool) -> float:
        plain = functools.partial(records.CommitEach, path / f"{wal}.db", wal=wal)
        return measure(f"SQLite: endpoint, {way}", f"sqlite:///{path}/beside-{wal}.db", plain)["rate"]

    plain = {
        records.AS_IT_COMES: against(records.AS_IT_COMES, wal=False),
        records.TUNED: against(records.TUNED, wal=True),
    }
    ours = measure("SQLite: endpoint, ours", f"sqlite:///{path}/ours.db")["rate"]
    return {f"SQLite: endpoint, ours : {way}": ours / rate for way, rate in plain.items()}


def measure_postgres(running: Server) -> dict[str, float]:
    """As ``measure_sqlite``."""

    def against(way: str) -> float:
        with running.database() as url:
            plain = functools.partial(records.TransactionEach, url, records.PLAIN[way])
            return measure(f"PostgreSQL: endpoint, {way}", url, plain)["rate"]

    plain = {way: against(way) for way in records.PLAIN}
    with running.database() as url:
        ours = measure("PostgreSQL: endpoint, ours", url)["rate"]
    return {f"PostgreSQL: endpoint, ours : {way}": ours / rate for way, rate in plain.items()}


def main() -> int:
    os.environ["CONSENT_SECRET"] = records.SECRET
    with records.folder() as path:
        ratios = measure_sqlite(path)
    with server() as running, records.folder() as path:
        if isinstance(running, str):
            print(f"PostgreSQL was not measured: {running}")
        else:
            os.chdir(path)  # the spool's place
            ratios |= measure_postgres(running)
    for name, ratio in ratios.items():
        print(f"{name}, {WORKERS} workers".ljust(92) + f"{ratio:6.1f} times")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
