"""How what pages cost grows that are made to cost much: four times the bytes, four times the time."""

from tests.bench.timing import best
from tests.html.growing import GROWING
from tests.html.judges import rewrite

SIZE = 50_000
GROWS = 4
BOUND = 8
"""Times the time that is still taken for linear: caches and a busy machine have their part."""


def factors(size: int = SIZE, rounds: int = 3) -> dict[str, tuple[float, float]]:
    """By name: seconds of the large page, and how many times those of one a quarter of its size."""
    found = {}
    for name, page in GROWING.items():
        small, large = _seconds(page(size), rounds), _seconds(page(GROWS * size), rounds)
        found[name] = (large, large / small)
    return found


def _seconds(page: bytes, rounds: int) -> float:
    return best(lambda: rewrite(page, fragment=True), rounds)
