"""Who is asked again is told why, and in the preferences what is new since."""

from datetime import timedelta

import pytest

from consent.choices import ConsentState
from consent.decision import decide
from consent.pages import Asked, Pages, since
from tests.pages.test_banner import NOW, settings_of, state_of
from tests.pages.test_preferences import OWN

LATER = NOW + timedelta(days=30)


def site():
    return settings_of(site={"services": ["google-analytics", "youtube", "own-stats"]}, services={"own-stats": OWN})


def earlier(settings, **changed) -> ConsentState:
    """A choice under another policy."""
    state = state_of(settings, ["analytics"])
    values = {name: getattr(state, name) for name in state.__slots__} | {"policy_version": "0000000000"} | changed
    return ConsentState(**values)


def banner(settings, state, now=LATER, language="en"):
    decision = decide(settings.policy, state, now)
    return Pages(settings).insertion(language=language, decision=decision, since=since(decision, state)).body


def preferences(settings, state, before=None, now=LATER):
    page = Pages(settings).preferences(
        language="en",
        decision=decide(settings.policy, state, now),
        state=state,
        return_to="/",
        embedded=False,
        before=before,
    )
    return page.decode()


def test_the_banner_says_that_the_question_has_changed_since_the_choice_of_a_day():
    settings = site()
    sentence = b"What this site asks has changed since your choice of 23 November 2026, so we ask you again."
    assert sentence in banner(settings, earlier(settings))


def test_the_banner_says_that_the_choice_has_run_out():
    settings = site()
    body = banner(settings, state_of(settings, ["analytics"]), now=NOW + timedelta(days=400))
    assert b"Your choice of 23 November 2026 has run out" in body


def test_each_visitor_reads_their_own_day():
    settings = site()
    pages = Pages(settings)
    for days, day in ((0, b"23 November"), (1, b"24 November")):
        state = earlier(settings, given_at=NOW + timedelta(days=days))
        decision = decide(settings.policy, state, LATER)
        assert day in pages.insertion(language="en", decision=decision, since=since(decision, state)).body


@pytest.mark.parametrize("chosen", [False, True])
def test_nobody_else_is_told_of_a_change(chosen):
    settings = site()
    state = state_of(settings, ["analytics"]) if chosen else None
    body = banner(settings, state)
    assert b"ask you again" not in body
    assert b"@@" not in body
    assert "What is new" not in preferences(settings, state)


def test_the_preferences_name_what_is_new_and_what_is_gone():
    settings = site()
    before = Asked(
        categories=frozenset(settings.policy.asked) - {"media"},
        services=frozenset({"google-analytics", "hotjar", "old"}),
    )
    page = preferences(settings, earlier(settings), before)
    for sentence in (
        "What is new",
        "has changed since your choice of 23 November 2026",
        "New purposes: Embedded media.",
        "New services: YouTube and own-stats.",
        "New partners: Stats Inc.",  # Google was one before
        "No longer used: Hotjar and old.",
    ):
        assert sentence in page


def test_without_a_record_no_more_is_said_than_why():
    settings = site()
    page = preferences(settings, earlier(settings))
    assert "has changed since your choice" in page
    assert "New " not in page
