"""Deadlines: whoever waits gives up in their own time, for one timer between all."""

import asyncio
import threading
import time

import pytest

from consent.records.deadlines import Deadlines


class CountingLoop(asyncio.SelectorEventLoop):
    """An event loop that knows how often a timer was set."""

    timers = 0

    def call_at(self, when, callback, *args, context=None):
        self.timers += 1
        return super().call_at(when, callback, *args, context=context)


async def wait(deadlines: Deadlines, seconds: float) -> str:
    try:
        with deadlines.next():
            await asyncio.sleep(seconds)
    except TimeoutError:
        return "given up"
    return "done"


def run(make, *, loop_factory=asyncio.SelectorEventLoop):
    loop = loop_factory()
    try:
        return loop.run_until_complete(make())
    finally:
        loop.close()


def test_who_waits_too_long_gives_up_and_the_others_do_not():
    deadlines = Deadlines(0.1)

    async def waiting():
        return await asyncio.gather(wait(deadlines, 30), wait(deadlines, 0), wait(deadlines, 30), wait(deadlines, 0.01))

    assert run(waiting) == ["given up", "done", "given up", "done"]


def test_everybody_has_their_own_time():
    deadlines = Deadlines(0.2)

    async def waiting():
        async def from_then(pause: float) -> float:
            await asyncio.sleep(pause)
            started = time.monotonic()
            assert await wait(deadlines, 30) == "given up"
            return time.monotonic() - started

        return await asyncio.gather(*(from_then(pause) for pause in (0, 0.05, 0.15)))

    assert all(0.19 <= took < 2 for took in run(waiting))


def test_a_thousand_who_wait_share_one_timer():
    deadlines, event = Deadlines(30), asyncio.Event()
    loop = CountingLoop()

    async def one() -> str:
        with deadlines.next():
            await event.wait()
        return "done"

    async def waiting():
        answers = asyncio.gather(*(one() for _ in range(1_000)))
        await asyncio.sleep(0)
        event.set()
        return await answers

    assert set(run(waiting, loop_factory=lambda: loop)) == {"done"}
    assert loop.timers == 1


def test_whoever_was_in_time_is_not_disturbed_later():
    deadlines = Deadlines(0.05)

    async def waiting():
        assert await wait(deadlines, 0) == "done"
        await asyncio.sleep(0.15)
        return await wait(deadlines, 0), await wait(deadlines, 30)

    assert run(waiting) == ("done", "given up")


def test_a_task_that_is_cancelled_is_cancelled():
    deadlines = Deadlines(30)

    async def waiting():
        task = asyncio.ensure_future(wait(deadlines, 30))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(waiting)


def test_an_error_within_is_the_callers():
    deadlines = Deadlines(30)

    async def failing():
        with deadlines.next():
            raise KeyError("its own")

    with pytest.raises(KeyError):
        run(failing)


def test_each_thread_waits_on_its_own_loop():
    deadlines, answers = Deadlines(0.1), []

    def in_thread() -> None:
        async def waiting():
            return await asyncio.gather(*(wait(deadlines, pause) for pause in (0, 30) * 20))

        answers.extend(run(waiting))

    threads = [threading.Thread(target=in_thread) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(answers) == ["done"] * 80 + ["given up"] * 80
