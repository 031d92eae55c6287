"""FastAPI. To run it:

pip install fastapi
CONSENT_SECRET=change-me-to-something-long uvicorn examples.fastapi_app:app
"""

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from consent import ConsentMiddleware
from examples.page import SETTINGS, render

app = FastAPI()
app.add_middleware(ConsentMiddleware, settings=SETTINGS)


@app.get("/", response_class=HTMLResponse)
async def home(request: Request) -> str:
    return render(request.scope)
