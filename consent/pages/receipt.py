"""The visitor's receipt: what they agreed to, as it is kept, for reading and as JSON (GDPR Art. 15 and 20).

The receipt is that of the visitor's own signed cookie: no number in an address shows anybody else's.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import jinja2

from consent.choices import ConsentState
from consent.decision import Decision
from consent.pages.page import Page, on_site
from consent.pages.preferences import summary
from consent.pages.wording import Wording
from consent.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One earlier choice."""

    at: datetime
    event: str
    """``grant``, ``refuse``, ``partial``, ``change``, ``withdraw``, ...: as the record has it."""
    categories: tuple[tuple[str, bool], ...]
    services: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    at: datetime
    event: str
    names: str


_EVENTS = {
    "grant": "granted",
    "refuse": "rejected",
    "partial": "partial",
    "change": "changed",
    "withdraw": "withdrawn",
    "signal": "signal",
    "expire": "expired",
}
_NAMED = frozenset({"partial", "change"})


class Receipt:
    """Renders one site's receipts."""

    def __init__(self, settings: Settings, environment: jinja2.Environment) -> None:
        self._page = Page(settings, environment, "receipt.html", style="document.css", script="document.js")
        self._settings = settings
        self.csp = self._page.csp

    def render(
        self,
        *,
        language: str,
        decision: Decision,
        state: ConsentState | None,
        history: Sequence[Entry],
        return_to: str,
    ) -> bytes:
        """The page; ``history`` is oldest first, and shown newest first."""
        wording, policy = self._page.wordings[language], self._settings.policy
        in_force = state if decision.answered else None
        asked = [c for c in policy.categories if c.key in policy.asked]
        granted = in_force.categories if in_force else frozenset[str]()
        single = in_force.services if in_force else frozenset[str]()
        answers = [(wording.label(c), c.key in granted) for c in asked]
        answers += [(s.name, True) for s in policy.services if s.key in single]
        return self._page.render(
            wording,
            summary=summary(wording, policy, decision, state),
            state=in_force,
            granted=in_force is not None and in_force.granted,
            withdrawn=in_force is not None and bool(history) and history[-1].event == "withdraw",
            number=state.receipt if state else "",
            answers=answers,
            history=[self._row(wording, entry) for entry in reversed(history)],
            copy=json.dumps(self.content(decision=decision, state=state, history=history), indent=2),
            return_to=on_site(return_to),
        )

    def content(self, *, decision: Decision, state: ConsentState | None, history: Sequence[Entry]) -> dict[str, object]:
        """The receipt as JSON has it."""
        policy = self._settings.policy
        in_force = state if decision.answered else None
        site = self._settings.site
        return {
            "site": site.name,
            "controller": site.controller,
            "privacy_policy": site.privacy_policy,
            "receipt": state.receipt if state else None,
            "in_force": in_force is not None,
            "policy_version": in_force.policy_version if in_force else None,
            "given_at": _moment(in_force.given_at) if in_force else None,
            "expires_at": _moment(in_force.expires_at) if in_force else None,
            "categories": {key: decision.answered and key in decision.categories for key in policy.asked},
            "services": {s.key: decision.answered and decision.allows_service(s) for s in policy.services},
            "history": [
                {
                    "at": _moment(entry.at),
                    "event": entry.event,
                    "categories": dict(entry.categories),
                    "services": dict(entry.services),
                }
                for entry in history
            ],
        }

    def _row(self, wording: Wording, entry: Entry) -> _Row:
        event = wording.text("receipt", _EVENTS[entry.event]) if entry.event in _EVENTS else entry.event
        names = self._names(wording, entry) if entry.event in _NAMED else ""
        return _Row(at=entry.at, event=event, names=names)

    def _names(self, wording: Wording, entry: Entry) -> str:
        """What was allowed: categories, and services whose category was not; names of today where they are known."""
        categories = {category.key: category for category in self._settings.categories}
        services = self._settings.catalogue.services
        allowed = {key for key, answer in entry.categories if answer}
        names = [wording.label(categories[key]) if key in categories else key for key in sorted(allowed)]
        for key, answer in entry.services:
            service = services.get(key)
            if answer and not (service and service.category in allowed):
                names.append(service.name if service else key)
        return wording.listed(names)


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
