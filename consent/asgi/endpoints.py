"""What stands under the mount: the choice, the preferences page, what the page's script asks for, and "continue anyway"
of the browser check.

A choice's way: cross-site guard -> ``choices.apply`` -> record appended -> cookie -> 303 or JSON. The record comes
before the cookie, so that no choice stands in a browser of which there is no proof. GET never changes anything:
browsers prefetch (Sec-Purpose).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus

from consent.asgi import answers
from consent.asgi._types import Headers, Receive, Send
from consent.asgi.answers import Answer
from consent.asgi.documents import Documents, Handler
from consent.asgi.expiry import expiring_headers, withdrawn_cookies
from consent.asgi.forms import Submission, Unreadable, parse_submission, read_body
from consent.asgi.gate import Gate
from consent.asgi.hearing import Hearing
from consent.asgi.origin import is_local_path, refusal, same_host_path
from consent.asgi.site import Site, known_host
from consent.asgi.throttle import client_of
from consent.asgi.verdicts import Verdicts
from consent.asgi.visit import Visit
from consent.choices import Action, Choice, ConsentState, apply, is_repeated, parse_choice
from consent.decision import Decision, Reason
from consent.pages import Asset
from consent.records.base import RANDOM_BYTES, Circumstances, Notice, Source, expiry_of, make_record

_MADE_AHEAD = (b"clear-site-data", b'"prefetchCache", "prerenderCache"')
"""Pages that a browser has fetched or made ahead of time (speculation rules) are of before a choice: the banner stands
in them still, or what was taken back runs. Where there are no such caches nobody reads this.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """One per middleware."""

    site: Site
    gate: Gate
    hearing: Hearing
    verdicts: Verdicts
    documents: Documents

    def owns(self, path: str) -> bool:
        """Whether ``path`` stands under the mount."""
        return self.documents.owns(path)

    async def answer(self, visit: Visit, receive: Receive, send: Send) -> None:
        """Answer a request whose path we own."""
        handlers = self._handlers(visit.path.removeprefix(self.site.settings.paths.mount).rstrip("/"))
        handler = handlers.get(visit.method)
        if not handlers:
            answer = answers.plain(HTTPStatus.NOT_FOUND, "not-found", visit)
        elif handler is None:
            answer = answers.plain(HTTPStatus.METHOD_NOT_ALLOWED, "method-not-allowed", visit)
            answer = answer.adding([(b"allow", ", ".join(handlers).encode())])
        else:
            answer = await self._handled(handler, visit, receive)
        await answers.send_answer(self._in_words(answer, visit), send, head=visit.method == "HEAD")

    def _in_words(self, answer: Answer, visit: Visit) -> Answer:
        """An error as a page in the visitor's language; the bare one where that fails too."""
        if not answer.error:
            return answer
        try:
            page = self.site.pages.error.render(
                language=self.site.language(visit, asked=visit.asked_language),
                status=answer.status,
                code=answer.error,
                return_to=self.documents.way_back(visit),
            )
        except Exception as error:  # noqa: BLE001 - an owner's template must not turn an answer into none
            self.site.reports.failed("an error was told in English", error)
            return answer
        worded = replace(answer, body=self.site.at_root(page, visit))
        worded = worded.replacing(b"content-security-policy", self.site.pages.error.csp)
        return worded.replacing(b"vary", b"Cookie, Accept-Language")

    async def _handled(self, handler: Handler, visit: Visit, receive: Receive) -> Answer:
        try:
            return await handler(visit, receive)
        except Exception as error:  # noqa: BLE001 - whatever it is: no choice is taken for given, and somebody hears of it
            self.site.reports.failed("a page below the mount answered 500 instead", error)
            return answers.plain(HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", visit)

    def _handlers(self, below: str) -> Mapping[str, Handler]:
        if not below:
            return {"GET": self._preferences, "HEAD": self._preferences, "POST": self._choose}
        if (shown := self.documents.handlers.get(below)) is not None:
            return {"GET": shown, "HEAD": shown}
        if below == "/browser":
            return {"GET": self._browser, "HEAD": self._browser, "POST": self._continue_anyway}
        if below == "/verdicts":
            return {"POST": self.verdicts.give}
        if (asset := self.site.pages.assets.get(below.removeprefix("/assets/"))) is not None:
            handler = _serving(asset)
            return {"GET": handler, "HEAD": handler}
        if below == "/violations":
            return {"POST": self.hearing.take}
        return {}

    async def _preferences(self, visit: Visit, _: Receive) -> Answer:
        state = self.site.read_state(visit)
        decision = self.site.decide(state)
        page = self.site.pages.preferences(
            language=self.site.language(visit, asked=visit.asked_language),
            decision=decision,
            state=state,
            before=await self.site.earlier.learn(decision, state),
            gpc=visit.sends_gpc,
            return_to=self.documents.way_back(visit),
            embedded=visit.destination == b"empty",
        )
        page = self.site.at_root(page, visit)
        answer = answers.html(HTTPStatus.OK, page, csp=self.site.pages.preferences_csp)
        return answer.replacing(b"vary", b"Cookie, Accept-Language, Sec-Fetch-Dest")

    async def _choose(self, visit: Visit, receive: Receive) -> Answer:
        if (why := refusal(visit)) is not None:
            self.site.reports.refused(why)
            return answers.plain(HTTPStatus.FORBIDDEN, "cross-site", visit)
        submission = await self._read(visit, receive)
        if isinstance(submission, Unreadable):
            return answers.unreadable(submission, visit)
        choice = parse_choice(submission.action, submission.categories, submission.services)
        if choice is None:
            self.site.reports.senseless("its action is none of accept, reject, save, withdraw")
            return answers.plain(HTTPStatus.BAD_REQUEST, "unknown-action", visit)
        if self.gate.judge(visit).crawler:  # it presses every button, and has no will of its own
            if visit.sends_json:
                return answers.plain(HTTPStatus.FORBIDDEN, "crawler", visit)
            return answers.see_other(self._way_back(submission, visit))
        return await self._apply(choice, submission, visit)

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
            kept = await self._record(before, state, choice, earlier, submission, visit, now)
            if kept is None and state.granted:
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
            return answers.json_answer(HTTPStatus.OK, _told(state, decision, reload=reload)).adding(headers)
        return answers.see_other(self._way_back(submission, visit)).adding(headers)

    async def _record(  # noqa: PLR0913, PLR0917 - the step from one state to another, and all that is around it
        self,
        before: ConsentState | None,
        state: ConsentState,
        choice: Choice,
        earlier: Decision,
        submission: Submission,
        visit: Visit,
        now: datetime,
    ) -> bool | None:
        """As ``RecordKeeper.append``; ``now``: the moment that the cookie bears too."""
        site = self.site
        language = site.language(visit, asked=submission.language)
        notice = site.notices.of(language)
        circumstances = self._circumstances(choice, submission, visit, earlier, language, notice)
        policy = site.settings.policy
        if before is not None and earlier.reason is Reason.EXPIRED:
            expiry = expiry_of(
                before, policy=policy, circumstances=circumstances, now=now, random=site.random(RANDOM_BYTES)
            )
            await site.keeper.append(expiry)
        record = make_record(
            before if earlier.answered else None,
            state,
            choice.action,
            policy=policy,
            circumstances=circumstances,
            now=now,
            random=site.random(RANDOM_BYTES),
        )
        return await site.keeper.append(record, notice)

    def _circumstances(  # noqa: PLR0913, PLR0917 - each a fact of its own
        self, choice: Choice, submission: Submission, visit: Visit, earlier: Decision, language: str, notice: Notice
    ) -> Circumstances:
        engine = self.gate.judge(visit).engine
        return Circumstances(
            source=self._source(choice, visit),
            language=language,
            gpc=visit.sends_gpc,
            notice=notice.hash,
            reason=earlier.reason,
            waited=submission.waited,
            host=known_host(visit.host),
            browser=engine.value if engine else "",
        )

    def _source(self, choice: Choice, visit: Visit) -> Source:
        """Where the choice was made, as far as the request tells."""
        if not visit.is_of_browser:
            return Source.API
        if choice.action is Action.SAVE or choice.action is Action.WITHDRAW:
            return Source.PREFERENCES  # the banner has neither switches nor anything to take back
        referer = same_host_path(visit.headers.get(b"referer", b""), visit.authority)
        return Source.PREFERENCES if referer and self.documents.is_ours(referer, visit) else Source.BANNER

    async def _browser(self, visit: Visit, _: Receive) -> Answer:
        return self.gate.own_page(visit, self.documents.way_back(visit))

    async def _continue_anyway(self, visit: Visit, receive: Receive) -> Answer:
        if (why := refusal(visit)) is not None:
            self.site.reports.refused(why)
            return answers.plain(HTTPStatus.FORBIDDEN, "cross-site", visit)
        submission = await self._read(visit, receive)
        if isinstance(submission, Unreadable):
            return answers.unreadable(submission, visit)
        cookie = self.gate.continue_cookie(visit, self.site.now())
        return answers.see_other(self._way_back(submission, visit)).adding([(b"set-cookie", cookie)])

    async def _read(self, visit: Visit, receive: Receive) -> Submission | Unreadable:
        body = await read_body(receive)
        read = body if isinstance(body, Unreadable) else parse_submission(body, visit.headers.get(b"content-type", b""))
        if read is Unreadable.TOO_LONG:
            self.site.reports.too_large()
        elif read is Unreadable.UNSUPPORTED or read is Unreadable.MALFORMED:
            self.site.reports.senseless("its body is neither a form nor JSON that can be read")
        return read

    def _way_back(self, submission: Submission, visit: Visit) -> str:
        """Where the visitor came from, on this origin; of our own pages only to those that show what came of it."""
        return_to = submission.return_to
        if is_local_path(return_to) and self.documents.may_lead_to(return_to, visit):
            return return_to
        return self.documents.way_back(visit)


def _serving(asset: Asset) -> Handler:
    async def serve(_visit: Visit, _receive: Receive) -> Answer:
        return answers.lasting(asset.content.encode("ascii"), asset.media_type)

    return serve


def _takes_back(site: Site, earlier: Decision, later: Decision) -> bool:
    """Whether something that may be running in the page was taken back: only a reload ends a script."""
    if earlier.categories - later.categories:
        return True
    services = (site.catalogue.services.get(key) for key in earlier.services)
    return any(service is not None and not later.allows_service(service) for service in services)


@lru_cache(64)  # of a whole second, and the same for all who choose within it
def _moment(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _told(state: ConsentState, decision: Decision, *, reload: bool) -> dict[str, object]:
    return {
        "answered": decision.answered,
        "categories": sorted(state.categories),
        "services": sorted(state.services),
        "receipt": state.receipt,
        "expires": _moment(state.expires_at),
        "reload": reload,
    }
