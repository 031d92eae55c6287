"""What a page starts at run time, in a real Chromium: what of it arrives at a partner before and after the choice.

The site is a whole one, with the middleware; partners, and hosts in no entry, are a sink that counts what arrives.
"""

import re
import time

import pytest
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.websockets import WebSocket

from consent import ConsentMiddleware, Settings
from consent.pages.assets import csp_hash
from tests.browser.conftest import DEADLINE
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
    "a window of a frame by its number": "document.body.appendChild(document.createElement('iframe')); window[0].fetch(URL).catch(() => {})",
}
REFUSED = {"WebSocket", "EventSource"}
"""Those that cannot wait for a verdict: their first try fails wherever it leads."""


def started(way: str, where: str) -> str:
    return f"<script>{{ const URL = '{where}/{way.replace(' ', '-').replace(chr(39), '')}'; {WAYS[way]} }}</script>"


def settled(page: Page, sink: Sink, least: int = 0) -> list[str]:
    """What has arrived once nothing more does; ``least``: so much is waited for, within reason."""
    count, since, deadline = -1, time.monotonic(), time.monotonic() + DEADLINE
    while time.monotonic() - since < 0.5 or (len(sink.arrived) < least and time.monotonic() < deadline):
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
    arrived = settled(browser_page, sink, 1)
    assert len(arrived) == 1, arrived


@pytest.mark.parametrize("way", WAYS)
def test_without_the_guard_it_would_arrive(serve, browser_page, way):
    sink = Sink(started(way, "TRACKER"), holding={"guard": False})
    browser_page.goto(serve(sink))
    assert len(settled(browser_page, sink, 1)) == 1


WORLD = ["script", "document.write", "new Image", "innerHTML", "iframe", "fetch", "XMLHttpRequest", "sendBeacon"]
POLICIES = {
    "nonce": "default-src 'self' http: ws:; script-src 'nonce-r4nd0m' 'strict-dynamic'; style-src 'unsafe-inline'",
    "hash": "default-src 'self' http: ws:; script-src HASH http://cdn.localhost:* http://tracker.localhost:*; style-src 'unsafe-inline'",
    "self": "default-src 'self' http: ws:; script-src 'self' HASH http://cdn.localhost:* http://tracker.localhost:*",
    "trusted types": (
        "script-src 'nonce-r4nd0m' 'strict-dynamic'; require-trusted-types-for 'script'; trusted-types consent page"
    ),
}


def with_policy(policy: str, way: str, where: str) -> Sink:
    """A page with one inline script of its own, allowed by what its policy says."""
    sink = Sink(started(way, where), csp=POLICIES[policy])
    page = sink.page

    async def allowed(request: Request) -> Response:
        answer = await page(request)
        text = bytes(answer.body).decode()
        own = re.search(r"<script>(.*?)</script>", text, re.DOTALL)[1]
        if policy == "trusted types":
            # The page has a policy of its own, and writes by it.
            by = "trustedTypes.createPolicy('page', { createHTML: s => s, createScriptURL: s => s })"
            written = re.sub(r"(?<=innerHTML = )`[^`]*`", r"P.createHTML(\g<0>)", own)
            written = re.sub(r"(?<=s\.src = )URL \+ '\.js'", r"P.createScriptURL(\g<0>)", written)
            written = re.sub(r"(?<=document\.write\()(.*?)(?=\) })", r"P.createHTML(\1)", written)
            text, own = text.replace(own, f"const P = {by}; {written}"), written
        text = text.replace("<script>", "<script nonce=r4nd0m>")
        value = answer.headers["content-security-policy"].replace("HASH", csp_hash(own).decode())
        return HTMLResponse(text, headers={"content-security-policy": value})

    sink.page = allowed
    app = Starlette(routes=[Route("/", allowed), Route("/{name:path}", sink.file, methods=["GET", "POST"])])
    sink.site.app = app
    return sink


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("way", WORLD)
def test_it_holds_and_lets_through_under_every_policy(serve, browser_page, policy, way):
    sink = with_policy(policy, way, "TRACKER")
    browser_page.goto(serve(sink))
    assert settled(browser_page, sink) == []
    sink = with_policy(policy, way, "CDN")
    browser_page.goto(serve(sink))
    assert len(settled(browser_page, sink, 1)) == 1


