"""CPU time of this thread, best of several rounds: what other work on the machine cannot add to."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """No garbage collection between two looks at the clock."""
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def best(task: Callable[[], object], rounds: int) -> float:
    """Seconds of the fastest round."""
    return best_prepared(lambda: task, rounds)


def best_prepared(prepare: Callable[[], Callable[[], object]], rounds: int) -> float:
    """The same where each round has a task of its own, made outside the clock."""
    fastest = float("inf")
    with quiet():
        for _ in range(rounds):
            task = prepare()
            start = time.thread_time_ns()
            task()
            fastest = min(fastest, time.thread_time_ns() - start)
    return fastest / 1e9


def each(task: Callable[[], object], *, calls: int, rounds: int) -> float:
    """Seconds of one of many calls, the loop's own time taken off."""

    def many() -> None:
        for _ in repeated:
            task()

    def none() -> None:
        for _ in repeated:
            pass

    repeated = range(calls)
    return (best(many, rounds) - best(none, rounds)) / calls
