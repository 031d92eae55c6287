"""What a page starts at run time, in a real Chromium: what of it arrives at a partner before and after the choice.

The site is a whole one, with the middleware; partners, and hosts in no entry, are a sink that counts what arrives.
"""

import time

import pytest
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.websockets import WebSocket

from consent import ConsentMiddleware, Settings
from tests.browser.hand_made import PIXEL

pytestmark = pytest.mark.browser

TRACKER, CDN = "tracker.localhost", "cdn.localhost"


class Sink:
    """A site, and everybody else: told apart by host."""

    def __init__(
        self, body: str = "", *, csp: str = "", head: str = "", holding: dict[str, object] | None = None
    ) -> None:
        self.body, self.csp, self.head = body, csp, head
        self.arrived: list[str] = []
        """``host/path`` of what arrived elsewhere than at the site."""
        own = {"partner": "Stats Inc", "category": "analytics", "hosts": [TRACKER], "paths": ["/stats-copy.js"]}
        settings = {
            "site": {"name": "The Gazette", "languages": ["en"], "services": ["own-stats"]},
            "services": {"own-stats": own},
            "holding": holding or {},
            "records": {"url": "off"},
        }
        app = Starlette(routes=[Route("/", self.page), Route("/{name:path}", self.file, methods=["GET", "POST"])])
        self.site = ConsentMiddleware(app, settings=Settings.from_mapping(settings))

    async def __call__(self, scope, receive, send):
        headers = dict(scope.get("headers", []))
        host = headers.get(b"host", b"").decode().partition(":")[0]
        if scope["type"] == "lifespan" or host == "localhost":
            await self.site(scope, receive, send)
            return
        self.arrived.append(host + scope["path"])
        if scope["type"] == "websocket":
            await WebSocket(scope, receive, send).close()
            return
        await (await self.file(Request(scope, receive)))(scope, receive, send)

    async def page(self, request: Request) -> Response:
        port = request.url.port
        body = self.body.replace("TRACKER", f"http://{TRACKER}:{port}").replace("CDN", f"http://{CDN}:{port}")
        html = f"<!doctype html><html lang=en><head><title>News</title>{self.head}</head><body><div id=place></div>{body}</body></html>"
        return HTMLResponse(html, headers={"content-security-policy": self.csp} if self.csp else {})

    async def file(self, request: Request) -> Response:
        path = request.url.path
        headers = {"access-control-allow-origin": "*", "cache-control": "no-store"}
        if path.endswith(".js"):
            text = f"(window.ran = window.ran || []).push('{path}')"
            return Response(text, media_type="text/javascript", headers=headers)
        if path.endswith(".gif"):
            return Response(PIXEL, media_type="image/gif", headers=headers)
        if path.endswith(".css"):
            return Response("h1{color:red}", media_type="text/css", headers=headers)
        if path.endswith(".html"):
            return HTMLResponse("<p>inside</p>", headers=headers)
        return PlainTextResponse("ok", headers=headers)


