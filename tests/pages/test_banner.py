"""The first layer: equal buttons, small, ASCII, prepared, and not open to injection."""

import gzip
import re
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from itertools import product

import pytest

from consent.choices import Action, Choice, Lifetimes, apply
from consent.decision import decide
from consent.pages import Pages
from consent.pages.assets import csp_hash
from consent.settings import Settings

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
BUDGET = 8 * 1024


class Tags(HTMLParser):
    def __init__(self, markup: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(markup.decode("ascii"))

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, name):
        return [attributes for tag, attributes in self.tags if tag == name]


def settings_of(**tables) -> Settings:
    site = {"name": "The Gazette", "privacy_policy": "/privacy", "languages": ["en", "uk"], **tables.pop("site", {})}
    return Settings.from_mapping({"site": site, **tables})


def state_of(settings, categories=(), services=()):
    choice = Choice(action=Action.SAVE, categories=frozenset(categories), services=frozenset(services))
    return apply(choice, policy=settings.policy, receipt="r", now=NOW, lifetimes=Lifetimes())


def insert(settings, *, language="en", state=None, nonce=b""):
    return Pages(settings).banner.insertion(
        language=language, decision=decide(settings.policy, state, NOW), nonce=nonce
    )


def test_the_three_buttons_are_the_same_element_side_by_side():
    body = insert(settings_of()).body
    tags = Tags(body[: body.index(b"</section>")])
    assert tags.all("form") == [{"method": "post", "action": "/consent", "target": "_self"}]
    assert tags.all("input") == [{"type": "hidden", "name": "lang", "value": "en"}]
    assert tags.all("button") == [
        {"type": "submit", "name": "action", "value": "accept"},
        {"type": "submit", "name": "action", "value": "reject"},
        {"type": "submit", "formmethod": "get", "formaction": "/consent"},
    ]


def test_the_banner_is_a_labelled_region_that_no_search_engine_quotes():
    section = Tags(insert(settings_of(), language="uk").body).all("section")[0]
    expected = {
        "id": "consent-banner",
        "role": "region",
        "aria-labelledby": "consent-title",
        "lang": "uk",
        "dir": "ltr",
    }
    assert expected.items() <= section.items()
    assert "data-nosnippet" in section


@pytest.mark.parametrize("language", ["en", "uk"])
def test_what_is_inserted_is_small(language):
    settings = settings_of(site={"services": ["google-analytics", "youtube", "meta-pixel"]})
    parts = insert(settings, language=language, nonce=b"r4nd0m")
    assert len(gzip.compress(parts.head + parts.body, 9)) <= BUDGET


def test_every_byte_is_ascii_in_every_language_and_state():
    settings = settings_of(site={"name": "Газета «Дніпро» & Co"})
    for language, state in product(("en", "uk"), (None, state_of(settings, ["analytics"]))):
        parts = insert(settings, language=language, state=state)
        assert (parts.head + parts.body).isascii()
        if state is None:
            assert "Газета «Дніпро» & Co" in unescape(parts.body.decode())


def test_the_notice_says_what_this_site_asks_for_and_no_more():
    body = unescape(insert(settings_of(site={"services": ["google-analytics", "meta-pixel"]})).body.decode())
    assert "personalise content and ads, provide social media features" in body
    assert "with our 2 advertising and analytics partners, who may combine it" in body
    off = {key: {"enabled": False} for key in ("functional", "advertising", "social", "media")}
    body = insert(settings_of(categories=off)).body.decode()
    assert "to analyse traffic." in body
    assert "ads" not in body
    assert "our analytics partners" in body


def test_an_owners_own_category_is_named_in_the_notice():
    body = insert(settings_of(categories={"newsletter": {"label": "Letters & more"}})).body
    assert "provide “Letters & more”" in unescape(body.decode())


def test_a_site_that_asks_for_nothing_says_only_that_it_uses_cookies():
    off = {key: {"enabled": False} for key in ("functional", "analytics", "advertising", "social", "media")}
    assert b"The Gazette uses cookies and similar technologies." in insert(settings_of(categories=off)).body


def test_markup_in_a_name_stays_text():
    body = insert(settings_of(site={"name": "<script>alert(1)</script>"})).body
    assert b"<script" not in body


def test_an_answered_page_has_the_revisit_control_alone_and_the_state():
    settings = settings_of(site={"services": ["youtube"]})
    parts = insert(settings, state=state_of(settings, ["analytics"], ["youtube"]), nonce=b"r4nd0m")
    tags = Tags(parts.head + parts.body)
    assert tags.all("section") == []
    (link,) = tags.all("a")
    assert link["href"] == "/consent?lang=en"
    assert "hidden" not in link
    assert tags.all("script") == [
        {
            "nonce": "r4nd0m",
            "data-consent-mount": "/consent",
            "data-consent-granted": "analytics necessary youtube",
            "data-consent-state": "analytics/youtube",
            "data-consent-own": "^$",
        }
    ]


