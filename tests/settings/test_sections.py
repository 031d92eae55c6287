"""What each section takes, and what it refuses."""

from datetime import timedelta

import pytest

from consent.languages import bundled
from consent.settings import Banner, Settings
from consent.settings.colours import NAMES
from tests.settings.mistakes import only, problems_of


def read(**sections: dict[str, object]) -> Settings:
    return Settings.from_mapping({"site": {"name": "The Gazette"}, **sections})


def code_of(**sections: dict[str, object]) -> str:
    return only(sections).code


def site(**keys: object) -> dict[str, object]:
    return {"name": "The Gazette", **keys}


# [site]


def test_left_out_languages_are_all_the_bundled_ones_english_first():
    assert read().site.languages == bundled()
    assert read().site.languages[0] == "en"


def test_named_languages_keep_their_order():
    assert read(site=site(languages=["uk", "en"])).site.languages == ("uk", "en")


def test_a_language_that_is_not_bundled_is_refused():
    problem = only({"site": site(languages=["ukr"])})
    assert (problem.code, problem.key, problem.remedy) == (
        "consent.E030",
        "site.languages[0]",
        "Did you mean 'uk'?",
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ua", "uk"),
        ("UK", "uk"),
        ("uk-UA", "uk"),
        ("en_US", "en"),
        ("zh-TW", "zh-Hant"),
        ("zh", "zh-Hans"),
        ("iw", "he"),
        ("jp", "ja"),
    ],
)
def test_a_language_under_another_code_is_named_by_its_tag(written, meant):
    problem = only({"site": site(languages=[written])})
    assert problem.remedy == f"Did you mean {meant!r}?"


def test_no_language_at_all_is_refused():
    assert code_of(site=site(languages=[])) == "consent.E030"


def test_a_service_that_is_not_in_the_catalogue_is_refused_with_the_nearest():
    problem = only({"site": site(services=["googel-analytics"])})
    assert (problem.code, problem.remedy) == ("consent.E031", "Did you mean 'google-analytics'?")


def test_a_service_by_its_name_leads_to_its_key():
    assert only({"site": site(services=["Google Analytics"])}).remedy == "Did you mean 'google-analytics'?"


def test_a_service_like_no_other_leads_to_a_table_of_its_own():
    assert "[services.own-stats]" in only({"site": site(services=["qqqqqqqq"])}).remedy


def test_a_category_among_the_services_is_told_apart():
    assert "category" in only({"site": site(services=["analytics"])}).remedy


@pytest.mark.parametrize(
    ("domain", "right"),
    [
        ("https://example.org/", '"example.org"'),
        ("Example.org", '"example.org"'),
        ("*.example.org", '"example.org"'),
        (".example.org", '"example.org"'),
        ("example.org:8000", '"example.org"'),
        ("приклад.укр", '"xn--80aikifvh.xn--j1amh"'),
        ("ex ample", "bare name"),
        ("", "bare name"),
        ("\ud800", "bare name"),
    ],
)
def test_a_domain_is_a_bare_host_and_the_remedy_is_its_right_form(domain, right):
    problem = only({"site": site(domains=[domain])})
    assert problem.code == "consent.E020"
    assert right in problem.remedy


@pytest.mark.parametrize("suffix", ["com", "co.uk", "github.io", "cloudfront.net", "xn--p1ai"])
def test_a_public_suffix_would_release_every_partner_under_it(suffix):
    assert code_of(site=site(domains=[suffix])) == "consent.E021"


@pytest.mark.parametrize("domain", ["example.co.uk", "me.github.io", "www.ck"])
def test_what_stands_right_below_a_public_suffix_may_be_a_site(domain):
    assert read(site=site(domains=[domain])).site.domains == (domain,)


@pytest.mark.parametrize("mode", ["off", "report", "enforce"])
def test_the_policy_is_off_reported_or_enforced(mode):
    assert read(holding={"csp": mode}).holding.csp == mode


def test_a_host_of_one_label_is_fine_where_no_partner_lies_under_it():
    assert read(site=site(domains=["localhost"])).site.domains == ("localhost",)


@pytest.mark.parametrize("link", ["/privacy", "/en/privacy?x=1#top", "https://example.org/privacy"])
def test_a_privacy_policy_is_a_path_or_an_https_url(link):
    assert read(site=site(privacy_policy=link)).site.privacy_policy == link


@pytest.mark.parametrize(
    "link",
    [
        "privacy",
        "http://example.org/",
        "javascript:alert(1)",
        "//evil.example",
        '/a"b',
        "https://",
        "https://[",
        "/a b",
    ],
)
def test_any_other_privacy_policy_is_refused(link):
    assert code_of(site=site(privacy_policy=link)) == "consent.E023"


@pytest.mark.parametrize("text", ["", "  ", "a\x00b", "a\nb", "x" * 5000, "\ud800"])
def test_a_name_is_one_line_that_can_be_shown(text):
    assert code_of(site=site(name=text)) == "consent.E015"


