"""User-Agent -> Verdict: outdated, fine, unknown or exempt, judged by engine and never by brand.

Brand numbers are the main source of false blocks (Opera for Android 100 is Chromium 149, while 134 on a desktop is
150), so only the engine's own version counts. Whatever is not a recognised engine with a version passes: in doubt
the answer is never "outdated". Pure; nothing a header holds raises.
"""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from consent.engines import (
    Engine,
    Found,
    Version,
    is_exempt,
    is_in_app,
    is_mobile,
    is_stuck,
    recognise,
    system_of,
)

LONGEST = 1024
"""Bytes of a header that are looked at and kept as a cache key: long ones pin no memory."""
REMEMBERED = 4096
"""Verdicts kept; about 1 MiB when full."""


class Outcome(Enum):
    """What the check says; only ``OUTDATED`` is ever turned away."""

    OUTDATED = "outdated"
    FINE = "fine"
    UNKNOWN = "unknown"
    EXEMPT = "exempt"
    """Below the floor, but a bot, a link preview, a measuring tool, a television or a console."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """The lowest versions that pass. Trident, EdgeHTML and Presto are always below."""

    blink: int
    gecko: int
    webkit: Version

    @classmethod
    def of(cls, *, blink: Version | None, gecko: Version | None, webkit: Version | None) -> "Floors":
        """Floors from an owner's own versions; None lets every version in. Minor numbers count for WebKit only."""
        lowest = (0, 0)
        return cls(blink=(blink or lowest)[0], gecko=(gecko or lowest)[0], webkit=webkit or lowest)

    def outdated(self, found: Found) -> bool:
        """Whether ``found`` is below its floor."""
        if found.engine is Engine.BLINK:
            return found.version[0] < self.blink
        if found.engine is Engine.GECKO:
            return found.version[0] < self.gecko
        if found.engine is Engine.WEBKIT:
            return found.version < self.webkit
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one User-Agent header was judged to be."""

    outcome: Outcome
    engine: Engine | None = None
    version: Version | None = None
    in_app: bool = False
    """A page inside an app, which no browser download changes."""
    mobile: bool = False
    system: str = "other"
    """``windows``, ``macos``, ``linux``, ``android``, ``ios`` or ``other``."""
    stuck: bool = False
    """Outdated, and the system itself is too old for the newest browsers."""


class BrowserCheck:
    """Judges headers against one set of floors, and remembers the verdicts."""

    def __init__(self, floors: Floors) -> None:
        self.floors = floors
        self._remembered = lru_cache(REMEMBERED)(self._judge)

    def judge(self, user_agent: bytes) -> Verdict:
        """The verdict on a ``User-Agent`` header's value; give ``b""`` where there was none."""
        return self._remembered(user_agent[:LONGEST])

    def _judge(self, header: bytes) -> Verdict:
        found = recognise(header)
        outcome = self._outcome(found, header)
        system = system_of(header)
        return Verdict(
            outcome=outcome,
            engine=found.engine if found else None,
            version=found.version if found else None,
            in_app=is_in_app(header, system),
            mobile=is_mobile(header),
            system=system,
            stuck=outcome is Outcome.OUTDATED and is_stuck(header, system),
        )

    def _outcome(self, found: Found | None, header: bytes) -> Outcome:
        if found is None:
            return Outcome.UNKNOWN
        if not self.floors.outdated(found):
            return Outcome.FINE
        if not found.exact:
            return Outcome.UNKNOWN
        # The long list of bots and screens is gone through only here: most traffic never pays for it.
        return Outcome.EXEMPT if is_exempt(header) else Outcome.OUTDATED