def test_an_asking_page_hides_the_revisit_control():
    parts = insert(settings_of(paths={"mount": "/privacy/choice"}))
    link = Tags(parts.body).all("a")[-1]
    assert link["id"] == "consent-revisit"
    assert "hidden" in link
    assert Tags(parts.head).all("script") == [
        {
            "data-consent-mount": "/privacy/choice",
            "data-consent-granted": "necessary",
            "data-consent-state": "",
            "data-consent-own": "^$",
        }
    ]


def test_without_a_revisit_control_there_is_still_what_its_texts_stand_on():
    settings = settings_of(banner={"revisit": "none"})
    (link,) = Tags(insert(settings, state=state_of(settings)).body).all("a")
    assert "hidden" in link
    assert link["data-consent-saved"]


def test_the_nonce_stands_on_style_and_script_and_changes_nothing_else():
    with_nonce, without = insert(settings_of(), nonce=b"r4nd0m"), insert(settings_of())
    assert with_nonce.head.count(b' nonce="r4nd0m"') == 2
    assert with_nonce.head.replace(b' nonce="r4nd0m"', b"") == without.head
    assert with_nonce.body == without.body


@pytest.mark.parametrize("categories", [(), ("analytics",)])
@pytest.mark.parametrize("nonce", [b"", b"r4nd0m"])
def test_the_hashes_are_those_of_the_inline_pieces_in_every_state(categories, nonce):
    settings = settings_of()
    head = insert(settings, state=state_of(settings, categories), nonce=nonce).head.decode()
    style, script = re.fullmatch(r"<style[^>]*>(.*)</style><script[^>]*>(.*)</script>", head, re.DOTALL).groups()
    assert Pages(settings).style_hashes[0] == csp_hash(style)
    (choice,) = Pages(settings).assets.values()
    assert Pages(settings).script_hashes == (csp_hash(script), csp_hash(choice.content))
    assert "</" not in script


def test_nothing_is_rendered_twice_and_memory_stays_bounded(monkeypatch):
    monkeypatch.setattr("consent.pages.banner.REMEMBERED", 4)
    settings = settings_of()
    pages = Pages(settings)
    asked = list(settings.policy.asked)
    for count in range(len(asked) + 1):
        decision = decide(settings.policy, state_of(settings, asked[:count]), NOW)
        first = pages.banner.insertion(language="en", decision=decision)
        assert pages.banner.insertion(language="en", decision=decision) is first
    assert len(pages.banner._insertions) <= 4


def test_a_language_the_site_does_not_speak_gets_its_first_one():
    assert insert(settings_of(), language="xx") == insert(settings_of(), language="en")


def test_the_version_changes_with_what_is_inserted():
    version = Pages(settings_of()).version
    assert version == Pages(settings_of()).version
    assert version != Pages(settings_of(banner={"radius": 3})).version
    assert version != Pages(settings_of(site={"name": "Other"})).version


@pytest.mark.parametrize(
    ("banner", "present", "absent"),
    [
        ({}, ["--consent-accent:#20415f", "prefers-color-scheme:dark"], []),
        ({"dark": "never"}, ["--consent-scheme:light"], ["prefers-color-scheme:dark"]),
        ({"dark": "always"}, ["--consent-scheme:dark"], ["--consent-scheme:light", "prefers-color-scheme:dark"]),
        ({"radius": 21}, ["--consent-radius:21px"], []),
        ({"colours": {"accent": "#ff0"}}, ["--consent-accent:#ff0;--consent-accent-text:#000"], ["#20415f"]),
        ({"colours": {"accent": "#123456"}}, ["--consent-accent:#123456;--consent-accent-text:#fff"], []),
        ({"colours": {"accent": "navy"}}, ["--consent-accent:navy;--consent-accent-text:#fff"], []),
        ({"colours": {"accent": "yellow"}}, ["--consent-accent:yellow;--consent-accent-text:#000"], []),
        ({"colours": {"accent_text": "#fff"}}, ["--consent-accent-text:#fff"], ["--consent-accent:#cfe0f0"]),
        ({"colours": {"accent_text": "#000"}}, ["--consent-accent-text:#000"], []),
        ({"colours": {"background": "#fff8ee"}}, ["--consent-background:#fff8ee"], ["--consent-text:#edf0f3"]),
    ],
)
def test_the_owners_colours_become_custom_properties(banner, present, absent):
    head = insert(settings_of(banner=banner)).head.decode()
    assert [text for text in present if text not in head] == []
    assert [text for text in absent if text in head] == []