def test_a_controller_may_take_more_than_one_line():
    assert read(site=site(controller="Gazette Ltd\nKyiv")).site.controller == "Gazette Ltd\nKyiv"


# [holding] and what does not stand yet


@pytest.mark.parametrize(
    ("section", "keys"),
    [
        ("regions", {"default": "opt-out"}),
        ("regions", {"country_header": "CF-IPCountry"}),
        ("regions", {"rules": {"US-CA": "opt-out"}}),
        ("delivery", {"mode": "shared"}),
    ],
)
def test_a_part_that_does_not_stand_yet_is_refused_when_switched_on(section, keys):
    problem = only({section: keys})
    assert (problem.code, problem.key) == ("consent.E050", f"{section}.{next(iter(keys))}")
    assert "secret" not in str(problem)


@pytest.mark.parametrize(
    ("section", "keys"),
    [
        ("holding", {"guard": False, "csp": "off", "undeclared": "hold", "unknown": "hold", "release": "reload"}),
        ("records", {"url": "off"}),
        ("browsers", {"mode": "off"}),
        ("regions", {"default": "opt-in"}),
        ("delivery", {"mode": "visitor"}),
    ],
)
def test_written_out_defaults_and_parts_that_stand_are_taken(section, keys):
    found = getattr(read(**{section: keys}), section)
    for key, value in keys.items():
        assert getattr(found, key) == value


@pytest.mark.parametrize("suffix", ["com", "github.io", "cloudfront.net"])
def test_a_public_suffix_is_never_allowed_as_a_whole(suffix):
    assert code_of(holding={"allow": [suffix]}) == "consent.E021"


def test_one_name_below_a_public_suffix_may_be_allowed():
    assert read(holding={"allow": ["d1abc.cloudfront.net"]}).holding.allow == ("d1abc.cloudfront.net",)


def test_an_allowed_host_is_bare():
    assert code_of(holding={"allow": ["https://cdn.example.net"]}) == "consent.E020"


# [banner]


def test_a_banner_has_its_defaults():
    assert read().banner == Banner()


@pytest.mark.parametrize("colour", ["#05a", "#0055AA", "navy"])
def test_a_colour_is_hex_or_a_name(colour):
    assert read(banner={"colours": {"accent": colour}}).banner.colours.accent == colour


@pytest.mark.parametrize(
    "colour",
    ["red;}", "#12", "#12345", "#gggggg", "url(x)", "var(--x)", "nayv", "", "NAVY", "#fff\n", "\N{KELVIN SIGN}haki"],
)
def test_nothing_else_gets_into_the_style_sheet(colour):
    assert code_of(banner={"colours": {"accent": colour}}) == "consent.E025"


def test_a_colours_name_is_corrected():
    assert only({"banner": {"colours": {"accent": "nayv"}}}).remedy == "Did you mean 'navy'?"


def test_colour_names_hold_nothing_that_ends_a_declaration():
    assert all(name.isalpha() and name.isascii() and name.islower() for name in NAMES)


@pytest.mark.parametrize(
    ("chosen", "key", "ratio"),
    [
        ({"text": "#777", "background": "#888888"}, "text", "1.3:1"),
        ({"text": "#bbb"}, "text", "1.9:1"),
        ({"background": "#445"}, "background", "1.7:1"),
        ({"accent": "#ffcc00", "accent_text": "#fff"}, "accent_text", "1.5:1"),
        ({"text": "silver", "background": "white"}, "text", "1.8:1"),
        ({"accent": "gold", "accent_text": "#fff"}, "accent_text", "1.4:1"),
    ],
)
def test_colours_too_alike_to_be_read_are_taken_with_a_warning_that_names_the_ratio(chosen, key, ratio):
    settings = read(banner={"colours": chosen})
    (warning,) = settings.warnings
    assert (warning.code, warning.key) == ("consent.W002", f"banner.colours.{key}")
    assert ratio in warning.message
    assert "4.5:1" in warning.remedy


def test_black_on_white_is_fine():
    colours = read(banner={"colours": {"text": "#000", "background": "#fff"}}).banner.colours
    assert (colours.text, colours.background) == ("#000", "#fff")


# [cookie]


def test_a_choice_stands_for_half_a_year():
    cookie = read().cookie
    assert (cookie.name, cookie.lifetime, cookie.refusal_lifetime) == (
        "consent",
        timedelta(days=180),
        timedelta(days=180),
    )


@pytest.mark.parametrize(
    ("text", "days"),
    [("180 days", 180), ("1 day", 1), ("13 months", 390), ("P13M", 390), ("P1Y", 365), ("P2W", 14), ("PT48H", 2)],
)
def test_a_lifetime_is_written_in_words_or_iso_8601(text, days):
    assert read(cookie={"lifetime": text}).cookie.lifetime == timedelta(days=days)


