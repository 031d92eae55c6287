"""The cookie policy, the receipt and the opt-out: what they say, to whom, and that they carry nothing from outside."""

import json
from datetime import timedelta
from html import unescape

import pytest

from consent.choices import Action, Choice, Lifetimes, apply
from consent.decision import decide
from consent.languages import bundled
from consent.pages import Pages
from consent.pages.assets import csp_hash
from consent.pages.receipt import Entry
from tests.pages.test_banner import NOW, Tags, settings_of, state_of
from tests.pages.test_preferences import OWN

CONTROLLER = "Gazette Ltd, Kyiv"


def site(**tables):
    named = {"services": ["google-analytics", "youtube", "own-stats"], "controller": CONTROLLER}
    return settings_of(site={**named, **tables.pop("site", {})}, services={"own-stats": OWN}, **tables)


def policy(settings, language="en", return_to="/news"):
    return unescape(Pages(settings).policy.render(language=language, return_to=return_to).decode("ascii"))


def receipt(settings, *, state=None, history=(), language="en", now=NOW):
    page = Pages(settings).receipt.render(
        language=language,
        decision=decide(settings.policy, state, now),
        state=state,
        history=history,
        return_to="/news",
    )
    return page.decode("ascii")


def opt_out(settings, *, state=None, gpc=False):
    return (
        Pages(settings)
        .opt_out.render(language="en", decision=decide(settings.policy, state, NOW), return_to="/", gpc=gpc)
        .decode("ascii")
    )


def test_the_policy_names_categories_services_partners_cookies_durations_and_links():
    page = policy(site())
    for text in (
        "Analytics",
        "Count visits and see which pages are read",
        "Google Analytics",
        "Google LLC, United States",
        'href="https://policies.google.com/privacy"',
        "_ga",
        "2 years",
        "Stats Inc",
        "Counts visits",
        CONTROLLER,
        'href="/privacy"',
    ):
        assert text in page


def test_the_policy_says_how_long_the_choice_and_its_record_are_kept():
    assert "kept in a cookie for 180 days. A record of it is kept as proof for 3 years" in policy(site())
    without = policy(site(records={"url": "off"}, cookie={"lifetime": "1 year"}))
    assert "kept in a cookie for 1 year." in without
    assert "record of it" not in without


def test_the_policy_opens_the_preferences_and_names_each_partner_once():
    page = policy(site())
    assert '<a class="consent-button" href="/consent?lang=en" data-consent-open>' in page
    partners = page.partition('<h2 id="consent-section-partners">')[2].partition("</ul>")[0]
    assert partners.count("<li>") == 2
    assert "Google LLC, United States: Google Analytics and YouTube" in partners


def test_the_fragment_is_the_policy_without_a_page_and_begins_below_a_pages_own_title():
    pages = Pages(site())
    fragment = str(pages.policy.fragment("uk"))
    assert fragment.startswith('<div class="consent-policy" lang="uk" dir="ltr">')
    tags = Tags(fragment.encode("ascii", "xmlcharrefreplace"))
    assert [name for name in ("html", "head", "body", "style", "script", "h1") if tags.all(name)] == []
    assert tags.all("h2")
    assert fragment in pages.policy.render(language="uk", return_to="/").decode() or "&#" in fragment


def test_markup_in_an_owners_words_stays_text():
    page = policy(site(site={"name": "<b>Gazette</b>", "controller": "<script>alert(1)</script>"}))
    raw = Pages(site(site={"controller": "<script>alert(1)</script>"})).policy.render(language="en", return_to="/")
    assert b"<script>alert" not in raw
    assert "<b>Gazette</b>" in page  # unescaped here, by the test


@pytest.mark.parametrize("language", bundled())
def test_every_page_can_be_said_in_every_language(language):
    settings = site(site={"languages": [language]})
    state = state_of(settings, ["analytics"], ["youtube"])
    history = [Entry(at=NOW, event="partial", categories=(("analytics", True),), services=(("youtube", True),))]
    pages = Pages(settings)
    decision = decide(settings.policy, state, NOW)
    for page in (
        pages.policy.render(language=language, return_to="/"),
        pages.receipt.render(language=language, decision=decision, state=state, history=history, return_to="/"),
        pages.opt_out.render(language=language, decision=decision, return_to="/"),
    ):
        assert page.isascii()
        assert f'<html lang="{language}"'.encode() in page


