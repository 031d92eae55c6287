"""The report as one HTML file: nothing is fetched, no script runs, and it can be printed."""

from dataclasses import dataclass
from datetime import datetime

from consent.pages.environment import make_environment
from consent.records.stats import Stats
from consent.report.figures import THRESHOLD, figures
from consent.report.plots import draw


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A number at the head of the report."""

    name: str
    value: str


def render_report(stats: Stats, *, site: str, now: datetime, span: str, threshold: int = THRESHOLD) -> str:
    """The whole file. ``span`` says of which days; ``threshold``: see ``figures.hidden``."""
    shown = figures(stats, threshold=threshold)
    return (
        make_environment()
        .get_template("report.html")
        .render(
            site=site,
            now=now,
            span=span,
            threshold=threshold,
            tiles=_tiles(stats),
            figures=shown,
            plots={figure.key: draw(figure) for figure in shown},
        )
    )


def _tiles(stats: Stats) -> tuple[Tile, ...]:
    chosen = stats.chosen
    events = stats.events

    def percent(*names: str) -> str:
        return f"{100 * sum(events.get(name, 0) for name in names) / chosen:.1f} %" if chosen else "-"

    return (
        Tile(name="choices", value=f"{chosen:,}"),
        Tile(name="allowed everything", value=percent("grant")),
        Tile(name="allowed a part, or changed", value=percent("partial", "change")),
        Tile(name="refused", value=percent("refuse")),
        Tile(name="withdrew", value=percent("withdraw")),
    )
