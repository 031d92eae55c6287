"""What a page starts at run time, in a real Chromium: what of it arrives at a partner before and after the choice.

The site is a whole one, with the middleware; partners, and hosts in no entry, are a sink that counts what arrives.
"""

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse

from tests.browser.run_time import CDN, TRACKER, Sink, accept, settled, started

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("CONSENT_SECRET", "a key for this test alone")


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


def test_what_is_started_while_an_answer_is_waited_for_is_asked_about_too(serve, browser_page):
    body = """<script>(async () => {
        for (let n = 0; n < 8; n++) {
            new Image().src = "CDN".replace("cdn", "h" + n + ".cdn") + "/x.gif";
            while (+await (await fetch("/questions")).text() <= n);
        }
    })()</script>"""
    sink = Sink(body)
    sink.waits["/consent/verdicts"] = 0.4  # in which the page starts the next one
    browser_page.goto(serve(sink))
    assert sorted(settled(browser_page, sink, 8)) == [f"h{n}.{CDN}/x.gif" for n in range(8)]


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
    # As where the other page told nobody; a page that Chromium did make ahead is in test_made_ahead.py.
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
    browser_page.clock.install()
    browser_page.goto(serve(sink))
    settled(browser_page, sink, asked=1)
    accept(browser_page)
    assert browser_page.evaluate("window.after") is None
    browser_page.clock.run_for(5000)
    browser_page.wait_for_function("window.after")
    assert settled(browser_page, sink) == []


def test_what_can_only_be_read_reads_as_before(serve, browser_page):
    body = "<select></select><textarea></textarea><fieldset></fieldset><output></output><button></button>"
    browser_page.goto(serve(Sink(body)))
    read = browser_page.evaluate("[...document.querySelectorAll('#place ~ *')].slice(0, 5).map(e => e.type)")
    assert read == ["select-one", "textarea", "fieldset", "output", "submit"]


def test_events_that_come_from_no_element_upset_nothing(serve, browser_page):
    """``browser_page`` fails for an error that nobody caught."""
    browser_page.goto(serve(Sink()))
    browser_page.evaluate("""() => ["click", "submit", "storage", "pageshow", "prerenderingchange"].forEach(type =>
        [window, document, document.createTextNode("x")].forEach(target => target.dispatchEvent(new Event(type))))""")
    assert browser_page.evaluate("consent.allows('necessary')") is True


COUNTING = """
    window.looked = 0;
    for (const { prototype } of [Element, DocumentFragment]) {
        const own = prototype.querySelectorAll;
        prototype.querySelectorAll = function (...args) {
            const walker = document.createTreeWalker(this, NodeFilter.SHOW_ELEMENT);
            do looked += 1; while (walker.nextNode());
            return own.apply(this, args);
        };
    }
"""
GROWING = """levels => {
    looked = 0;
    let node = document.createElement("i");
    for (let level = 0; level < levels; level++) {
        const around = document.createElement("div");
        [() => around.append(node), () => around.appendChild(node), () => around.replaceChildren("text", node)][level % 3]();
        node = around;
    }
    document.body.append(node);
    return looked;
}"""


def test_a_tree_built_from_its_leaves_up_is_looked_at_once(serve, browser_page):
    browser_page.add_init_script(COUNTING)
    browser_page.goto(serve(Sink()))
    assert [browser_page.evaluate(GROWING, levels) for levels in (250, 500, 1000)] == [251, 501, 1001]


def test_what_opens_the_preferences_takes_whatever_a_page_hands_in(serve, browser_page):
    browser_page.goto(serve(Sink("<a href=/elsewhere data-consent-open>Cookies</a>")))
    for opening in ("consent.open({})", "consent.open(document.body)", "document.querySelector('a').click()"):
        browser_page.evaluate(opening)
        dialog = browser_page.locator("#consent-dialog")
        dialog.wait_for()
        dialog.evaluate("dialog => dialog.close()")
        dialog.wait_for(state="detached")


def test_a_script_that_waits_runs_as_what_it_was_made_last(serve, browser_page):
    body = """<script>
        const script = document.createElement("script");
        script.src = "TRACKER/a.js";
        place.append(script);
        script.type = "module";
        script.textContent = "window.wrong = true";
    </script>"""
    sink = Sink(body)
    browser_page.goto(serve(sink))
    assert settled(browser_page, sink, asked=1) == []
    accept(browser_page)
    assert settled(browser_page, sink, 1) == [f"{TRACKER}/a.js"]
    assert browser_page.evaluate("[place.firstChild.type, window.ran, window.wrong]") == ["module", ["/a.js"], None]


def test_markup_for_a_place_that_is_none_is_refused_and_changes_nothing(serve, browser_page):
    body = """<p id=kept>kept</p><script>
        try { kept.insertAdjacentHTML("nowhere", "<img src='TRACKER/a.gif'>"); } catch { window.refused = true; }
    </script>"""
    sink = Sink(body)
    browser_page.goto(serve(sink))
    assert settled(browser_page, sink) == []
    assert browser_page.evaluate("[window.refused, kept.textContent]") == [True, "kept"]
