"""The policy of ``holding.csp`` and the inert page, by what a real Chromium sends."""

import json
import socket
import threading
import time

import pytest

from consent import ConsentMiddleware, Settings
from consent.asgi import page as page_module
from tests.browser.conftest import ARGUMENTS, find_chromium

pytestmark = pytest.mark.browser

QUIET = 0.6
GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
STARTS = {
    "image": "new Image().src = T + '/image'",
    "fetch": "fetch(T + '/fetch', {mode: 'no-cors'}).catch(() => {})",
    "xhr": "var x = new XMLHttpRequest(); x.open('GET', T + '/xhr'); x.send()",
    "beacon": "navigator.sendBeacon(T + '/beacon', 'x')",
    "script": "var s = document.createElement('script'); s.src = T + '/script'; document.head.append(s)",
    "style": "var l = document.createElement('link'); l.rel = 'stylesheet'; l.href = T + '/style'; document.head.append(l)",
    "frame": "var f = document.createElement('iframe'); f.src = T + '/frame'; document.body.append(f)",
    "object": "var o = document.createElement('object'); o.data = T + '/object'; document.body.append(o)",
    "media": "var v = new Audio(T + '/media'); v.load()",
    "socket": "try { new WebSocket(T.replace('http', 'ws') + '/socket') } catch (e) {}",
    "events": "new EventSource(T + '/events')",
    "css": "document.body.style.background = 'url(' + T + '/css)'",
    "inner": "document.body.insertAdjacentHTML('beforeend', '<img src=' + T + '/inner>')",
    "import": "import(T + '/import').catch(() => {})",
    "srcdoc": "var d = document.createElement('iframe'); d.srcdoc = '<img src=' + T + '/srcdoc>'; document.body.append(d)",
    "blank": "var b = document.createElement('iframe'); document.body.append(b); new b.contentWindow.Image().src = T + '/blank'",
    "worker": "new Worker('/worker.js?' + encodeURIComponent(T))",
    "blob": "new Worker(URL.createObjectURL(new Blob(['fetch(\"' + T + '/blob\", {mode: \"no-cors\"}).catch(() => 0)'])))",
    "ping": "var a = document.createElement('a'); a.href = '#'; a.ping = T + '/ping'; document.body.append(a); a.click()",
}
"""Ways by which a script that runs makes a browser ask ``T`` for something."""


class Site:
    """One page of ``markup`` on localhost, partners on ``*.localhost``; what arrived, by host and path."""

    def __init__(self, markup="", *, csp="", head="", holding=None, **tables):
        self.markup, self.csp, self.head = markup, csp, head
        self.arrived = []
        self.reports = []
        own = {"tracker": {"category": "analytics", "hosts": ["tracker.localhost"], "partner": "Tracker"}}
        settings = {
            "site": {"name": "The Gazette", "languages": ["en"]},
            "services": own,
            "records": {"url": "off"},
            "browsers": {"mode": "off"},
            # What the policy does alone: the guard would stop most of it before.
            "holding": {"guard": False, **(holding or {})},
        }
        self.app = ConsentMiddleware(self._serve, settings=Settings.from_mapping({**settings, **tables}))

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return
        host = dict(scope["headers"])[b"host"].decode().partition(":")[0]
        if host == "localhost":
            if scope["path"] == "/consent/violations":
                self.reports.append(scope["headers"])
            await self.app(scope, receive, send)
            return
        self.arrived.append(f"{host}{scope['path']}")
        await self._answer(send, b"text/javascript" if scope["path"].endswith(".js") else b"image/gif", GIF)

    async def _serve(self, scope, receive, send):
        port = scope["server"][1]
        if scope["path"] == "/worker.js":
            text = b"fetch(decodeURIComponent(location.search.slice(1)) + '/worker', {mode: 'no-cors'}).catch(() => {})"
            await self._answer(send, b"text/javascript", text)
        elif scope["path"] == "/":
            page = f"<!doctype html><html><head>{self.head}</head><body>{self.markup}</body></html>"
            page = page.replace("TRACKER", f"http://tracker.localhost:{port}").replace(
                "FREE", f"http://free.localhost:{port}"
            )
            more = [(b"content-security-policy", self.csp.encode())] if self.csp else []
            await self._answer(send, b"text/html", page.encode(), more)
        else:
            await self._answer(send, b"text/plain", b"own")

    async def _answer(self, send, kind, body, more=()):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind), *more]})
        await send({"type": "http.response.body", "body": body})

    def hosts(self):
        """Who was asked, once nothing more arrives."""
        last = -1
        while len(self.arrived) != last:
            last = len(self.arrived)
            time.sleep(QUIET)
        return {one.partition("/")[0] for one in self.arrived}


@pytest.fixture(autouse=True)
def _key(monkeypatch):
    monkeypatch.setenv("CONSENT_SECRET", "0123456789abcdef0123456789abcdef")


