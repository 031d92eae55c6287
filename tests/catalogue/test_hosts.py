"""Whose a URL is."""

import time

import pytest
from hypothesis import given, strategies as st

from consent.catalogue import Catalogue, Partner, Service

BUNDLED = Catalogue.bundled()


def found(host: str, path: str = "/", query: str = "") -> str | None:
    service = BUNDLED.find(host, path, query)
    return service.key if service else None


def make_service(key: str, *hosts: str, category: str = "analytics", **more) -> Service:
    return Service(key=key, name=key, partner=Partner(name=key), category=category, hosts=hosts, **more)


def catalogue_of(*services: Service) -> Catalogue:
    return Catalogue(services)


SHARED = """google.com www.google.com maps.example.google.com x.cloudfront.net bucket.s3.amazonaws.com site.github.io
site.web.app x.akamaihd.net x.azureedge.net x.workers.dev x.b-cdn.net x.blob.core.windows.net x.appspot.com
x.herokuapp.com storage.googleapis.com x.firebaseapp.com"""


@pytest.mark.parametrize("host", SHARED.split())
def test_a_shared_or_rented_name_is_nobodys(host):
    assert found(host, "/any/file.js") is None


def test_a_full_name_at_a_rented_host_is_its_tenants():
    assert found("d31qbv1cthcecs.cloudfront.net", "/atrk.js") == "alexa"
    assert found("x.d31qbv1cthcecs.cloudfront.net") == "alexa"


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/ads/ga-audiences", "google-ads"),
        ("/ads", "google-ads"),
        ("/adsense/search/ads.js", "google-adsense"),
        ("/recaptcha/api.js", "google-recaptcha"),
        ("/maps/embed", "google-maps"),
        ("/adsomething", None),
        ("/any", None),
    ],
)
def test_a_path_decides_on_google_com(path, key):
    assert found("www.google.com", path) == key


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("id=G-1", "google-analytics"),
        ("id=UA-1-1", "google-analytics"),
        ("id=AW-1", "google-ads"),
        ("id=DC-1", "google-ads"),
        ("l=layer&id=AW-1", "google-ads"),
        ("l=layer&id=G-1&cx=c", "google-analytics"),
        ("l=layer&%69d=%41W-1", "google-ads"),
        ("xid=AW-1", "google-analytics"),
        ("", "google-analytics"),
    ],
)
def test_the_id_of_gtag_decides_wherever_it_stands(query, key):
    assert found("www.googletagmanager.com", "/gtag/js", query) == key


def test_an_escaped_path_is_the_same_path():
    assert found("www.googletagmanager.com", "/gtag/%6As", "id=G-1") == "google-analytics"


def test_the_longer_host_wins():
    assert found("stats.g.doubleclick.net", "/dc.js") == "google-analytics"
    assert found("googleads.g.doubleclick.net") == "google-ads"
    assert found("securepubads.g.doubleclick.net") == "google-publisher-tag"


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/en_US/fbevents.js", "meta-pixel"),
        ("/uk_UA/fbevents.js", "meta-pixel"),
        ("/signals/config/1", "meta-pixel"),
        ("/uk_UA/sdk.js", "meta-social"),
        ("/uk_UA/sdk/xfbml.customerchat.js", "facebook-customer-chat"),
        ("/a/b/fbevents.js", "meta-social"),
    ],
)
def test_a_star_is_one_segment(path, key):
    assert found("connect.facebook.net", path) == key


@pytest.mark.parametrize(
    "host", ["notgoogle-analytics.com", "google-analytics.com.evil.example", "google-analytics.comx", "com", ""]
)
def test_a_host_ends_at_a_label(host):
    assert found(host, "/ga.js") is None


def test_the_longest_path_wins_whatever_the_order():
    short, long = make_service("short", "h.example/a"), make_service("long", "h.example/a/b")
    for catalogue in (catalogue_of(short, long), catalogue_of(long, short)):
        assert catalogue.find("h.example", "/a/b/c") == long
        assert catalogue.find("h.example", "/a/c") == short
        assert catalogue.find("h.example", "/") is None


def test_the_first_level_with_a_match_decides():
    path, host = make_service("path", "example.org/long/path"), make_service("host", "cdn.example.org")
    assert catalogue_of(path, host).find("cdn.example.org", "/long/path") == host


def test_a_level_without_a_match_is_passed_over():
    path, host = make_service("path", "cdn.example.org/a"), make_service("host", "example.org")
    assert catalogue_of(path, host).find("cdn.example.org", "/b") == host


@pytest.mark.parametrize(
    ("path", "met"), [("/track", True), ("/track/x", True), ("/track.js", True), ("/tracker", False)]
)
def test_a_path_cuts_no_word(path, met):
    assert (catalogue_of(make_service("s", "h.example/track")).find("h.example", path) is not None) is met


def test_the_owners_service_wins_on_an_equal_host():
    own = make_service("own", "doubleclick.net", category="necessary")
    assert BUNDLED.with_services([own]).find("ad.doubleclick.net", "/") == own
    assert found("ad.doubleclick.net") == "google-publisher-tag"


def test_the_owners_service_replaces_one_with_the_same_key():
    own = make_service("google-analytics", "stats.example.net")
    catalogue = BUNDLED.with_services([own])
    assert catalogue.find("stats.example.net", "/") == own
    assert catalogue.services["google-analytics"] == own
    assert catalogue.find("app-measurement.com", "/") is None


