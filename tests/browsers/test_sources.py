"""Public data about browsers becomes our facts; what cannot be true is refused as a whole."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from consent.browsers.facts_file import bundled_browser_text, parse_browser_facts
from consent.browsers.plausibility import ImplausibleError
from consent.browsers.sources import DOCUMENTS, compose, known_tags, with_tags, write
from tests.browsers.public_documents import FACTS, TODAY, baseline, documents, mdn, usage

BUNDLED = bundled_browser_text()
DAY = TODAY.isoformat()
TOMORROW = (TODAY + timedelta(days=1)).isoformat()


def composed(today: date = TODAY, previous: str = BUNDLED, **replaced: dict):
    return parse_browser_facts(compose(previous, documents(**replaced), today))


def refused(today: date = TODAY, previous: str = BUNDLED, **replaced: dict) -> str:
    with pytest.raises(ImplausibleError) as caught:
        compose(previous, documents(**replaced), today)
    return str(caught.value)


# What is taken


def test_where_nothing_is_new_only_the_dates_are():
    facts = composed()
    assert (facts.as_of, facts.shares_as_of) == (TODAY, TODAY)
    assert {key: family.version for key, family in facts.families.items()} == {
        key: family.version for key, family in FACTS.families.items()
    }
    assert facts.floors == FACTS.floors


def test_a_newer_release_is_taken_with_its_date_and_its_engine():
    facts = composed(baseline=baseline(opera=("141", "158", DAY), samsung=("32.0", "150", DAY)))
    assert (facts.families["opera"].version, facts.families["opera"].built_on) == ("141", (158, 0))
    assert (facts.families["samsung"].version, facts.families["samsung"].built_on) == ("32", (150, 0))
    assert facts.families["samsung"].released == TODAY


def test_of_two_sources_the_one_that_is_ahead_counts():
    facts = composed(
        baseline=baseline(firefox=("162", "162", DAY)),
        mdn_chrome=mdn("chrome", ("159", "current", DAY)),
        mdn_firefox=mdn("firefox", ("161", "current", DAY)),
    )
    assert (facts.families["chrome"].version, facts.families["firefox"].version) == ("159", "162")


@pytest.mark.parametrize("status", ["beta", "nightly", "planned"])
def test_what_is_not_released_does_not_count(status):
    assert composed(mdn_chrome=mdn("chrome", ("159", status, DAY))).families["chrome"].version == "158"


@pytest.mark.parametrize("day", [TOMORROW, "unknown", ""])
def test_what_has_no_date_yet_or_one_to_come_does_not_count(day):
    facts = composed(baseline=baseline(chrome=("159", "159", day)), mdn_chrome=mdn("chrome", ("160", "current", day)))
    assert facts.families["chrome"].version == "158"


def test_a_version_that_is_none_does_not_count():
    assert composed(mdn_safari=mdn("safari", ("preview", "current", DAY), ("4.4.3", "current", DAY))).webkit[0] == (
        27,
        2,
    )


def test_a_new_esr_is_one_of_those_supported():
    facts = composed(mdn_firefox=mdn("firefox", ("160", "esr", DAY)))
    assert facts.families["firefox-esr"].version == "160"
    assert [support.version for support in facts.esr] == [115, 153, 160]


def test_an_esr_past_its_end_is_dropped():
    assert 140 in [support.version for support in FACTS.esr]
    assert 140 not in [support.version for support in composed().esr]


def test_the_floor_of_today_is_added_and_the_graces_stay_what_they_were():
    risen = baseline()
    risen["chrome"]["125"]["wa_compatible"] = False
    risen["chrome"]["127"] = risen["chrome"]["125"] | {"wa_compatible": True}
    facts = composed(baseline=risen)
    assert facts.floors["widely"].blink == 127
    assert facts.floors["widely-18m"] == FACTS.floors["widely-18m"]


def test_in_time_what_was_the_floor_is_the_floor_with_a_grace():
    later = FACTS.as_of + timedelta(days=184)
    text = compose(BUNDLED, documents(usage=usage(later)), later)
    facts = parse_browser_facts(text)
    assert facts.floors["widely-6m"] == FACTS.floors["widely"]
    assert facts.floors["widely-24m"] == FACTS.floors["widely-18m"]
    assert len(json.loads(text)["widely"]) < len(json.loads(BUNDLED)["widely"])


def test_a_year_that_is_over_gets_a_floor():
    later = date(2027, 1, 8)
    newest = {
        "chrome": ("160", "160", "2026-12-30"),
        "firefox": ("161", "161", "2026-12-30"),
        "safari": ("27.3", "27.3", "2026-12-30"),
    }
    facts = composed(later, baseline=baseline(**newest), usage=usage(later))
    floor = facts.floors["baseline-2026"]
    assert (floor.blink, floor.webkit) == (160, (27, 3))
    assert facts.floors["baseline-2025"] == FACTS.floors["baseline-2025"]


def test_shares_are_those_of_computers_and_phones_together():
    facts = composed(usage=usage(and_chr=40.0))
    assert {browser.key: browser.share for browser in facts.browsers}["chrome"] == 65.0


def test_older_shares_than_those_at_hand_are_left_alone():
    facts = composed(usage=usage(FACTS.shares_as_of - timedelta(days=1), and_chr=40.0))
    assert (facts.shares_as_of, facts.browsers[0].share) == (FACTS.shares_as_of, FACTS.browsers[0].share)


def test_a_document_that_has_not_changed_may_be_left_out():
    facts = parse_browser_facts(compose(BUNDLED, {}, TODAY))
    assert (facts.as_of, facts.families) == (TODAY, FACTS.families)


def test_what_is_composed_can_be_composed_again():
    text = compose(BUNDLED, documents(), TODAY)
    assert compose(text, documents(), TODAY) == text
    assert len(text) < 10_240


def test_sources_bear_the_day_they_were_fetched():
    names = [source.name for source in composed().sources]
    assert names[:3] == [
        f"{name}, fetched {DAY}" for name in ("baseline-browser-mapping", "MDN browser-compat-data", "caniuse")
    ]


# What is refused


@pytest.mark.parametrize(
    ("newest", "told"),
    [
        ({"chrome": ("999", "999", DAY)}, "Google Chrome leapt from 158 to 999"),
        ({"uc": ("20.0", "171", DAY)}, "UC Browser leapt from 19.2 to 20"),
        ({"opera": ("141", "150", DAY)}, "Opera went down from 140 to 141"),
    ],
)
def test_a_release_that_cannot_be_is_refused(newest, told):
    assert told in refused(baseline=baseline(**newest))


def test_more_versions_may_have_come_in_more_time():
    later = FACTS.as_of + timedelta(weeks=20)
    newest = ("185", "185", later.isoformat())
    assert composed(later, baseline=baseline(chrome=newest), usage=usage(later)).families["chrome"].version == "185"
    assert "leapt" in refused(baseline=baseline(chrome=("185", "185", DAY)))


def test_a_floor_that_leaps_is_refused():
    everything = baseline()
    for version in ("125", "50"):
        everything["chrome"][version]["wa_compatible"] = False
    assert "the floor widely leapt from 125.0 to 158.0" in refused(baseline=everything)


def test_a_floor_that_goes_down_is_refused():
    everything = baseline()
    everything["chrome"]["50"]["wa_compatible"] = True
    assert "the floor widely went down from 125.0 to 50.0" in refused(baseline=everything)


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ({"and_chr": 10.0, "ios_saf": 45.0}, "Safari went from 16.14 % to 47.9 %"),
        ({"and_chr": 90.0}, "the shares add up to 142.6 %"),
        (dict.fromkeys(("chrome", "and_chr"), 0.0), "the shares add up to 27.6 %"),
    ],
)
def test_shares_that_cannot_be_are_refused(shares, told):
    assert told in refused(usage=usage(**shares))


def test_shares_of_tomorrow_are_refused():
    assert "which is to come" in refused(usage=usage(TODAY + timedelta(days=1)))


def test_a_clock_before_the_data_is_told_of():
    assert "is the clock right?" in refused(FACTS.as_of - timedelta(days=1))


@pytest.mark.parametrize("key", [document.key for document in DOCUMENTS])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"<html>",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"browsers": []}',
        b'{"chrome": 1}',
        b"9" * 5_000,
        b"NaN",
    ],
)
def test_what_is_not_the_document_is_refused_by_its_name(key, body):
    with pytest.raises(ImplausibleError, match=key):
        compose(BUNDLED, {**documents(), key: body}, TODAY)


@pytest.mark.parametrize("lie", [True, -1, 10**30, "158", None, [], {"a": 1}, float("inf")])
def test_a_share_that_is_no_share_is_refused(lie):
    document = usage()
    document["data"]["chrome"] = {"158": lie}
    body = json.dumps(document).encode()
    if lie is None:
        assert compose(BUNDLED, {"usage": json.dumps(usage()).encode()}, TODAY)
        return
    with pytest.raises(ImplausibleError, match="usage"):
        compose(BUNDLED, {"usage": body}, TODAY)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["esr", "current", DAY, "159"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.sampled_from(["browsers", "chrome", "releases", "status"]), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([document.key for document in DOCUMENTS]), JSON)
def test_no_document_does_more_than_be_refused(key, content):
    try:
        text = compose(BUNDLED, {key: json.dumps(content).encode()}, TODAY)
    except ImplausibleError:
        return
    assert parse_browser_facts(text).families.keys() == FACTS.families.keys()


# Entity tags, and the file's form


def test_the_tags_of_documents_are_kept_in_the_file():
    text = with_tags(
        BUNDLED, {"https://a.example/b": '"v1"', "https://a.example/c": 'W/"v2"', "https://a.example/d": ""}
    )
    assert known_tags(text) == {"https://a.example/b": '"v1"', "https://a.example/c": 'W/"v2"'}
    assert parse_browser_facts(text) == FACTS


@pytest.mark.parametrize("tag", ['"a\r\nX: 1"', "v1", '"' + "a" * 200 + '"', '"é"', '"a" '])
def test_a_tag_that_could_not_be_sent_back_is_not_kept(tag):
    assert known_tags(with_tags(BUNDLED, {"https://a.example": tag})) == {}
    assert known_tags(json.dumps({"tags": {"https://a.example": tag}})) == {}


@pytest.mark.parametrize("text", ["", "[]", '{"tags": []}', '{"tags": 3}', "[" * 100_000])
def test_a_file_without_tags_has_none(text):
    assert known_tags(text) == {}


def test_what_is_written_reads_the_same():
    content = json.loads(BUNDLED)
    assert json.loads(write(content)) == content
