"""The second layer: every category, service and cookie, and the state in force."""

import jinja2

from consent.choices import ConsentState
from consent.decision import Decision, Reason
from consent.pages.changes import Asked, changes, since, why
from consent.pages.declaration import SOLD, category_rows, sold
from consent.pages.page import Page, on_site
from consent.pages.per_language import PerLanguage
from consent.pages.wording import Wording
from consent.policy import Policy
from consent.settings import Settings


class Preferences:
    """Renders the page; everything that does not depend on the visitor is put into words once per language."""

    def __init__(self, settings: Settings, environment: jinja2.Environment) -> None:
        self._page = Page(settings, environment, "preferences.html", style="preferences.css")
        self._policy, self._catalogue = settings.policy, settings.catalogue
        wordings = self._page.wordings
        self._rows = PerLanguage(settings.site.languages, lambda tag: category_rows(wordings[tag], settings))
        self.csp = self._page.csp

    def render(  # noqa: PLR0913 - each is a fact of its own, and all are named
        self,
        *,
        language: str,
        decision: Decision,
        state: ConsentState | None,
        return_to: str,
        embedded: bool,
        before: Asked | None = None,
        gpc: bool = False,
    ) -> bytes:
        """The page. ``before``: what the visitor was asked when they chose, where they are asked anew; ``gpc``: their
        browser sends Global Privacy Control.
        """
        wording = self._page.wordings[language]
        return self._page.render(
            wording,
            categories=self._rows[language],
            granted_categories=decision.categories if decision.answered else frozenset(),
            granted_services=decision.services if decision.answered else frozenset(),
            summary=summary(wording, self._policy, decision, state),
            state=state if decision.answered else None,
            gpc=self._signal(wording, decision) if gpc else "",
            changed=self._changed(wording, decision, state, before),
            return_to=on_site(return_to),
            embedded=embedded,
        )

    def _signal(self, wording: Wording, decision: Decision) -> str:
        """That the signal is honoured: where there is something that it switches off, and that is off."""
        names = [wording.label(category) for category in sold(self._policy)]
        if not names or decision.categories & SOLD:
            return ""
        return wording.text("preferences", "gpc", names=wording.listed(names))

    def _changed(
        self, wording: Wording, decision: Decision, state: ConsentState | None, before: Asked | None
    ) -> list[str]:
        given = since(decision, state)
        if given is None:
            return []
        told = [why(wording, decision.reason, wording.date(given))]
        return told + (changes(wording, self._policy, self._catalogue, before) if before else [])


def summary(wording: Wording, policy: Policy, decision: Decision, state: ConsentState | None) -> str:
    """The state in force, in a sentence."""
    if not decision.answered:
        return wording.text("state", "none" if decision.reason is Reason.FIRST_VISIT else "outdated")
    if state is None or not state.granted:
        return wording.text("state", "rejected")
    if decision.categories >= frozenset(policy.asked):
        return wording.text("state", "accepted")
    names = [wording.label(c) for c in policy.categories if c.key in state.categories]
    names += [s.name for s in policy.services if s.key in state.services]
    return wording.text("state", "partly", names=wording.listed(names))
