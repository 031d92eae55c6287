"""Opting out of the sale and sharing of personal information: a page with a form of its own (11 CCR 7026(a)).

Two categories are switched off, and whatever else the visitor has allowed stays. Undoing it is a matter of the
preferences: there a grant is informed.
"""

import jinja2

from consent.decision import Decision
from consent.pages.page import Page
from consent.pages.preferences import on_site
from consent.settings import Settings

SOLD = frozenset({"advertising", "social"})
"""The categories whose partners use what they learn for themselves."""


class OptOut:
    """Renders the page."""

    def __init__(self, settings: Settings, environment: jinja2.Environment) -> None:
        self._page = Page(settings, environment, "opt_out.html", style="document.css")
        self._policy = settings.policy
        self.csp = self._page.csp

    def render(self, *, language: str, decision: Decision, return_to: str) -> bytes:
        """The page with the visitor's status on it."""
        wording, policy = self._page.wordings[language], self._policy
        sold = [c for c in policy.categories if c.key in policy.asked and c.key in SOLD]
        services = {s.key: s.category for s in policy.services}
        on = bool(decision.categories & SOLD) or any(services.get(key) in SOLD for key in decision.services)
        # Before a choice nothing is sold, but nobody has asked for that to last: the button does.
        opted_out = decision.answered and not on
        return self._page.render(
            wording,
            opted_out=opted_out,
            status=wording.text("opt_out", "opted_out" if opted_out else "not_opted_out"),
            names=wording.listed([wording.label(category) for category in sold]),
            kept_categories=sorted((decision.categories & frozenset(policy.asked)) - SOLD),
            kept_services=sorted(key for key in decision.services if services.get(key) not in SOLD),
            return_to=on_site(return_to),
        )
