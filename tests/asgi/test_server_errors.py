"""An app's own page for status 500, which Starlette and FastAPI make outside of all middleware that is added."""

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

from consent.asgi.middleware import ConsentMiddleware
from tests.asgi.driving import HELD, NAVIGATION, PAGE, TRACKER, Response as Sent, drive, settings

told = []


async def broken(_request):
    raise RuntimeError("broken")


async def own(request, _error):
    told.append("consent" in request.scope)
    return HTMLResponse(PAGE, 500)


def own_sync(request, _error):
    told.append("consent" in request.scope)
    return HTMLResponse(PAGE, 500)


def answer(app, **request):
    """What a server would have sent: the exception passes on to it, as ever."""
    sent = Sent()

    async def handed(scope, receive, send):
        async def send_noted(message):
            sent.messages.append(message)
            await send(message)

        with pytest.raises(RuntimeError, match="broken"):
            await app(scope, receive, send_noted)

    told.clear()
    drive(handed, **request)
    return sent


def starlette(handlers):
    app = Starlette(routes=[Route("/", broken)], exception_handlers=handlers)
    app.add_middleware(ConsentMiddleware, settings=settings())
    return app


def fastapi(handlers):
    app = FastAPI(exception_handlers=handlers)
    app.add_route("/", broken)
    app.add_middleware(ConsentMiddleware, settings=settings())
    return app


@pytest.mark.parametrize("handlers", [{500: own}, {Exception: own}, {500: own_sync}])
@pytest.mark.parametrize("make", [starlette, fastapi])
def test_its_own_page_is_held_as_every_other(make, handlers, accepted):
    app = make(handlers)
    for _ in range(2):
        sent = answer(app)
        assert (sent.status, TRACKER in sent.body, HELD in sent.body) == (500, False, True)
        assert b'id="consent-banner"' in sent.body
        assert int(sent.header(b"content-length")) == len(sent.body)
        assert told == [True]
    sent = answer(app, headers=(*NAVIGATION, accepted))
    assert (TRACKER in sent.body, b'id="consent-banner"' in sent.body) == (True, False)


def test_through_a_middleware_that_runs_the_app_in_a_task_too():
    async def dispatch(request, call_next):
        return await call_next(request)

    app = starlette({500: own})
    app.add_middleware(BaseHTTPMiddleware, dispatch=dispatch)
    assert HELD in answer(app).body


def test_what_the_middleware_is_kept_out_of_stays_as_it_is():
    app = Starlette(routes=[Route("/api/x", broken)], exception_handlers={500: own})
    app.add_middleware(ConsentMiddleware, settings=settings(paths={"exclude": ["/api/"]}))
    assert answer(app, path="/api/x").body == PAGE


def test_another_parts_errors_are_not_ours():
    part = ConsentMiddleware(Starlette(routes=[Route("/", broken)]), settings=settings())
    app = Starlette(routes=[Mount("/part", app=part), Route("/", broken)], exception_handlers={500: own})
    answer(app, path="/part/")
    assert answer(app).body == PAGE


def test_a_page_that_was_begun_is_followed_by_no_second():
    async def half(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": b"<html><body>half", "more_body": True})
        raise RuntimeError("broken")

    app = Starlette(
        routes=[Mount("/", app=half)],
        exception_handlers={500: own},
        middleware=[Middleware(ConsentMiddleware, settings=settings())],
    )
    sent = answer(app)
    assert (sent.status, sent.types, b"half" in sent.body) == (200, ["start", "body"], True)
