"""The check against a file of User-Agents labelled by others: CONSENT_UA_CASES names it (JSON, one row a line).

A row has ``ua`` and, where its source says so, ``is_bot``, ``engine``, ``engine_major``, ``family``, ``major`` and
``ios_version``; null: the source does not say, and nothing is claimed. Truth is read from these labels alone.
"""

import json
import os
import time
from pathlib import Path

import pytest

from consent.browsers import BrowserCheck, Outcome
from consent.browsers.check import LONGEST
from consent.browsers.facts_file import bundled_browser_facts

FILE = os.environ.get("CONSENT_UA_CASES", "")
FLOORS = bundled_browser_facts().floors["widely-18m"]
CAUGHT = 0.96
FIRST_FROZEN = 18.6
IN_NUMBERS_OF_THE_ENGINE = {"chrome": 107, "chromium": 107, "firefox": 107, "safari": 16, "safari_ios": 16}

pytestmark = pytest.mark.skipif(not FILE, reason="CONSENT_UA_CASES is not set")


@pytest.fixture(scope="module")
def rows():
    return [json.loads(line) for line in Path(FILE).read_text("utf-8").splitlines()]


def outcome(row: dict) -> Outcome:
    return BrowserCheck(FLOORS).judge(row["ua"].encode("utf-8", "surrogatepass")).outcome


def is_at_the_floor(row: dict) -> bool | None:
    """Whether the labels put the row at or above the floor; None: they don't say."""
    if row["ios_version"]:
        return float(".".join(row["ios_version"].split(".")[:2])) >= 16
    if row["engine"] in {"Trident", "Presto", "EdgeHTML"} or row["family"] in {"ie", "ie_mobile"}:
        return False
    if row["engine"] in {"Blink", "Gecko"} and row["engine_major"]:
        return row["engine_major"] >= 107
    on_ios = "like Mac OS X" in row["ua"]
    floor = IN_NUMBERS_OF_THE_ENGINE.get(row["family"])
    if floor is None or row["major"] is None or (on_ios and row["family"] != "safari_ios"):
        return None
    return row["major"] >= floor


def test_no_bot_and_no_preview_is_turned_away(rows):
    assert [row["id"] for row in rows if row["is_bot"] and outcome(row) is Outcome.OUTDATED] == []


def test_no_browser_at_or_above_the_floor_is_turned_away(rows):
    people = [row for row in rows if not row["is_bot"] and row["stratum"] != "hostile" and is_at_the_floor(row)]
    assert len(people) > 50
    assert [row["id"] for row in people if outcome(row) is Outcome.OUTDATED] == []


def test_nearly_all_below_the_floor_are_caught(rows):
    people = [row for row in rows if not row["is_bot"] and row["stratum"] != "hostile"]
    # Televisions pass on purpose; CFNetwork is what apps fetch with, and shows no pages.
    people = [row for row in people if "SMART-TV" not in row["ua"] and "CFNetwork" not in row["ua"]]
    below = [row for row in people if is_at_the_floor(row) is False]
    caught = [row for row in below if outcome(row) is Outcome.OUTDATED]
    print(f"caught {len(caught)} of {len(below)}")
    assert len(below) > 50
    assert len(caught) / len(below) >= CAUGHT


def test_nothing_hostile_raises_is_turned_away_or_takes_long(rows):
    for row in rows:
        header = row["ua"].encode("utf-8", "surrogatepass")[:LONGEST]
        check = BrowserCheck(FLOORS)
        times = []
        for _ in range(5):
            start = time.perf_counter()
            verdict = check.examine(header)
            times.append(time.perf_counter() - start)
        assert min(times) < 0.001, row["id"]
        if "never blocked" in (row.get("must") or ""):
            assert verdict.outcome is not Outcome.OUTDATED, row["id"]
