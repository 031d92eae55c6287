"""A choice's way: cross-site guard -> ``choices.apply`` -> record appended -> cookie -> 303 or JSON.

The record comes before the cookie, so that no choice stands in a browser of which there is no proof. What is said to
the browser check, "continue anyway", comes the same way and leaves no record.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus

from consent.asgi import answers
from consent.asgi._types import Headers, Receive
from consent.asgi.answers import Answer
from consent.asgi.client import client_of
from consent.asgi.expiry import expiring_headers, withdrawn_cookies
from consent.asgi.forms import Submission, Unreadable, parse_submission, read_body
from consent.asgi.gate import Gate
from consent.asgi.mount import Mount
from consent.asgi.origin import refusal
from consent.asgi.recording import Recording, Step
from consent.asgi.site import Site
from consent.asgi.visit import Visit
from consent.choices import Choice, ConsentState, apply, is_repeated, parse_choice
from consent.decision import Decision

_MADE_AHEAD = (b"clear-site-data", b'"prefetchCache", "prerenderCache"')
"""Pages that a browser has fetched or made ahead of time (speculation rules) are of before a choice: the banner stands
in them still, or what was taken back runs. Where there are no such caches nobody reads this.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """One per middleware."""

    site: Site
    gate: Gate
    mount: Mount
    recording: Recording

    async def choose(self, visit: Visit, receive: Receive) -> Answer:
        """Take a choice, by form or JSON."""
        submission = await self._submitted(visit, receive)
        if isinstance(submission, Answer):
            return submission
        choice = parse_choice(submission.action, submission.categories, submission.services)
        if choice is None:
            self.site.reports.senseless("its action is none of accept, reject, save, withdraw")
            return answers.plain(HTTPStatus.BAD_REQUEST, "unknown-action", visit)
        if self.gate.judge(visit).crawler:  # it presses every button, and has no will of its own
            if visit.sends_json:
                return answers.plain(HTTPStatus.FORBIDDEN, "crawler", visit)
            return answers.see_other(self.mount.return_path(submission.return_to, visit))
        return await self._apply(choice, submission, visit)

    async def continue_anyway(self, visit: Visit, receive: Receive) -> Answer:
        """Let a visitor go on with an outdated browser."""
        submission = await self._submitted(visit, receive)
        if isinstance(submission, Answer):
            return submission
        cookie = self.gate.continue_cookie(visit, self.site.now())
        return answers.see_other(self.mount.return_path(submission.return_to, visit)).adding([(b"set-cookie", cookie)])

    async def _apply(self, choice: Choice, submission: Submission, visit: Visit) -> Answer:
        site = self.site
        before, now = site.read_state(visit), site.now()
        earlier = site.decide(before, now)
        state = apply(
            choice,
            policy=site.settings.policy,
            receipt=before.receipt if before else site.new_receipt(),
            now=now,
            lifetimes=site.settings.lifetimes,
        )
        if before is not None and earlier.answered and is_repeated(before, state):
            state = before  # a double click: its record is there already, and the cookie says so
        elif not site.throttle.allows(client_of(visit), site.seconds()):
            site.reports.flooded(site.throttle.rate)
            answer = answers.plain(HTTPStatus.TOO_MANY_REQUESTS, "too-many", visit)
            return answer.adding([(b"retry-after", str(site.throttle.pause).encode())])
        else:
            step = Step(
                before=before,
                earlier=earlier,
                after=state,
                choice=choice,
                submission=submission,
                visit=visit,
                now=now,
            )
            if await self.recording.keep(step) is None and state.granted:
                # No proof, no grant (GDPR Art. 7(1)). A refusal stands all the same: it needs none.
                answer = answers.plain(HTTPStatus.SERVICE_UNAVAILABLE, "not-recorded", visit)
                return answer.adding([(b"retry-after", b"60")])
        decision = site.decide(state, now)
        withdrawn = withdrawn_cookies(visit.cookies, site.catalogue, decision)
        cookies = [site.cookie.set_header(state, secure=visit.secure, now=now)]
        cookies += expiring_headers(withdrawn, host=visit.host, domains=site.settings.site.domains)
        headers: Headers = [*((b"set-cookie", value) for value in cookies), _MADE_AHEAD]
        if visit.sends_json:
            # The open page stays under the policy it came with: what was allowed now could not be fetched in it.
            confined = site.settings.holding.csp == "enforce"
            reload = confined or site.settings.holding.release == "reload" or _takes_back(site, earlier, decision)
            return answers.json_answer(HTTPStatus.OK, outcome(state, decision, reload=reload)).adding(headers)
        return answers.see_other(self.mount.return_path(submission.return_to, visit)).adding(headers)

    async def _submitted(self, visit: Visit, receive: Receive) -> Submission | Answer:
        """What was sent; or the answer to whoever may not send it, or sent nothing that can be read."""
        if (why := refusal(visit)) is not None:
            self.site.reports.refused(why)
            return answers.plain(HTTPStatus.FORBIDDEN, "cross-site", visit)
        body = await read_body(receive)
        read = body if isinstance(body, Unreadable) else parse_submission(body, visit.headers.get(b"content-type", b""))
        if isinstance(read, Submission):
            return read
        if read is Unreadable.TOO_LONG:
            self.site.reports.too_large()
        elif read is Unreadable.UNSUPPORTED or read is Unreadable.MALFORMED:
            self.site.reports.senseless("its body is neither a form nor JSON that can be read")
        return answers.unreadable(read, visit)


def _takes_back(site: Site, earlier: Decision, later: Decision) -> bool:
    """Whether something that may be running in the page was taken back: only a reload ends a script."""
    if earlier.categories - later.categories:
        return True
    services = (site.catalogue.services.get(key) for key in earlier.services)
    return any(service is not None and not later.allows_service(service) for service in services)


@lru_cache(64)  # of a whole second, and the same for all who choose within it
def _moment(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def outcome(state: ConsentState, decision: Decision, *, reload: bool) -> dict[str, object]:
    """What the page's script is told of a choice; docs/choices.md has the fields."""
    return {
        "answered": decision.answered,
        "categories": sorted(state.categories),
        "services": sorted(state.services),
        "receipt": state.receipt,
        "expires": _moment(state.expires_at),
        "reload": reload,
    }
