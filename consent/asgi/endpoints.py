"""What stands under the mount: which path is whose, and errors in the visitor's words.

GET never changes anything: browsers prefetch (Sec-Purpose).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from consent.asgi import answers
from consent.asgi._types import Receive, Send
from consent.asgi.answers import Answer
from consent.asgi.choosing import Choosing
from consent.asgi.documents import Documents, Handler
from consent.asgi.gate import Gate
from consent.asgi.mount import Mount
from consent.asgi.recording import Recording
from consent.asgi.reporting import Reporting
from consent.asgi.site import Site
from consent.asgi.verdicts import Verdicts
from consent.asgi.visit import Visit
from consent.pages import Asset


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """One per middleware."""

    site: Site
    gate: Gate
    mount: Mount
    reporting: Reporting
    verdicts: Verdicts
    documents: Documents
    choosing: Choosing

    @classmethod
    def of(cls, site: Site, gate: Gate) -> "Endpoints":
        """Those of a site."""
        mount = Mount(site.settings.paths.mount)
        recording = Recording(site=site, gate=gate, mount=mount)
        return cls(
            site=site,
            gate=gate,
            mount=mount,
            reporting=Reporting(site=site),
            verdicts=Verdicts(site=site),
            documents=Documents(site=site, mount=mount),
            choosing=Choosing(site=site, gate=gate, mount=mount, recording=recording),
        )

    async def answer(self, visit: Visit, receive: Receive, send: Send) -> None:
        """Answer a request whose path we own."""
        handlers = self.handlers(self.mount.below(visit.path))
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
                return_to=self.mount.way_back(visit),
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

    def handlers(self, below: str) -> Mapping[str, Handler]:
        """What answers at ``below`` the mount, by method; empty where nothing stands."""
        if not below:
            return {"GET": self._preferences, "HEAD": self._preferences, "POST": self.choosing.choose}
        if (shown := self.documents.handlers.get(below)) is not None:
            return {"GET": shown, "HEAD": shown}
        if below == "/browser":
            return {"GET": self._browser, "HEAD": self._browser, "POST": self.choosing.continue_anyway}
        if below == "/verdicts":
            return {"POST": self.verdicts.give}
        if (asset := self.site.pages.assets.get(below.removeprefix("/assets/"))) is not None:
            handler = _serving(asset)
            return {"GET": handler, "HEAD": handler}
        if below == "/violations":
            return {"POST": self.reporting.take}
        return {}

    async def _preferences(self, visit: Visit, _: Receive) -> Answer:
        state = self.site.read_state(visit)
        decision = self.site.decide(state)
        page = self.site.pages.preferences.render(
            language=self.site.language(visit, asked=visit.asked_language),
            decision=decision,
            state=state,
            before=await self.site.earlier.learn(decision, state),
            gpc=visit.sends_gpc,
            return_to=self.mount.way_back(visit),
            embedded=visit.destination == b"empty",
        )
        page = self.site.at_root(page, visit)
        answer = answers.html(HTTPStatus.OK, page, csp=self.site.pages.preferences.csp)
        return answer.replacing(b"vary", b"Cookie, Accept-Language, Sec-Fetch-Dest")

    async def _browser(self, visit: Visit, _: Receive) -> Answer:
        return self.gate.own_page(visit, self.mount.way_back(visit))


def _serving(asset: Asset) -> Handler:
    async def serve(_visit: Visit, _receive: Receive) -> Answer:
        return answers.lasting(asset.content.encode("ascii"), asset.media_type)

    return serve
