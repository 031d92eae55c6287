"""Every mistake is found at once, each with its key path, a code and a remedy; whatever comes in, nothing else raises."""

from datetime import date

import pytest
from hypothesis import given, settings as hypothesis_settings, strategies as st

from consent.errors import SettingsError
from consent.settings import Settings
from tests.settings.mistakes import GOOD, only, problems_of


def test_a_name_is_all_a_site_needs():
    assert Settings.from_mapping(GOOD).site.name == "The Gazette"


def test_a_missing_name_is_refused_with_a_line_to_copy():
    with pytest.raises(SettingsError) as caught:
        Settings.from_mapping({})
    assert [(p.code, p.key) for p in caught.value.problems] == [("consent.E010", "site.name")]
    assert 'name = "The Gazette"' in caught.value.problems[0].remedy


def test_all_mistakes_come_at_once_in_the_order_of_the_file():
    found = problems_of(
        {
            "banner": {"radius": "lots", "position": "botom"},
            "langauge": "en",
            "cookie": {"lifetime": "500 days"},
        }
    )
    assert [p.key for p in found] == ["banner.radius", "banner.position", "langauge", "cookie.lifetime"]


def test_an_unknown_key_is_named_with_the_nearest_right_one():
    problem = only({"banner": {"positon": "left"}})
    assert (problem.code, problem.key, problem.remedy) == (
        "consent.E011",
        "banner.positon",
        "Did you mean 'position'?",
    )


def test_an_unknown_key_like_no_other_brings_the_list_of_right_ones():
    assert "mount, exclude" in only({"paths": {"zzz": 1}}).remedy


@pytest.mark.parametrize(
    ("tables", "remedy"),
    [
        ({"banner": {"accent": "#123456"}}, "It belongs in [banner.colours]"),
        ({"banner": {"accent_colour": "#123456"}}, "Did you mean 'colours'?"),
    ],
)
def test_a_key_of_a_table_below_is_sent_there(tables, remedy):
    assert only(tables).remedy == remedy


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("8px", "Write it without quotes and unit: radius = 8"),
        ("lots", "Write a whole number"),
        ("9" * 30, "Write a whole number"),
    ],
)
def test_a_number_in_quotes_is_shown_without_them(value, remedy):
    assert only({"banner": {"radius": value}}).remedy == remedy


def test_a_hyphen_for_an_underscore_is_seen_through():
    assert only({"site": {"name": "X", "privacy-policy": "/p"}}).remedy == "Did you mean 'privacy_policy'?"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("lots", "got the text 'lots', a whole number is needed"),
        (True, "got true, a whole number is needed"),
        (1.5, "got 1.5, a whole number is needed"),
        ([], "got a list, a whole number is needed"),
        ({}, "got a table, a whole number is needed"),
        (date(2026, 1, 1), "got a date, a whole number is needed"),
        (None, "got a NoneType, a whole number is needed"),
    ],
)
def test_a_wrong_type_is_named_with_the_one_needed(value, message):
    assert only({"banner": {"radius": value}}).message == message


@pytest.mark.parametrize(
    ("changes", "needed"),
    [
        ({"holding": {"guard": 0}}, "true or false"),
        ({"holding": {"allow": "cdn.example.net"}}, "a list of texts"),
        ({"holding": {"allow": [3]}}, "a text"),
        ({"holding": []}, "a table"),
        ({"cookie": {"name": 7}}, "a text"),
        ({"services": {"youtube": {"cookies": {}}}}, "a list of tables"),
        ({"services": {"youtube": {"cookies": ["_x"]}}}, "a table"),
    ],
)
def test_each_kind_of_value_says_what_it_needs(changes, needed):
    problem = only(changes)
    assert problem.code == "consent.E012"
    assert problem.message.endswith(f"{needed} is needed")


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"records": {"retention": 3}}, 'Write it like "180 days", "6 months", "3 years" or "P180D"'),
        ({"site": {"name": 24}}, 'Write it in quotes: name = "24"'),
        ({"site": {"name": True}}, "Write a text"),
        ({"holding": {"csp": False}}, "One of these is right: off, report, enforce"),
        ({"banner": {"dark": True}}, "One of these is right: auto, always, never"),
        ({"site": {"name": "X", "services": "youtube"}}, 'Write it in brackets: services = ["youtube"]'),
        ({"site": {"name": "X", "services": "x" * 1_000}}, 'Write it in brackets: services = ["..."]'),
        ({"site": {"name": "X", "services": "a\nb"}}, 'Write it in brackets: services = ["..."]'),
        (
            {
                "services": {
                    "own": {"partner": "X", "category": "analytics", "hosts": ["https://stats.example.net/track"]}
                }
            },
            'Write "stats.example.net/track"',
        ),
    ],
)
def test_the_remedy_is_what_was_probably_meant(changes, remedy):
    assert only(changes).remedy == remedy


