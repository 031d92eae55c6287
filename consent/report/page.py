"""The report as one HTML file: nothing is fetched, no script runs, and it can be printed."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from consent.pages.checking import rendering_problem
from consent.pages.environment import make_environment
from consent.records.stats import Stats
from consent.report.figures import THRESHOLD, figures
from consent.report.plots import draw


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A number at the head of the report."""

    name: str
    value: str


def render_report(  # noqa: PLR0913 - all named; each is one thing the file says
    stats: Stats, *, site: str, now: datetime, span: str, threshold: int = THRESHOLD, own: Path | None = None
) -> str:
    """The whole file. ``span`` says of which days; ``threshold``: see ``figures.hidden``; ``own``: the owner's folder.

    Raises SettingsError where the owner's ``report.html`` cannot be rendered.
    """
    shown = figures(stats, threshold=threshold)
    try:
        return (
            make_environment(own)
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
    except Exception as error:
        if own is None:
            raise
        raise rendering_problem(error, own) from error


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
