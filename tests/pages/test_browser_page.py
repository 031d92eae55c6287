"""The page for a browser below the floor: readable in that very browser, without a script."""

import functools
import re
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest

from consent.browsers import BrowserCheck, Outcome
from consent.browsers.continuing import LIFETIME
from consent.browsers.facts_file import bundled_browser_facts
from consent.languages import bundled, forms
from consent.pages.browser import BrowserPage, browser_texts, share_text
from consent.settings import Settings

FACTS = bundled_browser_facts()
CHECK = BrowserCheck(FACTS.floors["widely-18m"])
KNOWN_IN_1998 = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "div",
    "p",
    "h1",
    "h2",
    "ul",
    "span",
    "li",
    "a",
    "b",
    "br",
    "font",
    "form",
    "input",
    "strong",
    "table",
    "tr",
    "td",
}
VISITORS = {
    "windows": b"Mozilla/5.0 (Windows NT 10.0; rv:60.0) Gecko/20100101 Firefox/60.0",
    "mac": b"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    b"Version/13.1 Safari/605.1.15",
    "xp": b"Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)",
    "android": b"Mozilla/5.0 (Linux; Android 9; K) AppleWebKit/537.36 Chrome/60.0 Mobile Safari/537.36",
    "iphone": b"Mozilla/5.0 (iPhone; CPU iPhone OS 15_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    b"Version/15.6 Mobile/15E148 Safari/604.1",
    "in_app": b"Mozilla/5.0 (Linux; Android 9; K; wv) AppleWebKit/537.36 Chrome/60.0 Mobile Safari/537.36 [FBAN/FB4A]",
}


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, source: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(source.decode("utf-8"))

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split(" "))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@functools.cache
def pages_of(name: str = "The Gazette", mount: str = "/consent") -> BrowserPage:
    return BrowserPage(Settings.from_mapping({"site": {"name": name}, "paths": {"mount": mount}}))


def render(visitor: str, language: str = "en", **given: str) -> bytes:
    verdict = CHECK.judge(VISITORS[visitor])
    assert verdict.outcome is Outcome.OUTDATED
    pages = pages_of(name=given.get("site_name", "The Gazette"), mount=given.get("mount", "/consent"))
    return pages.page(language, verdict=verdict, return_to=given.get("return_to", "/article"))


def page(visitor: str, language: str = "en", **given: str) -> Page:
    return Page(render(visitor, language, **given))


def test_it_says_what_is_needed_and_shows_the_newest_versions():
    shown = page("windows")
    assert "Comfortable work on the Web needs a modern browser. Here are the newest versions." in shown.text
    for name, version in (("Google Chrome", "158"), ("Mozilla Firefox", "160"), ("Opera", "140")):
        assert name in shown.text
        assert f"Newest version: {version}" in shown.text
    assert "Windows, macOS, Linux" in shown.text


def test_shares_stand_in_the_number_form_of_the_language():
    assert "68.99\N{NO-BREAK SPACE}%" in page("windows", "en").text
    assert "68,99\N{NO-BREAK SPACE}%" in page("windows", "uk").text


@pytest.mark.parametrize(
    ("share", "english", "ukrainian"),
    [(67.15, "67.15", "67,15"), (9.6, "9.6", "9,6"), (4.5, "4.5", "4,5"), (3.0, "3", "3"), (0.0, "0", "0")],
)
def test_a_share_has_two_decimals_at_most(share, english, ukrainian):
    assert share_text(share, "en") == f"{english}\N{NO-BREAK SPACE}%"
    assert share_text(share, "uk") == f"{ukrainian}\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize(("visitor", "told"), [("android", True), ("iphone", True), ("windows", False), ("mac", False)])
def test_a_phone_is_told_that_it_may_freely_be_used(visitor, told):
    for language in ("en", "uk"):
        assert (browser_texts(language).phone in page(visitor, language).text) == told


def links(shown: Page) -> list[str]:
    return [str(attributes["href"]) for attributes in shown.all("a") if attributes.get("class") == "get"]


def test_what_the_visitors_system_can_run_comes_first():
    assert links(page("mac"))[1] == "https://support.apple.com/HT204416"  # by share
    assert links(page("windows"))[-1] == "https://support.apple.com/HT204416"  # not for Windows at all
    assert all(link.startswith("https://play.google.com/") for link in links(page("android")))


def test_every_download_is_https_and_says_of_what():
    shown = page("windows")
    assert all(link.startswith("https://") for link in links(shown))
    assert len(set(links(shown))) == len(links(shown)) == 5
    assert "Get Microsoft Edge" in shown.text


@pytest.mark.parametrize("language", ["en", "uk", "ar", "ja"])
def test_who_cannot_download_is_told_what_they_can_do(language):
    texts = browser_texts(language)
    assert links(page("iphone", language)) == links(page("in_app", language)) == []
    assert texts.ios in page("iphone", language).text
    assert texts.in_app in page("in_app", language).text
    assert texts.stuck in page("xp", language).text
    assert texts.stuck not in page("windows", language).text
    for visitor in ("iphone", "in_app"):  # no cards are announced where none follow
        assert texts.lead not in page(visitor, language).text
        assert texts.lead_without in page(visitor, language).text


@pytest.mark.parametrize(
    ("language", "shown"),
    [("tr", "%68,99"), ("fa", "۶۸٫۹۹٪"), ("de", "68,99\N{NO-BREAK SPACE}%"), ("zh-Hans", "68.99\N{NO-BREAK SPACE}%")],
)
def test_a_share_stands_in_the_digits_and_with_the_sign_of_the_language(language, shown):
    assert shown in page("windows", language).text


