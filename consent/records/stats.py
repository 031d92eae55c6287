"""What counters say: how many chose what, by day, category, language, region and source. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from consent.records.counts import Counts

ALLOWING = ("grant", "partial", "change")
DENYING = ("refuse", "withdraw")
CHOSEN = (*ALLOWING, *DENYING)
"""Events that are a visitor's choice; ``expire`` and ``signal`` are none."""
AGAIN = ("expired", "policy-changed")
"""Reasons for asking somebody who had answered before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many."""

    name: str
    part: int
    whole: int

    @property
    def percent(self) -> float:
        return 100 * self.part / self.whole if self.whole else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Figures of a span of days."""

    events: Mapping[str, int]
    days: tuple[Share, ...]
    """By day: choices that allow something."""
    categories: tuple[Share, ...]
    languages: tuple[Share, ...]
    regions: tuple[Share, ...]
    sources: tuple[Share, ...]
    waited: tuple[tuple[str, int], ...]
    """Seconds at most, and how many decided in that time."""
    again: tuple[Share, ...]
    """By day: choices of visitors who were asked again."""
    gpc: Share

    @property
    def chosen(self) -> int:
        return sum(self.events.get(event, 0) for event in CHOSEN)

    @property
    def records(self) -> int:
        return sum(self.events.values())


def stats(counts: Counts) -> Stats:
    """Figures out of counters."""
    table = _by_facet(counts)
    events: Counter[str] = Counter()
    for (_, facet, _, event), number in counts.items():
        if facet == "all":
            events[event] += number
    gpc = table["gpc"]
    return Stats(
        events=dict(sorted(events.items())),
        days=_allowing(_by_day(counts, "all"), by_size=False),
        categories=_categories(table["category"]),
        languages=_allowing(table["language"]),
        regions=_allowing(table["region"]),
        sources=_allowing(table["source"]),
        waited=_waited(table["waited"]),
        again=_again(counts),
        gpc=Share(
            name="gpc", part=_sum(gpc.get("yes", {}), CHOSEN), whole=sum(_sum(of, CHOSEN) for of in gpc.values())
        ),
    )


def _by_facet(counts: Counts) -> defaultdict[str, dict[str, Counter[str]]]:
    table: defaultdict[str, dict[str, Counter[str]]] = defaultdict(dict)
    for (_, facet, value, event), number in counts.items():
        table[facet].setdefault(value, Counter())[event] += number
    return table


def _by_day(counts: Counts, wanted: str) -> dict[str, Counter[str]]:
    days: dict[str, Counter[str]] = {}
    for (day, facet, _, event), number in counts.items():
        if facet == wanted:
            days.setdefault(day, Counter())[event] += number
    return days


def _allowing(table: Mapping[str, Mapping[str, int]], *, by_size: bool = True) -> tuple[Share, ...]:
    """Of each value's choices those that allow something; the most frequent first, or by name."""
    shares = [Share(name=name, part=_sum(of, ALLOWING), whole=_sum(of, CHOSEN)) for name, of in sorted(table.items())]
    kept = [share for share in shares if share.whole]
    return tuple(sorted(kept, key=lambda share: -share.whole) if by_size else kept)


def _categories(table: Mapping[str, Mapping[str, int]]) -> tuple[Share, ...]:
    keys = dict.fromkeys(value.rpartition(":")[0] for value in table)
    return tuple(
        Share(
            name=key,
            part=_sum(table.get(f"{key}:yes", {}), CHOSEN),
            whole=sum(_sum(table.get(f"{key}:{answer}", {}), CHOSEN) for answer in ("yes", "no")),
        )
        for key in sorted(keys)
    )


def _waited(table: Mapping[str, Mapping[str, int]]) -> tuple[tuple[str, int], ...]:
    order = {"more": 1 << 30, "unknown": 1 << 31}
    buckets = sorted(table, key=lambda name: order.get(name) or int(name))
    return tuple((name, _sum(table[name], CHOSEN)) for name in buckets)


def _again(counts: Counts) -> tuple[Share, ...]:
    days: dict[str, list[int]] = {}
    for (day, facet, value, event), number in sorted(counts.items()):
        if facet == "reason" and event in CHOSEN:
            one = days.setdefault(day, [0, 0])
            one[0] += number if value in AGAIN else 0
            one[1] += number
    return tuple(Share(name=day, part=part, whole=whole) for day, (part, whole) in days.items())


def _sum(of: Mapping[str, int], events: Iterable[str]) -> int:
    return sum(of.get(event, 0) for event in events)
