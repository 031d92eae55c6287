"""decide(policy, state, now): what this visitor allows, whether to ask, and why.

Unknown is denied: without a valid, unexpired choice under the policy in force nothing is allowed.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from consent.catalogue import Service
from consent.categories import NECESSARY
from consent.choices import ConsentState
from consent.policy import Policy


class Reason(Enum):
    """Why a decision is as it is."""

    CHOSEN = "chosen"
    FIRST_VISIT = "first-visit"
    EXPIRED = "expired"
    POLICY_CHANGED = "policy-changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What may run for one visitor. Hashable: equal decisions share their prepared pages and judges."""

    answered: bool
    reason: Reason
    categories: frozenset[str]
    """Allowed as a whole; holds ``necessary`` always."""
    services: frozenset[str] = frozenset()
    """Allowed one by one."""
    declared: frozenset[str] | None = None
    """Where undeclared services stay held even after their category's grant: the declared ones; else None."""

    @property
    def ask(self) -> bool:
        return not self.answered

    def allows(self, name: str) -> bool:
        """Whether a category, or a service by its key, may run now."""
        return name in self.categories or name in self.services

    def allows_service(self, service: Service) -> bool:
        """Whether ``service`` may run: its category is allowed, or it is itself."""
        if service.category == NECESSARY or service.key in self.services:
            return True
        if service.category not in self.categories:
            return False
        return self.declared is None or service.key in self.declared


def decide(policy: Policy, state: ConsentState | None, now: datetime) -> Decision:
    """Judge ``state`` (None: no valid cookie) under ``policy`` at ``now`` (aware, UTC)."""
    declared = policy.declared if policy.undeclared == "hold" else None
    necessary = policy.necessary
    if state is None:
        return Decision(answered=False, reason=Reason.FIRST_VISIT, categories=necessary, declared=declared)
    if state.policy_version != policy.version:
        return Decision(answered=False, reason=Reason.POLICY_CHANGED, categories=necessary, declared=declared)
    if now >= state.expires_at:
        return Decision(answered=False, reason=Reason.EXPIRED, categories=necessary, declared=declared)
    return Decision(
        answered=True,
        reason=Reason.CHOSEN,
        categories=necessary | (state.categories & policy.askable),
        services=state.services & policy.declared,
        declared=declared,
    )
