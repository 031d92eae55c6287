"""Numbers, dates, lists and plurals as each language writes them."""

import json
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest

from consent.languages import forms
from consent.languages.writing import known

DAY = date(2026, 3, 9)


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "9 March 2026"),
        ("uk", "9 березня 2026\N{NARROW NO-BREAK SPACE}р."),
        ("de", "9. März 2026"),
        ("hu", "2026. március 9."),
        ("lt", "2026 m. kovo 9 d."),
        ("ja", "2026年3月9日"),
        ("ko", "2026년 3월 9일"),
        ("zh-Hant", "2026年3月9日"),
        ("th", "9 มีนาคม ค.ศ. 2026"),
        ("fa", "۹ مارس ۲۰۲۶"),
        ("bn", "৯ মার্চ, ২০২৬"),
        ("he", "9 במרץ 2026"),
        ("eu", "2026(e)ko martxoaren 9(a)"),
    ],
)
def test_dates_are_written_as_the_language_does(language, written):
    assert forms(language).day(DAY) == written


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "67.15%"),
        ("uk", "67,15%"),
        ("de", "67,15\N{NO-BREAK SPACE}%"),
        ("tr", "%67,15"),
        ("fa", "۶۷٫۱۵٪"),
        ("bn", "৬৭.১৫%"),
    ],
)
def test_shares_are_written_as_the_language_does(language, written):
    assert forms(language).percentage(67.15, 2) == written


@pytest.mark.parametrize(
    ("value", "written"), [(9.6, "9,6"), (3.0, "3"), (0.0, "0"), (100.0, "100"), (12.346, "12,35")]
)
def test_a_number_has_no_trailing_zeros(value, written):
    assert forms("uk").number(value, 2) == written


@pytest.mark.parametrize(
    ("language", "items", "written"),
    [
        ("en", [], ""),
        ("en", ["a"], "a"),
        ("en", ["a", "b"], "a and b"),
        ("en", ["a", "b", "c", "d"], "a, b, c and d"),
        ("ja", ["a", "b", "c"], "a、b、c"),
        ("he", ["a", "b"], "a וb"),
        ("th", ["a", "b", "c"], "a b และc"),
        ("en", ["{1}", "{0}", "{}"], "{1}, {0} and {}"),
    ],
)
def test_lists_are_joined_as_the_language_does(language, items, written):
    assert forms(language).listed(items) == written


@pytest.mark.parametrize(
    ("language", "counts"),
    [
        ("en", {"one": [1], "other": [0, 2, 21]}),
        ("fr", {"one": [0, 1], "other": [2, 17]}),
        ("uk", {"one": [1, 21, 101], "few": [2, 3, 24, 102], "many": [0, 5, 11, 12, 14, 111, 112]}),
        ("pl", {"one": [1], "few": [2, 4, 22], "many": [0, 5, 12, 21]}),
        ("cs", {"one": [1], "few": [2, 4], "other": [0, 5, 22]}),
        ("sl", {"one": [1, 101], "two": [2, 102], "few": [3, 4], "other": [0, 5, 11]}),
        ("lv", {"zero": [0, 10, 11, 20], "one": [1, 21], "other": [2, 9, 22]}),
        ("lt", {"one": [1, 21], "few": [2, 9], "other": [0, 10, 11, 20]}),
        ("ro", {"one": [1], "few": [0, 2, 19, 101], "other": [20, 100]}),
        ("ga", {"one": [1], "two": [2], "few": [3, 6], "many": [7, 10], "other": [0, 11]}),
        ("mt", {"one": [1], "two": [2], "few": [0, 3, 10], "many": [11, 19], "other": [20, 100]}),
        ("ar", {"zero": [0], "one": [1], "two": [2], "few": [3, 10], "many": [11, 99], "other": [100, 101]}),
        ("he", {"one": [1], "two": [2], "other": [0, 3, 10]}),
        ("ja", {"other": [0, 1, 2, 100]}),
    ],
)
def test_plural_forms_follow_the_language(language, counts):
    how = forms(language)
    assert {form: [how.plurals[how.plural(n)] for n in numbers] for form, numbers in counts.items()} == {
        form: [form] * len(numbers) for form, numbers in counts.items()
    }
    assert set(how.plurals) == set(counts)


@pytest.mark.parametrize("language", known())
def test_every_language_has_everything(language):
    how = forms(language)
    assert how.direction == ("rtl" if language in {"ar", "fa", "he", "ur"} else "ltr")
    assert (len(how.months), len(how.digits)) == (12, 10)
    assert how.list.keys() == {"2", "start", "middle", "end"}
    assert {unit: len(patterns) for unit, patterns in how.units.items()} == dict.fromkeys(
        ("second", "minute", "hour", "day", "week", "month", "year"), len(how.plurals)
    )
    assert how.countries["UA"]
    assert "{0}" in how.percent
    written = how.day(DAY)
    assert [part for part in (how.number(2026), how.number(9)) if part not in written] == []


@pytest.mark.parametrize("language", known())
def test_a_unit_says_its_number_but_for_one_and_two(language):
    how = forms(language)
    for unit in how.units:
        for count in (0, 3, 5, 11, 20, 21, 100):
            if how.plurals[how.plural(count)] not in {"one", "two", "zero"}:
                assert how.number(count) in how.unit(unit, count)


def test_the_facts_are_dated_and_name_source_and_licence():
    facts = json.loads(files("consent").joinpath("data/cldr.json").read_text("utf-8"))
    assert "CLDR" in facts["source"]
    assert facts["licence"].startswith("Unicode-3.0")
    assert date.fromisoformat(facts["as_of"]) <= datetime.now(UTC).date()
