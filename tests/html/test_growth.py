"""What costs more than its size: counted in calls, which are the same on every machine. ``make bench`` has the times."""

import sys

import pytest

from tests.html.growing import GROWING
from tests.html.judges import rewrite

SMALL = 2_000
GROWS = 4
SLACK = 1.5
"""Times the growth that is allowed: what is done once is a larger part of the small page."""


def calls(page: bytes, sizes: list[int] | None) -> int:
    """Function calls, built-in ones too, that a page costs."""
    count = 0

    def profile(frame, event, argument):
        nonlocal count
        if event in {"call", "c_call"}:
            count += 1

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        rewrite(page, sizes=sizes, fragment=True)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("sizes", [None, [256]], ids=["whole", "in pieces"])
@pytest.mark.parametrize("name", GROWING)
def test_calls_grow_with_the_page_and_no_faster(name, sizes):
    small, large = (calls(GROWING[name](size), sizes) for size in (SMALL, GROWS * SMALL))

    assert large <= small * GROWS * SLACK + 200
