"""The holders of a site's pages, each with its judge: made once for a decision and a host, and kept.

What they have met of texts and pages is shared by all of them.
"""

from consent.asgi.places import NotingJudge, Places
from consent.asgi.reports import Reports
from consent.asgi.visit import known_host
from consent.categories import NECESSARY
from consent.decision import Decision
from consent.html import Holder, Texts, make_holder
from consent.judge import Met
from consent.settings import HELD_ALWAYS, Settings
from consent.settings.page_judge import make_judge

KEPT = 64
"""Holders kept: a site has few decisions and hosts, a stranger may send any Host."""


class Holders:
    """One per site."""

    def __init__(self, settings: Settings, reports: Reports, pieces: Texts, places: Places | None) -> None:
        """``pieces``: of pages, as met before. ``places``: notes every URL that is asked about, where there are any."""
        self._settings = settings
        self._reports = reports
        self._places = places
        self._texts = Texts()
        self._pieces = pieces
        self._made: dict[tuple[Decision, str], Holder] = {}

    def __len__(self) -> int:
        return len(self._made)

    def of(self, decision: Decision, host: str) -> Holder:
        """What holds in pages of ``host``; a host no browser would send is nobody's own."""
        key = (decision, known_host(host))
        if known := self._made.get(key):
            return known
        if len(self._made) >= KEPT:
            self._made.clear()
        judge = make_judge(self._settings, decision, origin=key[1], met=self.met)
        noting = judge if self._places is None else NotingJudge(judge, self._places)
        holder = self._made[key] = make_holder(noting, self._texts, self._pieces)
        return holder

    def met(self, kind: Met, name: str) -> None:
        """Tell the owner of what the settings do not name, and what becomes of it."""
        if kind is Met.UNKNOWN:
            self._reports.unknown(name)
            return
        category = self._settings.catalogue.services[name].category
        if category == NECESSARY:
            self._reports.undeclared(name, "it is necessary, and not held")
        elif category not in self._settings.policy.asked or self._settings.policy.undeclared == "hold":
            if category != HELD_ALWAYS:  # the owner has switched it off: nothing to declare
                self._reports.undeclared(name, "it is held, whatever a visitor allows")
        else:
            self._reports.undeclared(name, "it is held until its category is allowed")

    def forget(self) -> None:
        """As at the start: for measuring what the first page costs."""
        self._made.clear()
        self._texts.clear()
        self._pieces.clear()
