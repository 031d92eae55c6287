"""What is declared to visitors, as the preferences and the cookie policy show it: from categories down to cookies."""

from collections.abc import Sequence
from dataclasses import dataclass

from consent.catalogue import Cookie, Service
from consent.categories import Category
from consent.pages.wording import Wording
from consent.policy import Policy
from consent.settings import Settings

SOLD = frozenset({"advertising", "social"})
"""The categories whose partners use what they learn for themselves: what the opt-out and the signal are about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieRow:
    """A cookie as it is shown."""

    name: str
    purpose: str
    duration: str
    third_party: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """A service as it is shown; ``partner`` is None where several organisations stand behind it."""

    key: str
    name: str
    partner: str | None
    country: str | None
    privacy_policy: str | None
    cookies: tuple[CookieRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRow:
    """An organisation as it is shown; where nobody counted them, the group's name."""

    name: str
    country: str | None
    privacy_policy: str | None
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRow:
    """A category as it is shown."""

    key: str
    label: str
    description: str
    necessary: bool
    services: tuple[ServiceRow, ...]
    count: str


def sold(policy: Policy) -> tuple[Category, ...]:
    """What is asked for, and is sold or shared in the words of Californian law (Cal. Civ. Code 1798.140)."""
    return tuple(c for c in policy.categories if c.key in policy.asked and c.key in SOLD)


def category_rows(wording: Wording, settings: Settings) -> tuple[CategoryRow, ...]:
    """The categories of the policy with their declared services, in the order they are shown."""
    policy = settings.policy
    shown = [c for c in policy.categories if c.necessary or c.key in policy.asked]
    return tuple(_category(wording, c, [s for s in policy.services if s.category == c.key]) for c in shown)


def _category(wording: Wording, category: Category, services: Sequence[Service]) -> CategoryRow:
    return CategoryRow(
        key=category.key,
        label=wording.label(category),
        description=wording.description(category),
        necessary=category.necessary,
        services=tuple(_service(wording, service) for service in services),
        count=_counted(wording, services),
    )


def _counted(wording: Wording, services: Sequence[Service]) -> str:
    counts = {"services": len(services), "cookies": sum(len(service.cookies) for service in services)}
    return wording.listed([wording.counted("counted", name, count=count) for name, count in counts.items() if count])


def _service(wording: Wording, service: Service) -> ServiceRow:
    partner = service.partner
    return ServiceRow(
        key=service.key,
        name=service.name,
        partner=None if service.group else partner.name,
        country=wording.country(partner.country) if partner.country and not service.group else None,
        privacy_policy=None if service.group else partner.privacy_policy,
        cookies=tuple(_cookie(wording, cookie) for cookie in service.cookies),
    )


def _cookie(wording: Wording, cookie: Cookie) -> CookieRow:
    duration = wording.duration(cookie.duration)
    if cookie.unverified and cookie.duration != "session":
        duration = wording.text("preferences", "up_to", duration=duration)
    return CookieRow(name=cookie.name, purpose=cookie.purpose, duration=duration, third_party=cookie.party == "third")


def partner_rows(categories: Sequence[CategoryRow]) -> tuple[PartnerRow, ...]:
    """Every partner behind ``categories`` once, by name, with the services it stands behind."""
    found: dict[str, PartnerRow] = {}
    for service in (service for category in categories for service in category.services):
        name = service.partner or service.name
        known = found.get(name)
        services = (*known.services, service.name) if known else (service.name,)
        found[name] = PartnerRow(
            name=name, country=service.country, privacy_policy=service.privacy_policy, services=services
        )
    return tuple(found[name] for name in sorted(found, key=str.casefold))