@pytest.mark.parametrize(
    "way", ["script", "script in a tree", "document.write", "innerHTML", "iframe", "stylesheet", "embed"]
)
def test_what_was_held_at_run_time_is_released_once(serve, browser_page, way):
    sink = Sink(started(way, "TRACKER"))
    browser_page.goto(serve(sink))
    assert settled(browser_page, sink) == []
    assert browser_page.locator("[data-consent-held='analytics/own-stats']").count() == 1
    accept(browser_page)
    assert len(settled(browser_page, sink, 1)) == 1
    assert browser_page.locator("[data-consent-held]").count() == 0


@pytest.mark.parametrize("where", ["TRACKER", "CDN"])
def test_a_held_script_is_the_same_element_when_it_runs(serve, browser_page, where):
    body = """<script>
        window.told = [];
        const script = document.createElement("script");
        script.onload = () => told.push("onload", document.getElementById("mine") === script);
        script.addEventListener("load", () => told.push("load"));
        script.id = "mine";
        script.src = "%s/a.js";
        document.head.append(script);
    </script>"""
    sink = Sink(body % where)
    browser_page.goto(serve(sink))
    settled(browser_page, sink, 1 if where == "CDN" else 0)
    if where == "TRACKER":
        assert browser_page.evaluate("window.told") == []
        accept(browser_page)
        settled(browser_page, sink, 1)
    assert browser_page.evaluate("window.told") == ["onload", True, "load"]
    assert browser_page.evaluate("window.ran") == ["/a.js"]


def test_scripts_that_wait_for_their_order_keep_it(serve, browser_page):
    body = """<script>for (const name of ["a", "b", "c"]) {
        const script = document.createElement("script");
        script.async = false;
        script.src = "CDN/" + name + ".js";
        document.head.append(script);
    }</script>"""
    sink = Sink(body)
    browser_page.goto(serve(sink))
    settled(browser_page, sink, 3)
    assert browser_page.evaluate("window.ran") == ["/a.js", "/b.js", "/c.js"]


def test_one_question_is_asked_for_all_and_none_again_while_the_tab_is_open(serve, browser_page):
    body = "<script>for (let n = 0; n < 30; n++) new Image().src = 'CDN/' + n + '.gif'; fetch('TRACKER/').catch(() => {})</script>"
    asked = []
    browser_page.on("request", lambda request: asked.append(request.url) if "verdicts" in request.url else None)
    sink = Sink(body)
    url = serve(sink)
    browser_page.goto(url)
    assert len(settled(browser_page, sink, 30)) == 30
    assert len(asked) == 1
    browser_page.goto(url)
    assert len(settled(browser_page, sink, 60)) == 60
    assert len(asked) == 1


def test_the_sites_own_and_what_the_owner_allows_ask_nothing(serve, browser_page):
    body = "<script>new Image().src = '/own.gif'; new Image().src = 'CDN/free.gif'; fetch('/data')</script>"
    asked = []
    browser_page.on("request", lambda request: asked.append(request.url) if "/consent" in request.url else None)
    sink = Sink(body, holding={"allow": ["cdn.localhost"]})
    browser_page.goto(serve(sink))
    assert settled(browser_page, sink, 1) == [f"{CDN}/free.gif"]
    assert asked == []


def test_where_the_server_does_not_answer_all_stays_held_and_nothing_breaks(serve, browser_page):
    body = started("script", "CDN") + started("fetch", "CDN") + started("XMLHttpRequest", "CDN")
    sink = Sink(body)
    browser_page.route("**/consent/verdicts", lambda route: route.abort())
    browser_page.goto(serve(sink))
    assert settled(browser_page, sink) == []