WAYS = {
    "script": "const s = document.createElement('script'); s.src = URL + '.js'; document.head.appendChild(s)",
    "script, type after src": "const s = document.createElement('script'); s.src = URL + '.js'; document.head.append(s); s.type = 'text/javascript'",
    "script, src when in": "const s = document.head.appendChild(document.createElement('script')); s.src = URL + '.js'",
    "script, setAttribute": "const s = document.createElement('script'); s.setAttribute('src', URL + '.js'); document.body.insertBefore(s, document.body.firstChild)",
    "script in a tree": "const d = document.createElement('div'), s = document.createElement('script'); s.src = URL + '.js'; d.append(s); document.body.append(d)",
    "script in a fragment": "const d = document.createDocumentFragment(), s = document.createElement('script'); s.src = URL + '.js'; d.appendChild(s); document.body.appendChild(d)",
    "script replaces": "const s = document.createElement('script'); s.src = URL + '.js'; place.replaceWith(s)",
    "script from a range": "document.body.append(document.createRange().createContextualFragment(`<script src='${URL}.js'></` + 'script>'))",
    "script, createElementNS": "const s = document.createElementNS('http://www.w3.org/1999/xhtml', 'script'); s.src = URL + '.js'; place.before(s)",
    "script in svg": "const s = document.createElementNS('http://www.w3.org/2000/svg', 'script'); s.setAttribute('href', URL + '.js'); document.body.append(document.createElementNS('http://www.w3.org/2000/svg', 'svg')); document.querySelector('svg').append(s)",
    "module": "const s = document.createElement('script'); s.type = 'module'; s.src = URL + '.js'; document.head.append(s)",
    "document.write": "document.write(`<script src='${URL}.js'></` + 'script>')",
    "new Image": "new Image().src = URL + '.gif'",
    "image set": "const i = new Image(); i.srcset = URL + '.gif 1x'",
    "image attribute": "document.createElement('img').setAttribute('src', URL + '.gif')",
    "innerHTML": "place.innerHTML = `<p><img src='${URL}.gif'>`",
    "innerHTML, set": "place.innerHTML = `<picture><source srcset='${URL}.gif 1x'><img></picture>`",
    "innerHTML in nothing": "document.createElement('div').innerHTML = `<img src='${URL}.gif'>`",
    "outerHTML": "place.outerHTML = `<img src='${URL}.gif'>`",
    "insertAdjacentHTML": "place.insertAdjacentHTML('afterend', `<img src='${URL}.gif'>`)",
    "from a template": "const t = document.createElement('template'); t.innerHTML = `<img src='${URL}.gif'>`; document.body.append(t.content.cloneNode(true))",
    "imported": "const t = document.createElement('template'); t.innerHTML = `<img src='${URL}.gif'>`; document.body.append(document.importNode(t.content, true))",
    "parsed": "const d = new DOMParser().parseFromString(`<img src='${URL}.gif'>`, 'text/html'); document.body.append(d.images[0])",
    "shadow root": "const d = place.attachShadow({ mode: 'open' }); d.innerHTML = `<img src='${URL}.gif'>`",
    "iframe": "const f = document.createElement('iframe'); f.src = URL + '.html'; document.body.append(f)",
    "iframe, src when in": "const f = document.body.appendChild(document.createElement('iframe')); f.src = URL + '.html'",
    "srcdoc": "const f = document.createElement('iframe'); f.srcdoc = `<img src='${URL}.gif'>`; document.body.append(f)",
    "object": "const o = document.createElement('object'); o.data = URL + '.html'; document.body.append(o)",
    "embed": "const o = document.createElement('embed'); o.src = URL + '.html'; document.body.append(o)",
    "stylesheet": "const l = document.createElement('link'); l.rel = 'stylesheet'; l.href = URL + '.css'; document.head.append(l)",
    "stylesheet, rel after href": "const l = document.createElement('link'); l.href = URL + '.css'; document.head.append(l); l.rel = 'stylesheet'",
    "preload": "const l = document.createElement('link'); l.rel = 'preload'; l.as = 'script'; l.href = URL + '.js'; document.head.append(l)",
    "video": "const v = document.createElement('video'); v.preload = 'auto'; v.src = URL + '.gif'; document.body.append(v)",
    "poster": "const v = document.createElement('video'); v.poster = URL + '.gif'; document.body.append(v)",
    "input": "const i = document.createElement('input'); i.type = 'image'; i.src = URL + '.gif'; document.body.append(i)",
    "svg image": "place.innerHTML = `<svg><image href='${URL}.gif'/></svg>`",
    "fetch": "fetch(URL).catch(() => {})",
    "fetch, request": "fetch(new Request(URL, { mode: 'no-cors' })).catch(() => {})",
    "XMLHttpRequest": "const x = new XMLHttpRequest(); x.open('GET', URL); x.send()",
    "sendBeacon": "navigator.sendBeacon(URL, 'x')",
    "WebSocket": "new WebSocket(URL.replace('http', 'ws'))",
    "EventSource": "new EventSource(URL)",
    "an empty frame's Image": "const f = document.body.appendChild(document.createElement('iframe')); new f.contentWindow.Image().src = URL + '.gif'",
    "an empty frame's fetch": "const f = document.body.appendChild(document.createElement('iframe')); f.contentWindow.fetch(URL).catch(() => {})",
    "an empty frame's script": "const f = document.body.appendChild(document.createElement('iframe')); const s = f.contentDocument.createElement('script'); s.src = URL + '.js'; f.contentDocument.body.append(s)",
    "a window of a frame by its number": "document.body.appendChild(document.createElement('iframe')); window[0].fetch(URL).catch(() => {})",
}
REFUSED = {"WebSocket", "EventSource"}
"""Those that cannot wait for a verdict: their first try fails wherever it leads."""


def started(way: str, where: str) -> str:
    return f"<script>{{ const URL = '{where}/{way.replace(' ', '-').replace(chr(39), '')}'; {WAYS[way]} }}</script>"


def settled(page: Page, sink: Sink) -> list[str]:
    """What has arrived once nothing more does."""
    count, since = -1, time.monotonic()
    while time.monotonic() - since < 0.5:
        if len(sink.arrived) != count:
            count, since = len(sink.arrived), time.monotonic()
        page.wait_for_timeout(50)
    return sink.arrived


def accept(page: Page) -> None:
    page.get_by_role("button", name="Accept all").click()
    expect(page.locator("#consent-banner")).to_have_count(0)


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("CONSENT_SECRET", "a key for this test alone")


@pytest.mark.parametrize("way", WAYS)
def test_nothing_that_a_page_starts_reaches_a_partner(serve, browser_page, way):
    sink = Sink(started(way, "TRACKER"))
    browser_page.goto(serve(sink))
    assert settled(browser_page, sink) == []


@pytest.mark.parametrize("way", WAYS.keys() - REFUSED)
def test_all_else_arrives_once(serve, browser_page, way):
    sink = Sink(started(way, "CDN"))
    browser_page.goto(serve(sink))
    arrived = settled(browser_page, sink)
    assert len(arrived) == 1, arrived


@pytest.mark.parametrize("way", WAYS)
def test_without_the_guard_it_would_arrive(serve, browser_page, way):
    sink = Sink(started(way, "TRACKER"), holding={"guard": False})
    browser_page.goto(serve(sink))
    assert len(settled(browser_page, sink)) == 1
