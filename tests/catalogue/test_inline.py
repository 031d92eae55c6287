"""Whose an inline script is."""

import time

import pytest
from hypothesis import given, settings, strategies as st

from consent.catalogue import Catalogue, Partner, Service
from consent.catalogue.signatures import make_signatures
from consent.categories import NECESSARY
from consent.text_memory import OVERHEAD, TextMemory

BUNDLED = Catalogue.bundled()
SIGNATURES = [
    (service.key, signature)
    for service in BUNDLED.services.values()
    if service.category != NECESSARY
    for text in service.inline
    if not BUNDLED._hosts.covers(text.lstrip(".").partition("/")[0]) and not text.startswith("window.")
    for signature in make_signatures(text)
]


def found(text: str) -> list[str]:
    return [service.key for service in BUNDLED.find_inline(text.encode())]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("fbq('init', '1');", "meta-pixel"),
        ("window.fbq('track')", "meta-pixel"),
        ("ym(123, 'init')", "yandex-metrica"),
        ("gtag('config', 'G-1')", "google-analytics"),
        ('gtag("config","AW-1")', "google-ads"),
        ("_gaq.push(['_trackPageview'])", "google-analytics"),
        ("(adsbygoogle = window.adsbygoogle || []).push({})", "google-adsense"),
        ("h._hjSettings={hjid:1}", "hotjar"),
        ("new google.maps.Map(x)", "google-maps"),
        ("w[l].push({'gtm.start': new Date()})", "google-tag-manager"),
        ("j.src = '//metrics.example.com/gtm.js?id=' + i", "google-tag-manager"),
        ('googletag.display("leaderboard")', "google-publisher-tag"),
        ("Krux('social.init')", "krux"),
        ("window['nitroAds'].createAd('top')", "nitropay"),
        ("s.src = 'https://cdn.survicate.com/w.js'", "survicate"),
        ("s.src = '//survicate.com/w.js'", "survicate"),
        (r'{"src":"https:\/\/cdn.survicate.com\/w.js"}', "survicate"),
        ("s.src = p + '.survicate.com/w.js'", "survicate"),
        ("('https:' == p ? 'https://ssl' : 'http://www') + '.google-analytics.com/ga.js'", "google-analytics"),
        (r'"https:\/\/connect.facebook.net\/en_US\/fbevents.js"', "meta-pixel"),
    ],
)
def test_a_signature_marks_a_script(text, key):
    assert key in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "sym(123)",
        "function ym(a, b) { return ym(a) }",
        "var my_hjSettings = 1",
        "_hjSettingsOld",
        'allowed = ["youtube.com", "vimeo.com", "survicate.com"]',
        "// see vimeo.com for the player",
        "'//survicate.com.evil.example/'",
        "'//notsurvicate.com/'",
        "'//x.example/survicate.com'",
        "'mygoogle-analytics.com/ga.js'",
        "window.dataLayer = window.dataLayer || []; dataLayer.push({event: 'x'})",
        "gtag('consent', 'default', {ad_storage: 'denied'})",
        "gtag('js', new Date())",
        "utag_data = window.utag_data || {}; utag_data.section = 'news'",
        "window.googletag = window.googletag || {}; googletag.cmd = googletag.cmd || []",
        "mywindow.nitroAds",
        "el.className = 'g-recaptcha'",
        "Coral.reef()",
        "YUI().use('node')",
        "new Bootstrapper()",
        "",
    ],
)
def test_a_script_that_merely_mentions_is_the_sites_own(text):
    assert found(text) == []


def test_a_service_is_named_once_and_in_the_order_of_the_catalogue():
    assert found("fbq('init'); _gaq.push(1); fbq('track'); _gaq.push(2)") == ["google-analytics", "meta-pixel"]


def test_necessary_services_are_never_looked_for():
    own = Service(key="own", name="o", partner=Partner(name="o"), category=NECESSARY, inline=("own_thing(",))
    assert Catalogue([own]).find_inline(b"own_thing(1)") == ()


@pytest.mark.parametrize("text", ["ownStats(", "stats", "a.b", "own_", "x_yz", "stats.example.net", "é.push"])
def test_an_owners_signature_is_found_whatever_it_is_made_of(text):
    own = Service(
        key="own", name="o", partner=Partner(name="o"), category="analytics", hosts=("example.net",), inline=(text,)
    )
    catalogue = BUNDLED.with_services([own])
    script = f"a = '//{text}'; " if "example" in text else f"; {text} 1"
    assert catalogue.find_inline(script.encode()) == (own,)


def test_the_products_own_signatures_need_no_search_of_their_own():
    assert BUNDLED.inline._rest == []


def test_the_memory_of_texts_is_bounded_by_their_bytes():
    memory = TextMemory[int](room=40 * (100 + OVERHEAD))
    for number in range(100):
        memory.keep(b"%0100d" % number, number)
        assert len(memory) <= 40
    assert len(memory) >= 35


def test_the_oldest_text_is_forgotten_first():
    memory = TextMemory[int](room=8 * (100 + OVERHEAD))
    for number in range(9):
        memory.keep(b"%0100d" % number, number)
    assert [memory.get(b"%0100d" % number) for number in range(9)] == [None, None, 2, 3, 4, 5, 6, 7, 8]


def test_a_text_that_would_push_out_much_is_not_remembered():
    memory = TextMemory[int](room=1000)
    memory.keep(b"x" * 900, 1)
    assert len(memory) == 0


def test_a_text_kept_twice_counts_once():
    memory = TextMemory[int](room=4 * (100 + OVERHEAD))
    for _ in range(100):
        memory.keep(b"x" * 100, 1)
    memory.keep(b"y" * 100, 2)
    assert len(memory) == 2


def test_a_script_met_again_gets_the_same_answer():
    catalogue = Catalogue.bundled()
    assert catalogue.find_inline(b"fbq('init')") is catalogue.find_inline(b"fbq(" + b"'init')")


pieces = st.one_of(
    st.sampled_from([signature.literal for _, signature in SIGNATURES]),
    st.sampled_from([b"//", b"'", b'"', b".", b" ", b"x", b"_", b"(", b"\\/", b"www.", b"9", b"\xff", b"\n"]),
    st.binary(max_size=5),
)


@settings(max_examples=300)
@given(st.lists(pieces, max_size=8).map(b"".join))
def test_the_fast_way_finds_what_the_plain_way_finds(text):
    plain = {key for key, signature in SIGNATURES if signature.found_in(text)}
    assert plain <= {service.key for service in BUNDLED.find_inline(text)}
    places: set[int] = set()
    for index in BUNDLED.inline._signs:
        index.find(text, places)
    assert {BUNDLED.inline._services[place].key for place in places} <= plain


@pytest.mark.parametrize("piece", [b"_", b"fbq(", b".com", b"a.", b"_gaq", b"//", b"'.", b"x.com/"])
def test_a_repeated_piece_costs_no_more_than_its_length(piece):
    start = time.thread_time()
    BUNDLED.find_inline(piece * (200_000 // len(piece)))
    assert time.thread_time() - start < 2
