"""Unknown is denied: only a valid choice under the policy in force allows anything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from consent.catalogue import Partner, Service
from consent.categories import STANDARD, Category
from consent.choices import ConsentState
from consent.decision import Reason, decide
from consent.policy import make_policy

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def service(key: str, category: str) -> Service:
    return Service(key=key, name=key, partner=Partner(name=key), category=category)


YOUTUBE, COUNTER, LOGIN = service("youtube", "media"), service("counter", "analytics"), service("login", "necessary")
POLICY = make_policy(STANDARD, (YOUTUBE, COUNTER))
STRICT = make_policy(STANDARD, (YOUTUBE,), "hold")
STATE = ConsentState(
    receipt="r",
    policy_version=POLICY.version,
    given_at=NOW,
    expires_at=NOW + timedelta(days=180),
    categories=frozenset({"analytics"}),
    services=frozenset({"youtube"}),
)


def test_a_first_visit_is_asked_and_allows_what_is_necessary_only():
    decision = decide(POLICY, None, NOW)
    assert (decision.ask, decision.reason, decision.categories) == (True, Reason.FIRST_VISIT, {"necessary"})


def test_a_choice_allows_what_was_chosen():
    decision = decide(POLICY, STATE, NOW)
    assert (decision.answered, decision.reason) == (True, Reason.CHOSEN)
    assert decision.categories == {"necessary", "analytics"}
    assert decision.services == {"youtube"}


def test_a_choice_under_another_policy_is_asked_again():
    decision = decide(POLICY, replace(STATE, policy_version="other"), NOW)
    assert (decision.ask, decision.reason, decision.allows("analytics")) == (True, Reason.POLICY_CHANGED, False)


@pytest.mark.parametrize(("seconds", "answered"), [(-1, True), (0, False), (1, False)])
def test_a_choice_ends_with_its_last_second(seconds, answered):
    decision = decide(POLICY, STATE, STATE.expires_at + timedelta(seconds=seconds))
    assert decision.answered is answered
    assert decision.reason is (Reason.CHOSEN if answered else Reason.EXPIRED)


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("necessary", True), ("analytics", True), ("youtube", True), ("media", False), ("counter", False), ("", False)],
)
def test_names_are_categories_or_services(name, allowed):
    assert decide(POLICY, STATE, NOW).allows(name) is allowed


def test_a_service_is_allowed_with_its_category():
    assert decide(POLICY, STATE, NOW).allows_service(COUNTER)


def test_a_service_is_allowed_by_itself():
    assert decide(POLICY, STATE, NOW).allows_service(YOUTUBE)


def test_a_service_of_a_category_not_granted_is_held():
    assert not decide(POLICY, STATE, NOW).allows_service(service("vimeo", "media"))


def test_a_necessary_service_is_never_held():
    assert decide(POLICY, None, NOW).allows_service(LOGIN)


def test_an_undeclared_service_comes_with_its_category():
    assert decide(POLICY, STATE, NOW).allows_service(service("other", "analytics"))


def test_an_undeclared_service_stays_held_where_the_owner_says_so():
    categories = frozenset({"media", "analytics"})
    state = replace(STATE, policy_version=STRICT.version, categories=categories, services=frozenset())
    decision = decide(STRICT, state, NOW)
    assert decision.allows_service(YOUTUBE)
    assert not decision.allows_service(COUNTER)


def test_an_own_necessary_category_is_always_allowed():
    policy = make_policy((*STANDARD, Category(key="payment", necessary=True)), ())
    assert decide(policy, None, NOW).allows("payment")


def test_equal_choices_share_one_decision():
    assert hash(decide(POLICY, STATE, NOW)) == hash(decide(POLICY, replace(STATE, receipt="s"), NOW))


@given(
    st.frozensets(st.sampled_from(["analytics", "media", "hidden", "necessary", "-"])),
    st.frozensets(st.sampled_from(["youtube", "counter", "vimeo"])),
    st.sampled_from([POLICY.version, "other"]),
    st.integers(-10, 400),
)
def test_what_is_not_asked_is_never_allowed(categories, services, version, days):
    state = replace(STATE, categories=categories, services=services, policy_version=version)
    decision = decide(POLICY, state, NOW + timedelta(days=days))
    assert decision.categories <= {"necessary", *POLICY.asked}
    assert decision.services <= {"youtube", "counter"}
    assert not decision.allows_service(service("off", "-"))
    if not decision.answered:
        assert (decision.categories, decision.services) == ({"necessary"}, frozenset())
