"""Litestar. To run it:

    pip install litestar
    CONSENT_SECRET=change-me-to-something-long uvicorn examples.litestar_app:app

Litestar's own ``middleware=[...]`` does not see the answer to an unknown path, so the app is wrapped as a whole.
"""

from typing import Any

from litestar import Litestar, MediaType, Request, get

from consent import ConsentMiddleware
from examples.page import SETTINGS, render


@get("/", media_type=MediaType.HTML)
async def home(request: Request[Any, Any, Any]) -> str:
    return render(request.scope)


app = ConsentMiddleware(Litestar(route_handlers=[home]), settings=SETTINGS)