@pytest.mark.parametrize("text", ["180", "half a year", "P", "PT", "P1", "-1 days", "1.5 years", "", "١ days", "P1Y "])
def test_what_is_no_duration_is_refused(text):
    assert code_of(cookie={"lifetime": text}) == "consent.E016"


@pytest.mark.parametrize("text", ["0 days", "401 days", "999999 years", "P0D"])
def test_a_lifetime_of_nothing_or_beyond_400_days_is_refused(text):
    assert code_of(cookie={"lifetime": text}) == "consent.E017"


def test_a_refusal_is_kept_as_long_as_a_grant_where_nothing_is_said():
    assert read(cookie={"lifetime": "360 days"}).cookie.refusal_lifetime == timedelta(days=360)


def test_a_short_grant_does_not_shorten_a_refusal():
    assert read(cookie={"lifetime": "30 days"}).cookie.refusal_lifetime == timedelta(days=180)


@pytest.mark.parametrize("name", ["__Host-consent", "__secure-x", "a b", "a=b", "a;b", "", "é"])
def test_a_cookie_name_is_plain_and_without_a_prefix(name):
    assert code_of(cookie={"name": name}) == "consent.E040"


def test_a_cookie_domain_lies_within_the_sites_own():
    found = read(site=site(domains=["example.org"]), cookie={"domain": "example.org"})
    assert found.cookie.domain == "example.org"


def test_a_cookie_for_a_foreign_domain_is_refused():
    assert code_of(site=site(domains=["example.org"]), cookie={"domain": "badexample.org"}) == "consent.E041"


def test_a_cookie_for_a_domain_that_the_site_does_not_name_is_refused_and_told_once():
    (problem,) = problems_of({"cookie": {"domain": "example.org"}})
    assert (problem.code, problem.remedy) == (
        "consent.E041",
        'Write one of site.domains, or add it there: domains = ["example.org"]',
    )
    (problem,) = problems_of({"site": site(domains=["https://example.org"]), "cookie": {"domain": "example.org"}})
    assert problem.key == "site.domains[0]"


# [records]


@pytest.mark.parametrize("url", ["sqlite:///consent.db", "sqlite:////var/lib/consent.db", "off"])
def test_records_are_kept_in_a_file_or_not_at_all(url):
    assert read(records={"url": url}).records.url == url


@pytest.mark.parametrize("hosts", ["db", "me:pass@db:5432", "one:5432,two:5433", "me@one,two", "[::1]:5432", ""])
def test_a_database_may_have_several_hosts_of_which_one_is_the_primary(hosts):
    url = f"postgresql://{hosts}/consent?target_session_attrs=read-write"
    assert read(records={"url": url}).records.url == url


@pytest.mark.parametrize("hosts", ["db:0", "one:5432,two:many", "one:70000", "me@one,two:0", "[::1"])
def test_a_host_with_a_port_that_is_none_is_refused(hosts):
    assert code_of(records={"url": f"postgresql://{hosts}/consent"}) == "consent.E042"


@pytest.mark.parametrize("url", ["consent.db", "sqlite://x", "sqlite:///", "mysql://x", "sqlite:///:memory:", ""])
def test_any_other_place_for_records_is_refused(url):
    assert code_of(records={"url": url}) == "consent.E042"


def test_records_are_kept_for_three_years():
    assert read().records.retention == timedelta(days=1095)


def test_records_for_more_than_a_century_are_refused():
    assert code_of(records={"retention": "101 years"}) == "consent.E017"


# [regions]


def test_a_region_that_is_no_iso_code_is_refused_besides():
    found = problems_of({"regions": {"rules": {"california": "opt-out"}}})
    assert sorted(p.code for p in found) == ["consent.E044", "consent.E050"]


def test_a_header_name_is_a_token():
    found = problems_of({"regions": {"country_header": "CF IP"}})
    assert [p.code for p in found] == ["consent.E045"]


# [paths]


@pytest.mark.parametrize("mount", ["/consent", "/legal/cookies", "/_c"])
def test_a_mount_is_a_path_of_its_own(mount):
    assert read(paths={"mount": mount}).paths.mount == mount


@pytest.mark.parametrize(
    "mount", ["/", "", "consent", "/consent/", "/a/../b", "/a/./b", "//a", "/a//b", "/a b", "/a?b", "/%2e", "/<x>"]
)
def test_any_other_mount_is_refused(mount):
    assert code_of(paths={"mount": mount}) == "consent.E024"


def test_excluded_paths_are_prefixes():
    assert read(paths={"exclude": ["/api/", "/health"]}).paths.exclude == ("/api/", "/health")


@pytest.mark.parametrize("path", ["api", "", "/../x", "/a?b"])
def test_what_is_no_path_is_refused(path):
    assert code_of(paths={"exclude": [path]}) == "consent.E022"


def test_a_cookie_may_have_another_name():
    assert read(cookie={"name": "gazette-choice"}).cookie.name == "gazette-choice"
