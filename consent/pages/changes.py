"""What a visitor is told who has chosen before and is asked again: why, and what is new since.

What was asked then is known from their own records; where there are none, from nowhere, and no more is said than why.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from consent.catalogue import Catalogue, Service
from consent.choices import ConsentState
from consent.decision import Decision, Reason
from consent.pages.wording import Wording
from consent.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody was asked once: keys of categories and of services."""

    categories: frozenset[str]
    services: frozenset[str]


NAMED = 3
"""How many things the first layer names; where there are more, two of them and the number of the others."""
WHY = {Reason.POLICY_CHANGED: "policy", Reason.EXPIRED: "expired"}


def since(decision: Decision, state: ConsentState | None) -> datetime | None:
    """When the choice was given that does not count any more; None for everybody else."""
    return state.given_at if state is not None and decision.reason in WHY else None


def why(wording: Wording, reason: Reason, date: str) -> str:
    """Why a visitor is asked again; ``date`` in words."""
    return wording.text("changed", WHY[reason], date=date)


def news(wording: Wording, policy: Policy, before: Asked) -> str:
    """What is asked now and was not then, in a few words for the first layer; empty where it is nothing by name."""
    names = _categories(wording, policy, before) + [service.name for service in _services(policy, before)]
    if len(names) > NAMED:
        more = wording.counted("counted", "more", count=len(names) - NAMED + 1)
        names = [*names[: NAMED - 1], more]
    return wording.text("changed", "new", names=wording.listed(names)) if names else ""


def changes(wording: Wording, policy: Policy, catalogue: Catalogue, before: Asked) -> list[str]:
    """What is asked now and was not then, and what is not any more, in sentences."""
    new = _services(policy, before)
    known = {service.partner.name for key in before.services if (service := catalogue.services.get(key))}
    partners = dict.fromkeys(s.partner.name for s in new if not s.group and s.partner.name not in known)
    gone = [_name(catalogue, key) for key in sorted(before.services - {service.key for service in policy.services})]
    found = {
        "categories": _categories(wording, policy, before),
        "services": [service.name for service in new],
        "partners": list(partners),
        "removed": gone,
    }
    return [_said(wording, what, names) for what, names in found.items() if names]


def _categories(wording: Wording, policy: Policy, before: Asked) -> list[str]:
    new = [c for c in policy.categories if c.key in policy.asked and c.key not in before.categories]
    return [wording.label(category) for category in new]


def _services(policy: Policy, before: Asked) -> list[Service]:
    return [service for service in policy.services if service.key not in before.services]


def _said(wording: Wording, what: str, names: Collection[str]) -> str:
    return wording.text("changed", what, names=wording.listed([*names]))


def _name(catalogue: Catalogue, key: str) -> str:
    service = catalogue.services.get(key)
    return service.name if service else key
