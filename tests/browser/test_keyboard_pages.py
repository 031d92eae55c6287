"""The pages for reading, the placeholder and the dialog with the keyboard alone: everything is reached, seen and pressed."""

import pytest

from tests.browser.focus import settled, tab_to
from tests.shots.gazette import make_app

pytestmark = pytest.mark.browser

ACTIVE = "() => (document.activeElement.id || document.activeElement.localName)"


@pytest.fixture
def chosen(gazette, browser_page):
    """The site's URL; its visitor has accepted, with the keyboard."""
    url = gazette()
    browser_page.goto(f"{url}/en")
    press(browser_page, "accept")
    browser_page.locator("#consent-banner").wait_for(state="detached")
    return url


def press(page, name, key="Enter"):
    tab_to(page, lambda focus: focus["name"] == name)
    page.keyboard.press(key)


def test_a_receipt_is_withdrawn_by_the_keyboard(chosen, browser_page):
    browser_page.goto(f"{chosen}/consent/receipt")
    press(browser_page, "withdraw")
    browser_page.locator(".consent-card", has_text="You refused everything").wait_for()
    assert browser_page.url.endswith("/consent/receipt?lang=en")


def test_a_receipt_is_copied_by_the_keyboard_and_the_focus_stays(chosen, browser_page):
    browser_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    browser_page.goto(f"{chosen}/consent/receipt")
    press(browser_page, "Copy", "Space")
    browser_page.get_by_role("status").filter(has_text="Copied.").wait_for()
    assert '"analytics": true' in browser_page.evaluate("navigator.clipboard.readText()")
    assert browser_page.evaluate("document.activeElement.textContent") == "Copy"


def test_opting_out_and_cancelling_it_go_by_the_keyboard(chosen, browser_page):
    browser_page.goto(f"{chosen}/consent/opt-out")
    press(browser_page, "save")
    browser_page.locator(".consent-card", has_text="You have opted out").wait_for()
    press(browser_page, "Cancel the opt-out")
    browser_page.wait_for_url("**/consent?lang=en")


def test_an_entry_of_the_contents_leads_the_keyboard_on_from_there(gazette, browser_page):
    page = browser_page
    page.goto(f"{gazette()}/consent/policy")
    press(page, "How to change or withdraw your consent")
    page.wait_for_url("**#consent-section-withdraw")
    page.keyboard.press("Tab")
    focus = settled(page)
    assert focus["name"] == "Open the cookie settings"
    assert focus["seen"]


def test_the_policy_is_printed_by_the_keyboard(gazette, browser_page):
    browser_page.add_init_script("window.print = () => { window.printed = true; }")
    browser_page.goto(f"{gazette()}/consent/policy")
    press(browser_page, "Print")
    assert browser_page.evaluate("window.printed") is True


@pytest.mark.parametrize("path", ["policy", "receipt", "opt-out", "nothing"])
def test_every_stop_of_a_page_is_seen_with_its_ring_and_the_last_is_reached(chosen, browser_page, path):
    page = browser_page
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto(f"{chosen}/consent/{path}")
    stops = page.locator("main :is(a, button):visible").all()
    last = stops[-1].evaluate("e => e.value || e.textContent.trim().slice(0, 40)")
    met = []
    tab_to(page, lambda focus: met.append(focus["name"]) or len(met) == len(stops))
    assert met[-1] == last


@pytest.fixture
def video(serve, browser_page, monkeypatch):
    """A page with a held video of a partner that is on this machine."""
    monkeypatch.setenv("CONSENT_SECRET", "a key for this test, and for nothing else")

    async def player(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": b"<!doctype html><title>p</title><p>playing"})

    source = serve(player).replace("localhost", "player.localhost") + "/embed/1"

    async def article(_scope, _receive, send):
        body = f'<!doctype html><html lang="en"><title>t</title><main><h1>Videos</h1><iframe width="560" height="315" src="{source}" title="one"></iframe><a href="/">on</a></main>'
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": body.encode()})

    browser_page.goto(serve(make_app(article, services={"youtube": {"hosts": ["player.localhost"]}})))
    press(browser_page, "reject")
    browser_page.locator("#consent-banner").wait_for(state="detached")
    return browser_page


@pytest.mark.parametrize("key", ["Enter", "Space"])
@pytest.mark.parametrize(("name", "kept"), [("Load once", False), ("youtube", True)])
def test_a_video_is_loaded_by_the_keyboard_and_has_the_focus_then(video, name, kept, key):
    press(video, name, key)
    video.frame_locator("iframe").get_by_text("playing").wait_for()
    assert video.locator("[data-consent-embed]").count() == 0
    assert video.evaluate(ACTIVE) == "iframe"
    video.wait_for_function("(kept) => consent.allows('youtube') === kept", arg=kept)


def test_the_revisit_control_opens_the_dialog_and_gets_the_focus_back(chosen, browser_page):
    page = browser_page
    assert chosen
    for key in ("Escape", "Enter"):
        press(page, "Cookie settings") if key == "Enter" else page.keyboard.press("Enter")
        page.locator("#consent-dialog[open]").wait_for()
        assert page.evaluate(ACTIVE) == "consent-preferences-title"
        if key == "Escape":
            page.keyboard.press("Escape")
        else:
            page.keyboard.press("Tab")  # the ×
            page.keyboard.press("Enter")
        page.locator("#consent-dialog").wait_for(state="detached")
        assert page.evaluate(ACTIVE) == "consent-revisit"
        page.evaluate("document.activeElement.blur()") if key == "Escape" else None
    assert page.evaluate("consent.allows('analytics')") is True


def test_a_link_of_the_pages_own_gets_the_focus_back_too(chosen, browser_page):
    page = browser_page
    assert chosen
    press(page, "Cookies")
    page.locator("#consent-dialog[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator("#consent-dialog").wait_for(state="detached")
    assert page.evaluate("document.activeElement.textContent") == "Cookies"


def test_the_dialog_is_gone_through_forwards_and_back_with_every_stop_in_sight(gazette, browser_page):
    page = browser_page
    page.set_viewport_size({"width": 390, "height": 500})
    page.goto(f"{gazette()}/en")
    press(page, "Settings", "Space")
    page.locator("#consent-dialog[open]").wait_for()
    tab_to(page, lambda focus: focus["name"].startswith("Services and cookies"))
    page.keyboard.press("Enter")  # unfolds the services
    assert page.locator("#consent-dialog details[open]").count() == 1
    met = []
    tab_to(page, lambda focus: met.append(focus["name"]) or focus["name"] == "reject")
    assert {"google-analytics", "save", "accept", "reject"} <= set(met)
    for expected in ("accept", "save"):
        page.keyboard.press("Shift+Tab")
        focus = settled(page)
        assert focus["name"] == expected
        assert focus["seen"]
    page.keyboard.press("Escape")
    page.locator("#consent-dialog").wait_for(state="detached")
    assert page.evaluate("document.activeElement.textContent") == "Settings"
    assert page.context.cookies() == []


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_single_service_is_allowed_by_the_keyboard(gazette, browser_page, key):
    page = browser_page
    page.goto(f"{gazette()}/en")
    press(page, "Settings", key)
    page.locator("#consent-dialog[open]").wait_for()
    tab_to(page, lambda focus: focus["name"].startswith("Services and cookies"))
    page.keyboard.press(key)
    press(page, "hotjar", "Space")
    press(page, "save", key)
    page.locator("#consent-dialog").wait_for(state="detached")
    assert page.evaluate("['hotjar', 'google-analytics', 'analytics'].map(consent.allows)") == [True, False, False]
