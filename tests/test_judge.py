"""Under which label a page's constructs are held."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from consent.catalogue import Catalogue, Partner, Service
from consent.categories import STANDARD
from consent.choices import ConsentState
from consent.decision import decide
from consent.judge import Met, PageJudge
from consent.policy import make_policy

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CATEGORIES = tuple(category.key for category in STANDARD)


def service(key, category, **more):
    return Service(key=key, name=key, partner=Partner(name="P"), category=category, **more)


STATS = service(
    "stats", "analytics", hosts=("stats.test", "tools.test/stats"), paths=("/matomo.js",), inline=("stats(",)
)
VIDEO = service("video", "media", hosts=("video.test",), inline=("video(",))
OFF = service("off", "-", hosts=("off.test",))
NEEDED = service("needed", "necessary", hosts=("needed.test",))
CATALOGUE = Catalogue([STATS, VIDEO, OFF, NEEDED])


def judge(*categories, services=(), undeclared="release", declared=(STATS,), **more):
    policy = make_policy(STANDARD, tuple(declared), undeclared)
    state = ConsentState(
        receipt="r",
        policy_version=policy.version,
        given_at=NOW,
        expires_at=NOW + timedelta(days=1),
        categories=frozenset(categories),
        services=frozenset(services),
    )
    options = {"own": ["example.org", "localhost"], "allow": ["cdn.test"], "categories": CATEGORIES} | more
    return PageJudge(CATALOGUE, decide(policy, state, NOW), **options)


@pytest.mark.parametrize(
    ("url", "label"),
    [
        (b"https://stats.test/x.js", b"analytics/stats"),
        (b"//a.b.stats.test/x.js", b"analytics/stats"),
        (b"https://tools.test/stats/x.js", b"analytics/stats"),
        (b"https://tools.test/other/../stats/x.js", b"analytics/stats"),
        (b"https://tools.test/other", None),
        (b"https://notstats.test/x.js", None),
        (b"https://stats.test.elsewhere.test/", None),
        (b"https://elsewhere.test/?u=https://stats.test/", None),
        (b"https://needed.test/", None),
        (b"https://off.test/", b"-/off"),
        (b"/app.js", None),
        (b"app.js", None),
        (b"https://example.org/app.js", None),
        (b"https://static.example.org/app.js", None),
        (b"http://localhost:8000/app.js", None),
        (b"/matomo.js", b"analytics/stats"),
        (b"https://example.org/matomo.js?x", b"analytics/stats"),
        (b"https://static.example.org/matomo.js", b"analytics/stats"),
        (b"https://elsewhere.test/matomo.js", b"analytics/stats"),
        (b"https://cdn.test/matomo.js", None),
        (b"https://x.cdn.test/", None),
        (b"data:text/javascript,stats(", None),
        (b"https:stats.test/x.js", b"analytics/stats"),
        (b"https:/matomo.js", b"analytics/stats"),
    ],
)
def test_a_url_is_held_under_the_service_it_leads_to(url, label):
    judged = judge()
    assert judged.url(url) == label
    assert judged.url(url) == label  # and the second time, from memory


def test_a_host_seen_before_is_still_judged_by_its_paths():
    judged = judge()
    for host in (b"https://elsewhere.test", b"https://example.org", b"https://tools.test"):
        assert judged.url(host + b"/fine.js") is None
        assert judged.url(host + b"/x/matomo.js") == judge().url(host + b"/x/matomo.js")
        assert judged.url(host + b"/matomo.js?x") == b"analytics/stats"
        assert judged.url(host + b"/a/../matomo.js") == b"analytics/stats"
        assert judged.url(host + b"/%6datomo.js") == b"analytics/stats"
    assert judged.url(b"https://tools.test/stats") == b"analytics/stats"


def test_a_granted_service_is_not_held():
    assert judge("analytics").url(b"https://stats.test/") is None
    assert judge(services=["stats"]).url(b"https://stats.test/") is None
    assert judge("media").url(b"https://stats.test/") == b"analytics/stats"


def test_an_undeclared_service_stays_held_where_the_owner_wants_it_so():
    assert judge("media").url(b"https://video.test/") is None
    assert judge("media", undeclared="hold").url(b"https://video.test/") == b"-/video"
    assert judge("analytics", undeclared="hold").url(b"https://stats.test/") is None


def test_a_third_party_in_no_entry_is_held_where_the_owner_wants_it_so():
    strict = judge("analytics", unknown="hold")
    assert strict.url(b"https://elsewhere.test/") == b"-/unknown"
    assert strict.url(b"https://elsewhere.test/x") == b"-/unknown"
    assert strict.url(b"https://cdn.test/") is None
    assert strict.url(b"https://stats.test/") is None
    assert strict.url(b"/app.js") is None


@pytest.mark.parametrize(
    ("name", "label"),
    [
        (b"analytics", b"analytics"),
        (b"necessary", None),
        (b"ignore", None),
        (b"video", b"media/video"),
        (b"needed", None),
        (b"off", b"-/off"),
        (b"analytisc", b"-/analytisc"),
        (b"Analytics", b"-/Analytics"),
        (b'x"><script>', b"-/xscript"),
        (b"\xff", b"-/"),
        (b"", b"-/"),
        (b"analytics media", b"analytics media"),
        (b"necessary media", b"media"),
    ],
)
def test_an_assigned_name_is_held_until_it_is_allowed_and_a_typo_for_good(name, label):
    assert judge().assigned(name) == label


def test_an_assigned_name_is_released_by_its_grant():
    assert judge("analytics").assigned(b"analytics") is None
    assert judge("media").assigned(b"video") is None
    assert judge(services=["stats"]).assigned(b"stats") is None


def test_an_inline_script_is_held_under_every_service_it_starts():
    assert judge().inline(b"stats(1); video(2)") == b"analytics/stats media/video"
    assert judge("media").inline(b"stats(1); video(2)") == b"analytics/stats"
    assert judge("media", "analytics").inline(b"stats(1); video(2)") is None
    assert judge().inline(b"own()") is None


def test_what_the_settings_do_not_name_is_told_once():
    met = []
    options = {"own": ["example.org"], "declared": ["stats"], "met": lambda kind, name: met.append((kind, name))}
    judged = PageJudge(CATALOGUE, judge()._decision, **options)
    for _ in range(3):
        for url in (
            b"https://stats.test/",
            b"https://video.test/1",
            b"https://video.test/2",
            b"https://e.test/a",
            b"/x",
        ):
            judged.url(url)
    assert met == [(Met.UNDECLARED, "video"), (Met.UNKNOWN, "e.test")]


def test_memory_is_bounded():
    judged = judge()
    for number in range(10_000):
        judged.url(b"https://h%d.test/x?%d" % (number, number))
    judged.url(b"/" + b"x?" * 5000)
    assert len(judged._verdicts) <= 2048
    assert len(judged._open) <= 2048
    assert len(judged._told) <= 2048
    assert max(map(len, judged._verdicts)) <= 512


PIECES = [
    b"https:",
    b"//",
    b"/",
    b"\\",
    b"stats.test",
    b"example.org",
    b"matomo.js",
    b"..",
    b"%",
    b"@",
    b"?",
    b"#",
    b"\n",
    b"x",
    b":80",
]


@given(st.lists(st.sampled_from(PIECES), max_size=10).map(b"".join))
def test_memory_never_changes_a_verdict(value):
    warm = judge()
    for url in (b"https://example.org/", b"https://x/", b"https://stats.testx/", b"https://example.orgx/"):
        warm.url(url)
    fresh = judge().url(value)
    assert warm.url(value) == fresh == warm.url(value)


@given(st.binary(max_size=100))
def test_no_bytes_raise(value):
    judged = judge()
    judged.url(value)
    judged.inline(value)
    label = judged.assigned(value)
    assert label is None or not set(label) & set(b"\"'<>&")


def test_a_typical_url_costs_next_to_nothing():
    judged = judge()
    urls = [b"https://static.example.org/img/%d.jpg" % i for i in range(4000)]
    judged.url(b"https://static.example.org/x")
    began = time.perf_counter()
    for url in urls:
        judged.url(url)
    assert (time.perf_counter() - began) / len(urls) < 20e-6  # twenty times what it takes: for a busy machine
