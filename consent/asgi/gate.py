"""The browser check at the door: a page opened by a browser too old for the site gets a page that says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

import jinja2

from consent.asgi import answers
from consent.asgi.answers import Answer
from consent.asgi.headers import first
from consent.asgi.site import Site
from consent.asgi.visit import Visit
from consent.browser_facts import BrowserFacts, bundled_browser_facts
from consent.browsers import BrowserCheck, Floors, Outcome
from consent.continuing import LIFETIME, NAME, ContinueCookie
from consent.pages.browser import render_browser
from consent.pages.environment import make_environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One per middleware."""

    site: Site
    check: BrowserCheck
    continuing: ContinueCookie
    facts: BrowserFacts
    environment: jinja2.Environment

    @classmethod
    def of(cls, site: Site, keys: Sequence[bytes]) -> "Gate":
        """The gate of ``site``."""
        facts, floor = bundled_browser_facts(), site.settings.browsers.floor
        return cls(
            site=site,
            check=BrowserCheck(floor if isinstance(floor, Floors) else facts.floors[floor]),
            continuing=ContinueCookie(keys),
            facts=facts,
            environment=make_environment(),
        )

    def turn_away(self, visit: Visit) -> Answer | None:
        """The page for an outdated browser that wants a page; None lets the request in."""
        settings = self.site.settings.browsers
        if settings.mode != "page":
            return None
        verdict = self.check.judge(first(visit.raw_headers, b"user-agent") or b"")
        if verdict.outcome is not Outcome.OUTDATED:
            return None  # nearly everybody, so this is asked before all else
        opened = visit.method in {"GET", "HEAD"} and visit.destination in {None, b"document"}
        if not opened or visit.path.startswith(settings.exclude) or self._continues(visit):
            return None
        body = render_browser(
            self.environment,
            language=self.site.language(visit),
            verdict=verdict,
            data=self.facts,
            return_to=_return_to(visit),
            site_name=self.site.settings.site.name,
            mount=self.site.settings.paths.mount,
        )
        answer = answers.html(settings.status, self.site.at_root(body, visit))
        # Stored nowhere: after an update, or "continue anyway", the same URL is the site's own page again.
        answer = answer.replacing(b"cache-control", b"private, no-store")
        return answer.replacing(b"vary", b"User-Agent, Cookie, Accept-Language")

    def continue_cookie(self, visit: Visit, now: datetime) -> bytes:
        """The ``Set-Cookie`` value of a visitor who goes on anyway."""
        age = int(LIFETIME.total_seconds())
        value = f"{NAME}={self.continuing.dumps(now)}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax"
        return (f"{value}; Secure" if visit.secure else value).encode("ascii")

    def _continues(self, visit: Visit) -> bool:
        start = f"{NAME}=".encode("ascii")
        crumbs = (pair.strip() for header in visit.cookies for pair in header.split(b";"))
        values = (crumb[len(start) :] for crumb in crumbs if crumb.startswith(start))
        now = self.site.now()
        return any(self.continuing.accepts(value, now) for value in values)


def _return_to(visit: Visit) -> str:
    # In a URL's form: what is back from a form must be one (``is_local_path``), and a path may hold any character.
    path = visit.root + quote(visit.path, safe="/:@!$&'()*+,;=~", errors="surrogateescape")
    return f"{path}?{visit.query}" if visit.query else path
