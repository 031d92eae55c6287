"""Whether new facts about browsers may follow those that are known: what somebody made up does not.

Nothing goes down, nothing leaps, nothing lies in the future, no share jumps, and no floor turns away whoever is up to
date. Versions rise by one a week at most, so what a leap is depends on how long ago the known facts were taken.
"""

from datetime import date, timedelta

from consent.browsers.check import Floors
from consent.browsers.engines import Version
from consent.browsers.facts import Family
from consent.browsers.facts_file import parse_browser_facts
from consent.errors import CatalogueError

LEAP = 12
"""Major versions a browser may leap by at once (Safari went from 18 to 26), beside one a week."""
RISE = 6
"""The same for Baseline Widely available, which rises with what was released two and a half years before."""
JUMP = 20.0
"""Per cent of all page views a browser may have won or lost."""


class ImplausibleError(ValueError):
    """What came does not fit what is known; the message says what."""


def check_succession(previous: str, text: str, today: date) -> None:
    """Raise ImplausibleError if the facts of ``text`` cannot follow those of ``previous`` by ``today``."""
    try:
        before, after = parse_browser_facts(previous), parse_browser_facts(text)
    except CatalogueError as error:
        raise ImplausibleError(f"they make no file of browser data ({error})") from error
    weeks = (today - before.as_of) // timedelta(weeks=1)
    for key, family in before.families.items():
        _check_family(family, after.families[key], weeks, today)
    _check_widely(before.floors["widely"], after.floors["widely"], weeks)
    past = {browser.key: browser.share for browser in before.browsers}
    for browser in after.browsers:
        if abs(browser.share - past[browser.key]) > JUMP:
            raise ImplausibleError(f"{browser.name} went from {past[browser.key]} % to {browser.share} %")
    for name in (*after.floors, "latest-0"):
        floors = after.named(name)
        if floors is None or after.passed_by(floors):
            raise ImplausibleError(f"the floor {name} would turn away whoever is up to date")


def _check_family(known: Family, new: Family, weeks: int, today: date) -> None:
    if new.number < known.number or new.built_on < known.built_on:
        raise ImplausibleError(f"{known.name} went down from {known.version} to {new.version}")
    if new.released > today:
        raise ImplausibleError(f"{new.name} {new.version} is of {new.released}, which is to come")
    own_leap, leap = new.number[0] - known.number[0], new.built_on[0] - known.built_on[0]
    if max(own_leap, leap) > LEAP + weeks:
        raise ImplausibleError(f"{known.name} leapt from {known.version} to {new.version}")


def _check_widely(known: Floors, new: Floors, weeks: int) -> None:
    for old, now in zip(_versions(known), _versions(new), strict=True):
        if now < old:
            raise ImplausibleError(f"the floor widely went down from {_shown(old)} to {_shown(now)}")
        if now[0] - old[0] > RISE + weeks:
            raise ImplausibleError(f"the floor widely leapt from {_shown(old)} to {_shown(now)}")


def _versions(floors: Floors) -> tuple[Version, ...]:
    return (floors.blink, 0), (floors.gecko, 0), floors.webkit


def _shown(number: Version) -> str:
    return f"{number[0]}.{number[1]}"