def test_a_receipt_says_what_was_allowed_until_when_and_offers_to_take_it_back():
    settings = site()
    page = unescape(receipt(settings, state=state_of(settings, ["analytics"], ["youtube"])))
    for text in ("You allowed: Analytics and YouTube.", "23 November 2026", "22 May 2027", settings.policy.version):
        assert text in page
    assert 'name="action" value="withdraw"' in page
    assert page.count(">Allowed<") == 2
    assert page.count(">Refused<") == 4


def test_a_receipt_of_a_refusal_has_nothing_to_take_back():
    settings = site()
    state = apply(Choice(action=Action.REJECT), policy=settings.policy, receipt="r", now=NOW, lifetimes=Lifetimes())
    assert 'value="withdraw"' not in receipt(settings, state=state)


def test_a_visitor_without_a_choice_is_told_that_nothing_is_recorded():
    page = receipt(site())
    assert "No choice has been recorded from this browser yet." in page
    assert "as=json" not in page


def test_the_history_stands_newest_first_in_words():
    settings = site()
    history = [
        Entry(at=NOW - timedelta(days=2), event="refuse", categories=(("analytics", False),), services=()),
        Entry(
            at=NOW - timedelta(days=1),
            event="partial",
            categories=(("analytics", True),),
            services=(("youtube", True),),
        ),
        Entry(at=NOW, event="withdraw", categories=(), services=()),
        Entry(at=NOW, event="some-later-event", categories=(), services=()),
    ]
    page = unescape(receipt(settings, state=state_of(settings), history=history))
    told = [
        page.index(text)
        for text in (
            "some-later-event",
            "Consent withdrawn",
            "Allowed in part: Analytics and YouTube",
            "Everything refused",
        )
    ]
    assert told == sorted(told)
    assert "21 November 2026" in page
    assert f"write to {CONTROLLER}" in page


def test_a_receipt_as_json_answers_for_each_category_and_service():
    settings = site()
    state = state_of(settings, ["analytics"])
    history = [Entry(at=NOW, event="partial", categories=(("analytics", True),), services=())]
    content = Pages(settings).receipt.content(
        decision=decide(settings.policy, state, NOW), state=state, history=history
    )
    told = json.loads(json.dumps(content))
    assert told["categories"] == {
        "functional": False,
        "analytics": True,
        "advertising": False,
        "social": False,
        "media": False,
    }
    assert told["services"] == {"google-analytics": True, "youtube": False, "own-stats": True}
    assert (told["receipt"], told["in_force"], told["given_at"]) == ("r", True, "2026-11-23T10:00:00Z")
    assert told["history"] == [
        {"at": "2026-11-23T10:00:00Z", "event": "partial", "categories": {"analytics": True}, "services": {}}
    ]


def test_a_choice_that_ran_out_is_not_shown_as_in_force():
    settings = site()
    page = receipt(settings, state=state_of(settings, ["analytics"]), now=NOW + timedelta(days=400))
    assert "no longer counts" in page
    assert 'value="withdraw"' not in page


def test_opting_out_keeps_what_else_was_allowed():
    settings = site(site={"services": ["youtube", "x-widgets"]})
    page = opt_out(settings, state=state_of(settings, ["analytics", "advertising"], ["youtube", "x-widgets"]))
    fields = [(i["name"], i["value"]) for i in Tags(page.encode()).all("input")]
    assert fields == [
        ("return", "/consent/opt-out?lang=en"),
        ("lang", "en"),
        ("category", "analytics"),
        ("service", "youtube"),
    ]
    assert "You have not opted out." in page


@pytest.mark.parametrize(("categories", "out"), [([], True), (["analytics"], True), (["social"], False)])
def test_who_has_allowed_nothing_that_is_sold_has_opted_out(categories, out):
    settings = site()
    page = opt_out(settings, state=state_of(settings, categories))
    assert ("You have opted out" in page, 'value="save"' in page) == (out, not out)


def test_before_any_choice_the_opt_out_is_still_to_be_asked_for():
    assert 'value="save"' in opt_out(site())


