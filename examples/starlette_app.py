"""Starlette. To run it:

CONSENT_SECRET=change-me-to-something-long uvicorn examples.starlette_app:app
"""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consent import ConsentMiddleware
from examples.page import SETTINGS, render


async def home(request: Request) -> HTMLResponse:
    return HTMLResponse(render(request.scope))


app = Starlette(routes=[Route("/", home)])
app.add_middleware(ConsentMiddleware, settings=SETTINGS)
