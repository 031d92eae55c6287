"""User-Agent -> Verdict: outdated, fine, unknown or exempt, judged by engine and not by brand.

Brand numbers are the main source of false blocks (Opera for Android 104 is Chromium 156, while 140 on a desktop is
157), so only the engine's own version counts, unless an owner sets a floor for one family. Whatever is not a
recognised engine with a version passes: in doubt the answer is never "outdated". Pure; nothing a header holds raises.
"""

from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

from consent.browsers.devices import is_crawler, is_exempt, is_in_app, is_mobile, is_stuck, system_of
from consent.browsers.engines import Engine, Found, Version, read_hints, recognise
from consent.browsers.families import family_of

LONGEST = 1024
"""Bytes of a header that are looked at and kept as a cache key: long ones pin no memory."""
REMEMBERED = 4096
"""Verdicts kept; about 1 MiB when full."""


_OLD = b"Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)"


class Outcome(Enum):
    """What the check says; only ``OUTDATED`` is ever turned away."""

    OUTDATED = "outdated"
    FINE = "fine"
    UNKNOWN = "unknown"
    EXEMPT = "exempt"
    """Below the floor, but a bot, a link preview, a measuring tool, a television or a console."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """The lowest versions that pass; 0 lets every version in. EdgeHTML and Presto are always below."""

    blink: int = 0
    gecko: int = 0
    webkit: Version = (0, 0)
    trident: int | None = None
    """The oldest Internet Explorer that passes; None: none does."""
    families: tuple[tuple[str, Version], ...] = ()
    """Floors of single families in their own numbers, in place of their engine's."""
    trailing: tuple[tuple[str, int], ...] = ()
    """The Blink from which on a family passes all the same: that of its newest release, below ``blink``."""

    def outdated(self, found: Found, header: bytes) -> bool:
        """Whether ``found``, met in ``header``, is below its floor."""
        if self.families:
            family, version = family_of(header, found)
            floor = dict(self.families).get(family)
            if floor is not None:
                return version < floor
        if found.engine is Engine.BLINK:
            return found.version[0] < self.blink and not self._trails(found, header)
        if found.engine is Engine.GECKO:
            return found.version[0] < self.gecko
        if found.engine is Engine.WEBKIT:
            return found.version < self.webkit
        if found.engine is Engine.TRIDENT:
            return self.trident is None or found.version[0] < self.trident
        return True

    def _trails(self, found: Found, header: bytes) -> bool:
        newest = dict(self.trailing).get(family_of(header, found)[0]) if self.trailing else None
        return newest is not None and found.version[0] >= newest


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one User-Agent header was judged to be."""

    outcome: Outcome
    engine: Engine | None = None
    version: Version | None = None
    in_app: bool = False
    """A page inside an app, which no browser download changes."""
    mobile: bool = False
    crawler: bool = False
    """It says itself that no person sent it."""
    system: str = "other"
    """``windows``, ``macos``, ``linux``, ``android``, ``ios`` or ``other``."""
    stuck: bool = False
    """Outdated, and the system itself is too old for the newest browsers."""


class BrowserCheck:
    """Judges headers against one set of floors, and remembers the verdicts."""

    def __init__(self, floors: Floors) -> None:
        self.floors = floors
        self._remembered = lru_cache(REMEMBERED)(self.examine)
        self.examine(_OLD)  # compiles what only an outdated browser's header is looked at with

    def judge(self, user_agent: bytes, hints: bytes = b"") -> Verdict:
        """The verdict on a ``User-Agent`` header's value; give ``b""`` where there was none.

        ``hints``: the value of ``Sec-CH-UA``. It is asked only where a browser would be turned away, and only for the
        better: a User-Agent can be an old one on purpose (a phone that a developer emulates), hints come with Blink.
        """
        verdict = self._remembered(user_agent[:LONGEST])
        if hints and verdict.outcome is Outcome.OUTDATED:
            return self._hinted(verdict, hints[:LONGEST])
        return verdict

    def _hinted(self, verdict: Verdict, hints: bytes) -> Verdict:
        version = read_hints(hints)
        if version is None or version[0] < self.floors.blink:
            return verdict
        if verdict.engine is Engine.BLINK and verdict.version is not None and version <= verdict.version:
            return verdict  # no newer than what was judged: a family's own floor stands
        return replace(verdict, outcome=Outcome.FINE, engine=Engine.BLINK, version=version, stuck=False)

    def examine(self, header: bytes) -> Verdict:
        """As ``judge`` does with a header that it has not met; nothing is remembered."""
        found = recognise(header)
        outcome = self._outcome(found, header)
        system = system_of(header)
        return Verdict(
            outcome=outcome,
            engine=found.engine if found else None,
            version=found.version if found else None,
            in_app=is_in_app(header, system),
            mobile=is_mobile(header),
            crawler=is_crawler(header),
            system=system,
            stuck=outcome is Outcome.OUTDATED and is_stuck(header, system),
        )

    def _outcome(self, found: Found | None, header: bytes) -> Outcome:
        if found is None:
            return Outcome.UNKNOWN
        if not self.floors.outdated(found, header):
            return Outcome.FINE
        if not found.exact:
            return Outcome.UNKNOWN
        # The long list of bots and screens is gone through only here: most traffic never pays for it.
        return Outcome.EXEMPT if is_exempt(header) else Outcome.OUTDATED
