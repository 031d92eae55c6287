"""The second layer: nothing ticked that was not chosen, everything named before the choice."""

from datetime import timedelta
from html import unescape

import pytest

from consent.choices import Action, Choice, Lifetimes, apply
from consent.decision import decide
from consent.pages import Pages
from consent.pages.assets import csp_hash
from consent.pages.environment import template_root
from consent.pages.wording import Wording
from tests.pages.test_banner import NOW, Tags, settings_of, state_of

OWN = {
    "partner": "Stats Inc",
    "category": "analytics",
    "hosts": ["stats.example.net"],
    "cookies": [{"name": "_own*", "duration": "P1Y", "purpose": "Counts visits"}],
}


def render(settings, *, state=None, language="en", return_to="/news", embedded=False, now=NOW):
    return Pages(settings).preferences.render(
        language=language,
        decision=decide(settings.policy, state, now),
        state=state,
        return_to=return_to,
        embedded=embedded,
    )


def boxes(page):
    return {i["value"]: "checked" in i for i in Tags(page).all("input") if i["type"] == "checkbox"}


def site(**tables):
    return settings_of(
        site={"services": ["google-analytics", "youtube", "own-stats"]}, services={"own-stats": OWN}, **tables
    )


def test_nothing_is_ticked_before_a_choice_but_what_is_necessary():
    assert [key for key, ticked in boxes(render(site())).items() if ticked] == ["necessary"]


def test_the_boxes_show_the_state_in_force():
    settings = site()
    page = render(settings, state=state_of(settings, ["analytics"], ["youtube"]))
    assert [key for key, ticked in boxes(page).items() if ticked] == ["necessary", "analytics", "youtube"]
    assert b"You allowed: Analytics and YouTube." in page
    assert b"23 November 2026" in page
    assert b"22 May 2027" in page


def test_a_choice_that_ran_out_ticks_nothing():
    settings = site()
    page = render(settings, state=state_of(settings, ["analytics"]), now=NOW + timedelta(days=400))
    assert [key for key, ticked in boxes(page).items() if ticked] == ["necessary"]
    assert b"no longer counts" in page


@pytest.mark.parametrize(
    ("action", "sentence", "withdraw"),
    [(Action.ACCEPT, "You accepted everything.", True), (Action.REJECT, "You refused everything", False)],
)
def test_the_summary_and_the_way_to_withdraw(action, sentence, withdraw):
    settings = site()
    state = apply(Choice(action=action), policy=settings.policy, receipt="r-77", now=NOW, lifetimes=Lifetimes())
    page = render(settings, state=state).decode()
    assert sentence in page
    assert "r-77" in page
    assert ('value="withdraw"' in page) is withdraw


def test_enter_saves_and_never_grants():
    values = [b["value"] for b in Tags(render(site())).all("button")]
    assert values == ["save", "accept", "reject"]


def test_services_partners_cookies_and_policies_are_named():
    page = unescape(render(site()).decode())
    for text in (
        "Google Analytics",
        "Google LLC, United States",
        "https://policies.google.com/privacy",
        "_ga",
        "2 years",
    ):
        assert text in page
    assert "Stats Inc" in page
    assert "Counts visits" in page


def test_an_embedded_page_can_be_closed_and_a_page_alone_leads_back():
    alone, embedded = render(site(), return_to="/a?b=1&c"), render(site(), embedded=True)
    assert {"href": "/a?b=1&c"} in Tags(alone).all("a")
    assert b"Close without saving" not in alone
    assert b"Close without saving" in embedded


def test_a_page_that_is_read_for_its_parts_has_no_style_that_a_policy_could_refuse():
    alone, embedded = render(site()), render(site(), embedded=True)
    assert alone.count(b"<style") == 2
    assert b"<style" not in embedded
    assert embedded.count(b'<script type="text/plain" id="consent-style">') == 1


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", ""]
)
def test_the_way_back_never_leads_off_the_site(path):
    (field,) = [i for i in Tags(render(site(), return_to=path)).all("input") if i["name"] == "return"]
    assert field["value"] == "/"


def test_markup_in_the_way_back_stays_text():
    page = render(site(), return_to='/"><script>alert(1)</script>')
    assert b"<script" not in page


def test_the_page_carries_nothing_from_outside_and_its_policy_allows_its_own_styles():
    settings = site()
    page = render(settings).decode()
    styles = [part.partition("</style>")[0] for part in page.split("<style")[1:]]
    policy = Pages(settings).preferences.csp
    assert [csp_hash(style.partition(">")[2]) in policy for style in styles] == [True, True]
    tags = Tags(page.encode())
    assert [name for name in ("script", "img", "iframe", "link") if tags.all(name)] == []
    assert policy.startswith(b"default-src 'none'; style-src 'sha256-")


def test_the_page_is_ascii_and_in_the_visitors_language():
    page = render(site(), language="uk")
    assert page.isascii()
    assert "Налаштування файлів cookie" in unescape(page.decode())
    assert b'<html lang="uk" dir="ltr">' in page


def test_a_language_the_site_does_not_speak_gets_its_first_one():
    assert b'<html lang="en"' in render(site(), language="xx")


def test_the_owners_words_win_and_a_language_without_them_gets_ours():
    settings = site(categories={"analytics": {"label": {"en": "Counting"}, "description": "We count."}})
    assert b"Counting" in render(settings)
    assert b"We count." in render(settings)
    assert "Аналітика" in unescape(render(settings, language="uk").decode())


def test_a_category_that_is_off_is_not_shown():
    page = render(site(categories={"social": {"enabled": False}}))
    assert "social" not in boxes(page)


@pytest.mark.parametrize(
    ("iso", "english", "ukrainian"),
    [
        ("session", "until the browser is closed", "до закриття браузера"),
        ("P1Y", "1 year", "1 рік"),
        ("P13M", "13 months", "13 місяців"),
        ("P2W", "2 weeks", "2 тижні"),
        ("PT30M", "30 minutes", "30 хвилин"),
        ("P1DT12H", "1 day and 12 hours", "1 день та 12 годин"),
        ("forever", "forever", "forever"),
        ("P", "P", "P"),
    ],
)
def test_durations_are_in_words(iso, english, ukrainian):
    assert Wording.of("en").duration(iso) == english
    assert Wording.of("uk").duration(iso) == ukrainian


def test_a_missing_text_is_a_mistake_of_ours():
    with pytest.raises(LookupError, match=r"en: no text banner\.nothing"):
        Wording.of("en").text("banner", "nothing")


def test_the_templates_are_found_in_the_checkout():
    assert (template_root() / "banner.html").is_file()
