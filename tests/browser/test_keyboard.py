"""Every path with the keyboard alone, focus always in sight and never lost; names and roles as a screen reader is told them."""

import pytest

from tests.browser.focus import settled, tab_to

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["js", "nojs"])
@pytest.mark.parametrize("position", ["bottom", "sheet", "left", "right", "center"])
def test_nothing_that_gets_the_focus_is_covered(gazette, chromium, position, scripts):
    """WCAG 2.2, 2.4.11, whose explanation names cookie banners."""
    url = gazette(banner={"position": position})
    context = chromium.new_context(java_script_enabled=scripts)
    page = context.new_page()
    for width, height in [(1280, 800), (390, 844), (320, 256)]:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{url}/en")
        names = []
        tab_to(page, lambda focus: names.append(focus["name"]) or focus["name"] == "Cookies")  # noqa: B023 - called here
        assert names[:4] == ["Partners and cookies", "Privacy policy", "accept", "reject"], "the banner comes first"
        page.keyboard.press("Shift+Tab")
        assert settled(page)["seen"]
    context.close()


@pytest.mark.parametrize("action", ["accept", "reject"])
def test_a_choice_leaves_the_focus_on_the_control_that_reopens_it(gazette, browser_page, action):
    browser_page.goto(f"{gazette()}/en")
    tab_to(browser_page, lambda focus: focus["name"] == action)
    browser_page.keyboard.press("Enter")
    browser_page.locator("#consent-banner").wait_for(state="detached")
    assert browser_page.evaluate("document.activeElement.id") == "consent-revisit"
    status = browser_page.get_by_role("status")
    status.filter(has_text="Your choice has been saved.").wait_for(state="attached")


def test_a_choice_by_category_with_the_keyboard_alone(gazette, browser_page):
    page = browser_page
    page.goto(f"{gazette()}/en")
    tab_to(page, lambda focus: focus["name"] == "Settings")
    page.keyboard.press("Enter")
    page.locator("#consent-dialog[open]").wait_for()
    assert page.evaluate("document.activeElement.id") == "consent-preferences-title"
    tab_to(page, lambda focus: focus["name"] == "analytics")
    page.keyboard.press("Space")
    tab_to(page, lambda focus: focus["name"] == "save")
    page.keyboard.press("Enter")
    page.locator("#consent-dialog").wait_for(state="detached")
    assert page.evaluate("[consent.allows('analytics'), consent.allows('advertising')]") == [True, False]
    assert page.evaluate("document.activeElement.id") == "consent-revisit"
    page.keyboard.press("Enter")
    page.locator("#consent-dialog[open]").wait_for()
    tab_to(page, lambda focus: focus["name"] == "withdraw")
    page.keyboard.press("Enter")
    page.wait_for_function("() => window.consent && !consent.allows('analytics')")


def test_escape_closes_the_preferences_and_the_focus_returns(gazette, browser_page):
    page = browser_page
    page.goto(f"{gazette()}/en")
    tab_to(page, lambda focus: focus["name"] == "Settings")
    page.keyboard.press("Enter")
    page.locator("#consent-dialog[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator("#consent-dialog").wait_for(state="detached")
    assert page.evaluate("document.activeElement.textContent") == "Settings"


def test_the_dialog_keeps_the_focus_within(gazette, browser_page):
    page = browser_page
    page.goto(f"{gazette()}/en")
    page.locator("#consent-banner button").last.click()
    page.locator("#consent-dialog[open]").wait_for()
    for _ in range(40):
        page.keyboard.press("Tab")
        inside = page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('#consent-dialog')"
        )
        assert inside, "the focus is in the inert page behind"


def test_the_page_without_a_script_goes_by_the_keyboard_too(gazette, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{gazette()}/en")
    for _ in range(5):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Settings
    page.wait_for_url("**/consent?lang=en")
    page.locator("input[value=analytics]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")  # in a checkbox: the form's first button, which saves
    page.wait_for_url("**/en")
    assert page.locator("#consent-banner").count() == 0
    context.close()


def test_what_a_screen_reader_is_told_of_the_banner(gazette, browser_page):
    browser_page.goto(f"{gazette()}/en")
    told = browser_page.locator("#consent-banner").aria_snapshot()
    assert told.splitlines()[0] == '- region "Your choice about cookies":'
    for line in ('- link "Partners and cookies"', '- link "Privacy policy"'):
        assert line in told
    buttons = [line.strip() for line in told.splitlines() if "- button" in line]
    assert buttons == ['- button "Accept all"', '- button "Reject all"', '- button "Settings"']


def test_what_a_screen_reader_is_told_of_the_preferences(gazette, browser_page):
    page = browser_page
    page.goto(f"{gazette()}/en")
    page.locator("#consent-banner button").last.click()
    page.locator("#consent-dialog[open]").wait_for()
    told = page.locator("#consent-dialog").aria_snapshot()
    assert told.splitlines()[0].startswith('- dialog "Cookie settings"')
    assert '- heading "Cookie settings" [level=1]' in told
    assert '- checkbox "Necessary" [checked] [disabled]' in told
    for name in ("Functional", "Analytics", "Advertising", "Social media", "Embedded media"):
        assert f'- checkbox "{name}"\n' in told + "\n"
        assert f'- region "{name}":' in told
    assert '- button "Close without saving"' in told
    page.locator("#consent-dialog summary").first.click()
    page.locator("#consent-dialog summary").nth(1).click()
    told = page.locator("#consent-dialog").aria_snapshot()
    assert '- checkbox "Allow ' in told
    assert "- columnheader" in told
