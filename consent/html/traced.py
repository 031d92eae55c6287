"""Tags found by what stands in them, not by their name: CSS that may fetch, ``ping``, ``background``.

A trace is no proof: it may stand in text, a comment or another value. The tag around it is found token by token from
the last place that is proven to be in the data state; what has no trace is not looked at.
"""

import re
from collections.abc import Iterator

from consent.html import css_traces
from consent.html.proof import in_data
from consent.html.tokens import BORING, ONE

_NAMES = tuple(
    (sign, re.compile(
        sign + rb"(?<=[nNkK]" + sign + rb")(?:(?<=[pP][iI][nN]" + sign + rb")|(?<=[cC][kK]" + sign
        + rb")[rR][oO][uU][nN][dD])[\t\n\f\r ]*+="
    ))
    for sign in (b"g", b"G")
)  # fmt: skip
"""Attributes that few tags have, by the letter that markup has least of."""

Gap = tuple[int, int, bool]
"""From a proven place to another, without raw text between; whether it is foreign content."""


class Gaps:
    """The markup of a piece in which traces are still to be looked for."""

    __slots__ = ("_whole", "begin")

    def __init__(self) -> None:
        self.begin = -1
        """Where the markup at hand begins; -1: none is at hand."""
        self._whole: list[Gap] = []

    def close(self, at: int, *, in_foreign: bool = False) -> None:
        """The markup at hand is over."""
        if 0 <= self.begin < at:
            self._whole.append((self.begin, at, in_foreign))
        self.begin = -1

    def look(self, page: bytes) -> Iterator[tuple[int, int]]:
        """The tags with a trace in what is over."""
        gaps, self._whole = self._whole, []
        return tags(page, gaps) if gaps else iter(())


def tags(page: bytes, gaps: list[Gap]) -> Iterator[tuple[int, int]]:
    """Start and end of each start tag in the gaps with a trace in it. All gaps are searched in one go: a call costs
    more than a kilobyte.
    """
    markup = (
        page if len(gaps) == 1 and gaps[0][1] - gaps[0][0] == len(page) else b"".join([page[a:b] for a, b, _ in gaps])
    )
    found = _traces(markup)
    if not found:
        return
    begin = index = 0
    for gap in gaps:
        until = begin + gap[1] - gap[0]
        first = index
        while index < len(found) and found[index] < until:
            index += 1
        if index > first:
            yield from _around(page, gap, [gap[0] - begin + trace for trace in found[first:index]])
        begin = until


def _traces(markup: bytes) -> list[int]:
    found = css_traces.traces(markup, 0, len(markup))
    for sign, pattern in _NAMES:
        found += css_traces.places(markup, sign, pattern, 0, len(markup))
    found.sort()
    return found


def _around(page: bytes, gap: Gap, traces: list[int]) -> Iterator[tuple[int, int]]:
    at, end, in_foreign = gap
    for trace in traces:
        if trace < at:
            continue
        near = page.rfind(b"<", at, trace)
        if near > at and not in_foreign and page.find(b"<!", at, near) < 0 and in_data(page, at, near):
            at = near
        passed = BORING.match(page, at, trace)
        at = passed.end() if passed else at
        token = ONE.match(page, at, end)
        if token is None:
            return  # a construct that never ends: all that follows stands in it
        if page[at : at + 1] == b"<" and page[at + 1 : at + 2].isalpha():
            yield at, token.end()
        at = token.end()
