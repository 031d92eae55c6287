"""Each way in which a page starts something at run time, in a real Chromium: what of it arrives, held and let through.

All ways are under way in one page, each in a frame of its own; what came of it is looked up.
"""

import re

import pytest

from tests.browser.run_time import (
    CDN,
    LONGEST,
    POLICIES,
    REFUSED,
    TRACKER,
    WAYS,
    WORLD,
    accept,
    by_name,
    observing,
    settled,
    starts_of,
)

pytestmark = pytest.mark.browser

GONE = {
    "new Image",
    "image set",
    "image attribute",
    "innerHTML in nothing",
    "an attribute's node",
    "new Audio",
    "a document whose names are taken",
    "imported, in no place",
    "from a range, in no place",
} | {
    way
    for way in WAYS
    if re.search("frame's Image|frame's document|fetch|XMLHttp|Beacon|window|WebSocket|EventSource", way)
}
"""What is not released: it stands where nobody finds it again, or has failed when it was started."""


@pytest.fixture(scope="module")
def observe(chromium):
    with observing(chromium) as run:
        yield run


@pytest.fixture(scope="module")
def held(observe):
    """What arrives of all that leads to a partner, before the choice and after it."""
    before, page, sink = observe(starts_of(WAYS, TRACKER), asked=len(WAYS))
    accept(page)
    settled(page, sink, len(WAYS.keys() - GONE), within=LONGEST)
    return before, by_name(sink)


@pytest.fixture(scope="module")
def free(observe):
    return observe(starts_of(WAYS, CDN), asked=len(WAYS), least=len(WAYS) - len(REFUSED))[0]


@pytest.fixture(scope="module")
def unguarded(observe):
    return observe(starts_of(WAYS, TRACKER), least=len(WAYS), guard=False)[0]


@pytest.fixture(scope="module")
def under_policies(observe):
    ways = {way: WAYS[way] for way in WORLD}
    count = len(ways) * len(POLICIES)
    return [
        observe(starts_of(ways, site, list(POLICIES)), asked=count, least=count * (site == CDN))[0]
        for site in (TRACKER, CDN)
    ]


@pytest.mark.parametrize("way", WAYS)
def test_nothing_that_a_page_starts_reaches_a_partner(way, held):
    assert held[0][way, ""] == 0


@pytest.mark.parametrize("way", [way for way in WAYS if way not in REFUSED])
def test_all_else_arrives_once(way, free):
    assert free[way, ""] == 1


@pytest.mark.parametrize("way", WAYS)
def test_without_the_guard_it_would_arrive(way, unguarded):
    assert unguarded[way, ""] == 1


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("way", WORLD)
def test_it_holds_and_lets_through_under_every_policy(policy, way, under_policies):
    assert [seen[way, policy] for seen in under_policies] == [0, 1]


@pytest.mark.parametrize("way", [way for way in WAYS if way not in GONE])
def test_what_was_held_at_run_time_is_released_once(way, held):
    assert held[1][way, ""] == 1


@pytest.mark.parametrize("way", sorted(GONE))
def test_what_is_gone_does_not_come_back(way, held):
    assert held[1][way, ""] == 0
