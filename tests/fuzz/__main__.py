"""``python -m tests.fuzz``: a million mutations, or as many as FUZZ_SECONDS (default 900) allow. FUZZ_SEED repeats a run."""

import os
import random
import sys
import time

from tests.fuzz.laws import broken
from tests.fuzz.mutations import mutated, seeds

MUTATIONS = 1_000_000
SHOWN = 20
"""Failures after which there is no point in going on."""


def main() -> int:
    """Run, print what failed and how to see it again."""
    seed = int(os.environ.get("FUZZ_SEED", "1"))
    count = int(os.environ.get("FUZZ_COUNT", str(MUTATIONS)))
    seconds = float(os.environ.get("FUZZ_SECONDS", "900"))
    chance = random.Random(seed)
    found = seeds(chance)
    print(f"seed {seed}, {len(found)} seeds, {count} mutations, {seconds:.0f} s at most")
    began, failures, done = time.monotonic(), 0, 0
    for page in mutated(found, chance):
        if done >= count or failures >= SHOWN or time.monotonic() - began > seconds:
            break
        done += 1
        sizes = [chance.randint(1, 40) for _ in range(3)]
        for law in broken(page, sizes):
            failures += 1
            print(f"mutation {done}: {law}\n    {page!r}")
    print(f"{done} mutations in {time.monotonic() - began:.0f} s, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