REFUSALS = """<script>(async () => {
    const told = window.told = {};
    const sync = new XMLHttpRequest();
    sync.open("GET", "TRACKER/sync", false);
    try { sync.send(); } catch (error) { told.sync = error.name; }
    const later = new XMLHttpRequest();
    later.open("GET", "TRACKER/later");
    later.onerror = () => told.later = [later.readyState, later.status];
    later.send();
    told.beacon = navigator.sendBeacon("TRACKER/beacon");
    fetch("TRACKER/fetch").catch(error => told.fetch = error.name);
    const socket = new WebSocket("TRACKER/socket".replace("http", "ws"));
    socket.onerror = () => told.socket = socket.readyState;
    const source = new EventSource("TRACKER/source");
    source.onerror = () => told.source = source.readyState;
    told.kinds = [socket instanceof WebSocket, source instanceof EventSource, WebSocket.OPEN];
})()</script>"""


def test_what_is_refused_fails_as_where_nobody_answers(serve, browser_page):
    sink = Sink(REFUSALS)
    browser_page.goto(serve(sink))
    assert settled(browser_page, sink) == []
    assert browser_page.evaluate("window.told") == {
        "sync": "NetworkError",
        "later": [4, 0],
        "beacon": True,
        "fetch": "TypeError",
        "socket": 3,
        "source": 2,
        "kinds": [True, True, 1],
    }


def test_a_request_that_was_given_up_is_not_sent(serve, browser_page):
    body = "<script>const x = new XMLHttpRequest(); x.open('GET', 'CDN/gone'); x.send(); x.abort()</script>"
    sink = Sink(body)
    browser_page.goto(serve(sink))
    assert settled(browser_page, sink) == []


def test_what_is_wrapped_looks_as_before(serve, browser_page):
    sink = Sink()
    browser_page.goto(serve(sink))
    looks = """[fetch.name, fetch.length, fetch.toString().includes("[native code]"), Node.prototype.appendChild.name,
        new WebSocket("ws://localhost:1").url, XMLHttpRequest.prototype.open.length,
        Object.keys(window).includes("kit")]"""
    assert browser_page.evaluate(looks)[:4] == ["fetch", 1, True, "appendChild"]
    assert browser_page.evaluate(looks)[6] is False


def test_it_survives_scripts_that_wrap_the_same(serve, browser_page):
    head = """<script>
        const append = Node.prototype.appendChild;
        Node.prototype.appendChild = function (node) { window.wrapped = true; return append.call(this, node); };
        const { set } = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src");
        Object.defineProperty(HTMLImageElement.prototype, "src", { set(value) { set.call(this, value); } });
        const own = window.fetch;
        window.fetch = (...args) => own(...args);
    </script>"""
    sink = Sink(head + started("script", "TRACKER") + started("new Image", "TRACKER") + started("fetch", "TRACKER"))
    browser_page.goto(serve(sink))
    assert settled(browser_page, sink) == []
    assert browser_page.evaluate("window.wrapped") is True


def test_an_image_that_is_led_elsewhere_meanwhile_shows_that(serve, browser_page):
    body = """<img id=image><script>
        image.src = "TRACKER/a.gif";
        image.src = "/own.gif";
    </script>"""
    sink = Sink(body)
    browser_page.goto(serve(sink))
    settled(browser_page, sink)
    accept(browser_page)
    assert settled(browser_page, sink) == []
    assert browser_page.evaluate("image.src").endswith("/own.gif")


