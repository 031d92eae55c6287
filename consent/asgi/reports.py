"""What an owner should hear about, once each: codes in the log, never a visitor's data.

What is repeated comes from pages and settings; the sets are bounded, so that no page can fill memory or the log.
"""

import logging
from collections.abc import Iterable
from datetime import date, timedelta

from consent.asgi.forms import BODY_LIMIT
from consent.errors import Problem
from consent.html import Limit

logger = logging.getLogger("consent")

LIMIT = 200
"""Different things told under one code: what a stranger can make up must not silence the others."""
STALE = timedelta(days=180)
"""Browser data older than this is told of."""

_UNDECLARED = (
    "consent.W010 the pages use %s, which site.services does not name: {}. Declare it, so that visitors are told"
)
_UNKNOWN = (
    "consent.W011 the pages load from %s, which no catalogue entry names. Add a [services.…] entry, or name it in "
    "site.domains or holding.allow"
)


class Reports:
    """One per middleware."""

    def __init__(self) -> None:
        self._told: dict[str, set[str]] = {}

    def undeclared(self, service: str, becomes: str) -> None:
        """``becomes``: what is done with it, in words."""
        self._once(_UNDECLARED.format(becomes), service)

    def unknown(self, host: str) -> None:
        self._once(_UNKNOWN, host, f"{host} (third party {len(self._told.get(_UNKNOWN, ())) + 1})")

    def encoded(self, coding: str) -> None:
        self._once(
            "consent.W012 a page came encoded (%s) and passed unread: nothing in it is held. Let the server "
            "compress, or a middleware outside ConsentMiddleware",
            coding,
        )

    def unread(self, media_type: str) -> None:
        self._once(
            "consent.W012 a page came as %s and passed unread: nothing in it is held. Send it as text/html",
            media_type,
        )

    def untransformable(self, path: str) -> None:
        self._once(
            "consent.W013 %s is sent with Cache-Control: no-transform and passed unread: nothing in it is held",
            path,
        )

    def unknown_name(self, name: str) -> None:
        self._once(
            "consent.W015 the app asked consent.allows(%r), which is no category or service here: always False",
            name,
        )

    def nested(self, mount: str) -> None:
        self._once(
            "consent.W016 a ConsentMiddleware stands inside another, and stands aside: the outer one's settings hold, "
            "and nothing answers below its own %s. Take one away, or name this part in the outer one's paths.exclude",
            mount,
        )

    def exceeded(self, limit: Limit, path: str) -> None:
        what = limit.what.replace("%d", str(limit.most))
        self._once(f"{limit.code} in %s {what}: nobody read it, and no choice releases it", path)

    def failed(self, what: str, error: Exception) -> None:
        """Our own fault: told each time, with its traceback."""
        logger.error("consent.W014 a page could not be judged; %s", what, exc_info=error)

    def refused(self, why: str) -> None:
        self._once("consent.W040 a choice from another site was refused (%s)", why)

    def too_large(self) -> None:
        self._once("consent.W041 a choice was refused: its body is longer than %s bytes", str(BODY_LIMIT))

    def senseless(self, why: str) -> None:
        self._once("consent.W042 a choice was refused: %s", why)

    def set_cookie(self, name: str, service: str) -> None:
        self._once(
            "consent.W061 the app sets a cookie of a service that the visitor has not allowed, and it was taken out: "
            "%s. If it is the site's own, describe it in a service of the category necessary",
            f"{name} ({service})",
        )

    def missing(self, host: str, directive: str, service: str) -> None:
        """The policy stops what the judge lets through."""
        self._once(
            "consent.W060 the policy stops %s: it was not known that the site uses it. From the next page on it is "
            "allowed, until a restart. To have it from the start, name it in holding.allow",
            f"{host} ({directive}, {service or 'in no catalogue entry'})",
        )

    def stopped(self, host: str, directive: str, service: str) -> None:
        """The policy stops what is held."""
        self._once(
            "consent.W062 something in the pages starts %s at run time, which is held; the policy stops it",
            f"{host} ({directive}, {service or 'in no catalogue entry'})",
        )

    def left_out(self, count: int) -> None:
        self._once(
            "consent.W063 the policy has no room for all that the pages use: %s places were left out. Name few and "
            "wide hosts in site.domains and holding.allow, and declare only the services in use",
            "some" if count else "",
        )

    def settings(self, warnings: Iterable[Problem]) -> None:
        """What is odd in the settings, though they are taken."""
        for warning in warnings:
            logger.warning("%s", warning)

    def flooded(self, rate: int) -> None:
        self._once(
            "consent.W043 choices were refused: a client sent more than %s a minute. If your visitors come through a "
            "proxy, let the server tell their addresses (for uvicorn: --forwarded-allow-ips), or raise records.rate",
            str(rate),
        )

    def browser_data(self, as_of: date, today: date) -> None:
        if today - as_of > STALE:
            self._once(
                "consent.W030 the browser data is of %s: fewer browsers are turned away than could be. Update the "
                "package, or run consent browsers refresh",
                as_of.isoformat(),
            )

    def trailing(self, floor: str, families: str) -> None:
        self._once(
            "consent.W031 the floor %s is above the engine of some browsers' newest releases, which are let in all the "
            "same",
            f"{floor} ({families})",
        )

    def hook_failed(self, error: Exception) -> None:
        """The owner's code: told each time, with its traceback."""
        logger.error("consent.W032 on_outdated failed; the browser got what the settings say", exc_info=error)

    def _once(self, text: str, name: str, shown: str = "") -> None:
        told = self._told.setdefault(text, set())
        if name in told or len(told) >= LIMIT:
            return
        told.add(name)
        said = (shown or name)[:200]
        # Paths are a stranger's words: a line break in one must not begin a line of the log.
        logger.warning(text, said if said.isprintable() else ascii(said))
