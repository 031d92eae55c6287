"""The placeholder of a held frame: what it says, what it may load, and that it takes the frame's place exactly."""

import re
from html import unescape

import pytest

from consent.catalogue import Catalogue
from consent.decision import decide
from consent.pages import Pages, embed_kinds
from consent.pages.assets import csp_hash
from tests.pages.test_banner import NOW, Tags, settings_of, state_of

FRAME = b'<iframe width="560" height="315" src="https://www.youtube.com/embed/abc" title="The ferry in 1964">'


def pages_of(*services, **tables):
    return Pages(settings_of(site={"services": list(services or ["youtube", "x-widgets"])}, **tables))


def placeholder(tag=FRAME, label=b"media/youtube", language="en", pages=None):
    return (pages or pages_of()).embeds.placeholder(language, label, tag)


def test_it_says_what_it_is_whose_and_offers_to_load_it_always_or_at_the_source():
    markup = unescape(placeholder().decode("ascii"))
    assert 'role="group" aria-label="Video from YouTube: The ferry in 1964"' in markup
    assert "This content comes from Google LLC." in markup
    tags = Tags(placeholder())
    assert tags.all("button") == [
        {"type": "button", "data-consent-once": None, "data-consent-loaded": "The content has been loaded."},
        {"type": "submit", "form": "consent-embeds", "name": "service", "value": "youtube"},
    ]
    assert tags.all("a") == [
        {"href": "https://www.youtube.com/embed/abc", "target": "_blank", "rel": "noopener noreferrer"}
    ]


def test_nothing_in_it_fetches_anything_and_all_of_it_may_stand_in_a_paragraph():
    names = {name for name, _ in Tags(placeholder()).tags}
    assert names <= {"span", "svg", "b", "button", "a"}


@pytest.mark.parametrize(
    ("tag", "size"),
    [
        (FRAME, {"width": "560", "height": "315", "viewbox": "0 0 560 315"}),
        (b"<iframe width=640 height=360.5px>", {"width": "640", "height": "360", "viewbox": "0 0 640 360"}),
        (b"<iframe width='100%' height=400>", {"width": "100%", "height": "400"}),
        (b"<iframe>", {"width": "300", "height": "150", "viewbox": "0 0 300 150"}),
        (b"<iframe width=wide height=-3>", {"width": "300", "height": "150", "viewbox": "0 0 300 150"}),
    ],
)
def test_it_has_the_size_the_frame_says(tag, size):
    (picture,) = Tags(placeholder(tag)).all("svg")
    assert {name: value for name, value in picture.items() if name != "aria-hidden"} == size


def test_it_bears_the_frames_class_and_style():
    tag = b"<iframe class='ratio wide' style=\"position:absolute;content:'&quot;>'\" src=//player.vimeo.com/video/1>"
    outer = Tags(placeholder(tag)).all("span")[0]
    assert outer["class"] == "ratio wide"
    assert outer["style"] == "position:absolute;content:'\">'"


@pytest.mark.parametrize(
    "tag",
    [
        b"<iframe width=1 height=1>",
        b"<iframe width=0 height=0 src=https://www.youtube.com/x>",
        b"<iframe height=60>",
        b"<iframe hidden>",
        b"<iframe style='display:none;visibility:hidden'>",
    ],
)
def test_a_frame_that_is_not_seen_has_none(tag):
    assert placeholder(tag) == b""


@pytest.mark.parametrize(
    "label",
    [
        b"advertising/criteo",
        b"analytics/google-tag-manager",
        b"-/youtube",
        b"-/unknown",
        b"media/youtube social/x-widgets",
        b"media-/",
        b"",
    ],
)
def test_what_nobody_would_miss_or_no_single_grant_releases_has_none(label):
    assert placeholder(label=label) == b""


def test_a_service_that_was_not_declared_is_allowed_with_its_category():
    markup = placeholder(label=b"media/vimeo")
    _, button = Tags(markup).all("button")
    assert (button["name"], button["value"]) == ("category", "media")
    assert b"Always load Embedded media" in markup


def test_an_authors_own_assignment_to_a_category_has_one_too():
    markup = placeholder(label=b"media")
    assert b"Content from Embedded media" in markup
    assert Tags(markup).all("button")[1]["name"] == "category"


def test_an_owners_own_category_is_shown():
    pages = pages_of(categories={"comments": {"label": "Comments"}})
    assert b"Always load Comments" in placeholder(label=b"comments", pages=pages)


def test_a_category_that_is_not_asked_for_offers_nothing():
    assert placeholder(pages=pages_of(categories={"media": {"enabled": False}})) == b""


@pytest.mark.parametrize("source", [b"javascript:alert(1)", b"data:text/html,x", b"/own", b""])
def test_only_an_address_of_the_web_is_linked(source):
    assert Tags(placeholder(b'<iframe src="' + source + b'">')).all("a") == []


def test_nothing_of_the_tag_becomes_markup():
    tag = b"<iframe title='\"><script>alert(1)</script>' class='\"><img src=x>' src='https://a.example/\"><script>'>"
    assert {name for name, _ in Tags(placeholder(tag)).tags} <= {"span", "svg", "b", "button", "a"}


def test_bytes_of_another_charset_stay_as_they_are():
    assert "Паром".encode("cp1251") in placeholder(b"<iframe title='" + "Паром".encode("cp1251") + b"'>")


def test_it_speaks_the_pages_language():
    markup = unescape(placeholder(language="uk").decode())
    assert 'lang="uk"' in markup
    assert re.search("[іїєґ]", markup)


def test_the_form_keeps_what_is_allowed():
    settings = settings_of(site={"services": ["youtube", "x-widgets"]})
    decision = decide(settings.policy, state_of(settings, ["analytics"], ["x-widgets"]), NOW)
    body = Pages(settings).banner.insertion(language="en", decision=decision).body
    form = body[body.index(b"<form") :]
    assert Tags(form).all("form") == [
        {"id": "consent-embeds", "method": "post", "action": "/consent", "target": "_self", "hidden": None}
    ]
    assert [(i["name"], i["value"]) for i in Tags(form).all("input")] == [
        ("action", "save"),
        ("lang", "en"),
        ("category", "analytics"),
        ("service", "x-widgets"),
    ]


def test_the_style_is_named_by_its_hash_and_bears_the_pages_nonce():
    pages = pages_of()
    style = pages.embeds.style(b"r4nd0m")
    assert style.startswith(b'<style nonce="r4nd0m">')
    text = style.partition(b">")[2].removesuffix(b"</style>").decode()
    assert csp_hash(text) in pages.style_hashes


def test_every_service_of_a_kind_is_in_the_catalogue_once():
    listed = [key for keys in embed_kinds._KINDS.values() for key in keys.split()]
    assert sorted(listed) == sorted(set(listed) & set(Catalogue.bundled().services))