def test_an_enum_value_is_corrected():
    problem = only({"banner": {"position": "botom"}})
    assert (problem.code, problem.remedy) == ("consent.E013", "Did you mean 'bottom'?")


def test_a_number_out_of_reach_is_refused():
    assert only({"banner": {"radius": -1}}).code == "consent.E014"


def test_a_number_too_long_to_print_is_refused_all_the_same():
    assert only({"banner": {"radius": 10**6000}}).message == "a very large number is out of reach"


def test_what_stands_twice_in_a_list_is_refused_at_its_place():
    problem = only({"site": {"name": "X", "languages": ["en", "en"]}})
    assert (problem.code, problem.key) == ("consent.E018", "site.languages[1]")


def test_a_message_repeats_only_the_beginning_of_a_long_value():
    assert len(only({"cookie": {"lifetime": "x" * 10_000}}).message) < 120


@pytest.mark.parametrize("key", ["secret", "Secret-Key", "key", "signing_key"])
def test_a_signing_key_in_the_file_is_refused_and_never_repeated(key):
    problem = only({"cookie": {key: "hunter2hunter2"}})
    assert problem.code == "consent.E060"
    assert "CONSENT_SECRET" in problem.remedy
    assert "hunter2" not in str(problem)


def test_a_signing_key_at_the_top_is_refused_too():
    assert only({"keys": ["a"]}).code == "consent.E060"


def test_a_key_that_is_no_text_is_refused():
    assert only({3: 4}).code == "consent.E011"


def test_a_key_that_cannot_be_printed_is_escaped():
    assert only({"a\nb": 1}).key == "'a\\nb'"


def test_settings_that_are_no_mapping_are_refused():
    with pytest.raises(SettingsError, match=r"consent\.E012"):
        Settings.from_mapping(["site"])


def test_the_source_names_the_file_in_every_problem():
    with pytest.raises(SettingsError) as caught:
        Settings.from_mapping({}, source="conf/consent.toml")
    assert str(caught.value).startswith("1 mistake in the settings\n  consent.E010  conf/consent.toml: site.name: ")


SECTIONS = ["site", "holding", "banner", "cookie", "records", "browsers", "regions", "delivery", "paths"]
KEYS = [
    "name",
    "domains",
    "privacy_policy",
    "languages",
    "controller",
    "services",
    "undeclared",
    "unknown",
    "allow",
    "guard",
    "csp",
    "release",
    "position",
    "colours",
    "radius",
    "dark",
    "revisit",
    "domain",
    "lifetime",
    "refusal_lifetime",
    "url",
    "retention",
    "mode",
    "floor",
    "status",
    "exclude",
    "default",
    "country_header",
    "rules",
    "mount",
    "label",
    "description",
    "enabled",
    "partner",
    "category",
    "hosts",
    "paths",
    "inline",
    "cookies",
    "duration",
    "purpose",
    "accent",
    "text",
    "background",
    "blink",
    "webkit",
    "youtube",
    "analytics",
    "own",
]
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(max_size=5),
    st.dates(),
    st.sampled_from(["youtube", "en", "analytics", "P1Y", "180 days", "/x", "example.org", "off", "#fff"]),
)
NAMES = st.one_of(st.sampled_from(KEYS), st.text(max_size=8))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=12,
)
MAPPINGS = st.dictionaries(
    st.one_of(st.sampled_from([*SECTIONS, "categories", "services"]), st.text(max_size=6), st.integers()),
    st.one_of(st.dictionaries(NAMES, VALUES, max_size=5), VALUES),
    max_size=6,
)


@given(MAPPINGS, st.booleans())
@hypothesis_settings(max_examples=300, deadline=None)
def test_any_mapping_gives_settings_or_a_settings_error(mapping, named):
    if named:
        mapping = {"site": {"name": "X"}} | mapping
    try:
        Settings.from_mapping(mapping)
    except SettingsError as error:
        problems = error.problems
    else:
        return
    assert problems
    assert all(p.code.startswith("consent.E") and p.message and p.remedy and str(p) for p in problems)