def computed(code):
    """Inline code that reaches the tracker by a name put together at run time."""
    return f"<script>var T = location.protocol + '//' + 'track' + 'er.localhost:' + location.port; {code}</script>"


def test_switched_off_what_a_script_starts_does_leave(serve, browser_page):
    site = Site(computed("; ".join(STARTS.values())))
    browser_page.goto(serve(site))
    site.hosts()
    reached = {one.partition("/")[2] for one in site.arrived}
    assert set(STARTS) - reached <= {"socket"}, "uvicorn answers no WebSocket here"


def test_enforced_nothing_leaves_whoever_starts_it(serve, browser_page):
    site = Site(computed("; ".join(STARTS.values())), holding={"csp": "enforce"})
    browser_page.goto(serve(site))
    assert site.hosts() == set()


def test_what_runs_inline_runs_on_and_the_sites_own_is_fetched(serve, browser_page):
    markup = """<p id="handler" onclick="done.push('handler')">x</p><a id="link" href="javascript:done.push('link')">y</a>
        <style>#handler { color: rgb(1, 2, 3) }</style><i style="color: rgb(4, 5, 6)">z</i>
        <script>var done = []; eval("done.push('eval')"); setTimeout("done.push('timer')", 0);
        WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(() => done.push('wasm'));
        fetch('/own.txt').then(() => done.push('own'));
        fetch('data:,x').then(() => done.push('data'));
        new Worker(URL.createObjectURL(new Blob(['postMessage(1)']))).onmessage = () => done.push('blob');
        </script><script type="speculationrules">{"prefetch": []}</script>"""
    site = Site(markup, holding={"csp": "enforce"})
    errors = []
    browser_page.on(
        "console", lambda message: errors.append(message.text) if "Content Security" in message.text else None
    )
    browser_page.goto(serve(site))
    browser_page.locator("#handler").click()
    browser_page.locator("#link").click()
    browser_page.wait_for_function("done.length >= 8")
    assert set(browser_page.evaluate("done")) == {"handler", "link", "eval", "timer", "wasm", "own", "data", "blob"}
    assert browser_page.locator("#handler").evaluate("e => getComputedStyle(e).color") == "rgb(1, 2, 3)"
    assert errors == []


def test_the_preferences_break_no_policy_of_the_page(serve, browser_page):
    told = []
    browser_page.on("console", lambda message: told.append(message.text))
    browser_page.goto(serve(Site("<p>x", csp="default-src 'self'")))
    told.clear()
    browser_page.locator("#consent-banner").get_by_role("button", name="Settings").click()
    browser_page.locator("#consent-dialog").wait_for()
    assert browser_page.evaluate("document.adoptedStyleSheets.map((sheet) => sheet.cssRules.length > 20)") == [True]
    assert told == []


@pytest.mark.parametrize(
    "policy", ["connect-src 'none'", "default-src 'none'", "default-src 'self'; connect-src 'none'"]
)
@pytest.mark.parametrize("button", ["Accept all", "Reject all"])
def test_a_choice_goes_the_way_of_the_form_where_the_page_may_fetch_nothing(serve, browser_page, policy, button):
    browser_page.goto(serve(Site("<p>x", csp=policy)))
    browser_page.locator("#consent-banner").get_by_role("button", name=button).click()
    browser_page.locator("#consent-banner").wait_for(state="detached")
    assert [cookie["name"] for cookie in browser_page.context.cookies()] == ["consent"]


def test_a_free_host_that_the_page_names_is_fetched_from_at_once(serve, browser_page):
    markup = "<img src='FREE/a.gif'><div style='background:url(FREE/b.gif)'>x</div><script>new Image().src = 'FREE/c.gif'</script>"
    site = Site(markup + "<img src='TRACKER/t.gif'>", holding={"csp": "enforce"})
    browser_page.goto(serve(site))
    assert site.hosts() == {"free.localhost"}
    assert {one.partition("/")[2] for one in site.arrived} == {"a.gif", "b.gif", "c.gif"}


def test_strict_dynamic_in_the_apps_policy_does_not_loosen_ours(serve, browser_page):
    code = STARTS["script"].replace("T +", "T +")
    markup = computed(code).replace("<script>", '<script nonce="r4nd0m">')
    site = Site(markup, csp="script-src 'nonce-r4nd0m' 'strict-dynamic'", holding={"csp": "enforce"})
    browser_page.goto(serve(site))
    assert site.hosts() == set()
    assert browser_page.locator("#consent-banner").count() == 1


def test_a_host_stopped_at_run_time_is_reported_and_allowed_on_the_next_page(serve, browser_page):
    markup = "<script>new Image().src = 'http://run' + 'time.localhost:' + location.port + '/a.gif'</script>"
    site = Site(markup, holding={"csp": "enforce"})
    url = serve(site)
    browser_page.goto(url)
    assert site.hosts() == set()
    deadline = time.monotonic() + 5
    while not site.reports and time.monotonic() < deadline:
        time.sleep(0.05)
    assert site.reports, "Chromium posts the report"
    time.sleep(0.2)
    browser_page.goto(url)
    assert site.hosts() == {"runtime.localhost"}


