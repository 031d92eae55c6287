"""``POST`` below the mount, ``/violations``: what browsers say the policy stopped (``consent.asgi.violations``).

Answers 204 whatever comes. A place that is stopped although the judge lets it through is remembered, so that the next
page's policy has it; the owner is told of each host once. No URL is kept or logged, only its host.
"""

from dataclasses import dataclass, field
from http import HTTPStatus

from consent.address import read_addresses
from consent.asgi._types import Receive
from consent.asgi.allowlist import Allowlist
from consent.asgi.answers import ALWAYS, Answer
from consent.asgi.client import client_of
from consent.asgi.forms import Unreadable, read_body
from consent.asgi.site import Site
from consent.asgi.throttle import Allowance
from consent.asgi.violations import MEDIA_TYPES, Violation, parse_violations
from consent.asgi.visit import Visit
from consent.judge import PageJudge
from consent.settings.page_judge import make_judge

NOTHING = Answer(status=HTTPStatus.NO_CONTENT, headers=ALWAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """One per middleware."""

    site: Site
    allowance: Allowance = field(default_factory=Allowance)

    async def take(self, visit: Visit, receive: Receive) -> Answer:
        """Read what was posted, within the allowance; the answer says nothing about it."""
        allowlist = self.site.allowlist
        # Another site's page may make a visitor's browser post here; our own pages' reports are same-origin.
        if allowlist is None or visit.headers.get(b"sec-fetch-site") == b"cross-site":
            return NOTHING
        if not self.allowance.take(client_of(visit), self.site.now().timestamp()) or not _is_report(visit):
            return NOTHING
        body = await read_body(receive)
        if not isinstance(body, Unreadable):
            decision = self.site.decide(self.site.read_state(visit))
            judge = make_judge(self.site.settings, decision, origin=visit.host)
            for violation in parse_violations(body):
                self._hear(violation, allowlist, judge)
        return NOTHING

    def _hear(self, violation: Violation, allowlist: Allowlist, judge: PageJudge) -> None:
        site = self.site
        address = next(iter(read_addresses(violation.url)), None)
        if address is None or not address.host:
            return
        service = site.catalogue.find(address.host, address.path)
        if judge.url(violation.url) is not None:
            site.reports.stopped(address.host, violation.directive, service.key if service else "")
        elif allowlist.places.report(violation.url):
            site.reports.missing(address.host, violation.directive, service.key if service else "")


def _is_report(visit: Visit) -> bool:
    return visit.headers.get(b"content-type", b"").partition(b";")[0].strip().lower() in MEDIA_TYPES
