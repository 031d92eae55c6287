"""A site as the middleware serves it: everything that can be computed at start, and the few bounded caches.

Holds no request. What a part needs of time and randomness comes in from here, so that tests decide about both.
"""

import base64
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape

from consent.asgi import randomness
from consent.asgi._types import Headers
from consent.asgi.allowlist import Allowlist
from consent.asgi.earlier import Earlier
from consent.asgi.notices import Notices
from consent.asgi.places import NotingJudge, Places
from consent.asgi.reports import Reports
from consent.asgi.sources import read_map
from consent.asgi.throttle import Throttle
from consent.asgi.validators import state_tag
from consent.asgi.visit import Kind, Visit
from consent.catalogue import Catalogue
from consent.categories import NECESSARY
from consent.choices import ConsentState
from consent.cookie import ConsentCookie
from consent.decision import Decision, decide
from consent.html import Holder, Texts, make_holder
from consent.judge import Met, PageJudge
from consent.languages import bundled, match_tag, negotiate
from consent.pages import Pages
from consent.records.keeper import RecordKeeper
from consent.settings import HELD_ALWAYS, Settings

HOLDERS = 64
"""Judges kept: a site has few decisions and hosts, a stranger may send any Host."""
POLICY_HEADERS = {"report": b"content-security-policy-report-only", "enforce": b"content-security-policy"}
_HOST = re.compile(r"[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\]")


def _now() -> datetime:
    return datetime.now(UTC)


def known_host(host: str) -> str:
    """``host``, where it is one that a browser would send; else nothing: it is a stranger's text, of any length."""
    return host if _HOST.fullmatch(host) else ""


