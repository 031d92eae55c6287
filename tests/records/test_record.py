"""A record says what was chosen, both ways, and nothing about the person."""

import uuid
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from consent.catalogue import Partner, Service
from consent.categories import STANDARD
from consent.choices import Action, Choice, ConsentState, Lifetimes, apply
from consent.policy import make_policy
from consent.records.base import Event, Record, Source
from consent.records.making import Circumstances, event_for, make_record, make_record_id
from consent.records.rows import COLUMNS, from_row, to_row

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
BETWEEN = NOW.replace(year=1990, tzinfo=None), NOW.replace(year=2500, tzinfo=None)
MAPS, COUNTER = (
    Service(key=key, name=key, partner=Partner(name=key), category=category)
    for key, category in (("maps", "media"), ("counter", "analytics"))
)
POLICY = make_policy(STANDARD, (MAPS, COUNTER))
CIRCUMSTANCES = Circumstances(source=Source.PREFERENCES, language="uk", host="example.org", browser="webkit", gpc=True)


def state(action: Action, *categories: str, services: tuple[str, ...] = ()) -> ConsentState:
    choice = Choice(action=action, categories=frozenset(categories), services=frozenset(services))
    return apply(choice, policy=POLICY, receipt="receipt", now=NOW, lifetimes=Lifetimes())


ALL = state(Action.ACCEPT)
NOTHING = state(Action.REJECT)
SOME = state(Action.SAVE, "analytics")
ONE = state(Action.SAVE, services=("maps",))


@pytest.mark.parametrize(
    ("before", "after", "action", "event"),
    [
        (None, ALL, Action.ACCEPT, Event.GRANT),
        (None, NOTHING, Action.REJECT, Event.REFUSE),
        (None, NOTHING, Action.SAVE, Event.REFUSE),
        (None, SOME, Action.SAVE, Event.PARTIAL),
        (None, ONE, Action.SAVE, Event.PARTIAL),
        (None, ALL, Action.SAVE, Event.GRANT),  # every box ticked by hand
        (NOTHING, ALL, Action.ACCEPT, Event.GRANT),
        (NOTHING, SOME, Action.SAVE, Event.PARTIAL),
        (NOTHING, NOTHING, Action.REJECT, Event.REFUSE),
        (SOME, ONE, Action.SAVE, Event.CHANGE),
        (SOME, ALL, Action.ACCEPT, Event.CHANGE),
        (ALL, SOME, Action.SAVE, Event.CHANGE),
        (SOME, SOME, Action.SAVE, Event.PARTIAL),  # the same once more, when it had run out
        (ALL, NOTHING, Action.WITHDRAW, Event.WITHDRAW),
        (ALL, NOTHING, Action.REJECT, Event.WITHDRAW),
        (SOME, NOTHING, Action.SAVE, Event.WITHDRAW),
        (None, NOTHING, Action.WITHDRAW, Event.WITHDRAW),
    ],
)
def test_a_step_has_a_name(before, after, action, event):
    assert event_for(before, after, action, asked=POLICY.asked) is event


def test_every_category_and_service_stands_in_it_both_ways():
    record = make_record(None, SOME, Action.SAVE, policy=POLICY, circumstances=CIRCUMSTANCES, now=NOW, random=b"0" * 10)
    assert dict(record.categories) == {key: key == "analytics" for key in POLICY.asked}
    assert record.services == (("maps", False), ("counter", True))
    assert (record.receipt, record.policy_version, record.expires_at) == ("receipt", POLICY.version, SOME.expires_at)
    assert (record.language, record.host, record.gpc, record.model) == ("uk", "example.org", True, "opt-in")


def test_there_is_no_place_for_an_address_or_a_full_user_agent():
    names = {field.name for field in fields(Record)}
    assert names == set(COLUMNS)
    assert not names & {"ip", "address", "user_agent", "url", "path", "query", "referer", "cookie"}


@given(
    st.datetimes(BETWEEN[0], BETWEEN[1], timezones=st.just(UTC)),
    st.binary(min_size=10, max_size=10),
)
def test_an_id_is_a_uuid_of_version_seven_that_holds_the_time(now, random):
    value = uuid.UUID(make_record_id(now, random))
    assert (value.version, value.variant) == (7, uuid.RFC_4122)
    assert abs((value.int >> 80) - now.timestamp() * 1000) < 2


def test_ids_sort_by_time():
    ids = [make_record_id(NOW + timedelta(milliseconds=n), bytes(10)) for n in range(100)]
    assert ids == sorted(set(ids))


def test_an_id_needs_ten_random_bytes():
    with pytest.raises(ValueError, match="10 random bytes"):
        make_record_id(NOW, b"few")


def test_a_row_gives_the_record_back(make):
    for record in (make(), make(gpc=True), make(gpc=False), make(categories=(), services=(), notice="абв")):
        assert from_row(to_row(record)) == record


def test_a_row_of_the_first_version_is_still_read():
    """Stored by version 1 of the schema; must be readable for ever."""
    row = {
        "record_id": "019a0000-0000-7000-8000-000000000000", "receipt": "r", "at": "2026-11-23T10:00:00.000000+00:00",
        "event": "grant", "action": "accept", "source": "banner", "categories": '[["analytics",true]]',
        "services": "[]", "policy_version": "0123456789", "notice": "", "language": "en", "region": "",
        "model": "opt-in", "gpc": None, "host": "example.org", "browser": "blink",
        "expires_at": "2027-05-22T10:00:00.000000+00:00",
    }  # fmt: skip
    record = from_row(row)
    assert (record.event, record.categories, record.at) == (Event.GRANT, (("analytics", True),), NOW)


@given(st.text(st.characters(), max_size=30))
def test_any_text_can_be_stored(text):
    record = make_record(
        None, ALL, Action.ACCEPT, policy=POLICY, now=NOW, random=bytes(10),
        circumstances=Circumstances(source=Source.API, language="en", host=text),
    )  # fmt: skip
    assert str(to_row(record)["host"]).encode("utf-8") == text.replace("\0", "\ufffd").encode("utf-8", "replace")


@pytest.mark.parametrize(
    "damage",
    [{"at": "2026-11-23T10:00:00"}, {"at": "soon"}, {"event": "party"}, {"categories": "[[1]]"}, {"receipt": None}],
)
def test_a_row_that_is_no_record_is_refused(make, damage):
    with pytest.raises((ValueError, TypeError, KeyError)):
        from_row({**to_row(make()), **damage})
