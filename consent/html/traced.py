"""Tags found by what stands in them, not by their name: CSS that may fetch, ``ping``, ``background``.

A trace is no proof: it may stand in text, a comment or another value. The tag around it is found token by token from
the last place that is proven to be in the data state; what has no trace is not looked at.
"""

import re
from collections.abc import Iterator

from consent.html import css_traces, foreign
from consent.html.tags import BOGUS_COMMENT, REST_OF_TAG, WHOLE_COMMENT

_TOKEN = (
    rb"[^<]++|" + WHOLE_COMMENT + rb"|</?[a-zA-Z][^\t\n\f\r />]*+" + REST_OF_TAG
    + b"|" + BOGUS_COMMENT + rb"|<(?=[^a-zA-Z/!?])"
)  # fmt: skip
ONE = re.compile(_TOKEN)
BORING = re.compile(b"(?:" + _TOKEN + b")*+")
"""A run of text, tags and comments, each whole; raw text is the caller's care."""
_ONE_FOREIGN = re.compile(foreign.CDATA + b"|" + _TOKEN)
_BORING_FOREIGN = re.compile(b"(?:" + foreign.CDATA + b"|" + _TOKEN + b")*+")

_NAMES = tuple(
    (sign, re.compile(
        sign + rb"(?:(?<=[pP][iI][nN]" + sign + rb")|(?<=[kK]" + sign + rb")[rR][oO][uU][nN][dD])[\t\n\f\r ]*+="
    ))
    for sign in (b"g", b"G")
)  # fmt: skip
"""Attributes that few tags have, by the letter that markup has least of."""

Gap = tuple[int, int, bool]
"""From a proven place to another, without raw text between; whether it is foreign content."""


def tags(page: bytes, gap: Gap) -> Iterator[tuple[int, int]]:
    """Start and end of each start tag in the gap with a trace in it."""
    start, end, in_foreign = gap
    found = css_traces.traces(page, start, end)
    for sign, pattern in _NAMES:
        first = page.find(sign, start, end)
        if first >= 0:
            found += [match.start() for match in pattern.finditer(page, first, end)]
    if not found:
        return
    boring, one = (_BORING_FOREIGN, _ONE_FOREIGN) if in_foreign else (BORING, ONE)
    at = start
    for trace in sorted(found):
        if trace < at:
            continue
        passed = boring.match(page, at, trace)
        at = passed.end() if passed else at
        token = one.match(page, at, end)
        if token is None:
            return  # a construct that never ends: all that follows stands in it
        if page[at : at + 1] == b"<" and page[at + 1 : at + 2].isalpha():
            yield at, token.end()
        at = token.end()
