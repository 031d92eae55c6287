"""What is released where no selector of the page reaches: in shadow roots, in a page that hides its own methods."""

import pytest

from tests.browser.run_time import NAMES, TRACKER, Sink, accept, settled

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("CONSENT_SECRET", "a key for this test alone")


def say(text: str) -> str:
    return f'<script data-consent=analytics>(window.ran = window.ran || []).push("{text}")</script>'


def shadowed(markup: str) -> str:
    return f"<div><template shadowrootmode=open>{markup}</template><i>light</i></div>"


def test_what_stands_in_declarative_shadow_roots_is_released_in_place_and_in_order(serve, browser_page):
    inner = (
        say("in the shadow")
        + "<script src='TRACKER/slow.js'></script>"
        + "<img src='TRACKER/a.gif'>"
        + shadowed("<img src='TRACKER/deep.gif'>" + say("deeper"))
        + "<p style='background: url(TRACKER/style.gif)'>styled</p>"
    )
    sink = Sink(say("before") + shadowed(inner) + say("after"))
    browser_page.goto(serve(sink))
    assert settled(browser_page, sink) == []
    assert browser_page.evaluate("window.ran") is None
    browser_page.evaluate("window.same = true")
    accept(browser_page)
    arrived = settled(browser_page, sink, 4)
    assert sorted(arrived) == [f"{TRACKER}/{name}" for name in ("a.gif", "deep.gif", "slow.js", "style.gif")]
    assert browser_page.evaluate("[window.same, window.ran]") == [
        True,
        ["before", "in the shadow", "/slow.js", "deeper", "after"],
    ]


def test_a_script_in_a_shadow_root_that_waits_for_what_is_over_is_called(serve, browser_page):
    text = "window.told = []; addEventListener('load', () => told.push('load')); onload = () => told.push('onload')"
    sink = Sink(shadowed(f"<script data-consent=analytics>{text}</script>"))
    browser_page.goto(serve(sink))
    accept(browser_page)
    browser_page.wait_for_function("window.told?.length === 2")
    assert sorted(browser_page.evaluate("told")) == ["load", "onload"]


def test_a_page_whose_images_and_forms_hide_methods_is_released(serve, browser_page):
    """``browser_page`` fails for an error that nobody caught."""
    fields = "".join(f"<input name={name}>" for name in [*NAMES, "style", "shadowRoot"])
    taken = "querySelectorAll readyState addEventListener createElementNS body dispatchEvent activeElement".split()  # noqa: SIM905 - names
    images = "".join(f"<img name={name}>" for name in [*taken, "implementation", "baseURI"])
    sink = Sink(
        f"{images}<form style='background: url(TRACKER/style.gif)'>{fields}</form><iframe src='TRACKER/a.html'></iframe>"
        + say("script")
        + "<script>place.innerHTML = `<img src='TRACKER/late.gif'>`</script>"
    )
    browser_page.goto(serve(sink))
    assert settled(browser_page, sink, asked=1) == []
    browser_page.evaluate("window.same = true")
    # Playwright's own look-up by role does not survive such a page.
    browser_page.evaluate("document.querySelector('#consent-banner [value=accept]').click()")
    arrived = settled(browser_page, sink, 3)
    assert sorted(arrived) == [f"{TRACKER}/{name}" for name in ("a.html", "late.gif", "style.gif")]
    assert browser_page.evaluate("[window.same, window.ran]") == [True, ["script"]]
