"""What a page starts at run time: the ways, and a site whose pages start them, each in a frame of its own.

The site is a whole one, with the middleware. Everybody else is a sink that counts what arrives: each start has a host
of its own below ``tracker.localhost`` or ``cdn.localhost``, so that many can be under way in one page, and the guard has
met none of them before.
"""

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.websockets import WebSocket

from consent import ConsentMiddleware, Settings
from consent.pages.assets import csp_hash
from tests.browser.conftest import DEADLINE, Server
from tests.browser.hand_made import PIXEL

TRACKER, CDN = "tracker.localhost", "cdn.localhost"
QUIET = 0.5
"""Seconds in which nothing more has arrived, nor been asked, when all is over."""
LONGEST = 60
"""Seconds that dozens of starts in one page may take on a busy machine."""

NAMES = re.findall(
    r"\w+",
    "attributes children childNodes firstChild host localName matches nodeType ownerDocument parentNode querySelectorAll"
    " replaceChildren append before insertAdjacentHTML getAttribute setAttribute removeAttribute hasAttribute isConnected"
    " contentWindow closest remove replaceWith innerHTML",
)
"""What a form's fields hide of the form itself, if they have these names."""
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
    "a tag cut in two": "document.write(`<p><img src='${URL}`); document.write(`.gif'>`)",
    "a script cut in two": "document.write('<script>if (1 <loca'); document.write('tion) 1</' + `script><script src='${URL}`); document.write(`.js'></`); document.write('script>')",
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
    "script, type taken away": "const s = document.createElement('script'); s.src = URL + '.js'; s.removeAttribute('type'); document.head.append(s)",
    "a loaded frame's fetch": "const f = document.createElement('iframe'); f.src = 'about:blank'; f.onload = () => { f.onload = null; f.contentWindow.fetch(URL).catch(() => {}) }; document.body.append(f)",
    "fetch of a frame in markup": "place.innerHTML = '<p><iframe></iframe>'; document.querySelector('iframe').contentWindow.fetch(URL).catch(() => {})",
    "fetch of a frame in a shadow root": "const r = place.attachShadow({ mode: 'open' }); r.innerHTML = '<iframe></iframe>'; r.firstChild.contentWindow.fetch(URL).catch(() => {})",
    "Image of a frame's document": "place.innerHTML = '<iframe></iframe>'; new (place.firstChild.contentDocument.defaultView.Image)().src = URL + '.gif'",
    "imported, in no place": "const d = new DOMParser().parseFromString(`<p><img src='${URL}.gif'>`, 'text/html'); window.kept = document.importNode(d.body, true)",
    "from a range, in no place": "window.kept = document.createRange().createContextualFragment(`<img src='${URL}.gif'>`)",
    "innerHTML with a stray quote": "place.innerHTML = `<img alt=it's src='${URL}.gif'>`",
    "document.write with a stray quote": "document.write(`<img alt=it's title='a>b' src='${URL}.gif'>`)",
    "setHTMLUnsafe with options": "place.setHTMLUnsafe(`<img src='${URL}.gif'>`, {})",
    "feImage": "place.innerHTML = `<svg width=9 height=9><filter id=f><feImage href='${URL}.gif'/></filter><rect width=9 height=9 filter='url(#f)'/></svg>`",
    "an attribute's node": "const a = document.createAttribute('src'), i = new Image(); a.value = URL + '.gif'; i.setAttributeNode(a)",
    "a script by an attribute's node": "const a = document.createAttribute('src'), s = document.createElement('script'); a.value = URL + '.js'; s.setAttributeNodeNS(a); document.head.append(s)",
    "script, type in capitals": "const s = document.createElement('script'); s.src = URL + '.js'; s.setAttribute('TYPE', 'text/javascript'); document.head.append(s)",
    "new Audio": "new Audio(URL + '.gif')",
    "a window's fetch": "const w = open('', '', 'popup,width=100,height=100'); w.fetch(URL).catch(() => {}); setTimeout(() => w.close(), 30000)",
    "a document whose names are taken": "place.innerHTML = '<img name=baseURI><img name=createRange><form name=implementation>'; new Image().src = URL + '.gif'",
    "a form whose names are taken": "const f = document.createElement('form'); f.innerHTML = NAMES; document.body.append(f); f.innerHTML = NAMES + `<img src='${URL}.gif'>`",
    "a form whose names are taken, put in": "const d = document.createElement('div'); d.append(document.createElement('form')); d.firstChild.innerHTML = NAMES; const t = document.createElement('template'); t.innerHTML = `<img src='${URL}.gif'>`; document.body.append(d); HTMLElement.prototype.append.call(d.firstChild, t.content)",
    "a window of a frame by its number": "document.body.appendChild(document.createElement('iframe')); window[0].fetch(URL).catch(() => {})",
}
REFUSED = {"WebSocket", "EventSource"}
"""Those that cannot wait for a verdict: their first try fails wherever it leads."""


