"""The proofs that a ``<`` stands in the data state: a short one, by the quotes and brackets before it alone, and
the long one, token by token.
"""

from consent.html.tokens import BORING, ONE


def in_data(page: bytes, proven: int, start: int) -> bool:
    """Whether the ``<`` at ``start`` is surely in the data state, given that ``proven`` is and that no comment or
    raw text lies between.

    If it were in a tag but in no quoted value, a ``>`` after the last ``<`` would lie in a quoted value that has
    closed since: there is a quote after the last ``>``. If it were in a quoted value, its opening quote would be
    the last of its kind, with ``=`` before it. If neither is so, it is in no tag. False means "not shown".
    """
    greater = page.rfind(b">", proven, start)
    if greater < 0:
        return page.find(b"<", proven, start) < 0
    if greater != start - 1 and page.find(b"<", greater, start) >= 0:
        return False
    double, single = page.rfind(b'"', proven, start), page.rfind(b"'", proven, start)
    if double > greater or single > greater:
        return False
    return not (
        (double >= 0 and page[double - 1] in _BEFORE_VALUE and _opens(page, double))
        or (single >= 0 and page[single - 1] in _BEFORE_VALUE and _opens(page, single))
    )


_BEFORE_VALUE = b"=\t\n\f\r "


def _opens(page: bytes, quote: int) -> bool:
    """Whether the quote could open a value: ``=`` and perhaps white space stand before it."""
    at = quote - 1
    while at >= 0 and page[at] in b"\t\n\f\r ":
        at -= 1
    return at < 0 or page[at] == ord("=")


def walk(page: bytes, proven: int, start: int) -> tuple[int, bool]:
    """Go tag by tag from ``proven``: to ``start``, or past it to the end of the token that ``start`` lies in.

    The second value is false where that token has not come whole; the place is its beginning then.
    """
    matched = BORING.match(page, proven, start)
    at = matched.end() if matched else proven
    while at < start:
        token = ONE.match(page, at)
        if token is None:
            return at, False
        at = token.end()
    return at, True
