"""[services.*] and [categories.*]: what an owner changes, adds and switches off."""

import pytest

from consent.catalogue import Cookie, Partner
from consent.choices import Action, Choice, Lifetimes, apply
from consent.decision import decide
from consent.settings import HELD_ALWAYS, Settings
from tests.settings.mistakes import NOW, only, problems_of

OWN = {
    "partner": "Stats Inc",
    "category": "analytics",
    "hosts": ["stats.example.net/track"],
    "inline": ["ownStats("],
    "cookies": [{"name": "_own*", "duration": "P1Y", "purpose": "Counts visits"}],
}


def read(services=(), **sections: dict[str, object]) -> Settings:
    return Settings.from_mapping({"site": {"name": "The Gazette", "services": services}, **sections})


def accept_all(settings: Settings):
    choice = Choice(action=Action.ACCEPT)
    state = apply(choice, policy=settings.policy, receipt="r", now=NOW, lifetimes=settings.lifetimes)
    return decide(settings.policy, state, NOW)


def own(table: dict[str, object]):
    return Settings.from_mapping({"site": {"name": "X"}, "services": {"own-stats": table}}).catalogue.services[
        "own-stats"
    ]


def code_of(table: dict[str, object], key: str = "own-stats") -> str:
    return only({"services": {key: table}}).code


def test_an_own_service_is_whole():
    service = own(OWN)
    assert (service.key, service.partner, service.category) == (
        "own-stats",
        Partner(name="Stats Inc"),
        "analytics",
    )
    assert service.cookies == (Cookie(name="_own*", duration="P1Y", purpose="Counts visits"),)


def test_an_own_service_is_declared_by_being_described():
    settings = Settings.from_mapping({"site": {"name": "X", "services": ["youtube"]}, "services": {"own-stats": OWN}})
    assert [s.key for s in settings.policy.services] == ["youtube", "own-stats"]


def test_an_own_service_may_be_listed_to_stand_earlier():
    settings = Settings.from_mapping(
        {"site": {"name": "X", "services": ["own-stats", "youtube"]}, "services": {"own-stats": OWN}}
    )
    assert [s.key for s in settings.policy.services] == ["own-stats", "youtube"]


def test_declared_services_keep_their_order():
    assert [s.key for s in read(["youtube", "google-analytics"]).policy.services] == ["youtube", "google-analytics"]


def test_a_changed_entry_keeps_what_was_not_changed():
    settings = Settings.from_mapping({"site": {"name": "X"}, "services": {"youtube": {"category": "functional"}}})
    youtube = settings.catalogue.services["youtube"]
    assert youtube.category == "functional"
    assert "youtube.com" in youtube.hosts
    assert settings.policy.services == ()


def test_a_service_switched_off_is_not_shown_and_never_released():
    settings = Settings.from_mapping(
        {"site": {"name": "X", "services": ["youtube"]}, "services": {"youtube": {"enabled": False}}}
    )
    youtube = settings.catalogue.services["youtube"]
    assert settings.policy.services == ()
    assert youtube.category == HELD_ALWAYS
    assert not accept_all(settings).allows_service(youtube)


def test_no_service_is_switched_off_by_itself():
    assert all(service.category != HELD_ALWAYS for service in read().catalogue.services.values())


def test_a_switched_off_category_is_not_asked_for_and_its_services_stay_held():
    settings = Settings.from_mapping(
        {"site": {"name": "X", "services": ["youtube"]}, "categories": {"media": {"enabled": False}}}
    )
    assert "media" not in [c.key for c in settings.policy.categories]
    assert "media" in [c.key for c in settings.categories]
    assert settings.policy.services == ()
    assert not accept_all(settings).allows_service(settings.catalogue.services["youtube"])


def test_a_partner_may_say_more_than_its_name():
    partner = {"name": "Stats Inc", "country": "UA", "privacy_policy": "https://stats.example.net/privacy"}
    assert own({**OWN, "partner": partner}).partner == Partner(**partner)


