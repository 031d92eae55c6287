"""WCAG 2.2 AA by axe-core in a real Chromium: the banner, the preferences and every page, in light and dark, narrow and zoomed.

axe finds what a machine can find; what it can't (order, names, clicks) stands in test_keyboard.py and test_equality.py.
"""

import json

import pytest
from axe_playwright_python.base import AXE_SCRIPT

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
EVERYTHING = {"type": "tag", "values": TAGS}
LAID_OUT = {
    "type": "rule",
    "values": ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"],
}
"""What size and colours decide; all else is asked of the wide layout and of the narrow one."""
DESKTOP, NARROW, ZOOMED = (1280, 800), (320, 640), (320, 256)
"""400 %: what is left of 1280 x 1024 (WCAG 2.2, 1.4.10)."""
VIEWS = [
    (DESKTOP, "light", EVERYTHING),
    (DESKTOP, "dark", LAID_OUT),
    (NARROW, "light", EVERYTHING),
    (ZOOMED, "dark", LAID_OUT),
]
POSITIONS = ["bottom", "sheet", "left", "right", "center"]
LANGUAGES = ["en", "ar", "uk", "ja"]
IN_EACH_VIEW = {"en", "ar"}
"""Languages of either direction; for the others, which are other words in the same places, the narrow layout will do."""
VIOLATIONS = """([context, options]) => axe.run(context || document, options).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target} ${node.failureSummary}`)))"""


@pytest.fixture
def page(chromium):
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def violations(page, context=None, rules=EVERYTHING):
    """What axe finds, in a line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(VIOLATIONS, [context, {"runOnly": rules, "resultTypes": ["violations"]}])


def found(page, language="en", context=None):
    """What is wrong in any view."""
    for (width, height), scheme, rules in VIEWS:
        if language not in IN_EACH_VIEW and (width, height) != NARROW:
            continue
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        yield from (f"{language}, {width}x{height}, {scheme}: {line}" for line in violations(page, context, rules))
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            yield f"{language}, {width}x{height}: it scrolls sideways"


@pytest.mark.parametrize("position", POSITIONS)
def test_the_banner_has_no_violation(gazette, page, position):
    url = gazette(banner={"position": position})
    for language in LANGUAGES:
        page.goto(f"{url}/{language}")
        assert [*found(page, language)] == []


def test_the_revisit_control_has_no_violation(gazette, page):
    for revisit in ("button", "link"):
        page.goto(f"{gazette(banner={'revisit': revisit})}/en")
        page.locator("#consent-banner [value=reject]").click()
        page.locator("#consent-revisit").wait_for()
        assert [*found(page)] == []
        page.context.clear_cookies()


def opened(page, within=""):
    """Every service unfolded."""
    page.locator(f"{within} details").first.wait_for()
    page.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_preferences_have_no_violation_in_their_dialog(gazette, page, language):
    page.goto(f"{gazette()}/{language}")
    page.locator("#consent-banner button").last.click()
    opened(page, "#consent-dialog")
    assert [*found(page, language, "#consent-dialog")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_preferences_have_no_violation_as_a_page(gazette, page, language):
    page.goto(f"{gazette()}/consent?lang={language}")
    opened(page)
    assert [*found(page, language)] == []


@pytest.mark.parametrize("name", ["policy", "receipt", "opt-out"])
def test_the_pages_for_reading_have_no_violation(gazette, page, name):
    url = gazette()
    page.goto(f"{url}/en")
    page.locator("#consent-banner [value=accept]").click()
    page.locator("#consent-banner").wait_for(state="detached")
    for language in LANGUAGES:
        page.goto(f"{url}/consent/{name}?lang={language}")
        assert [*found(page, language)] == []


def test_the_page_of_an_error_has_no_violation(gazette, page):
    page.goto(f"{gazette()}/consent/nothing")
    assert [*found(page)] == []


def test_a_placeholder_has_no_violation_and_nothing_in_it_is_cut_off(gazette, page):
    for language in LANGUAGES:
        page.goto(f"{gazette()}/{language}/embed")
        assert [*found(page, language, "[data-consent-embed]")] == []
        for width in (1280, 390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            hidden = page.locator("[data-consent-embed] > span").evaluate("e => e.scrollHeight - e.clientHeight")
            assert hidden <= 0, f"{language}, {width}: {hidden} px have to be scrolled to"


def test_axe_is_awake(browser_page):
    """A fault of each kind that was looked for is found."""
    browser_page.set_content(
        '<!doctype html><html lang="en"><title>t</title><main><h1>h</h1><button></button>'
        '<p style="color:#aaa;background:#fff">pale</p></main>'
    )
    kinds = {line.partition(":")[0] for line in violations(browser_page)}
    assert kinds == {"button-name", "color-contrast"}
    assert json.dumps([*found(browser_page)]).count("color-contrast") == len(VIEWS)