def test_reported_only_nothing_is_stopped(serve, browser_page):
    site = Site(computed(STARTS["image"]), holding={"csp": "report"})
    browser_page.goto(serve(site))
    assert site.hosts() == {"tracker.localhost"}


def test_after_the_choice_the_page_comes_anew_under_the_new_policy(serve, browser_page):
    site = Site(computed(STARTS["image"]) + "<img src='TRACKER/held.gif'>", holding={"csp": "enforce"})
    browser_page.goto(serve(site))
    assert site.hosts() == set()
    browser_page.get_by_role("button", name="Accept all").click()
    browser_page.wait_for_function("!document.getElementById('consent-banner')")
    assert site.hosts() == {"tracker.localhost"}
    assert {one.partition("/")[2] for one in site.arrived} == {"image", "held.gif"}


# A page that could not be judged


class Listener:
    """A port that counts connections, and answers none."""

    def __init__(self):
        self.count = 0
        self.first = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.count += 1
            connection.settimeout(0.3)
            try:
                self.first.append(connection.recv(100))
            except OSError:
                self.first.append(b"")
            connection.close()

    def close(self):
        self._socket.close()


@pytest.fixture
def listener():
    listening = Listener()
    yield listening
    listening.close()


@pytest.fixture
def regular(chromium, tmp_path):
    """A page in a regular profile: one that is off the record opens no connection ahead of time."""
    context = chromium.browser_type.launch_persistent_context(
        str(tmp_path), executable_path=find_chromium(), args=ARGUMENTS
    )
    yield context.new_page()
    context.close()


def everything(port):
    """Markup by which a page reaches others without a script."""
    there = f"http://tracker.localhost:{port}"
    return (
        f'<link rel="preconnect" href="{there}/"><LINK rel=dns-prefetch href={there}/><link\nrel="pre&#99;onnect" href="{there}">'
        f'<link rel="preload" as="image" href="{there}/a"><link rel="stylesheet preconnect" href="{there}/b">'
        f'<link rel="prefetch" href="{there}/c"><link rel="icon" href="{there}/d"><link rel=stylesheet href="{there}/e">'
        f'<img src="{there}/f"><script src="{there}/g"></script><iframe src="{there}/h"></iframe>'
        f'<style>@import url({there}/i);</style><meta http-equiv="refresh" content="0; url={there}/j">'
        f'<video src="{there}/k" autoplay></video><object data="{there}/l"></object>'
    )


def test_left_alone_such_a_page_reaches_others(serve, regular, listener):
    """The control: without it the next test could not fail."""

    async def bare(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        link = f'<link rel="preconnect" href="http://tracker.localhost:{listener.port}/">'
        await send({"type": "http.response.body", "body": b"<!doctype html>" + link.encode()})

    regular.goto(serve(bare))
    time.sleep(1)
    assert listener.count > 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_an_inert_page_reaches_nobody_and_keeps_its_own_style(serve, regular, listener, monkeypatch, encoding):
    def broken(*_, **__):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(page_module, "Rewriter", broken)
    body = everything(listener.port) + '<link rel="stylesheet" href="/own.css"><p>read me</p>'

    async def app(scope, receive, send):
        style = scope["path"] == "/own.css"
        kind = b"text/css; charset=utf-8" if style else f"text/html; charset={encoding[:6].strip('-')}".encode()
        data = b"p { color: rgb(1, 2, 3) }" if style else ("\ufeff" + "<!doctype html>" + body).encode(encoding)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
        for at in range(0, len(data), 7):
            await send({"type": "http.response.body", "body": data[at : at + 7], "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    url = serve(
        ConsentMiddleware(app, settings=Settings.from_mapping({"site": {"name": "x"}, "records": {"url": "off"}}))
    )
    regular.goto(url)
    time.sleep(1.5)
    assert (listener.count, listener.first) == (0, [])
    assert regular.url.startswith(url)
    assert regular.locator("p").inner_text() == "read me"
    assert regular.locator("p").evaluate("e => getComputedStyle(e).color") == "rgb(1, 2, 3)"


def test_the_report_of_chromium_is_one_we_read(serve, browser_page):
    site = Site(computed(STARTS["image"]), holding={"csp": "report"})
    heard = []
    reporting = site.app._endpoints.reporting
    browser_page.on("request", lambda request: heard.append(request) if "violations" in request.url else None)
    browser_page.goto(serve(site))
    site.hosts()
    bodies = [json.loads(request.post_data) for request in heard if request.post_data]
    assert all("csp-report" in body for body in bodies)
    assert len(reporting.allowance._clients) == 1
