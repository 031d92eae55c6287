"""A site as the middleware serves it: everything that can be computed at start, and the few bounded caches.

Holds no request. What a part needs of time and randomness comes in from here, so that tests decide about both.
"""

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape

from consent.asgi._types import Headers
from consent.asgi.allowlist import Allowlist
from consent.asgi.earlier import Earlier
from consent.asgi.holders import Holders
from consent.asgi.notices import Notices
from consent.asgi.places import Places
from consent.asgi.randomness import new_receipt, take
from consent.asgi.reports import Reports
from consent.asgi.sources import read_entries
from consent.asgi.throttle import Throttle
from consent.asgi.validators import state_tag
from consent.asgi.visit import Kind, Visit
from consent.catalogue import Catalogue
from consent.choices import ConsentState
from consent.cookie import ConsentCookie
from consent.decision import Decision, decide
from consent.html import Texts
from consent.languages import bundled, match_tag, negotiate
from consent.pages import Pages
from consent.records.keeper import RecordKeeper
from consent.settings import Settings


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True, eq=False)
class Site:
    """One per middleware. Nothing is set anew after the start."""

    settings: Settings
    pages: Pages
    cookie: ConsentCookie
    keeper: RecordKeeper
    reports: Reports = field(default_factory=Reports)
    now: Callable[[], datetime] = _now
    seconds: Callable[[], float] = time.monotonic
    random: Callable[[int], bytes] = take
    new_receipt: Callable[[], str] = new_receipt
    unanswered: Decision = field(init=False)
    """What is decided of a visitor who has not chosen; the clock has no part in it."""
    categories: frozenset[str] = field(init=False)
    """Keys of all of them, those switched off too."""
    holders: Holders = field(init=False)
    """What holds in the site's pages, by decision and host."""
    allowlist: Allowlist | None = field(init=False)
    """Makes the policy of ``holding.csp``; None where that is off."""
    throttle: Throttle = field(init=False)
    """What one client may send."""
    notices: Notices = field(init=False)
    """What visitors are shown, for their records."""
    earlier: Earlier = field(init=False)
    """What those were asked who chose under another policy."""

    def __post_init__(self) -> None:
        settings = self.settings
        pieces = Texts()
        places = Places(read_entries(settings.catalogue), pieces) if settings.holding.csp != "off" else None
        self.unanswered = decide(settings.policy, None, self.now())
        self.categories = frozenset(category.key for category in settings.categories)
        self.holders = Holders(settings, self.reports, pieces, places)
        self.allowlist = None
        if places is not None:
            self.allowlist = Allowlist(
                settings=settings,
                places=places,
                left_out=self.reports.left_out,
            )
        self.throttle = Throttle(rate=settings.records.rate, secret=secrets.token_bytes(16))
        self.notices = Notices(settings=settings, pages=self.pages, asking=self.unanswered)
        self.earlier = Earlier(keeper=self.keeper, reports=self.reports, seconds=self.seconds)

    @property
    def catalogue(self) -> Catalogue:
        return self.settings.catalogue

    def read_state(self, visit: Visit) -> ConsentState | None:
        """What the visitor's cookie says, if one of our keys signed it."""
        state = self.cookie.read(visit.cookies, visit.secure)
        return state if isinstance(state, ConsentState) else None

    def decide(self, state: ConsentState | None, now: datetime | None = None) -> Decision:
        return self.unanswered if state is None else decide(self.settings.policy, state, now or self.now())

    def policy_headers(self, decision: Decision, visit: Visit, page: bytes = b"") -> Headers:
        """The policy of ``holding.csp`` for this visitor, as headers beside the app's own; ``page``: its text."""
        return [] if self.allowlist is None else self.allowlist.headers(decision, visit, page)

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
        if visit.bar:  # gone after an update of the browser, and so must be what it kept
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
        if visit.bar:
            names += [b"User-Agent", b"Sec-CH-UA"]
        return names
