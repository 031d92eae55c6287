"""The demo, end to end in Chromium: what counts is what reached the simulated partners' own servers."""

import re
import time
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from examples.demo import create_app
from examples.demo.partners import PARTNERS, Partners, Tally

pytestmark = pytest.mark.browser

PAGES = {"en": "/", "uk": "/uk/"}
QUIET = 0.5
"""Seconds without an arrival after which nothing more is expected."""
ANALYTICS = {p.service for p in PARTNERS if p.category == "analytics"}
EVERYONE = {p.service for p in PARTNERS}
NO_SCRIPT = {
    "google-tag-manager": {"/ns.html"},
    "meta-pixel": {"/tr"},
    "linkedin-insight": {"/collect/"},
    "comscore": {"/p"},
    "criteo": {"/thumb.gif"},
    "x-widgets": {"/widgets.css"},
    "youtube": {"/embed/gzt-ferry-01"},
}
SCRIPTED = {
    "google-tag-manager": {"/gtm.js", "/collect.gif"},
    "google-analytics": {"/gtag/js", "/collect.gif"},
    "hotjar": {"/c/hotjar-1000001.js", "/collect.gif"},
    "chartbeat": {"/js/chartbeat.js", "/collect.gif"},
    "comscore": {"/cs/1000001/beacon.js", "/collect.gif"},
    "google-publisher-tag": {"/tag/js/gpt.js", "/collect.gif"},
    "meta-pixel": {"/en_US/fbevents.js", "/collect.gif"},
    "linkedin-insight": {"/li.lms-analytics/insight.min.js", "/collect.gif"},
    "criteo": {"/js/ld/ld.js", "/thumb.gif", "/collect.gif"},
    "x-widgets": {"/widgets.css", "/widgets.js", "/collect.gif"},
    "youtube": {"/embed/gzt-ferry-01"},
}
PARSER_BLOCKING = ["google-publisher-tag", "inline after gpt.js", "criteo", "inline after ld.js"]


@dataclass(frozen=True)
class Demo:
    url: str
    tally: Tally

    def reached(self, expected=()):
        """Who received what, once nothing more arrives; on a busy machine, not before those ``expected`` have."""
        last, since = -1, time.monotonic()
        deadline = since + 8
        while time.monotonic() < deadline:
            if self.tally.total != last:
                last, since = self.tally.total, time.monotonic()
            elif time.monotonic() - since > QUIET and all(expected[key] <= self._received[key] for key in expected):
                break
            time.sleep(0.05)
        return {service: targets for service, targets in self._received.items() if targets}

    @property
    def _received(self):
        return {p.service: set(self.tally.targets(p.service)) for p in PARTNERS}


@pytest.fixture
def demo(serve, monkeypatch, tmp_path):
    monkeypatch.setenv("CONSENT_SECRET", "a key for this test, and for nothing else")
    tally = Tally()
    app = create_app(serve(Partners(tally)), tally, records=f"sqlite:///{tmp_path}/records.db")
    return Demo(url=serve(app), tally=tally)


@pytest.fixture(params=[True, False], ids=["js", "nojs"])
def scripts(request):
    return request.param


