"""What the report says: figures that add up, and small counts that cannot be worked out."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given, strategies as st

from consent.errors import SettingsError
from consent.records.stats import Share, stats
from consent.report.figures import COLUMNS_MOST, by_span, figures, hidden
from consent.report.page import render_report
from consent.report.plots import nice

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def counted(**languages):
    counts = Counter()
    for language, number in languages.items():
        for event, share in (("grant", 0.5), ("refuse", 0.5)):
            day = "2026-11-23"
            counts[day, "all", "", event] += int(number * share)
            counts[day, "language", language, event] += int(number * share)
            counts[day, "category", "analytics:yes" if event == "grant" else "analytics:no", event] += int(
                number * share
            )
            counts[day, "source", "banner", event] += int(number * share)
            counts[day, "reason", "expired", event] += int(number * share)
            counts[day, "waited", "5", event] += int(number * share)
            counts[day, "gpc", "yes", event] += int(number * share)
            counts[day, "region", "", event] += int(number * share)
    return stats(counts)


def test_the_longest_time_is_named_by_its_own_bound_whatever_else_there_is():
    counts = Counter({("2026-11-23", "waited", bucket, "grant"): 1 for bucket in ("5", "more", "unknown")})
    (waited,) = (figure for figure in figures(stats(counts)) if figure.key == "waited")
    assert [share.name for share in waited.shares] == ["up to 5 s", "more than 300 s", "not told"]


def render(figures_of, **more):
    return render_report(figures_of, site="<The> Gazette", now=NOW, span="All records", **more)


@given(st.lists(st.integers(1, 60), max_size=12), st.integers(1, 40))
def test_no_small_count_is_shown_or_can_be_worked_out(wholes, threshold):
    shares = [Share(name=f"l{place}", part=0, whole=whole) for place, whole in enumerate(wholes)]
    shown = hidden(shares, threshold)
    missing = sum(wholes) - sum(share.whole for share in shown)
    assert all(share.whole >= threshold for share in shown)
    # What is left out altogether is either nothing, or everything there is.
    assert missing == 0 or not shown


@given(st.integers(1, 3_000), st.data())
def test_spans_hold_every_choice_and_fit_side_by_side(length, data):
    start = date(2024, 2, 28)
    places = data.draw(st.sets(st.integers(0, length), min_size=1, max_size=20))
    days = [Share(name=(start + timedelta(days=n)).isoformat(), part=1, whole=2) for n in sorted(places)]
    spans = by_span(days)
    assert sum(span.whole for span in spans) == 2 * len(days)
    assert len(spans) <= COLUMNS_MOST * 2
    assert [span.name for span in spans] == sorted(span.name for span in spans)


@given(st.integers(0, 10**9))
def test_an_axis_ends_above_the_highest_column_and_not_far(most):
    assert most <= nice(most) <= max(4, 2.01 * most)


def test_there_is_a_figure_of_everything_asked_for():
    keys = [figure.key for figure in figures(counted(en=100))]
    assert keys == ["days", "categories", "sources", "languages", "regions", "waited", "gpc", "again"]


class Page(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.open, self.found, self.attributes = [], Counter(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found[tag] += 1
        self.attributes += attrs
        if tag not in {"meta", "line", "rect", "link"}:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found[tag] += 1
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_whole_and_fetches_and_runs_nothing():
    html = render(counted(en=100, uk=40))
    page = Page(html)
    assert page.open == []
    assert (page.found["svg"], page.found["table"], page.found["figure"]) == (8, 8, 8)
    assert page.found["script"] == page.found["link"] == page.found["img"] == 0
    assert not re.search(r"(?:src|href)=|url\(|@import", html)
    assert "default-src 'none'" in html
    assert "&lt;The&gt; Gazette" in html
    assert "<The>" not in html


def test_every_plot_has_a_name_and_a_table_with_its_numbers():
    html = render(counted(en=100, uk=40))
    assert len(re.findall(r'<svg [^>]*role="img" aria-label="[^"]{10,}"', html)) == 8
    assert '<th scope="row">uk</th><td>20</td><td>40</td><td>50.0 %</td>' in html
    assert "prefers-color-scheme: dark" in html
    assert "@media print" in html


def test_a_language_of_few_is_not_named():
    html = render(counted(en=100, mt=4, ga=8))
    assert ">mt<" not in html
    assert ">ga<" not in html
    assert ">others<" in html


def test_no_choices_are_said_to_be_none():
    assert "There is no choice to show yet." in render(stats(Counter()))


@pytest.mark.parametrize("threshold", [1, 1_000])
def test_the_threshold_is_the_owners(threshold):
    assert (">uk<" in render(counted(en=100, uk=4), threshold=threshold)) == (threshold == 1)


def test_the_file_may_be_made_by_the_owners_template(tmp_path):
    (tmp_path / "report.html").write_text("<p>{{ site }}: {{ tiles[0].value }}", "utf-8")
    assert render(counted(uk=40), own=tmp_path) == "<p>&lt;The&gt; Gazette: 40"
    (tmp_path / "report.html").write_text("<p>{{ tile }}", "utf-8")
    with pytest.raises(SettingsError, match=r"report\.html: site\.templates: line 1: it cannot be rendered"):
        render(counted(uk=40), own=tmp_path)
