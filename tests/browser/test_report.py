"""The report of records as somebody opens it: without a network, on a telephone, in the dark, on paper."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from consent.records.stats import stats
from consent.report.page import render_report

COUNTS = Counter(
    {
        (day, facet, value, event): number
        for day in ("2026-11-23", "2026-11-24")
        for event, number in (("grant", 30), ("refuse", 12))
        for facet, value in (
            ("all", ""),
            ("language", "uk"),
            ("region", "UA"),
            ("source", "banner"),
            ("category", "analytics:yes" if event == "grant" else "analytics:no"),
            ("reason", "expired"),
            ("waited", "5"),
            ("gpc", "yes"),
        )
    }
)
LETTERS = """[...document.querySelectorAll("svg text")].map(text =>
    parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"""
ACROSS = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def report(browser_page, tmp_path):
    """The page, opened from the disk; and what it asked for."""
    html = render_report(stats(COUNTS), site="The Gazette", now=datetime(2026, 11, 25, tzinfo=UTC), span="All records")
    (tmp_path / "report.html").write_text(html, "utf-8")
    asked = []
    browser_page.on("request", lambda request: asked.append(request.url))
    browser_page.context.set_offline(True)
    browser_page.goto((tmp_path / "report.html").as_uri())
    yield browser_page
    assert asked == [(tmp_path / "report.html").as_uri()]


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_it_fits_the_screen_and_its_letters_can_be_read(report, width):
    report.set_viewport_size({"width": width, "height": 900})
    assert report.evaluate(ACROSS) <= 0
    assert 10 <= min(report.evaluate(LETTERS)) <= max(report.evaluate(LETTERS)) <= 18


def test_on_paper_its_letters_are_of_one_size(report):
    report.emulate_media(media="print")
    assert 10 <= min(report.evaluate(LETTERS)) <= max(report.evaluate(LETTERS)) <= 18


def test_what_scrolls_can_be_reached_with_a_keyboard(report):
    report.set_viewport_size({"width": 320, "height": 900})
    scrolling = (
        "[...document.querySelectorAll('*')].filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0)"
    )
    kinds = f"{scrolling}.filter(e => getComputedStyle(e).overflowX === 'auto').map(e => e.tabIndex)"
    assert set(report.evaluate(kinds)) == {0}


def test_in_the_dark_it_is_dark(report):
    grounds = []
    for scheme in ("light", "dark"):
        report.emulate_media(color_scheme=scheme)
        grounds.append(report.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert grounds == ["rgb(251, 251, 249)", "rgb(20, 24, 29)"]


def test_each_table_opens_and_has_the_numbers(report):
    for summary in report.get_by_text("The numbers:").all():
        summary.click()
    days = report.get_by_role("table").first
    assert days.inner_text().split() == [
        "From", "allowed", "something", "of", "share", "2026-11-23", "30", "42", "71.4", "%", "2026-11-24", "30", "42", "71.4", "%",
    ]  # fmt: skip
    assert report.get_by_role("table").count() == 8
