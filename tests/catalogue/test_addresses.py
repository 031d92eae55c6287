"""Addresses in an inline script: which mark it as a service's."""

import time

import pytest
from hypothesis import given, strategies as st

from consent.catalogue import Catalogue, Partner, Service

BUNDLED = Catalogue.bundled()


def found(text: str) -> list[str]:
    return [service.key for service in BUNDLED.find_inline(text.encode())]


def make_service(category: str, *hosts: str, **more) -> Service:
    return Service(key="own", name="o", partner=Partner(name="o"), category=category, hosts=hosts, **more)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("document.write('<script src=\"' + '//connect.decknetwork.net/deck' + id + '_js.php?')", "the-deck"),
        ("s.src = 'http://cdn.kixer.com/ad/load.js'", "kixer"),
        ("pixel.src = 'http://h.nexac.com/e/a-1177.xgi?pkey=1'", "bluekai"),
        ("new Image().src = '//rs.gwallet.com/r1/cm/p70r' + Date.now()", "radiumone"),
        ("new Image().src = location.protocol + '//cs.lkqd.net/cs?partnerId=40'", "lkqd"),
        ("s.src = 'https://news.google.com/swg/js/v1/swg.js'", "google-publisher-tag"),
        ("s2.src = '//o.aolcdn.com/os/aol/beacon.min.js'", "yahoo-ads"),
        (r'{"src":"https:\/\/usermatch.krxd.net\/um\/v2"}', "krux"),
        ("u = '//USERMATCH.KRXD.NET/um'", "krux"),
        ("u = '//usermatch.krxd.net:443/um'", "krux"),
        ("u = 'https://r.example/?to=https://usermatch.krxd.net/um'", "krux"),
    ],
)
def test_a_url_of_an_advertising_or_analytics_host_marks_a_script(text, key):
    assert key in found(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("document.write('<scr' + protocol + 'ad.doubleclick.net/N6913/adj/' + site)", "google-publisher-tag"),
        ("s.src = p + 'cstatic.weborama.fr/wam/wfpd.min.js'", "weborama"),
        ("s.src = scheme + '.quantserve.com/aquant.js?a=p-1'", "quantcast"),
        ('z.src = p + "://" + d + ".adzerk.net/ados.js"', "kevel"),
    ],
)
def test_a_host_with_a_path_right_after_a_quote_marks_a_script(text, key):
    assert key in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "a = ['krxd.net', 'quantserve.com']",
        "// served by quantserve.com/about us",
        "u = '//usermatch.krxd.net.evil.example/um'",
        "u = '//notkrxd.net/um'",
        "u = '//x.example/usermatch.krxd.net'",
        "p = 'application/x.net/y'",
    ],
)
def test_a_mere_mention_of_a_host_marks_nothing(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "'https://www.hubspot.com/products'",
        "'https://optimizely.com/'",
        "'https://blog.hubspot.com/marketing/x'",
        "'https://help.optimizely.com/x'",
        "// https://www.chartbeat.com/docs",
    ],
)
def test_a_link_to_a_vendors_own_pages_marks_nothing(text):
    assert found(text) == []


def test_a_file_on_a_vendors_bare_name_marks_a_script():
    assert found("s.src = 'http://www.ultimedia.com/js/common/smart.js'") == ["digiteka"]


@pytest.mark.parametrize(
    "text",
    [
        '{"share":"https:\\/\\/www.facebook.com\\/gazette"}',
        "{video: 'https://www.youtube.com/watch?v=1', tweet: 'https://twitter.com/x/status/1'}",
        "pin = 'https://www.pinterest.com/gazette/'",
    ],
)
def test_hosts_of_other_categories_count_by_listed_signatures_only(text):
    assert found(text) == []


def test_a_publishers_own_service_counts_by_listed_signatures_only():
    assert found("config = {track: 'https://a.et.nytimes.com/track'}") == []
    assert found("s.src = '//dw.cbsi.com/js/cbsi/ds.js'") == ["publisher-group-beacons"]


@pytest.mark.parametrize(("category", "met"), [("analytics", True), ("advertising", True), ("social", False)])
def test_an_owners_host_counts_by_its_category(category, met):
    catalogue = BUNDLED.with_services([make_service(category, "stats.example.net/track")])
    assert bool(catalogue.find_inline(b"i.src = '//stats.example.net/track?x=1'")) is met
    assert not catalogue.find_inline(b"i.src = '//stats.example.net/other'")


def test_an_owners_listed_host_counts_whatever_its_category():
    catalogue = BUNDLED.with_services([make_service("social", "w.example.net", inline=("w.example.net/go",))])
    assert catalogue.find_inline(b"i.src = '//w.example.net/go.js'")
    assert not catalogue.find_inline(b"i.src = '//w.example.net/gone.js'")


def test_the_path_decides_in_a_script_as_it_does_in_an_attribute():
    assert found("s.src = '//s.yimg.com/rq/darla/boot.js'") == ["yahoo-ads"]
    assert found("s.src = '//s.yimg.com/os/logo.js'") == []


hosts = sorted({h.partition("/")[0] for s in BUNDLED.services.values() for h in s.hosts})
pieces = st.sampled_from([*hosts, "//", "/", "\\/", "'", '"', ".", "x", "?", "gtm.js", ":", " ", "é"])


@given(st.lists(pieces, max_size=10).map("".join))
def test_no_text_raises_and_every_url_of_a_counted_service_is_met(text):
    assert found(text) == found(text)
    name = next((h for h in hosts if text.endswith(h)), None)
    if name and (service := BUNDLED.find(f"cdn.{name}", "/")) and service.category in {"advertising", "analytics"}:
        assert service.house or service.key in found(f"{text} '//cdn.{name}/'")


@pytest.mark.parametrize(
    "piece", ["//", "/", "'a.com/", "//x.doubleclick.net/", "//a.", "a.com/", "\\/", "//doubleclick.net/?"]
)
def test_a_repeated_piece_costs_no_more_than_its_length(piece):
    start = time.thread_time()
    found(piece * (200_000 // len(piece)))
    assert time.thread_time() - start < 2


def test_one_long_name_costs_no_more_than_its_length():
    start = time.thread_time()
    found("//" + "a." * 200_000 + "doubleclick.net/")
    assert time.thread_time() - start < 1
