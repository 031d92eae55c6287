"""Quart. To run it:

pip install quart
CONSENT_SECRET=change-me-to-something-long uvicorn examples.quart_app:app
"""

from quart import Quart, request

from consent import ConsentMiddleware
from examples.page import SETTINGS, render

app = Quart(__name__)
app.asgi_app = ConsentMiddleware(app.asgi_app, settings=SETTINGS)  # type: ignore[method-assign]  # as Quart documents it


@app.get("/")
async def home() -> str:
    return render(request.scope)
