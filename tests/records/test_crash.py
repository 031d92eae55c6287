"""A real server under load, killed again and again: what it acknowledged is there, and the chain is whole.

CONSENT_CRASHES says how often (``make crash``: 50); a test run does with fewer.
"""

import asyncio
import os
import random
import time
from contextlib import closing

from consent.records.chain import derive_key
from consent.records.ledger import Selection
from consent.records.opening import open_keeper, open_ledger
from consent.records.verifying import verify
from tests.records.conftest import SECRET
from tests.records.served import Served

CRASHES = int(os.environ.get("CONSENT_CRASHES", "5"))
VISITORS = 8


def test_a_server_that_is_killed_has_kept_what_it_acknowledged(tmp_path):
    served, chance = Served(tmp_path), random.Random(20261128)
    for _ in range(CRASHES):
        served.start()
        served.come(VISITORS)
        time.sleep(chance.uniform(0.1, 0.7))
        served.kill()
        served.leave()
    url = f"sqlite:///{tmp_path}/consent.db"
    keeper = open_keeper(url, [SECRET])

    assert asyncio.run(keeper.drain())
    keeper.close()
    with closing(open_ledger(url, [SECRET])) as ledger:
        kept = {row["receipt"] for row in ledger.rows(Selection())}
        assert [str(found) for found in verify(ledger, [derive_key(SECRET)])] == []
    assert set(served.statuses) == {200}
    assert len(served.acknowledged) > CRASHES
    assert set(served.acknowledged) - kept == set()
    print(f"{CRASHES} kills, {len(served.acknowledged)} acknowledged, {len(kept)} kept")