def test_every_page_has_a_policy_for_its_own_style_and_script_alone():
    pages = Pages(site())
    for page, document in (
        (pages.policy.render(language="en", return_to="/"), pages.policy),
        (receipt(site()).encode(), pages.receipt),
        (opt_out(site()).encode(), pages.opt_out),
    ):
        markup = page.decode()
        for tag in ("style", "script"):
            for part in markup.split(f"<{tag}>")[1:]:
                assert csp_hash(part.partition(f"</{tag}>")[0]) in document.csp
        assert document.csp.startswith(b"default-src 'none'; style-src 'sha256-")
        tags = Tags(page)
        assert [name for name in ("img", "iframe", "link") if tags.all(name)] == []


def test_a_language_the_site_does_not_speak_gets_its_first_one():
    assert '<html lang="en"' in policy(site(), language="xx")


def test_the_policy_begins_with_what_is_on_it_and_each_entry_leads_somewhere():
    page = policy(site())
    contents = page.partition("<nav")[2].partition("</nav>")[0]
    targets = [link["href"] for link in Tags(contents.encode()).all("a")]
    assert len(targets) == 8
    for target in targets:
        assert page.count(f'id="{target[1:]}"') == 1
    assert page.index("</nav>") < page.index("What cookies are</h2>")


def test_a_policy_of_nothing_but_necessities_lists_no_more_than_it_says():
    bare = {key: {"enabled": False} for key in ("functional", "analytics", "advertising", "social", "media")}
    page = policy(settings_of(site={"services": []}, categories=bare))
    targets = {
        link["href"][1:] for link in Tags(page.encode("ascii", "ignore")).all("a") if link["href"].startswith("#")
    }
    assert {"consent-section-signal", "consent-section-partners"} & targets == set()
    assert all(f'id="{target}"' in page for target in targets)
    assert "/opt-out" not in page


def test_the_policy_speaks_of_the_signal_and_leads_to_the_opt_out():
    page = policy(site())
    assert "If your browser sends the Global Privacy Control signal" in page
    assert '<a href="/consent/opt-out?lang=en">Your privacy choices</a>' in page


def test_who_has_withdrawn_is_told_so_and_of_the_cookies():
    settings = site()
    state = apply(Choice(action=Action.WITHDRAW), policy=settings.policy, receipt="r", now=NOW, lifetimes=Lifetimes())
    entry = Entry(at=NOW, event="withdraw", categories=(), services=())
    page = receipt(settings, state=state, history=[entry])
    assert ">Your consent has been withdrawn</h2>" in page
    assert "their cookies are deleted where this site can reach them" in page
    assert "has been withdrawn" not in receipt(settings, state=state_of(settings, ["analytics"]), history=[])


def test_erasure_is_a_mail_away_with_the_number_as_its_subject():
    settings = site(site={"controller": "Gazette Ltd, privacy@gazette.example"})
    entry = Entry(at=NOW, event="grant", categories=(), services=())
    state = state_of(settings, ["analytics"])
    page = receipt(settings, state=state, history=[entry])
    assert '<a href="mailto:privacy@gazette.example?subject=Receipt%20number%20r">privacy@gazette.example</a>' in page
    assert "What stays is a note that something was erased." in page
    assert page.count("<code>r</code>") == 1
    # Where the choice has run out its number is still needed for that.
    assert receipt(settings, state=state, history=[entry], now=NOW + timedelta(days=400)).count("<code>r</code>") == 1


def test_the_signal_is_shown_as_honoured_where_nothing_is_sold():
    page = opt_out(site(), gpc=True)
    assert "Opt-out request honoured" in page
    assert 'value="save"' not in page
    settings = site()
    allowed = opt_out(settings, state=state_of(settings, ["advertising"]), gpc=True)
    assert "honoured" not in allowed
    assert 'value="save"' in allowed


def test_who_has_opted_out_can_cancel_it_where_a_grant_is_informed():
    settings = site()
    page = opt_out(settings, state=state_of(settings, []))
    assert '<a href="/consent?lang=en" data-consent-open>Cancel the opt-out</a>' in page
    assert "applies from now on in this browser" in page
    assert "Cancel the opt-out" not in opt_out(settings)


@pytest.mark.parametrize(
    ("code", "again"), [("cross-site", True), ("malformed", True), ("not-found", False), ("too-many", False)]
)
def test_an_error_says_where_to_try_again(code, again):
    page = Pages(site()).error.render(language="en", status=400, code=code, return_to="/").decode()
    assert ("try again in the cookie settings" in page) is again
