"""Counters of records, kept beside them: statistics of ten million records are sums of a few thousand numbers.

Pure. A counter says nothing about a visitor: it is how many records of a day, an event and one facet's value there are.
Whoever has the records can count again, and ``consent records verify`` does.
"""

import json
from collections import Counter
from collections.abc import Iterable

from consent.records.rows import Row

Key = tuple[str, str, str, str]
"""Day, facet, value, event."""
Counts = Counter[Key]

WAITED = (2, 5, 10, 20, 60, 300)
"""Upper bounds in seconds; a decision that took longer is counted as ``more``."""

_COLUMNS = (
    ("language", "language"), ("region", "region"), ("source", "source"), ("reason", "reason"), ("model", "model"),
    ("browser", "browser"), ("policy", "policy_version"), ("notice", "notice"),
)  # fmt: skip


def count(rows: Iterable[Row]) -> Counts:
    """The counters of ``rows``."""
    counts: Counts = Counter()
    for row in rows:
        day, event = str(row["at"])[:10], str(row["event"])
        counts[day, "all", "", event] += 1
        for key, allowed in json.loads(str(row["categories"])):
            counts[day, "category", f"{key}:{'yes' if allowed is True else 'no'}", event] += 1
        for facet, column in _COLUMNS:
            counts[day, facet, str(row.get(column) or ""), event] += 1
        gpc = row.get("gpc")
        counts[day, "gpc", "unknown" if gpc is None else "yes" if gpc else "no", event] += 1
        counts[day, "waited", waited(row.get("waited")), event] += 1
    return counts


def waited(seconds: object) -> str:
    """The bucket of a time to decide."""
    if not isinstance(seconds, int):
        return "unknown"
    return next((f"{bound}" for bound in WAITED if seconds <= bound), "more")
