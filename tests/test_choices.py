"""A choice gives a state, and grants nothing that was not asked for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from consent.catalogue import Partner, Service
from consent.categories import STANDARD
from consent.choices import Action, Choice, Lifetimes, apply, is_repeated, parse_choice
from consent.policy import make_policy

NOW = datetime(2026, 11, 23, 10, 30, 15, 999, tzinfo=UTC)


def service(key: str, category: str) -> Service:
    return Service(key=key, name=key, partner=Partner(name=key), category=category)


POLICY = make_policy(
    STANDARD, (service("youtube", "media"), service("counter", "analytics"), service("login", "necessary"))
)
NAMES = st.sampled_from(
    [
        "necessary",
        "functional",
        "analytics",
        "advertising",
        "social",
        "media",
        "youtube",
        "counter",
        "login",
        "other",
        "",
    ]
)
CHOICES = st.builds(
    Choice, action=st.sampled_from(Action), categories=st.frozensets(NAMES), services=st.frozensets(NAMES)
)


def after(choice: Choice, lifetimes: Lifetimes | None = None):
    return apply(choice, policy=POLICY, receipt="r1", now=NOW, lifetimes=lifetimes or Lifetimes())


def test_accepting_grants_every_category_asked_for():
    state = after(Choice(action=Action.ACCEPT))
    assert state.categories == {"functional", "analytics", "advertising", "social", "media"}
    assert state.services == frozenset()


@pytest.mark.parametrize("action", [Action.REJECT, Action.WITHDRAW])
def test_rejecting_and_withdrawing_grant_nothing_whatever_is_ticked(action):
    state = after(Choice(action=action, categories=frozenset({"media"}), services=frozenset({"youtube"})))
    assert not state.granted


def test_saving_grants_what_is_ticked():
    state = after(Choice(action=Action.SAVE, categories=frozenset({"analytics"}), services=frozenset({"youtube"})))
    assert (state.categories, state.services) == ({"analytics"}, {"youtube"})


def test_a_service_comes_with_its_category_and_is_not_kept_apart():
    state = after(Choice(action=Action.SAVE, categories=frozenset({"media"}), services=frozenset({"youtube"})))
    assert (state.categories, state.services) == ({"media"}, frozenset())


def test_a_state_bears_receipt_policy_and_whole_seconds():
    state = after(Choice(action=Action.ACCEPT))
    assert (state.receipt, state.policy_version, state.given_at) == ("r1", POLICY.version, NOW.replace(microsecond=0))


def test_a_grant_and_a_refusal_stand_for_their_own_times():
    lifetimes = Lifetimes(consent=timedelta(days=10), refusal=timedelta(days=20))
    granted = after(Choice(action=Action.ACCEPT), lifetimes)
    refused = after(Choice(action=Action.REJECT), lifetimes)
    assert granted.expires_at - granted.given_at == timedelta(days=10)
    assert refused.expires_at - refused.given_at == timedelta(days=20)


def test_a_grant_of_one_service_stands_as_long_as_any_grant():
    lifetimes = Lifetimes(consent=timedelta(days=10), refusal=timedelta(days=20))
    granted = after(Choice(action=Action.SAVE, services=frozenset({"youtube"})), lifetimes)
    assert granted.expires_at - granted.given_at == timedelta(days=10)


def test_a_choice_stands_for_180_days_where_nobody_says_otherwise():
    assert {after(Choice(action=action)).expires_at for action in (Action.ACCEPT, Action.REJECT)} == {
        NOW.replace(microsecond=0) + timedelta(days=180)
    }


@pytest.mark.parametrize(("seconds", "repeated"), [(-1, False), (0, True), (59, True), (60, False)])
def test_the_same_choice_within_a_minute_is_one(seconds, repeated):
    before = after(Choice(action=Action.ACCEPT))
    assert is_repeated(before, replace(before, given_at=before.given_at + timedelta(seconds=seconds))) is repeated


@pytest.mark.parametrize(
    "other", [{"categories": frozenset()}, {"services": frozenset({"youtube"})}, {"policy_version": "another"}]
)
def test_another_choice_within_a_minute_is_another(other):
    before = after(Choice(action=Action.ACCEPT))
    assert not is_repeated(before, replace(before, **other))


@given(CHOICES)
def test_what_is_not_asked_is_never_granted(choice):
    state = after(choice)
    assert state.categories <= set(POLICY.asked)
    assert state.services <= {"youtube", "counter"}


@given(CHOICES)
def test_what_is_not_ticked_is_never_granted_by_saving(choice):
    state = after(Choice(action=Action.SAVE, categories=choice.categories, services=choice.services))
    assert state.categories <= choice.categories
    assert state.services <= choice.services


@pytest.mark.parametrize("action", ["accept", "reject", "save", "withdraw"])
def test_an_action_of_ours_is_parsed(action):
    choice = parse_choice(action, ["media", "media"], iter(["youtube"]))
    assert choice == Choice(action=Action(action), categories=frozenset({"media"}), services=frozenset({"youtube"}))


@pytest.mark.parametrize("action", ["", "Accept", "accept ", "grant", "\x00"])
def test_any_other_action_is_none(action):
    assert parse_choice(action, [], []) is None
