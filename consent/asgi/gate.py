"""The browser check at the door: a page opened by a browser too old for the site gets a page that says so, or a bar.

Only where a person opens a page: not for what a page fetches, a form, an API, or a page fetched ahead of its opening.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from http import HTTPStatus
from urllib.parse import quote

from consent.asgi import answers
from consent.asgi.answers import Answer
from consent.asgi.headers import first
from consent.asgi.site import Site
from consent.asgi.visit import Visit
from consent.browsers import BrowserCheck, Floors, Outcome, Verdict
from consent.browsers.continuing import LIFETIME, NAME, ContinueCookie
from consent.browsers.facts import BrowserFacts
from consent.pages.browser import BrowserPage
from consent.settings import Settings
from consent.settings.schema import BrowserMode

PREVIEW = b"browser-check=preview"
"""In a query, where the site is being debugged: the page, whatever the browser."""
VARY = b"User-Agent, Sec-CH-UA, Cookie, Accept-Language"
_NOT_OPENED = (b"sec-purpose", b"purpose", b"x-purpose", b"x-moz", b"hx-request", b"x-requested-with")
"""With one of these a page is fetched ahead, and would be kept for its opening; or a script asks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What holds where paths begin with ``path``."""

    path: str
    mode: BrowserMode
    check: BrowserCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An outdated browser that has opened a page, and what it is to get."""

    verdict: Verdict
    mode: BrowserMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One per middleware."""

    site: Site
    rules: tuple[Rule, ...]
    """The longest path first; the last one fits every path."""
    continuing: ContinueCookie
    pages: BrowserPage

    @classmethod
    def of(cls, site: Site, keys: Sequence[bytes]) -> "Gate":
        """The gate of ``site``."""
        return cls(
            site=site,
            rules=make_rules(site.settings),
            continuing=ContinueCookie(keys),
            pages=site.pages.browser,
        )

    def report(self, today: date) -> None:
        """Tell the owner of facts grown old, and of floors that some browsers' makers don't keep up with."""
        facts = self.site.settings.browser_facts
        self.site.reports.browser_data(facts.as_of, today)
        section = self.site.settings.browsers
        for floor in (section.floor, *(rule.floor for rule in section.rules)):
            behind = facts.behind(floors_of(floor, facts)) if isinstance(floor, str) else ()
            if behind and section.mode != "off":
                names = (f"{family.name} {family.version}, engine {family.built_on[0]}" for family in behind)
                self.site.reports.trailing(str(floor), "; ".join(names))

    def find(self, visit: Visit) -> Finding | None:
        """What was found of an outdated browser that wants a page; None lets the request in."""
        rule = self._rule(visit.path) if len(self.rules) > 1 else self.rules[0]
        if rule.mode == "off":
            return None
        headers = visit.raw_headers
        verdict = rule.check.judge(first(headers, b"user-agent") or b"")
        if verdict.outcome is not Outcome.OUTDATED:
            return None  # nearly everybody, so this is asked before all else
        verdict = rule.check.judge(first(headers, b"user-agent") or b"", first(headers, b"sec-ch-ua") or b"")
        if verdict.outcome is not Outcome.OUTDATED or not _opens_page(visit):
            return None
        if visit.path.startswith(self.site.settings.browsers.exclude) or self._continues(visit):
            return None
        return Finding(verdict=verdict, mode=rule.mode)

    def judge(self, visit: Visit) -> Verdict:
        """What the User-Agent says of who sent it; remembered from the page that it asked for before."""
        return self.rules[-1].check.judge(visit.headers.get(b"user-agent", b""))

    def preview(self, visit: Visit) -> Answer | None:
        """The page for whoever asks to see it."""
        if PREVIEW not in visit.query.encode("latin-1").split(b"&"):
            return None
        return self.page(visit, replace(self.judge(visit), outcome=Outcome.OUTDATED))

    def page(self, visit: Visit, verdict: Verdict) -> Answer:
        """The page that stands in place of the one asked for."""
        return self._answer(visit, verdict, self.site.settings.browsers.status, _return_to(visit))

    def own_page(self, visit: Visit, return_to: str) -> Answer:
        """The same under an address of its own, for whoever comes from the bar."""
        return self._answer(visit, self.judge(visit), HTTPStatus.OK, return_to, visit.asked_language)

    def bar(self, visit: Visit) -> bytes:
        """What is inserted into a page in mode ``notice``."""
        bar = self.pages.bar(self.site.language(visit), return_to=_return_to(visit))
        return self.site.at_root(bar, visit)

    def continue_cookie(self, visit: Visit, now: datetime) -> bytes:
        """The ``Set-Cookie`` value of a visitor who goes on anyway."""
        age = int(LIFETIME.total_seconds())
        value = f"{NAME}={self.continuing.dumps(now)}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax"
        return (f"{value}; Secure" if visit.secure else value).encode("ascii")

    def _answer(self, visit: Visit, verdict: Verdict, status: int, return_to: str, asked: str = "") -> Answer:
        language = self.site.language(visit, asked=asked)
        body = self.pages.page(language, verdict=verdict, return_to=return_to)
        answer = answers.html(status, self.site.at_root(body, visit))
        # Stored nowhere: after an update, or "continue anyway", the same URL is the site's own page again.
        return answer.replacing(b"cache-control", b"private, no-store").replacing(b"vary", VARY)

    def _rule(self, path: str) -> Rule:
        return next(rule for rule in self.rules if path.startswith(rule.path))

    def _continues(self, visit: Visit) -> bool:
        start = f"{NAME}=".encode("ascii")
        crumbs = (pair.strip() for header in visit.cookies for pair in header.split(b";"))
        values = (crumb[len(start) :] for crumb in crumbs if crumb.startswith(start))
        now = self.site.now()
        return any(self.continuing.accepts(value, now) for value in values)


def make_rules(settings: Settings) -> tuple[Rule, ...]:
    """The owner's rules, those with the same floor sharing what is remembered of browsers."""
    section, facts = settings.browsers, settings.browser_facts
    checks: dict[Floors, BrowserCheck] = {}

    def rule(path: str, floor: str | Floors | None, mode: BrowserMode | None) -> Rule:
        floors = floors_of(floor if floor is not None else section.floor, facts)
        check = checks.setdefault(floors, BrowserCheck(floors))
        return Rule(path=path, mode=mode or section.mode, check=check)

    own = sorted(section.rules, key=lambda item: -len(item.path))
    return (*(rule(item.path, item.floor, item.mode) for item in own), rule("", None, None))


def floors_of(floor: str | Floors, facts: BrowserFacts) -> Floors:
    """The floors an owner wrote down, by name or in full; the settings made sure that the name is known."""
    if isinstance(floor, Floors):
        return floor
    return facts.named(floor) or facts.floors["widely-18m"]


def _opens_page(visit: Visit) -> bool:
    if visit.method not in {"GET", "HEAD"} or visit.destination not in {None, b"document"}:
        return False
    return not any(name in visit.headers for name in _NOT_OPENED)


def _return_to(visit: Visit) -> str:
    # In a URL's form: what is back from a form must be one (``is_local_path``), and a path may hold any character.
    path = visit.root + quote(visit.path, safe="/:@!$&'()*+,;=~", errors="surrogateescape")
    query = "&".join(part for part in visit.query.split("&") if part.encode("latin-1") != PREVIEW)
    return f"{path}?{query}" if query else path
