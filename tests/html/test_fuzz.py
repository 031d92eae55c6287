"""A short run of ``make fuzz``: the laws of any bytes, on the seeds themselves and on some thousand mutations."""

import random

from tests.fuzz.laws import broken
from tests.fuzz.mutations import mutated, seeds

CHANCE = random.Random(20261128)
SEEDS = seeds(CHANCE)
SOME = 4000


def test_the_seeds_break_no_law():
    for page in SEEDS:
        assert broken(page, [7, 1, 30]) == [], page


def test_some_thousand_mutations_break_no_law():
    mutations = mutated(SEEDS, CHANCE)
    for _ in range(SOME):
        page = next(mutations)
        assert broken(page, [CHANCE.randint(1, 40) for _ in range(3)]) == [], page
