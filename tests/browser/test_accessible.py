"""WCAG 2.2 AA by axe-core in a real Chromium: the banner, the preferences and every page, in light and dark, narrow and zoomed.

axe finds what a machine can find; what it can't (order, names, clicks) stands in test_keyboard.py and test_equality.py.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.shots.gazette import make_app

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
VIEWS = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "320px": {"viewport": {"width": 320, "height": 640}},
    "400%": {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4, "color_scheme": "dark"},
}
"""400 %: what is left of 1280 x 1024 (WCAG 2.2, 1.4.10)."""
POSITIONS = ["bottom", "sheet", "left", "right", "center"]
LANGUAGES = ["en", "uk", "ar", "ja"]


@pytest.fixture(params=VIEWS.values(), ids=VIEWS)
def view(request, chromium):
    context = chromium.new_context(**request.param)
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def violations(page, context=None):
    """What axe finds, in a line each."""
    found = Axe().run(page, context=context, options={"runOnly": {"type": "tag", "values": TAGS}})
    return [
        f"{v['id']}: {node['target']} {node['failureSummary']}"
        for v in found.response["violations"]
        for node in v["nodes"]
    ]


def scrolls_sideways(page):
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.fixture
def gazette(serve, monkeypatch):
    monkeypatch.setenv("CONSENT_SECRET", "a key for this test, and for nothing else")
    return lambda **tables: serve(make_app(**tables))


@pytest.mark.parametrize("position", POSITIONS)
def test_the_banner_has_no_violation(gazette, view, position):
    url = gazette(banner={"position": position})
    for language in LANGUAGES:
        view.goto(f"{url}/{language}")
        assert violations(view) == []
        assert not scrolls_sideways(view)


def test_the_revisit_control_has_no_violation(gazette, view):
    for revisit in ("button", "link"):
        view.goto(f"{gazette(banner={'revisit': revisit})}/en")
        view.locator("#consent-banner [value=reject]").click()
        view.locator("#consent-revisit").wait_for()
        assert violations(view) == []
        view.context.clear_cookies()


def test_the_preferences_have_no_violation_as_a_dialog_and_as_a_page(gazette, view):
    url = gazette()
    for language in LANGUAGES:
        view.goto(f"{url}/{language}")
        view.locator("#consent-banner button").last.click()
        view.locator("#consent-dialog details").first.wait_for()
        for summary in view.locator("#consent-dialog summary").all():
            summary.click()
        assert violations(view, "#consent-dialog") == []
        view.goto(f"{url}/consent?lang={language}")
        for summary in view.locator("summary").all():
            summary.click()
        assert violations(view) == []
        assert not scrolls_sideways(view)


def test_the_pages_for_reading_have_no_violation(gazette, view):
    url = gazette()
    view.goto(f"{url}/en")
    view.locator("#consent-banner [value=accept]").click()
    view.locator("#consent-banner").wait_for(state="detached")
    for language in LANGUAGES:
        for name in ("policy", "receipt", "opt-out"):
            view.goto(f"{url}/consent/{name}?lang={language}")
            assert violations(view) == []
            assert not scrolls_sideways(view)


def test_a_placeholder_has_no_violation(gazette, view):
    url = gazette()
    for language in LANGUAGES:
        view.goto(f"{url}/{language}/embed")
        assert violations(view, "[data-consent-embed]") == []


def test_axe_is_awake(browser_page):
    """A fault of each kind that was looked for is found."""
    browser_page.set_content(
        '<!doctype html><html lang="en"><title>t</title><main><h1>h</h1><button></button>'
        '<p style="color:#aaa;background:#fff">pale</p></main>'
    )
    assert {line.partition(":")[0] for line in violations(browser_page)} == {"button-name", "color-contrast"}