@pytest.mark.parametrize("language", ["ar", "fa", "he", "ur"])
def test_what_reads_from_the_right_says_so_and_nothing_in_it_has_a_side(language):
    source = render("windows", language)
    assert Page(source).all("html") == [{"lang": language, "dir": "rtl"}]
    assert Page(PAGES.bar(language, return_to="/")).all("table")[0]["dir"] == "rtl"
    for side in (b"left", b"right", b"float"):
        assert side not in source


def test_shares_are_credited_where_they_are_shown():
    shown = page("windows")
    assert "caniuse.com, CC BY 4.0" in shown.text
    assert "11 November 2026" in shown.text
    assert FACTS.shares_as_of == date(2026, 11, 11)
    assert not [language for language in bundled() if ".." in page("windows", language).text]
    assert {"href": FACTS.licence} in shown.all("a")
    assert "caniuse" not in page("iphone").text


@pytest.mark.parametrize("visitor", VISITORS)
def test_going_on_is_a_plain_form(visitor):
    shown = page(visitor, return_to="/a?b=1&c=2", mount="/privacy/consent")
    assert shown.all("form") == [{"method": "post", "action": "/privacy/consent/browser"}]
    assert {"type": "hidden", "name": "return", "value": "/a?b=1&c=2"} in shown.all("input")
    assert [a["value"] for a in shown.all("input") if a["type"] == "submit"] == ["Continue anyway"]


@pytest.mark.parametrize("language", bundled())
@pytest.mark.parametrize("visitor", VISITORS)
def test_the_browsers_it_turns_away_can_read_it(visitor, language):
    source = render(visitor, language)
    shown = Page(source)
    assert len(source) < 14 * 1024
    names = {name for name, _ in shown.tags}
    assert names <= KNOWN_IN_1998
    for word in (b"flex", b"grid", b"var(", b"--", b"url(", b"@import", b"<svg", b"<script", b"calc(", b"rem;"):
        assert word not in source
    assert not [a for _, a in shown.tags if "src" in a or (a.get("rel") or "") == "stylesheet"]


def test_texts_of_the_site_and_the_visitor_are_escaped():
    source = render("windows", site_name="<b>&", return_to='/"><script>alert(1)</script>')
    assert b"<script" not in source
    assert b"<b>" not in source
    assert "<b>&" in Page(source).text


def test_a_path_that_is_no_text_does_not_raise():
    assert b"/?" in render("windows", return_to="/\udce9")


@pytest.mark.parametrize(("asked", "given"), [("en", "en"), ("uk", "uk"), ("xx", "en"), ("", "en"), ("../en", "en")])
def test_a_language_without_texts_gets_english_and_says_so(asked, given):
    assert page("windows", asked).all("html") == [{"lang": given, "dir": "ltr"}]


@pytest.mark.parametrize("language", bundled())
def test_every_language_fills_in_the_same_places(language):
    for key, place in {"version": "{version}", "get": "{name}", "attribution": "{date}"}.items():
        assert re.findall(r"\{\w+\}", getattr(browser_texts(language), key)) == [place]


def test_the_days_it_promises_are_the_cookies():
    assert timedelta(days=30) == LIFETIME
    for language in bundled():
        assert forms(language).number(30) in browser_texts(language).continue_note


def test_controls_are_labelled_and_the_page_has_one_heading_of_the_first_level():
    shown = page("windows")
    assert len(shown.all("h1")) == 1
    assert len(shown.all("title")) == 1
    assert len(shown.all("h2")) == len(links(shown))


def test_a_browser_that_is_not_outdated_is_not_told_that_it_is():
    verdict = CHECK.judge(VISITORS["windows"].replace(b"60.0", b"160.0"))
    shown = Page(pages_of().page("en", verdict=verdict, return_to="/"))
    assert "Your browser is out of date" not in shown.text
    assert (len(links(shown)), shown.all("form")) == (5, [])


def test_each_card_shows_its_share_as_a_length_too():
    widths = [a["style"] for a in page("windows").all("div") if "style" in a]
    assert widths == ["width: 69%", "width: 5%", "width: 2%", "width: 2%", "width: 16%"]


# The bar

PAGES = pages_of(mount="/privacy")


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_bar_says_the_same_leads_to_the_page_and_can_be_hidden(language):
    source = PAGES.bar(language, return_to="/a?b=1&c=2")
    shown, texts = Page(source), browser_texts(language)
    assert texts.heading in shown.text
    assert texts.lead_without in shown.text
    assert [a["href"] for a in shown.all("a")] == [f"/privacy/browser?lang={language}"]
    assert shown.all("form") == [
        {"id": "consent-outdated", "method": "post", "action": "/privacy/browser", "target": "_self"}
    ]
    assert {"type": "hidden", "name": "return", "value": "/a?b=1&c=2"} in shown.all("input")
    assert {"type": "submit", "value": texts.notice_hide} in shown.all("input")


@pytest.mark.parametrize("language", bundled())
def test_no_policy_and_no_charset_of_a_page_can_spoil_the_bar(language):
    source = PAGES.bar(language, return_to="/")
    assert source.isascii()
    assert {name for name, _ in Page(source).tags} <= KNOWN_IN_1998
    assert not [a for _, a in Page(source).tags if "style" in a or "src" in a or any(key.startswith("on") for key in a)]
    assert b"<style" not in source


def test_the_days_the_bar_promises_are_the_cookies():
    for language in bundled():
        assert forms(language).number(30) in browser_texts(language).notice_hide