def test_the_owners_services_win_through_a_second_addition():
    first, second = make_service("first", "doubleclick.net"), make_service("second", "other.example")
    catalogue = BUNDLED.with_services([first]).with_services([second])
    assert catalogue.find("doubleclick.net", "/") == first


def test_services_stand_in_the_order_of_the_file():
    assert list(BUNDLED.services)[:3] == ["google-analytics", "google-tag-manager", "google-ads"]


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/matomo.js", "matomo"),
        ("/static/stats/matomo.js", "matomo"),
        ("/js/container_Xy12.js", "matomo"),
        ("/b/ss/suite/1/JS", "adobe-analytics"),
        ("/cdn-cgi/challenge-platform/h/b", "cloudflare-turnstile"),
        ("/mymatomo.js", None),
        ("/js/script.js", None),
        ("/embed.js", None),
        ("/", None),
    ],
)
def test_a_self_hosted_copy_is_known_by_its_file_name(path, key):
    service = BUNDLED.find_path(path)
    assert (service.key if service else None) == key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("_ga", "google-analytics"),
        ("_ga_1AB2", "google-analytics"),
        ("_pk_id.1.a3f", "matomo"),
        ("_fbp", "meta-pixel"),
        ("_gax", None),
        ("session", None),
        ("csrftoken", None),
        ("id", None),
        ("uid", None),
        ("", None),
    ],
)
def test_a_first_party_cookie_is_known_by_its_name(name, key):
    service = BUNDLED.find_cookie(name)
    assert (service.key if service else None) == key


@pytest.mark.parametrize(
    ("host", "path", "category"),
    [
        ("i.yimg.jp", "/images/news/v1/css/yj2.css", "necessary"),
        ("s.yimg.jp", "/images/listing/tool/yads/ast.html", "advertising"),
        ("ai.yimg.jp", "/bdv/prem/x.jpg", "advertising"),
        ("yads.c.yimg.jp", "/js/yads.js", "advertising"),
        ("headlines.yahoo.co.jp", "/hl", "necessary"),
        ("img1.gtimg.com", "/tech/pics/x.jpg", "necessary"),
        ("ra.gtimg.com", "/web/crystal/crystal-min.js", "analytics"),
        ("pingjs.qq.com", "/ping.js", "analytics"),
        ("tech.qq.com", "/2012pl/newpl.css", "necessary"),
        ("v.qq.com", "/iframe/player.html", "media"),
        ("statics.itc.cn", "/x.css", "necessary"),
        ("changyan.itc.cn", "/x.js", "social"),
        ("atanx.alicdn.com", "/t/img/x.png", "necessary"),
        ("atanx.alicdn.com", "/t/tanxssp.js", "advertising"),
        ("cdn.ziffstatic.com", "/jst/zdconsent.js", "necessary"),
        ("cdn.ziffstatic.com", "/pg/toolbox.js", "advertising"),
        ("assets.newsinc.com", "/x.png", "necessary"),
        ("launch.newsinc.com", "/js/embed.js", "media"),
        ("resources.blogblog.com", "/img/x.gif", "necessary"),
        ("a1.nyt.com", "/analytics/tagx-simple.min.js", "analytics"),
        ("a1.nyt.com", "/assets/x.css", "necessary"),
        ("o.aolcdn.com", "/ads/adsWrapper.min.js", "advertising"),
        ("o.aolcdn.com", "/images/dims", "necessary"),
        ("c5x8i7c7.ssl.hwcdn.net", "/videojs/show.html", "advertising"),
        ("www.google.com", "/js/gweb/analytics/autotrack.js", "analytics"),
        ("cdn.cpex.cz", "/cmp/v2/cpex-cmp.min.js", "necessary"),
    ],
)
def test_a_path_tells_a_publishers_assets_from_its_trackers(host, path, category):
    service = BUNDLED.find(host, path)
    assert service is not None
    assert service.category == category


def test_a_trackers_file_on_an_asset_host_is_the_trackers():
    assert found("cdn.jsdelivr.net", "/npm/autotrack/autotrack.js") == "google-analytics"
    assert found("vidtech.cbsinteractive.com", "/lib/streamsense.5.1.1.min.js") == "comscore"
    assert found("s.cdn.turner.com", "/analytics/comscore/streamsense.5.2.0.min.js") == "comscore"


def test_a_host_that_the_owner_files_as_necessary_is_so_whatever_the_file():
    own = make_service("own", "cdn.example.net", category="necessary")
    assert BUNDLED.with_services([own]).find("cdn.example.net", "/matomo.js") == own


labels = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=12)


@given(st.sampled_from(sorted(h for s in BUNDLED.services.values() for h in s.hosts if "/" not in h)), labels)
def test_every_host_holds_its_subdomains_and_no_longer_label(host, label):
    above = BUNDLED.find(host, "/")
    assert above is not None
    assert BUNDLED.find(f"{label}.{host}", "/") is not None
    longer = catalogue_of(make_service("s", host)).find(f"{label}{host}", "/")
    assert longer is None


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=300))
def test_no_input_raises(host, path, query):
    BUNDLED.find(host, path, query)
    BUNDLED.find_path(path)
    BUNDLED.find_cookie(host)


@pytest.mark.parametrize("host", ["a." * 200_000 + "doubleclick.net", "a" * 400_000 + ".doubleclick.net"])
def test_a_long_host_costs_no_more_than_its_length(host):
    start = time.thread_time()
    assert found(host, "/" + "a/" * 200_000, "x&" * 200_000) == "google-publisher-tag"
    assert time.thread_time() - start < 0.5
