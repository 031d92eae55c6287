"""Figures as SVG: drawn in the page's own colours, so that light, dark and paper need no second drawing. Pure."""

from html import escape
from math import ceil, log10

from consent.records.stats import Share
from consent.report.figures import Figure

WIDTH, HEIGHT = 960, 240
"""Of columns, in CSS pixels; a narrow screen scrolls them."""
NARROW = 460
"""Of bars."""
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 12, 28
ROW = 30
LABEL = 140
END = 112
"""Room for the figures behind a bar."""


def draw(figure: Figure) -> str:
    """The SVG of ``figure``; the table beside it says the same in words."""
    return _columns(figure) if figure.kind == "columns" else _bars(figure)


def _columns(figure: Figure) -> str:
    """Stacked columns by time: the part below, the rest above it."""
    shares = figure.shares
    top = nice(max(share.whole for share in shares))
    plot, room = HEIGHT - TOP - BOTTOM, WIDTH - LEFT - RIGHT
    step = room / len(shares)
    wide = max(1.0, min(step * 0.8, 44.0))
    drawn = [_grid(top, plot)]
    every = ceil(len(shares) / 8)
    for place, share in enumerate(shares):
        x = LEFT + place * step + (step - wide) / 2
        part, whole = plot * share.part / top, plot * share.whole / top
        bottom = TOP + plot
        told = f"{share.name}: {share.part:,} of {share.whole:,} {figure.of[0]} ({share.percent:.1f} %)"
        drawn.append(
            f"<g><title>{escape(told)}</title>"
            f'<rect class="rest" x="{x:.1f}" y="{bottom - whole:.1f}" width="{wide:.1f}" height="{whole - part:.1f}"/>'
            f'<rect class="part" x="{x:.1f}" y="{bottom - part:.1f}" width="{wide:.1f}" height="{part:.1f}"/></g>'
        )
        if place % every == 0:
            middle = min(x + wide / 2, WIDTH - RIGHT - 32)
            drawn.append(f'<text x="{middle:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{share.name}</text>')
    return _svg(figure, WIDTH, HEIGHT, drawn)


def _bars(figure: Figure) -> str:
    """One bar from nothing to all for each kind."""
    room = NARROW - LABEL - END
    drawn = []
    for place, share in enumerate(figure.shares):
        y = TOP + place * ROW
        long = room * share.part / share.whole if share.whole else 0.0
        bar = f'y="{y + 5}" height="{ROW - 14}" rx="3"'
        text = f'y="{y + ROW / 2 + 2:.0f}" class="name"'
        drawn += [
            f'<text x="{LABEL - 10}" {text} text-anchor="end">{escape(_short(share.name))}</text>',
            f'<rect class="rest" x="{LABEL}" width="{room}" {bar}/>',
            f'<rect class="part" x="{LABEL}" width="{long:.1f}" {bar}/>',
            f'<text x="{LABEL + room + 10}" {text}>{_behind(share)}</text>',
        ]
    return _svg(figure, NARROW, TOP + ROW * len(figure.shares) + 4, drawn)


def nice(most: int) -> int:
    """The end of an axis: at least ``most``, and one that four steps divide."""
    power = 10 ** int(log10(max(most, 4)))
    return next(end for end in (int(power * by) for by in (1, 2, 4, 6, 8, 10, 12)) if end >= most and end >= 4)


def _grid(top: int, plot: float) -> str:
    lines = []
    for quarter in range(5):
        y = TOP + plot * (1 - quarter / 4)
        value = top * quarter / 4
        text = f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
        lines.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'
        )
    return "".join(lines)


def _behind(share: Share) -> str:
    return f"{share.percent:.1f} % of {_compact(share.whole)}"


def _compact(number: int) -> str:
    """What fits behind a bar; the table has every digit."""
    if number < 100_000:
        return f"{number:,}"
    return f"{number / 1_000:,.0f}k" if number < 10_000_000 else f"{number / 1_000_000:,.1f}M"


def _short(name: str) -> str:
    return name if len(name) <= 18 else name[:17] + "…"


def _svg(figure: Figure, width: int, height: int, drawn: list[str]) -> str:
    title = escape(f"{figure.title}. {figure.sentence}")
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{title}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(drawn)}</svg>'
    )
