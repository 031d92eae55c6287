"""The visitor's state and its transitions: accept, reject, save, withdraw.

Pure and total: any choice applied to any state gives a state. Nothing here grants what was not asked for:
a name the policy does not know is dropped (a visitor's bytes never grant).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from consent.policy import Policy


class Action(Enum):
    """What a visitor can do (the form field ``action``)."""

    ACCEPT = "accept"
    REJECT = "reject"
    SAVE = "save"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One submitted form: ``categories`` and ``services`` count with ``save`` only."""

    action: Action
    categories: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentState:
    """What a visitor chose, when, and under which policy version."""

    receipt: str
    """Random id that ties the cookie to its records; says nothing about the person."""
    policy_version: str
    given_at: datetime
    """Aware, UTC, whole seconds."""
    expires_at: datetime
    categories: frozenset[str] = frozenset()
    """Granted as a whole: every service in them."""
    services: frozenset[str] = frozenset()
    """Granted one by one, their category not being granted."""

    @property
    def granted(self) -> bool:
        return bool(self.categories or self.services)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long a choice stands before the visitor is asked again."""

    consent: timedelta = timedelta(days=180)
    refusal: timedelta = timedelta(days=180)
    """Kept as long as a grant by default (CNIL recommendation 2020-092, para. 39)."""


def apply(choice: Choice, *, policy: Policy, receipt: str, now: datetime, lifetimes: Lifetimes) -> ConsentState:
    """The state after ``choice``; the earlier state does not matter, a choice says everything."""
    asked = policy.askable
    if choice.action is Action.ACCEPT:
        categories, services = asked, frozenset[str]()
    elif choice.action is Action.SAVE:
        categories = choice.categories & asked
        services = frozenset(
            s.key
            for s in policy.services
            if s.key in choice.services and s.category in asked and s.category not in categories
        )
    else:
        categories, services = frozenset[str](), frozenset[str]()
    given_at = now.replace(microsecond=0)
    lifetime = lifetimes.consent if categories or services else lifetimes.refusal
    return ConsentState(
        receipt=receipt,
        policy_version=policy.version,
        given_at=given_at,
        expires_at=given_at + lifetime,
        categories=categories,
        services=services,
    )


REPEATED = timedelta(minutes=1)
"""Within it the same choice of the same visitor is the same choice: a double click, an impatient script."""


def is_repeated(before: ConsentState, after: ConsentState) -> bool:
    """Whether ``after`` only says again what ``before`` said a moment ago."""
    same = (before.categories, before.services, before.policy_version) == (
        after.categories,
        after.services,
        after.policy_version,
    )
    return same and timedelta(0) <= after.given_at - before.given_at < REPEATED


def parse_choice(action: str, categories: Iterable[str], services: Iterable[str]) -> Choice | None:
    """The choice a form or a JSON body names, or None where the action is not one of ours."""
    try:
        known = Action(action)
    except ValueError:
        return None
    return Choice(action=known, categories=frozenset(categories), services=frozenset(services))