WORLD = ["script", "document.write", "new Image", "innerHTML", "iframe", "fetch", "XMLHttpRequest", "sendBeacon"]
POLICIES = {
    "nonce": "default-src 'self' http: ws:; script-src 'nonce-r4nd0m' 'strict-dynamic'; style-src 'unsafe-inline'",
    "hash": "default-src 'self' http: ws:; script-src HASH http://*.cdn.localhost:* http://*.tracker.localhost:*; style-src 'unsafe-inline'",
    "self": "default-src 'self' http: ws:; script-src 'self' HASH http://*.cdn.localhost:* http://*.tracker.localhost:*",
    "trusted types": (
        "script-src 'nonce-r4nd0m' 'strict-dynamic'; require-trusted-types-for 'script'; trusted-types consent page"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One way, in a page of its own."""

    way: str
    code: str
    host: str
    policy: str = ""

    def body(self) -> str:
        # Put together, so that the server does not hold the script itself.
        first, rest = self.host[:5], self.host[5:]
        fields = (
            f"const NAMES = '{''.join(f'<input name={name}>' for name in NAMES)}'; " if "NAMES" in self.code else ""
        )
        url = f"location.protocol + '//{first}' + '{rest}:' + location.port + '/x'"
        return f"<script>{{ const URL = {url}; {fields}{self.code} }}</script>"


class Sink:
    """A site, and everybody else: told apart by host. ``starts`` are in frames of its page."""

    def __init__(
        self,
        body: str = "",
        *,
        head: str = "",
        starts: Sequence[Start] = (),
        holding: dict[str, object] | None = None,
    ) -> None:
        self.body, self.head, self.starts = body, head, starts
        self.arrived: list[str] = []
        """``host/path`` of what arrived elsewhere than at the site."""
        self.waits: dict[str, float] = {}
        """Seconds that a path takes."""
        self.asked = 0
        """How often the guard has been answered."""
        self.questions = 0
        """How often it has asked; a page may read it at ``/questions``."""
        own = {"partner": "Stats Inc", "category": "analytics", "hosts": [TRACKER], "paths": ["/stats-copy.js"]}
        settings = {
            "site": {"name": "The Gazette", "languages": ["en"], "services": ["own-stats"]},
            "services": {"own-stats": own},
            "holding": holding or {},
            "records": {"url": "off"},
        }
        routes = [
            Route("/", self.page),
            Route("/frame/{number:int}", self.frame),
            Route("/questions", self.count),
            Route("/{name:path}", self.file, methods=["GET", "POST"]),
        ]
        self.site = ConsentMiddleware(Starlette(routes=routes), settings=Settings.from_mapping(settings))

    async def __call__(self, scope, receive, send):
        headers = dict(scope.get("headers", []))
        host = headers.get(b"host", b"").decode().partition(":")[0]
        if scope["type"] == "lifespan" or host == "localhost":
            if scope.get("path") == "/consent/verdicts":
                self.questions += 1
                await asyncio.sleep(self.waits.get(scope["path"], 0))
            await self.site(scope, receive, send)
            self.asked += scope.get("path") == "/consent/verdicts"
            return
        self.arrived.append(host + scope["path"])
        if scope["type"] == "websocket":
            await WebSocket(scope, receive, send).close()
            return
        await (await self.file(Request(scope, receive)))(scope, receive, send)

    async def page(self, request: Request) -> Response:
        port = request.url.port
        frames = "".join(
            f'<iframe src="/frame/{number}" width=60 height=40></iframe>' for number in range(len(self.starts))
        )
        body = self.body.replace("TRACKER", f"http://{TRACKER}:{port}").replace("CDN", f"http://{CDN}:{port}")
        return HTMLResponse(page_of(frames + body, self.head))

    async def frame(self, request: Request) -> Response:
        start = self.starts[request.path_params["number"]]
        html = page_of(start.body(), "")
        if not start.policy:
            return HTMLResponse(html)
        html, policy = allowed(html, start.policy)
        return HTMLResponse(html, headers={"content-security-policy": policy})

    async def count(self, request: Request) -> Response:
        return PlainTextResponse(str(self.questions))

    async def file(self, request: Request) -> Response:
        path = request.url.path
        await asyncio.sleep(self.waits.get(path, 0))
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

    def counted(self) -> list[int]:
        """How much arrived of each start."""
        hosts = [place.partition("/")[0] for place in self.arrived]
        return [hosts.count(start.host) for start in self.starts]


def page_of(body: str, head: str) -> str:
    return f"<!doctype html><html lang=en><head><title>News</title>{head}</head><body><div id=place></div>{body}</body></html>"


def allowed(html: str, name: str) -> tuple[str, str]:
    """A page with one inline script of its own, allowed by what its policy says; and the policy."""
    own = re.search(r"<script>(.*?)</script>", html, re.DOTALL)[1]
    if name == "trusted types":
        # The page has a policy of its own, and writes by it.
        by = "trustedTypes.createPolicy('page', { createHTML: s => s, createScriptURL: s => s })"
        written = re.sub(r"(?<=innerHTML = )`[^`]*`", r"P.createHTML(\g<0>)", own)
        written = re.sub(r"(?<=s\.src = )URL \+ '\.js'", r"P.createScriptURL(\g<0>)", written)
        written = re.sub(r"(?<=document\.write\()(.*?)(?=\) })", r"P.createHTML(\1)", written)
        html, own = html.replace(own, f"const P = {by}; {written}"), f"const P = {by}; {written}"
    return html.replace("<script>", "<script nonce=r4nd0m>"), POLICIES[name].replace("HASH", csp_hash(own).decode())


def starts_of(ways: dict[str, str], site: str, policies: Sequence[str] = ("",)) -> list[Start]:
    """Each of ``ways`` under each of ``policies``, below ``site``."""
    pairs = [(way, policy) for policy in policies for way in ways]
    return [
        Start(way=way, code=ways[way], host=f"w{number}.{site}", policy=policy)
        for number, (way, policy) in enumerate(pairs)
    ]


def settled(page: Page, sink: Sink, least: int = 0, *, asked: int = 0, within: float = DEADLINE) -> list[str]:
    """What has arrived once nothing more does, nor is asked; ``least`` and ``asked``: so much is waited for, within reason."""
    count, since, deadline = (-1, -1), time.monotonic(), time.monotonic() + within
    while time.monotonic() < deadline:
        now = (len(sink.arrived), sink.asked)
        if now != count:
            count, since = now, time.monotonic()
        elif time.monotonic() - since > QUIET and now[0] >= least and now[1] >= asked:
            break
        page.wait_for_timeout(20)
    return sink.arrived


def started(way: str, where: str) -> str:
    return f"<script>{{ const URL = '{where}/{way.replace(' ', '-').replace(chr(39), '')}'; {WAYS[way]} }}</script>"


def accept(page: Page) -> None:
    page.get_by_role("button", name="Accept all").click()
    expect(page.locator("#consent-banner")).to_have_count(0)


@contextmanager
def observing(chromium: Browser) -> Iterator[Callable[..., tuple[dict[tuple[str, str], int], Page, Sink]]]:
    """A function that shows starts in a page, and tells how much arrived of each; no page may throw."""
    servers, contexts, errors = [], [], []

    def run(starts: Sequence[Start], *, asked: int = 0, least: int = 0, **holding: object):
        sink = Sink(starts=starts, holding=holding)
        servers.append(Server(sink))
        contexts.append(chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB"))
        page = contexts[-1].new_page()
        page.set_default_timeout(LONGEST * 1000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(servers[-1].url)
        settled(page, sink, least, asked=asked, within=LONGEST)
        return by_name(sink), page, sink

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSENT_SECRET", "a key for these tests alone")
        yield run
    for context in contexts:
        context.close()
    for server in servers:
        server.stop()
    assert errors == []


def by_name(sink: Sink) -> dict[tuple[str, str], int]:
    return {(start.way, start.policy): count for start, count in zip(sink.starts, sink.counted(), strict=True)}