@pytest.fixture
def visit(chromium, demo):
    """Open a page as a new visitor; an error that no script caught fails the test."""
    contexts, errors = [], []

    def open_page(path="/", *, scripts=True, locale="en-GB"):
        context = chromium.new_context(java_script_enabled=scripts, locale=locale)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(demo.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def click(page, action):
    page.locator(f"#consent-banner [name=action][value={action}]").click()


def open_settings(page):
    page.locator("footer [data-consent-open]").click()
    page.locator("main input[name=category], dialog input[name=category]").first.wait_for()


def submit(page, action):
    page.locator(f"dialog [name=action][value={action}], main [name=action][value={action}]").first.click()


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_nothing_leaves_before_a_choice(visit, demo, path, scripts):
    page = visit(path, scripts=scripts)
    page.locator("#consent-banner").wait_for()
    page.mouse.wheel(0, 4000)
    page.keyboard.press("Escape")
    assert demo.reached() == {}


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_accept_releases_everyone(visit, demo, path):
    page = visit(path)
    click(page, "accept")
    assert demo.reached(SCRIPTED) == SCRIPTED
    demo.tally.reset()
    page.reload()  # the server sends the next page whole
    assert demo.reached(SCRIPTED) == SCRIPTED


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_accept_without_scripts(visit, demo, path):
    page = visit(path, scripts=False)
    click(page, "accept")
    assert page.url == demo.url + path
    assert page.locator("#consent-banner").count() == 0
    reached = demo.reached(NO_SCRIPT)
    preloaded = reached.pop("google-publisher-tag", set())
    assert reached == NO_SCRIPT
    assert preloaded <= {"/tag/js/gpt.js"}  # a preload fetches without running


def test_scripts_switched_on_after_a_choice_without_them(visit, demo):
    page = visit("/privacy")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setScriptExecutionDisabled", {"value": True})
    page.goto(demo.url)
    click(page, "accept")
    assert set(demo.reached(NO_SCRIPT)) - {"google-publisher-tag"} == NO_SCRIPT.keys()
    demo.tally.reset()
    devtools.send("Emulation.setScriptExecutionDisabled", {"value": False})
    page.reload()
    assert demo.reached(SCRIPTED) == SCRIPTED, "what stood in <noscript> is asked for no more"


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_reject_keeps_everything_held(visit, demo, path, scripts):
    page = visit(path, scripts=scripts)
    click(page, "reject")
    expect(page.locator("#consent-banner")).to_have_count(0)  # only then has the server heard of it
    assert demo.reached() == {}
    page.reload()
    assert page.locator("#consent-banner").count() == 0
    assert demo.reached() == {}


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_save_one_category(visit, demo, path, scripts):
    page = visit(path, scripts=scripts)
    open_settings(page)
    page.locator("input[name=category][value=analytics]").check()
    submit(page, "save")
    everything = SCRIPTED if scripts else NO_SCRIPT
    expected = {key: everything[key] for key in ANALYTICS & everything.keys()}
    assert demo.reached(expected) == expected
    demo.tally.reset()
    page.goto(demo.url + path)
    assert demo.reached(expected) == expected


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_withdrawal_holds_again_and_expires_cookies(visit, demo, path, scripts):
    page = visit(path, scripts=scripts)
    click(page, "accept")
    assert demo.reached(SCRIPTED if scripts else NO_SCRIPT)
    names = {cookie["name"] for cookie in page.context.cookies(demo.url)}
    if scripts:
        assert {"_ga", "_fbp", "_hjid", "_cb", "cto_bundle"} <= names
    open_settings(page)
    demo.reached()
    demo.tally.reset()
    submit(page, "withdraw")
    page.locator("#consent-revisit").wait_for()
    assert demo.reached() == {}
    page.goto(demo.url + path)
    assert demo.reached() == {}
    names = {cookie["name"] for cookie in page.context.cookies(demo.url)}
    assert not names & {partner.cookie for partner in PARTNERS if partner.cookie}


def test_accept_with_the_keyboard_alone(visit, demo):
    page = visit("/")
    page.locator("#consent-banner").wait_for()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "accept":
            break
    else:
        pytest.fail("Tab did not reach Accept")
    assert demo.reached() == {}
    page.keyboard.press("Enter")
    assert demo.reached(SCRIPTED).keys() == EVERYONE


def test_scripts_run_in_document_order(visit, demo):
    page = visit("/")
    click(page, "accept")
    demo.reached()
    ran = page.evaluate("window.demoRan")
    assert [name for name in ran if name in PARSER_BLOCKING] == PARSER_BLOCKING
    assert len(ran) == len(set(ran))


@pytest.mark.parametrize("locale", ["uk-UA", "en-GB", "cy-GB"])
def test_the_banner_speaks_the_pages_language(visit, locale):
    """Whatever the visitor's browser asks for: who reads the page reads the banner."""
    banner = visit("/uk/", locale=locale).locator("#consent-banner")
    assert banner.get_attribute("lang") == "uk"
    assert re.search("[іїєґ]", banner.inner_text())
    assert not re.search(r"\b(cookies and|accept|reject|settings)\b", banner.inner_text(), re.IGNORECASE)
    assert visit("/", locale=locale).locator("#consent-banner").get_attribute("lang") == "en"


def test_the_preferences_speak_the_pages_language(visit, scripts):
    page = visit("/uk/", scripts=scripts, locale="en-GB")
    page.locator("#consent-banner button").last.click()
    page.locator("#consent-preferences h1", has_text="Налаштування файлів cookie").wait_for()
    submit(page, "reject")
    page.locator("#consent-revisit").click()
    page.locator("#consent-preferences h1", has_text="Налаштування файлів cookie").wait_for()


def test_the_papers_own_scripts_run_without_consent(visit, demo):
    page = visit("/")
    assert page.evaluate("document.documentElement.dataset.gazette") == "running"
    assert page.evaluate("window.gazetteFactBox[0]") == "www.google-analytics.com"
    page.locator("[data-reading]").wait_for()  # a module found by the import map
    assert page.evaluate("JSON.parse(document.querySelector('[type$=ld\\\\+json]').text)['@type']") == "NewsArticle"


def counted(page, least):
    """Until the page says so many; more may arrive meanwhile."""
    page.wait_for_function("n => Number(document.querySelector('[data-total]').textContent) >= n", arg=least)


def test_the_panel_counts_and_starts_anew(visit, demo):
    page = visit("/")
    total = page.locator("[data-total]")
    assert total.inner_text() == "0"
    click(page, "accept")
    demo.reached()
    counted(page, demo.tally.total)
    assert page.locator("[data-service].reached").count() == len(PARTNERS)
    page.locator("[data-reset] button").click()
    page.wait_for_function("() => document.querySelector('[data-total]').textContent == '0'")
    assert demo.tally.total == 0


@pytest.mark.parametrize("path", ["/demo/counts.html", "/privacy"])
def test_the_counts_follow_on_the_other_pages(visit, demo, path):
    page = visit(path)
    click(visit("/"), "accept")
    demo.reached()
    counted(page, demo.tally.total)


def test_the_counts_stand_on_a_plain_page(visit, demo):
    page = visit("/", scripts=False)
    click(page, "accept")
    demo.reached()
    page.goto(f"{demo.url}/demo/counts.html")
    assert page.locator("[data-total]").inner_text() == str(demo.tally.total)
    assert demo.tally.total >= len(NO_SCRIPT)
    page.locator("[data-reset] button").click()
    assert page.url == f"{demo.url}/demo/counts.html"
    assert page.locator("[data-total]").inner_text() == "0"
