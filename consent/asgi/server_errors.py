"""An app's own page for status 500 is a page like any other: held until the visitor allows what stands in it.

Starlette and FastAPI make it outside of all middleware that is added: ``ServerErrorMiddleware`` is the outermost, and
its handler answers with the server's own ``send``. So an exception that passes us is told whose visit it ended, and the
handler, replaced once by ours, sends what it answers to such an exception through a ``Responder``. Every other
framework is wrapped as a whole, and so is its error page.
"""

import inspect
from collections.abc import Callable
from typing import cast

from starlette.concurrency import run_in_threadpool
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.requests import Request

from consent.asgi._types import ASGIApp, Receive, Scope, Send
from consent.asgi.consent import Consent
from consent.asgi.responder import Responder

_VISIT = "__consent__"
"""The key in an exception's own names: other exceptions than those that passed us are not ours to answer."""


def bring_in(error: Exception, consent: Consent) -> None:
    """Have the page that the framework around us makes of ``error``, if it is one that does, held as others are."""
    outermost = getattr(consent.visit.scope.get("app"), "middleware_stack", None)
    if not isinstance(outermost, ServerErrorMiddleware) or outermost.handler is None:
        return
    vars(error)[_VISIT] = consent
    if not isinstance(outermost.handler, _Handler):
        outermost.handler = _Handler(outermost.handler)  # type: ignore[assignment]  # it calls what it is given


class _Handler:
    """In the place of the app's handler."""

    def __init__(self, handler: Callable[..., object]) -> None:
        self._handler = handler

    async def __call__(self, request: Request, error: Exception) -> ASGIApp:
        consent = vars(error).get(_VISIT)
        if not isinstance(consent, Consent):
            return await self._answer(request, error)
        return _held(await self._answer(Request({**request.scope, "consent": consent}), error), consent)

    async def _answer(self, request: Request, error: Exception) -> ASGIApp:
        if inspect.iscoroutinefunction(self._handler):
            return cast("ASGIApp", await self._handler(request, error))
        answered = await run_in_threadpool(self._handler, request, error)
        return cast("ASGIApp", await answered if inspect.isawaitable(answered) else answered)


def _held(response: ASGIApp, consent: Consent) -> ASGIApp:
    async def send_held(scope: Scope, receive: Receive, send: Send) -> None:
        responder = Responder(send, consent, False)
        await response(scope, receive, responder.send)
        if responder.held is not None:
            await responder.close(responder.held)

    return send_held
