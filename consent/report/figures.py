"""What the report shows, as values: columns by time, bars by kind, and small counts that are not shown. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from consent.records.counts import WAITED
from consent.records.stats import Share, Stats

THRESHOLD = 10
"""Choices; fewer of a language or region might point at somebody."""
COLUMNS_MOST = 62
"""Columns side by side; more days are drawn by week, more weeks by month."""
ALLOWED = ("allowed something", "refused or withdrew")
BY_CATEGORY = ("allowed", "not allowed")
SOURCES = {
    "banner": "Banner",
    "preferences": "Preferences",
    "placeholder": "Placeholder",
    "opt-out": "Opt-out page",
    "api": "API",
    "signal": "Browser signal",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One plot with its table."""

    key: str
    title: str
    sentence: str
    """What it says, in words."""
    kind: str
    """``columns`` or ``bars``."""
    shares: tuple[Share, ...]
    of: tuple[str, str]
    """What the part is and what the rest of the whole is."""
    first: str
    """Head of the table's first column."""
    plain: bool = False
    """Only the part matters: the rest is drawn faintly."""


def figures(stats: Stats, *, threshold: int = THRESHOLD) -> tuple[Figure, ...]:
    """Every figure there is something to show of, in their order."""
    waited = tuple(
        Share(name=_bucket(name), part=number, whole=sum(n for _, n in stats.waited)) for name, number in stats.waited
    )
    days, again = by_span(stats.days), by_span(stats.again)
    gpc = Share(name="with the signal", part=stats.gpc.part, whole=stats.gpc.whole)
    together = f"with fewer than {threshold} choices are put together."
    returned = "of all choices came from visitors whose earlier one had run out, or whose policy had changed"
    every = (
        Figure(
            key="days",
            title="Acceptance by time",
            sentence=_said(days, "of all choices allowed something"),
            kind="columns",
            shares=days,
            of=ALLOWED,
            first="From",
        ),
        _bars("categories", "Category", "How many of all choices allow each category.", stats.categories, BY_CATEGORY),
        _bars("sources", "Source", "Where on the site the choice was made.", _named(stats.sources)),
        _bars("languages", "Language", f"Languages {together}", hidden(stats.languages, threshold)),
        _bars("regions", "Region", f"Regions {together}", hidden(stats.regions, threshold)),
        Figure(
            key="waited",
            title="Time to decide",
            sentence="How long the page had been open, as its script tells.",
            kind="bars",
            shares=waited,
            of=("decided in this time", "others"),
            first="Time",
            plain=True,
        ),
        Figure(
            key="gpc",
            title="Global Privacy Control",
            sentence="How many choices came from browsers that send Sec-GPC: 1.",
            kind="bars",
            shares=(gpc,),
            of=("with the signal", "without"),
            first="Signal",
            plain=True,
        ),
        Figure(
            key="again",
            title="Asked again",
            sentence=_said(again, returned),
            kind="columns",
            shares=again,
            of=("asked again", "asked for the first time, or by themselves"),
            first="From",
            plain=True,
        ),
    )
    return tuple(figure for figure in every if any(share.whole for share in figure.shares))


def hidden(shares: Sequence[Share], threshold: int) -> tuple[Share, ...]:
    """Small counts put together, and enough with them that none can be worked out from the total."""
    shown = sorted(shares, key=lambda share: -share.whole)
    small: list[Share] = []
    while shown and (shown[-1].whole < threshold or 0 < sum(one.whole for one in small) < threshold):
        small.append(shown.pop())
    named = [Share(name=one.name or "not known", part=one.part, whole=one.whole) for one in shown]
    rest = Share(name="others", part=sum(one.part for one in small), whole=sum(one.whole for one in small))
    # Fewer in all than the threshold: then nothing is shown.
    return (*named, rest) if rest.whole >= threshold else tuple(named)


def by_span(days: Sequence[Share]) -> tuple[Share, ...]:
    """Days as they are, or their weeks, or their months: as many as can stand side by side; empty ones too."""
    if not days:
        return ()
    first, last = date.fromisoformat(days[0].name), date.fromisoformat(days[-1].name)
    for start, step in ((_day, 1), (_monday, 7), (_month, 28)):
        if (last - first).days / step <= COLUMNS_MOST or start is _month:
            break
    spans: dict[date, list[int]] = {}
    moment = first
    while moment <= last:
        spans.setdefault(start(moment), [0, 0])
        moment += timedelta(days=1)
    for day in days:
        span = spans[start(date.fromisoformat(day.name))]
        span[0] += day.part
        span[1] += day.whole
    return tuple(Share(name=when.isoformat(), part=part, whole=whole) for when, (part, whole) in spans.items())


def _bars(key: str, first: str, sentence: str, shares: tuple[Share, ...], of: tuple[str, str] | None = None) -> Figure:
    title = f"Acceptance by {first.lower()}"
    return Figure(key=key, title=title, sentence=sentence, kind="bars", shares=shares, of=of or ALLOWED, first=first)


def _said(shares: Sequence[Share], what: str) -> str:
    whole = Share(name="", part=sum(one.part for one in shares), whole=sum(one.whole for one in shares))
    return f"{whole.percent:.1f} % {what}."


def _named(shares: Sequence[Share]) -> tuple[Share, ...]:
    return tuple(Share(name=SOURCES.get(one.name, one.name), part=one.part, whole=one.whole) for one in shares)


def _bucket(name: str) -> str:
    if name == "unknown":
        return "not told"
    if name == "more":
        return f"more than {WAITED[-1]} s"
    return f"up to {name} s"


def _day(moment: date) -> date:
    return moment


def _monday(moment: date) -> date:
    return moment - timedelta(days=moment.weekday())


def _month(moment: date) -> date:
    return moment.replace(day=1)
