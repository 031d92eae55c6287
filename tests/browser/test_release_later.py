"""What comes into a page after it has loaded, and what loads only when it is seen: held, and released as it stands then."""

import pytest

from tests.browser.run_time import TRACKER, Sink, accept, settled

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("CONSENT_SECRET", "a key for this test alone")


VIEWS = """<script>
    const show = (path, ...names) => {
        history.pushState({}, "", path);
        place.innerHTML = names.map(name => `<section><iframe src="TRACKER/${name}.html"></iframe></section>`).join("");
    };
    show("/first", "gone");
</script>"""


def test_a_page_that_changes_its_views_itself_is_released_as_it_stands(serve, browser_page):
    sink = Sink(VIEWS)
    browser_page.goto(serve(sink))
    assert settled(browser_page, sink, asked=1) == []
    browser_page.evaluate("show('/second', 'one', 'two')")
    assert settled(browser_page, sink) == []
    accept(browser_page)
    assert sorted(settled(browser_page, sink, 2)) == [f"{TRACKER}/one.html", f"{TRACKER}/two.html"]
    assert browser_page.evaluate("location.pathname") == "/second"
    browser_page.evaluate("show('/third', 'three')")
    assert settled(browser_page, sink, 3)[2:] == [f"{TRACKER}/three.html"]
    assert browser_page.locator("[data-consent-held]").count() == 0


def test_scripts_put_in_later_run_in_their_order_whatever_they_take(serve, browser_page):
    body = """<script>addEventListener("load", () => {
        for (const name of ["slow", "b", "c"]) {
            const script = document.createElement("script");
            script.async = false;
            script.src = "TRACKER/" + name + ".js";
            place.append(script);
        }
    })</script>"""
    sink = Sink(body)
    sink.waits["/slow.js"] = 0.5
    browser_page.goto(serve(sink))
    assert settled(browser_page, sink, asked=1) == []
    accept(browser_page)
    browser_page.wait_for_function("window.ran?.length === 3")
    assert browser_page.evaluate("window.ran") == ["/slow.js", "/b.js", "/c.js"]


def test_an_image_that_loads_when_it_is_seen_still_does(serve, browser_page):
    lazy = "<img loading=lazy width=9 height=9 src='TRACKER/%s.gif'>"
    late = f"<script>document.body.insertAdjacentHTML('beforeend', `{lazy % 'late'}`)</script>"
    sink = Sink(f"<div style='height: 20000px'></div>{lazy % 'markup'}{late}")
    browser_page.goto(serve(sink))
    assert settled(browser_page, sink, asked=1) == []
    accept(browser_page)
    assert settled(browser_page, sink) == []
    assert browser_page.locator("[data-consent-held]").count() == 0
    browser_page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert sorted(settled(browser_page, sink, 2)) == [f"{TRACKER}/late.gif", f"{TRACKER}/markup.gif"]


def test_a_page_kept_whole_while_another_made_the_choice_comes_back_released(serve, browser_page):
    """Chromium's back/forward cache: ``pageshow`` says that the page was kept."""
    body = """<img src='TRACKER/a.gif'><a id=link href=/other.html>On</a>
        <script>addEventListener("pageshow", ({ persisted }) => { if (persisted) sessionStorage.kept = true })</script>"""
    sink = Sink(body)
    url = serve(sink)
    browser_page.goto(url)
    browser_page.locator("#link").click()
    accept(browser_page)
    assert settled(browser_page, sink) == []
    browser_page.go_back(wait_until="commit")
    assert settled(browser_page, sink, 1) == [f"{TRACKER}/a.gif"]
    assert browser_page.locator("#consent-banner").count() == 0
    assert browser_page.evaluate("[consent.allows('analytics'), sessionStorage.kept]") == [True, "true"]


def test_a_page_kept_whole_stays_as_it_was_where_nothing_was_chosen(serve, browser_page):
    body = """<img src='TRACKER/a.gif'><a id=link href=/other.html>On</a>
        <script>addEventListener("pageshow", ({ persisted }) => window.kept = persisted)</script>"""
    sink = Sink(body)
    browser_page.goto(serve(sink))
    browser_page.locator("#link").click()
    browser_page.wait_for_url("**/other.html")
    browser_page.go_back(wait_until="commit")
    browser_page.wait_for_function("window.kept === true")
    assert settled(browser_page, sink) == []
    accept(browser_page)
    assert settled(browser_page, sink, 1) == [f"{TRACKER}/a.gif"]
