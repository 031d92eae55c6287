"""[texts.*]: the owner's words for ours, and what is refused of them."""

from html import unescape

import pytest

from consent.decision import decide
from consent.pages import Pages
from consent.pages.browser import BrowserPage
from consent.settings import Settings
from tests.pages.test_banner import NOW
from tests.settings.mistakes import only

SITE = {"name": "The Gazette", "languages": ["en", "uk"]}


def body_of(texts, language):
    settings = Settings.from_mapping({"site": SITE, "texts": texts})
    pages = Pages(settings)
    insertion = pages.banner.insertion(language=language, decision=decide(settings.policy, None, NOW))
    return unescape(insertion.body.decode()), pages.version


@pytest.mark.parametrize(
    "texts", [{"en": {"banner": {"title": "Your call"}}}, {"en": {"banner": {"title": "Your call"}}, "uk": {}}]
)
def test_own_words_stand_in_their_language_alone(texts):
    english, version = body_of(texts, "en")
    ukrainian, _ = body_of(texts, "uk")
    assert ">Your call<" in english
    assert "Ваш вибір щодо файлів cookie" in ukrainian
    assert version != body_of({}, "en")[1]


def test_every_page_says_them():
    settings = Settings.from_mapping({"site": SITE, "texts": {"uk": {"preferences": {"title": "Печиво"}}}})
    page = Pages(settings).preferences.render(
        language="uk", decision=decide(settings.policy, None, NOW), state=None, return_to="/", embedded=False
    )
    assert "Печиво" in unescape(page.decode())


def test_the_page_for_outdated_browsers_says_them_too():
    settings = Settings.from_mapping({"site": SITE, "texts": {"uk": {"browser": {"notice_hide": "Геть на 30 днів"}}}})
    bar = BrowserPage(settings).bar("uk", return_to="/")
    assert "Геть на 30 днів" in unescape(bar.decode())


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (["{count} tool", "{count} tools"], ("{count} tool", "{count} tools")),
        (["a tool", "{count} tools"], ("a tool", "{count} tools")),
        ("tools: {count}", ("tools: {count}", "tools: {count}")),
    ],
)
def test_a_text_that_counts_has_a_form_for_each_plural_or_one_for_all(said, kept):
    settings = Settings.from_mapping({"site": SITE, "texts": {"en": {"counted": {"services": said}}}})
    assert settings.texts == {"en": (("counted.services", kept),)}


@pytest.mark.parametrize(
    ("texts", "code", "key", "said"),
    [
        ({"en": {"baner": {"title": "x"}}}, "E051", "texts.en.baner", "Did you mean 'banner'?"),
        ({"en": {"banner": {"titel": "x"}}}, "E051", "texts.en.banner.titel", "Did you mean 'banner.title'?"),
        ({"en": {"banner": {"zzz": "x"}}}, "E051", "texts.en.banner.zzz", "One of these is right: title, plain"),
        ({"en": {"banner": {"accept": "x"}}}, "E051", "texts.en.banner.accept", "Did you mean 'actions.accept'?"),
        ({"en": {"banner": "x"}}, "E012", "texts.en.banner", "a table is needed"),
        ({"en": {"banner": {"title": {"more": "x"}}}}, "E012", "texts.en.banner.title", "a text is needed"),
        ({"en": {"banner": {"title": 3}}}, "E012", "texts.en.banner.title", "a text is needed"),
        ({"en": {"banner": {"title": " "}}}, "E015", "texts.en.banner.title", "empty"),
        ({"en": {"banner": {"title": "a\nb"}}}, "E015", "texts.en.banner.title", "runs over its line"),
        ({"en": {"banner": {"plain": "Cookies."}}}, "E052", "texts.en.banner.plain", "{site} is missing in it"),
        (
            {"en": {"banner": {"title": "{site}"}}},
            "E052",
            "texts.en.banner.title",
            "nothing is filled in for {site} here",
        ),
        ({"en": {"banner": {"plain": "{site} {0}"}}}, "E052", "texts.en.banner.plain", "its braces do not pair"),
        ({"en": {"banner": {"plain": "{site.name}"}}}, "E052", "texts.en.banner.plain", "its braces do not pair"),
        ({"en": {"banner": {"plain": "{site!r}"}}}, "E052", "texts.en.banner.plain", "its braces do not pair"),
        ({"en": {"banner": {"plain": "{site:>9}"}}}, "E052", "texts.en.banner.plain", "its braces do not pair"),
        ({"en": {"banner": {"plain": "{site} {"}}}, "E052", "texts.en.banner.plain", "its braces do not pair"),
        ({"en": {"banner": {"plain": "{site} {{}}"}}}, "E052", "texts.en.banner.plain", "its braces do not pair"),
        (
            {"uk": {"counted": {"services": ["{count} a", "{count} b"]}}},
            "E012",
            "texts.uk.counted.services",
            "one, few, many",
        ),
        (
            {"en": {"counted": {"services": ["{count} a", "b"]}}},
            "E052",
            "texts.en.counted.services",
            "{count} is missing",
        ),
        ({"en": {"counted": {"services": "some"}}}, "E052", "texts.en.counted.services", "{count} is missing"),
        ({"en": {"counted": {"services": [1, "{count}"]}}}, "E012", "texts.en.counted.services", "a text is needed"),
        ({"ukr": {"banner": {"title": "x"}}}, "E030", "texts.ukr", "Did you mean 'uk'?"),
        ({"de": {"banner": {"title": "x"}}}, "E030", "texts.de", "there is no language of the site"),
        ({"en": {"name": "x"}}, "E051", "texts.en.name", "there is no text 'name'"),
        ({"en": 3}, "E012", "texts.en", "a table is needed"),
        (3, "E012", "texts", "a table is needed"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_the_remedy(texts, code, key, said):
    problem = only({"site": SITE, "texts": texts})
    assert (problem.code, problem.key) == (f"consent.{code}", key)
    assert said in str(problem)


def test_a_key_that_is_no_text_is_refused():
    assert only({"site": SITE, "texts": {"en": {3: "x"}}}).code == "consent.E051"
