"""The judges of a site's pages and the holders that go by them: made once for a decision and a host, and kept.

What they have met of texts and pages is shared by all of them.
"""

from collections.abc import Callable

from consent.asgi.places import NotingJudge, Places
from consent.asgi.reports import Reports
from consent.asgi.visit import known_host
from consent.categories import NECESSARY
from consent.decision import Decision
from consent.html import Holder, Texts, make_holder
from consent.judge import Met, PageJudge
from consent.settings import HELD_ALWAYS, Settings

KEPT = 64
"""Holders kept: a site has few decisions and hosts, a stranger may send any Host."""

Tell = Callable[[Met, str], None]
"""Hears of whom a judge comes across, and its name."""


class Holders:
    """One per site."""

    def __init__(self, settings: Settings, reports: Reports, pieces: Texts, places: Places | None) -> None:
        """``pieces``: of pages, as met before. ``places``: notes every URL that is asked about, where there are any."""
        self._settings = settings
        self._reports = reports
        self._places = places
        self._categories = frozenset(category.key for category in settings.categories)
        self._declared = frozenset(service.key for service in settings.policy.services)
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
        judge = self.judge(decision, key[1], self.met)
        noting = judge if self._places is None else NotingJudge(judge, self._places)
        holder = self._made[key] = make_holder(noting, self._texts, self._pieces)
        return holder

    def judge(self, decision: Decision, host: str, tell: Tell) -> PageJudge:
        """A judge of the pages of ``host``, which tells ``tell`` of whom it comes across."""
        settings = self._settings
        return PageJudge(
            settings.catalogue,
            decision,
            own=settings.site.domains,
            origin=host,
            allow=settings.holding.allow,
            categories=self._categories,
            unknown=settings.holding.unknown,
            declared=self._declared,
            met=tell,
        )

    def quiet_judge(self, decision: Decision, host: str) -> PageJudge:
        """One that tells nobody."""
        return self.judge(decision, host, lambda _kind, _name: None)

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
