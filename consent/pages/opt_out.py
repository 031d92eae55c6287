"""Opting out of the sale and sharing of personal information: a page with a form of its own (11 CCR 7026(a)).

Two categories are switched off, and whatever else the visitor has allowed stays. Undoing it is a matter of the
preferences: there a grant is informed.
"""

import jinja2

from consent.decision import Decision
from consent.pages.declaration import SOLD, sold
from consent.pages.page import Page, on_site
from consent.pages.wording import Wording
from consent.settings import Settings


class OptOut:
    """Renders the page."""

    def __init__(self, settings: Settings, environment: jinja2.Environment) -> None:
        self._page = Page(settings, environment, "opt_out.html", style="document.css")
        self._policy = settings.policy
        self.csp = self._page.csp

    def render(self, *, language: str, decision: Decision, return_to: str, gpc: bool = False) -> bytes:
        """The page with the visitor's status on it; ``gpc``: their browser sends Global Privacy Control."""
        wording, policy = self._page.wordings[language], self._policy
        services = {s.key: s.category for s in policy.services}
        on = bool(decision.categories & SOLD) or any(services.get(key) in SOLD for key in decision.services)
        # Before a choice nothing is sold, but nobody has asked for that to last: the button does.
        # The signal asks for it (11 CCR 7025), and is shown as honoured; what was allowed in spite of it stays so.
        opted_out = not on and (decision.answered or gpc)
        return self._page.render(
            wording,
            opted_out=opted_out,
            status=self._status(wording, opted_out=opted_out, gpc=gpc),
            kept_categories=sorted((decision.categories & frozenset(policy.asked)) - SOLD),
            kept_services=sorted(key for key in decision.services if services.get(key) not in SOLD),
            return_to=on_site(return_to),
        )

    def _status(self, wording: Wording, *, opted_out: bool, gpc: bool) -> list[str]:
        if not opted_out:
            return [wording.text("opt_out", "not_opted_out")]
        told = [wording.text("opt_out", "opted_out"), wording.text("opt_out", "saved")]
        if gpc:
            told = [wording.text("opt_out", "gpc_honoured"), told[0]]
        names = wording.listed([wording.label(category) for category in sold(self._policy)])
        return told + ([wording.text("opt_out", "affected", names=names)] if names else [])
