"""The second layer: every category, service and cookie, and the state in force."""

from collections.abc import Sequence
from dataclasses import dataclass

import jinja2

from consent.catalogue import Cookie, Service
from consent.categories import Category
from consent.choices import ConsentState
from consent.decision import Decision, Reason
from consent.pages.assets import csp_hash, load_style, to_ascii
from consent.pages.per_language import PerLanguage
from consent.pages.theme import theme
from consent.pages.wording import Wording
from consent.settings import Settings


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
class CategoryRow:
    """A category as it is shown."""

    key: str
    label: str
    description: str
    necessary: bool
    services: tuple[ServiceRow, ...]
    count: str


class Preferences:
    """Renders the page; everything that does not depend on the visitor is put into words once per language."""

    def __init__(self, settings: Settings, environment: jinja2.Environment) -> None:
        self._settings = settings
        self._template = environment.get_template("preferences.html")
        self._wordings = PerLanguage(settings.site.languages, lambda tag: Wording.of(tag, settings.texts.get(tag, ())))
        self._rows = PerLanguage(settings.site.languages, lambda tag: category_rows(self._wordings[tag], settings))
        self._style = load_style("preferences.css")
        self._page_style = theme(settings.banner, "body") + load_style("page.css")
        styles = b" ".join([csp_hash(self._style), csp_hash(self._page_style)])
        # form-action: the form goes to the site; frame-ancestors: nobody clicks through a frame of another site.
        closed = b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        self.csp = b"default-src 'none'; style-src %b; %b" % (styles, closed)

    def render(
        self, *, language: str, decision: Decision, state: ConsentState | None, return_to: str, embedded: bool
    ) -> bytes:
        wording, site = self._wordings[language], self._settings.site
        markup = self._template.render(
            t=wording.texts,
            w=wording,
            language=wording.language,
            direction=wording.text("direction"),
            site=site,
            mount=self._settings.paths.mount,
            categories=self._rows[language],
            granted_categories=decision.categories if decision.answered else frozenset(),
            granted_services=decision.services if decision.answered else frozenset(),
            summary=self._summary(wording, decision, state),
            state=state if decision.answered else None,
            return_to=_on_site(return_to),
            embedded=embedded,
            style=self._style,
            page_style=self._page_style,
        )
        return to_ascii(markup)

    def _summary(self, wording: Wording, decision: Decision, state: ConsentState | None) -> str:
        """The state in force, in a sentence."""
        policy = self._settings.policy
        if not decision.answered:
            return wording.text("state", "none" if decision.reason is Reason.FIRST_VISIT else "outdated")
        if state is None or not state.granted:
            return wording.text("state", "rejected")
        if decision.categories >= frozenset(policy.asked):
            return wording.text("state", "accepted")
        names = [wording.label(c) for c in policy.categories if c.key in state.categories]
        names += [s.name for s in policy.services if s.key in state.services]
        return wording.text("state", "partly", names=wording.listed(names))


def _on_site(path: str) -> str:
    """``path``, if it leads nowhere but to the site itself (``//`` and a backslash name another host)."""
    return path if path.startswith("/") and path[1:2] not in {"/", "\\"} else "/"


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
        count=wording.counted("counted", "services", count=len(services)),
    )


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
