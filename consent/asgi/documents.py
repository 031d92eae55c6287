"""The pages below the mount that are only read: the cookie policy, the visitor's receipt, the opt-out.

None of them changes anything: a browser may fetch them ahead, and a crawler may read them.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from consent.asgi import answers
from consent.asgi._types import Receive
from consent.asgi.answers import Answer
from consent.asgi.mount import Mount
from consent.asgi.site import Site
from consent.asgi.visit import Visit
from consent.choices import ConsentState
from consent.pages.receipt import Entry

Handler = Callable[[Visit, Receive], Awaitable[Answer]]

_ATTACHED = b'attachment; filename="consent-receipt.json"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """One per middleware."""

    site: Site
    mount: Mount

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """By the path below the mount."""
        return {
            "/policy": self._policy,
            "/policy/fragment": self._fragment,
            "/receipt": self._receipt,
            "/opt-out": self._opt_out,
        }

    async def _policy(self, visit: Visit, _: Receive) -> Answer:
        policy = self.site.pages.policy
        page = policy.render(language=self._language(visit), return_to=self.mount.way_back(visit))
        return self._page(page, visit, csp=policy.csp)

    async def _fragment(self, visit: Visit, _: Receive) -> Answer:
        """The policy alone, for an edge include or a script of the site's own to put into a page."""
        language = self._language(visit)
        fragment = str(self.site.pages.policy.fragment(language)).encode("ascii", "xmlcharrefreplace")
        answer = self._page(fragment, visit, csp=b"frame-ancestors 'none'")
        return answer.adding([(b"content-language", language.encode("ascii"))])

    async def _receipt(self, visit: Visit, _: Receive) -> Answer:
        receipt, state = self.site.pages.receipt, self.site.read_state(visit)
        decision, history = self.site.decide(state), await self._history(state)
        if visit.asks_json:
            content = receipt.content(decision=decision, state=state, history=history)
            answer = answers.json_answer(HTTPStatus.OK, content)
            return answer.adding([(b"content-disposition", _ATTACHED)])
        page = receipt.render(
            language=self._language(visit),
            decision=decision,
            state=state,
            history=history,
            return_to=self.mount.way_back(visit),
        )
        return self._page(page, visit, csp=receipt.csp)

    async def _opt_out(self, visit: Visit, _: Receive) -> Answer:
        opt_out = self.site.pages.opt_out
        page = opt_out.render(
            language=self._language(visit),
            decision=self.site.decide(self.site.read_state(visit)),
            return_to=self.mount.way_back(visit),
            gpc=visit.sends_gpc,
        )
        return self._page(page, visit, csp=opt_out.csp)

    async def _history(self, state: ConsentState | None) -> Sequence[Entry]:
        """What was recorded for the visitor's own receipt; nothing where the store cannot say just now."""
        if state is None:
            return ()
        try:
            records = await self.site.keeper.of_receipt(state.receipt)
        except Exception as error:  # noqa: BLE001 - the state in force is shown all the same
            self.site.reports.failed("a receipt was shown without its history", error)
            return ()
        return [
            Entry(at=record.at, event=record.event.value, categories=record.categories, services=record.services)
            for record in records
        ]

    def _language(self, visit: Visit) -> str:
        return self.site.language(visit, visit.asked_language)

    def _page(self, page: bytes, visit: Visit, *, csp: bytes) -> Answer:
        answer = answers.html(HTTPStatus.OK, self.site.at_root(page, visit), csp=csp)
        return answer.replacing(b"vary", b"Cookie, Accept-Language")