def _new_receipt() -> str:
    # 96 bits: nobody meets another's, and it says nothing about the person. A letter first: a hyphen would make it an
    # option to a command and a formula to a spreadsheet.
    return "r" + base64.urlsafe_b64encode(randomness.take(12)).decode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One per middleware."""

    settings: Settings
    pages: Pages
    cookie: ConsentCookie
    keeper: RecordKeeper
    reports: Reports = field(default_factory=Reports)
    now: Callable[[], datetime] = _now
    seconds: Callable[[], float] = time.monotonic
    random: Callable[[int], bytes] = randomness.take
    new_receipt: Callable[[], str] = _new_receipt
    unanswered: Decision = field(init=False)
    """What is decided of a visitor who has not chosen; the clock has no part in it."""
    allowlist: Allowlist | None = field(init=False)
    """Makes the policy of ``holding.csp``; None where that is off."""
    throttle: Throttle = field(init=False)
    """What one client may send."""
    notices: Notices = field(init=False)
    """What visitors are shown, for their records."""
    earlier: Earlier = field(init=False)
    """What those were asked who chose under another policy."""
    _holders: dict[tuple[Decision, str], Holder] = field(default_factory=dict)
    _texts: Texts = field(default_factory=Texts)
    _pieces: Texts = field(default_factory=Texts)

    def __post_init__(self) -> None:
        unanswered = decide(self.settings.policy, None, self.now())
        allowlist = None
        if self.settings.holding.csp != "off":
            places = read_map(self.catalogue)
            allowlist = Allowlist(
                settings=self.settings,
                map=places,
                places=Places(places, self._pieces),
                judge=self._quiet_judge,
                left_out=self.reports.left_out,
            )
        notices = Notices(settings=self.settings, pages=self.pages, asking=unanswered)
        object.__setattr__(self, "unanswered", unanswered)  # frozen: set once, here
        object.__setattr__(self, "allowlist", allowlist)
        object.__setattr__(self, "notices", notices)
        throttle = Throttle(rate=self.settings.records.rate, secret=secrets.token_bytes(16))
        object.__setattr__(self, "throttle", throttle)
        earlier = Earlier(keeper=self.keeper, reports=self.reports, seconds=self.seconds)
        object.__setattr__(self, "earlier", earlier)

    @property
    def catalogue(self) -> Catalogue:
        return self.settings.catalogue

    @property
    def categories(self) -> frozenset[str]:
        return frozenset(category.key for category in self.settings.categories)

    def read_state(self, visit: Visit) -> ConsentState | None:
        """What the visitor's cookie says, if one of our keys signed it."""
        state = self.cookie.read(visit.cookies, visit.secure)
        return state if isinstance(state, ConsentState) else None

    def decide(self, state: ConsentState | None, now: datetime | None = None) -> Decision:
        return self.unanswered if state is None else decide(self.settings.policy, state, now or self.now())

    def holder(self, decision: Decision, host: str) -> Holder:
        """What holds in pages of ``host``; a host no browser would send is nobody's own."""
        key = (decision, known_host(host))
        if known := self._holders.get(key):
            return known
        if len(self._holders) >= HOLDERS:
            self._holders.clear()
        judge = self.judge(decision, key[1], self.met)
        noting = NotingJudge(judge, self.allowlist.places) if self.allowlist else judge
        holder = self._holders[key] = make_holder(noting, self._texts, self._pieces)
        return holder

    def policy_headers(self, decision: Decision, visit: Visit, page: bytes = b"") -> Headers:
        """The policy of ``holding.csp`` for this visitor, as headers beside the app's own; ``page``: its text."""
        if self.allowlist is None:
            return []
        policy = self.allowlist.policy(
            decision,
            host=known_host(visit.host),
            reports=f"{visit.root}{self.settings.paths.mount}/violations",
            secure=visit.secure,
            page=page,
        )
        if policy is None:
            return []
        headers = [(POLICY_HEADERS[self.settings.holding.csp], policy)]
        if visit.secure:  # over plain http browsers take no such endpoint, and would then report nowhere
            endpoint = f'consent-violations="{visit.root}{self.settings.paths.mount}/violations"'
            headers.append((b"reporting-endpoints", endpoint.encode("ascii")))
        return headers

    def _quiet_judge(self, decision: Decision, host: str) -> PageJudge:
        return self.judge(decision, host, lambda _kind, _name: None)

    def judge(self, decision: Decision, host: str, met: Callable[[Met, str], None]) -> PageJudge:
        """A judge of the pages of ``host``, which tells ``met`` of whom it comes across."""
        holding = self.settings.holding
        return PageJudge(
            self.catalogue,
            decision,
            own=self.settings.site.domains,
            origin=host,
            allow=holding.allow,
            categories=self.categories,
            unknown=holding.unknown,
            declared=frozenset(service.key for service in self.settings.policy.services),
            met=met,
        )

    def met(self, kind: Met, name: str) -> None:
        """Tell the owner of what the settings do not name, and what becomes of it."""
        if kind is Met.UNKNOWN:
            self.reports.unknown(name)
            return
        category = self.catalogue.services[name].category
        if category == NECESSARY:
            self.reports.undeclared(name, "it is necessary, and not held")
        elif category not in self.settings.policy.asked or self.settings.policy.undeclared == "hold":
            if category != HELD_ALWAYS:  # the owner has switched it off: nothing to declare
                self.reports.undeclared(name, "it is held, whatever a visitor allows")
        else:
            self.reports.undeclared(name, "it is held until its category is allowed")

    def language(self, visit: Visit, page_language: str = "", *, asked: str = "") -> str:
        """What the app said, the page's own, that in its path; where we speak none of them, the visitor's own choice.

        ``page_language``: of ``<html lang>``; ``asked``: of the page that a link or a form of ours came from.
        """
        offered = self.pages.languages
        for tag in (asked, visit.language, page_language, visit.path_language if self.settings.paths.language else ""):
            if tag and (spoken := match_tag(tag, offered)):
                return spoken
        # Where an owner has named no languages, their order is the alphabet's.
        return negotiate(visit.text(b"accept-language"), offered, ranked=offered != bundled())

    def at_root(self, page: bytes, visit: Visit) -> bytes:
        """``page``, whose links and forms lead to the mount, for an application that is itself mounted somewhere.

        Pages are prepared before anybody knows where, and a root may even be a visitor's (``/{tenant}``).
        """
        if not visit.root:
            return page
        mount = escape(self.settings.paths.mount).encode()
        root = escape(visit.root).encode()
        # In an attribute only: in text a quote is written as a reference.
        return re.sub(rb'="(?=%b["/?])' % re.escape(mount), lambda _: b'="' + root, page)

    def state_tag(self, decision: Decision, visit: Visit) -> bytes:
        """What the ETag of a page says about the visitor's state."""
        holding = self.settings.holding
        # A browser keeps the policy with the page: another setting must not be answered with "not modified".
        version = " ".join([self.pages.version, holding.csp, *holding.allow]) if self.allowlist else self.pages.version
        if visit.notice:  # gone after an update of the browser, and so must be what it kept
            version += " notice"
        return state_tag(decision, pages=version, language=self.language(visit), kind=visit.kind)

    def vary(self, visit: Visit) -> list[bytes]:
        """The request headers a rewritten page depends on."""
        names = [b"Cookie"]
        if len(self.pages.languages) > 1:
            names.append(b"Accept-Language")
        if visit.kind is not Kind.PAGE:
            # A browser must not show as a page what it keeps of a fragment: no banner would stand in it.
            names += [b"Sec-Fetch-Dest", b"HX-Request"]
        if visit.notice:
            names += [b"User-Agent", b"Sec-CH-UA"]
        return names
