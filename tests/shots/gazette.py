"""A site to be photographed: one article in each language, on a server of its own."""

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from consent import ConsentMiddleware, Settings

ARTICLE = """<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8"><title>The Gazette</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"><style>
:root {{ color-scheme: light dark }}
body {{ margin: 0; font: 1.0625rem/1.65 Georgia, "Noto Serif", serif; background: light-dark(#fbfaf7, #14171a); color: light-dark(#23282d, #d9dde1) }}
header {{ padding: 1rem max(1.25rem, 50vw - 23rem); border-bottom: 1px solid light-dark(#dcd8cf, #2e343a); font-size: 1.5rem; font-weight: 700 }}
main {{ max-width: 46rem; margin: 0 auto; padding: 1.25rem }}
h1 {{ font-size: 2.25rem; line-height: 1.2; margin: 1rem 0 }}
.picture {{ height: 15rem; border-radius: 4px; background: linear-gradient(170deg, #a9c4d4, #dfd3bd 55%, #6f8a7d) }}
iframe {{ max-width: 100% }}
</style></head><body><header>The Gazette</header><main><h1>The ferry that would not sink</h1><div class="picture"></div>
{body}
<p><a href="/next">Read on</a> · <a href="/consent" data-consent-open>Cookies</a></p></main></body></html>"""
PARAGRAPH = "<p>For sixty years it crossed the river twice an hour, in fog, in ice, and once in a flood that took the pier with it. Those who ran it say that it was never the boat that mattered, but the timetable.</p>"
VIDEO = '<iframe width="560" height="315" src="https://www.youtube.com/embed/abc" title="The ferry in 1964"></iframe>'
RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur"})


def make_settings(**tables: Mapping[str, object]) -> Settings:
    """The site's settings, with these tables beside its own."""
    site = {
        "name": "The Gazette",
        "privacy_policy": "/privacy",
        "controller": "Gazette Ltd, 1 Main Street, Kyiv, privacy@gazette.example",
        "services": ["google-analytics", "hotjar", "google-publisher-tag", "meta-pixel", "x-widgets", "youtube"],
        **tables.pop("site", {}),
    }
    return Settings.from_mapping({"records": {"url": "off"}, "browsers": {"mode": "off"}, **tables, "site": site})


async def article(scope: Scope, _: Receive, send: Send) -> None:
    """``/LANGUAGE`` and ``/LANGUAGE/embed``."""
    language, _, rest = scope["path"].strip("/").partition("/")
    body = PARAGRAPH * 2 + (VIDEO if rest == "embed" else "") + PARAGRAPH * 6
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    page = ARTICLE.format(language=language or "en", direction=direction, body=body).encode()
    headers = [(b"content-type", b"text/html; charset=utf-8")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": page})


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """uvicorn in a thread, on a loopback port the system chose; gives the base URL."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield f"http://localhost:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


def make_app(app: ASGIApp = article, **tables: Mapping[str, object]) -> ASGIApp:
    """The article, or another app, behind the middleware."""
    return ConsentMiddleware(app, settings=make_settings(**tables))
