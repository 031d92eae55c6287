"""Records as servers are run: a worker process for each processor, all with one store, the visitors divided among them.

What is measured and how is said in ``records``; the plain way runs in just as many processes. All begin at once, and
what is told is of all together.
"""

import asyncio
import multiprocessing
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier

from tests.bench import records

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
    app.site.keeper._deadlines.seconds = 60  # the plain way is waited for, too
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