def test_a_page_written_for_ignore_and_categories_is_obeyed_at_run_time(serve, browser_page):
    body = """<script>for (const [word, url] of [["ignore", "TRACKER/ignored.gif"], ["analytics", "CDN/own.gif"]]) {
        const image = document.createElement("img");
        image.dataset.consent = word;
        image.src = url;
        document.body.append(image);
    }</script>"""
    sink = Sink(body)
    browser_page.goto(serve(sink))
    assert settled(browser_page, sink, 1) == [f"{TRACKER}/ignored.gif"]
    accept(browser_page)
    assert settled(browser_page, sink, 2) == [f"{TRACKER}/ignored.gif", f"{CDN}/own.gif"]


ONLOAD = """
    window.onload = (old => function () { told.push("NAME"); if (old) old(); })(window.onload);
    document.onreadystatechange = () => { if (document.readyState === "complete") told.push("NAME state"); };
"""


def test_a_released_script_that_sets_onload_is_called_and_what_stood_there_is_not_again(serve, browser_page):
    head = "<script>window.told = []; window.onload = () => told.push('own')</script>"
    held = f"<script data-consent=analytics>{ONLOAD.replace('NAME', 'held')}</script>"
    sink = Sink(held, head=head)
    browser_page.goto(serve(sink))
    assert browser_page.evaluate("told") == ["own"]
    accept(browser_page)
    settled(browser_page, sink)
    assert browser_page.evaluate("told") == ["own", "held", "held state"]


def test_html_that_comes_later_is_held_and_released_with_the_rest(serve, browser_page):
    """As where a script fetches a part of a page and puts it in."""
    sink = Sink("<script>setTimeout(() => fetch('/part').then(a => a.text()).then(t => place.innerHTML = t))</script>")
    part = '<iframe src="http://tracker.localhost:PORT/part.html"></iframe>'
    app = sink.site.app

    async def serving(scope, receive, send):
        if scope["path"] == "/part":
            port = str(Request(scope).url.port)
            await HTMLResponse(part.replace("PORT", port))(scope, receive, send)
        else:
            await app(scope, receive, send)

    sink.site.app = serving
    browser_page.goto(serve(sink))
    assert settled(browser_page, sink) == []
    accept(browser_page)
    assert settled(browser_page, sink, 1) == [f"{TRACKER}/part.html"]


def test_a_page_made_ahead_of_time_shows_the_choice_made_since(serve, browser_page):
    sink = Sink("<p id=state></p><script>state.textContent = consent.allows('analytics')</script>")
    url = serve(sink)
    browser_page.goto(url)
    browser_page.evaluate("localStorage.consent = ''")
    accept(browser_page)
    assert browser_page.evaluate("localStorage.consent") == "advertising analytics functional media social/"
    browser_page.goto(url)
    assert browser_page.locator("#state").text_content() == "true"
    # Chromium under test makes no page ahead: the event that says that it is shown now is all there is.
    browser_page.evaluate("localStorage.consent = 'media/'")
    with browser_page.expect_navigation():
        browser_page.evaluate("document.dispatchEvent(new Event('prerenderingchange', { bubbles: true }))")


def test_a_form_may_have_fields_of_any_name(serve, browser_page):
    body = """<script>
        const form = document.createElement("form");
        form.innerHTML = "<input name=attributes><input name=host><input name=nodeType><input name=matches>";
        document.body.append(form);
        form.innerHTML = "<select name=attributes></select><img src='TRACKER/a.gif'>";
    </script>"""
    sink = Sink(body)
    browser_page.goto(serve(sink))
    assert settled(browser_page, sink) == []
    assert browser_page.evaluate("document.forms[document.forms.length - 1].elements.length") == 1


def test_a_script_that_never_runs_keeps_nothing_waiting(serve, browser_page):
    body = """<div id=box></div><script>
        const markup = document.createElement("div");
        markup.innerHTML = "<script src='TRACKER/never.js'><" + "/script>";
        box.append(markup);
    </script><script data-consent=analytics>window.after = true</script>"""
    sink = Sink(body)
    browser_page.goto(serve(sink))
    settled(browser_page, sink)
    accept(browser_page)
    browser_page.wait_for_function("window.after", timeout=9000)
    assert settled(browser_page, sink) == []
