"""Who is asked again is told why, and in the preferences what is new since."""

import html
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


def banner(settings, state, now=LATER, language="en", before=None):
    decision = decide(settings.policy, state, now)
    return (
        Pages(settings)
        .banner.insertion(language=language, decision=decision, since=since(decision, state), before=before)
        .body
    )


def preferences(settings, state, before=None, now=LATER):
    page = Pages(settings).preferences.render(
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
        assert day in pages.banner.insertion(language="en", decision=decision, since=since(decision, state)).body


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


ALL = frozenset({"google-analytics", "youtube", "own-stats"})


@pytest.mark.parametrize(
    ("categories", "services", "told"),
    [
        ({"media"}, ALL - {"youtube"}, b"New: Embedded media and YouTube."),
        ({"media"}, ALL - {"youtube", "own-stats"}, b"New: Embedded media, YouTube and own-stats."),
        (set(), ALL - {"own-stats"}, b"New: own-stats."),
        ({"media", "social"}, frozenset(), b"New: Social media, Embedded media and 3 more."),
    ],
)
def test_the_banner_names_what_is_new_in_a_few_words(categories, services, told):
    settings = site()
    before = Asked(categories=frozenset(settings.policy.asked) - categories, services=frozenset(services))
    assert b"so we ask you again. " + told + b"</p>" in banner(settings, earlier(settings), before=before)


def test_nothing_new_by_name_is_not_spoken_of():
    """Such as a cookie that is kept for longer."""
    settings = site()
    before = Asked(categories=frozenset(settings.policy.asked), services=ALL | {"hotjar"})
    assert b"New" not in banner(settings, earlier(settings), before=before)


def test_what_is_new_is_said_in_the_language_of_the_banner():
    settings = settings_of(
        site={
            "services": ["google-analytics", "youtube", "hotjar", "meta-pixel"],
            "languages": ["en", "uk", "ja", "ar"],
        }
    )
    before = Asked(categories=frozenset(settings.policy.asked), services=frozenset())
    told = {
        language: html.unescape(banner(settings, earlier(settings), language=language, before=before).decode("ascii"))
        for language in ("uk", "ja", "ar")
    }
    assert " Нове: Google Analytics, YouTube та ще 2.</p>" in told["uk"]
    assert "。新規：Google Analytics、YouTube、他2件。</p>" in told["ja"]
    assert " جديد: Google Analytics وYouTube و2 غيرها.</p>" in told["ar"]


def test_each_visitor_reads_what_is_new_to_them():
    settings = site()
    pages, state = Pages(settings), earlier(settings)
    decision = decide(settings.policy, state, LATER)
    for known, told in ((ALL - {"youtube"}, b"New: YouTube."), (ALL - {"own-stats"}, b"New: own-stats.")):
        before = Asked(categories=frozenset(settings.policy.asked), services=known)
        body = pages.banner.insertion(language="en", decision=decision, since=NOW, before=before).body
        assert told in body
    assert b"New: " not in pages.banner.insertion(language="en", decision=decision, since=NOW).body


def test_markup_in_a_name_stays_text_on_the_banner():
    own = {**OWN, "name": "<b>Stats</b>"}
    settings = settings_of(site={"services": ["own-stats"]}, services={"own-stats": own})
    before = Asked(categories=frozenset(settings.policy.asked), services=frozenset())
    assert b"New: &lt;b&gt;Stats&lt;/b&gt;." in banner(settings, earlier(settings), before=before)


def test_only_who_is_asked_again_pays_for_it():
    settings = site()
    assert b"@@" not in banner(settings, earlier(settings))
    assert len(banner(settings, None)) < len(banner(settings, earlier(settings)))