def test_a_partner_left_out_is_the_service_itself():
    table = {key: value for key, value in OWN.items() if key != "partner"}
    assert own({**table, "name": "Own statistics"}).partner == Partner(name="Own statistics")


def test_a_partners_country_is_an_iso_code():
    assert code_of({**OWN, "partner": {"name": "Stats Inc", "country": "Ukraine"}}) == "consent.E044"


def test_an_own_service_says_its_category():
    problem = only({"services": {"own-stats": {"hosts": ["a.example.net"]}}})
    assert (problem.code, problem.key) == ("consent.E010", "services.own-stats.category")


def test_a_category_that_does_not_exist_is_corrected():
    assert only({"services": {"own-stats": {**OWN, "category": "analytic"}}}).remedy == "Did you mean 'analytics'?"


def test_an_own_service_may_stand_in_an_own_category():
    settings = Settings.from_mapping(
        {
            "site": {"name": "X"},
            "categories": {"comfort": {"label": "Comfort"}},
            "services": {"own-stats": {**OWN, "category": "comfort"}},
        }
    )
    assert settings.policy.asked[-1] == "comfort"


def test_a_service_nothing_can_be_told_by_is_refused():
    assert code_of({"category": "analytics"}) == "consent.E035"


@pytest.mark.parametrize("table", [{}, {"enabled": False}, {"category": "advertising"}])
def test_a_changed_entry_with_a_typo_in_its_name_is_one_mistake_with_the_right_name(table):
    problem = only({"services": {"google-analytic": table}})
    assert (problem.code, problem.key) == ("consent.E031", "services.google-analytic")
    assert problem.remedy.startswith("Did you mean 'google-analytics'?")


def test_an_own_service_may_be_named_nearly_as_one_of_the_catalogues():
    settings = Settings.from_mapping({"site": {"name": "X"}, "services": {"google-analytic": OWN}})
    assert settings.catalogue.services["google-analytic"].partner == Partner(name="Stats Inc")


def test_a_wrong_host_is_one_mistake_and_not_two():
    assert code_of({"category": "analytics", "hosts": ["https://x.example.net"]}) == "consent.E020"


@pytest.mark.parametrize(
    "host",
    ["stats.example.net", "stats.example.net/track", "example.net/*/pixel", "example.net/gtag/js?id=AW-", "a.net/"],
)
def test_a_service_is_met_at_a_host_or_a_path_of_it(host):
    assert own({**OWN, "hosts": [host]}).hosts == (host,)


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("com", "consent.E021"),
        ("co.uk", "consent.E021"),
        ("cloudfront.net", "consent.E021"),
        ("https://x.net", "consent.E020"),
        ("*.x.net", "consent.E020"),
        ("X.net", "consent.E020"),
        ("x.net:443", "consent.E020"),
        ("", "consent.E020"),
        ("x.net/a*", "consent.E022"),
        ("x.net/a b", "consent.E022"),
        ("x.net/a?id", "consent.E022"),
    ],
)
def test_a_host_written_otherwise_is_refused(host, code):
    assert code_of({**OWN, "hosts": [host]}) == code


def test_a_service_on_the_sites_own_domain_would_never_be_held():
    found = problems_of(
        {
            "site": {"name": "X", "domains": ["example.org"]},
            "services": {"own-stats": {**OWN, "hosts": ["stats.example.org"]}},
        }
    )
    assert [(p.code, p.key) for p in found] == [("consent.E046", "services.own-stats.hosts")]
    assert "paths" in found[0].remedy


@pytest.mark.parametrize("path", ["/", "matomo.js", "/js/", "/a b"])
def test_a_self_hosted_copy_is_a_file(path):
    assert code_of({**OWN, "paths": [path]}) == "consent.E022"


@pytest.mark.parametrize("text", ["", "ga(", "   x  "])
def test_a_signature_found_in_any_script_is_refused(text):
    assert code_of({**OWN, "inline": [text]}) == "consent.E039"


