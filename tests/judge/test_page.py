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


def decision_of(*categories, services=(), undeclared="release", declared=(STATS,)):
    policy = make_policy(STANDARD, tuple(declared), undeclared)
    state = ConsentState(
        receipt="r",
        policy_version=policy.version,
        given_at=NOW,
        expires_at=NOW + timedelta(days=1),
        categories=frozenset(categories),
        services=frozenset(services),
    )
    return decide(policy, state, NOW)


def judge(*categories, services=(), undeclared="release", declared=(STATS,), **more):
    decision = decision_of(*categories, services=services, undeclared=undeclared, declared=declared)
    options = {"own": ["example.org", "localhost"], "allow": ["cdn.test"], "categories": CATEGORIES} | more
    return PageJudge(CATALOGUE, decision, **options)


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
    judged = PageJudge(CATALOGUE, decision_of(), **options)
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
    assert len(judged._places) <= 2048
    assert len(judged._told) <= 2048
    assert max(map(len, judged._verdicts)) <= 512


RICH = Catalogue(
    [
        service("bare", "analytics", hosts=("bare.test",)),
        service("both", "analytics", hosts=("both.test", "x.paths.test")),
        service("part", "media", hosts=("both.test/part", "both.test/q?id=A", "paths.test/a/*/b", "paths.test/?k=v")),
        service("one", "social", hosts=("one.test/one",)),
        service("copy", "advertising", paths=("/copy.js", "/js/c*.min.js", "/b/ss/", "/rum")),
    ]
)
HOSTS = [b"bare.test", b"both.test", b"paths.test", b"x.paths.test", b"one.test", b"own.test", b"allow.test", b"e.test"]
PIECES = [
    *HOSTS,
    *[
        b"https:",
        b"HTTP:",
        b"//",
        b"/",
        b"\\",
        b"..",
        b".",
        b"%2e",
        b"%",
        b"@",
        b"?",
        b"#",
        b"&",
        b"\n",
        b" ",
        b":80",
        b"x",
    ],
    *[
        b"part",
        b"q?id=A",
        b"a/1/b",
        b"?k=v",
        b"one",
        b"copy.js",
        b"js/c1.min.js",
        b"b/ss/",
        b"b",
        b"ss",
        b"rum",
        b"\xc3\xa9",
    ],
    *[b"%2f", b"%62", b"data:", b"x.y"],
]
URLS = st.lists(st.sampled_from(PIECES), max_size=9).map(b"".join)


@given(
    st.one_of(URLS, st.builds(b"https://%b/%b".__mod__, st.tuples(st.sampled_from(HOSTS), URLS))),
    st.sampled_from([[], ["analytics"], ["media", "advertising"]]),
    st.sampled_from(["allow", "hold"]),
    st.sampled_from([None, ["part"], []]),
)
def test_memory_never_changes_a_verdict(value, granted, unknown, declared):
    def fresh():
        decision = decision_of(*granted)
        own = {"own": ["own.test"], "origin": "test", "allow": ["allow.test"], "unknown": unknown, "declared": declared}
        return PageJudge(RICH, decision, categories=CATEGORIES, **own)

    warm, read = fresh(), fresh()
    for host in HOSTS:
        for path in (b"", b"/", b"/x"):
            warm.url(b"https://" + host + path)
            warm.url(b"//" + host + path)
    assert warm.url(value) == read._read(value) == warm.url(value)


@pytest.mark.parametrize(
    ("url", "label"),
    [
        (b"https://both.test/x.js", b"analytics/both"),
        (b"https://both.test/copy.js", b"analytics/both"),
        (b"https://both.test/part.js", b"media/part"),
        (b"https://both.test/x/../part.js", b"media/part"),
        (b"https://both.test/q?x=1&id=A-1", b"media/part"),
        (b"https://both.test/q?x=1", b"analytics/both"),
        (b"https://x.paths.test/a/1/b", b"analytics/both"),
        (b"https://y.paths.test/a/1/b", b"media/part"),
        (b"https://y.paths.test/a/1/c", None),
        (b"https://one.test/one/x", b"social/one"),
        (b"https://one.test/onex", None),
        (b"https://e.test/js/c-1.min.js", b"advertising/copy"),
        (b"https://e.test/js/c-1.js", None),
        (b"https://e.test/c-1.min.js", None),
        (b"/b/ss/x", b"advertising/copy"),
        (b"/x/../b/./ss/x", b"advertising/copy"),
        (b"/x/b/ss/x", None),
        (b"b/ss/x", b"advertising/copy"),
        (b"img/rum?x", b"advertising/copy"),
        (b"/\n/bare.test/x", b"analytics/bare"),
    ],
)
def test_the_path_decides_where_an_entry_has_one(url, label):
    judged = PageJudge(RICH, decision_of(), own=["own.test"], categories=CATEGORIES)
    for host in HOSTS:
        judged.url(b"https://" + host + b"/x")
        judged.url(b"https://y." + host + b"/x")
    assert judged.url(url) == label


def test_a_host_of_which_only_a_path_is_named_is_told_of_when_something_else_is_met():
    met = []
    judged = PageJudge(RICH, decision_of(), own=[], met=lambda kind, name: met.append((kind, name)))
    for number in range(3):
        assert judged.url(b"https://one.test/one/%d" % number) == b"social/one"
    assert met == []
    for number in range(3):
        assert judged.url(b"https://one.test/%d" % number) is None
    assert met == [(Met.UNKNOWN, "one.test")]


def test_a_service_is_told_of_when_an_address_of_its_own_is_met():
    met = []
    options = {"own": [], "declared": [], "met": lambda kind, name: met.append((kind, name))}
    judged = PageJudge(RICH, decision_of(), **options)
    for number in range(3):
        judged.url(b"https://both.test/part.js?%d" % number)
    assert met == [(Met.UNDECLARED, "part")]
    for number in range(3):
        judged.url(b"https://both.test/%d" % number)
    assert met == [(Met.UNDECLARED, "part"), (Met.UNDECLARED, "both")]


@given(st.binary(max_size=100))
def test_no_bytes_raise(value):
    judged = judge()
    judged.url(value)
    judged.inline(value)
    label = judged.assigned(value)
    assert label is None or not set(label) & set(b"\"'<>&")


@pytest.mark.parametrize("host", [b"//static.example.org", b"https://both.test", b"http://e.test", b""])
def test_a_typical_url_costs_next_to_nothing(host):
    judged = PageJudge(RICH, decision_of(), own=["example.org"])
    urls = [host + b"/img/2026/a-picture-of-%d.jpg" % i for i in range(4000)]
    judged.url(host + b"/x")
    began = time.thread_time()
    for url in urls:
        judged.url(url)
    assert (time.thread_time() - began) / len(urls) < 5e-6  # ten times what it takes: for a busy machine
