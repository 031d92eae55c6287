"""Counters of records, kept beside them: statistics of ten million records are sums of a few thousand numbers.

Pure. A counter says nothing about a visitor: it is how many records of a day, an event and one facet's value there are.
Whoever has the records can count again, and ``consent records verify`` does.
"""

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable

from consent.records.rows import Row

Key = tuple[str, str, str, str]
"""Day, facet, value, event."""
Counts = Counter[Key]

WAITED = (2, 5, 10, 20, 60, 300)
"""Upper bounds in seconds; a decision that took longer is counted as ``more``."""
_BUCKETS = (*map(str, WAITED), "more")

_COLUMNS = (
    ("language", "language"), ("region", "region"), ("source", "source"), ("reason", "reason"), ("model", "model"),
    ("browser", "browser"), ("policy", "policy_version"), ("notice", "notice"),
)  # fmt: skip


def count(rows: Iterable[Row]) -> Counts:
    """The counters of ``rows``."""
    counted = tuple(rows)
    days, events = [str(row["at"])[:10] for row in counted], [str(row["event"]) for row in counted]
    counts: Counts = Counter()

    # Column by column: a group's rows are alike in most of them, and Counter counts in C (4 us a row instead of 14).
    def add(facet: str, values: Iterable[str]) -> None:
        for (day, value, event), number in Counter(zip(days, values, events, strict=True)).items():
            counts[day, facet, value, event] += number

    add("all", [""] * len(counted))
    for facet, column in _COLUMNS:
        add(facet, [str(row.get(column) or "") for row in counted])
    add("gpc", [_said(row.get("gpc")) for row in counted])
    add("waited", [waited(row.get("waited")) for row in counted])
    answers = Counter(zip(days, [str(row["categories"]) for row in counted], events, strict=True))
    for (day, categories, event), number in answers.items():
        for key, allowed in json.loads(categories):
            counts[day, "category", f"{key}:{'yes' if allowed is True else 'no'}", event] += number
    return counts


def waited(seconds: object) -> str:
    """The bucket of a time to decide."""
    if not isinstance(seconds, int):
        return "unknown"
    return _BUCKETS[bisect_left(WAITED, seconds)]


def _said(gpc: object) -> str:
    return "unknown" if gpc is None else "yes" if gpc else "no"