@pytest.mark.parametrize("name", ["*", "**", "", "a b", "a;b"])
def test_a_cookie_that_would_be_every_cookie_is_refused(name):
    cookies = [{"name": name, "duration": "session", "purpose": "Counts"}]
    assert code_of({**OWN, "cookies": cookies}) == "consent.E038"


def test_a_cookies_duration_may_be_written_in_words():
    cookies = [{"name": "_o", "duration": "30 minutes", "purpose": "Counts"}]
    assert own({**OWN, "cookies": cookies}).cookies[0].duration == "PT30M"


def test_a_cookie_says_its_name_duration_and_purpose():
    found = problems_of({"services": {"own-stats": {**OWN, "cookies": [{}]}}})
    place = "services.own-stats.cookies[0]"
    assert {p.key for p in found} == {f"{place}.name", f"{place}.duration", f"{place}.purpose"}


def test_a_cookies_duration_that_is_none_is_refused():
    cookies = [{"name": "_o", "duration": "long", "purpose": "Counts"}]
    assert code_of({**OWN, "cookies": cookies}) == "consent.E016"


@pytest.mark.parametrize("key", ["Own", "own_stats", "-own", "", "x" * 65, "own stats"])
def test_a_key_is_lower_case_letters_digits_and_hyphens(key):
    assert code_of(OWN, key) == "consent.E033"


def test_a_service_cannot_bear_a_categorys_key():
    assert code_of(OWN, "media") == "consent.E034"


def test_more_services_than_a_cookie_can_name_are_refused():
    table = {f"{'x' * 50}-{number}": OWN for number in range(60)}
    assert [p.code for p in problems_of({"services": table})] == ["consent.E047"]


# categories


def category(key: str, table: dict[str, object]):
    settings = Settings.from_mapping({"site": {"name": "X", "languages": ["en", "uk"]}, "categories": {key: table}})
    return next(c for c in settings.categories if c.key == key)


def test_an_own_category_has_its_label_in_the_fallback_language():
    assert category("comfort", {"label": "Comfort", "description": "Nice"}).label == (("en", "Comfort"),)


def test_a_label_may_be_given_by_language():
    words = {"uk": "Зручність", "en": "Comfort"}
    assert category("comfort", {"label": words}).label == (("en", "Comfort"), ("uk", "Зручність"))


def test_an_own_category_without_a_label_is_called_by_its_key():
    assert category("night-mode", {}).label == (("en", "Night mode"),)


def test_a_standard_category_keeps_its_texts_where_none_are_given():
    assert category("media", {}).label == ()


def test_a_label_in_a_language_the_site_does_not_have_is_refused():
    assert only({"categories": {"media": {"label": {"xx": "Y"}}}}).code == "consent.E030"


def test_an_empty_label_is_refused():
    assert only({"categories": {"media": {"label": ""}}}).code == "consent.E015"


def test_a_label_is_words():
    assert only({"categories": {"media": {"label": 3}}}).code == "consent.E012"


def test_a_typo_in_a_standard_category_is_refused():
    problem = only({"categories": {"analytic": {"enabled": False}}})
    assert (problem.code, problem.remedy) == ("consent.E032", "Did you mean 'analytics'?")


def test_a_category_named_on_purpose_is_no_typo():
    assert category("analytic", {"label": "Analytic"}).key == "analytic"


def test_what_is_necessary_cannot_be_switched_off():
    assert only({"categories": {"necessary": {"enabled": False}}}).code == "consent.E037"


@pytest.mark.parametrize("key", ["Own", "ignore", "unknown", "a b"])
def test_a_category_key_is_plain_and_not_taken(key):
    assert only({"categories": {key: {"label": "X"}}}).code == "consent.E033"


def test_lifetimes_are_those_of_the_cookie():
    settings = read(cookie={"lifetime": "90 days"})
    assert settings.lifetimes == Lifetimes(consent=settings.cookie.lifetime, refusal=settings.cookie.refusal_lifetime)


def test_a_self_hosted_copy_is_met_by_its_file():
    assert own({"category": "analytics", "paths": ["/js/matomo.js"]}).paths == ("/js/matomo.js",)
