"""The browser check: by engine, never by brand; in doubt a visitor passes."""

import time
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from consent.browsers import BrowserCheck, Floors, Outcome, Verdict
from consent.browsers.check import LONGEST
from consent.browsers.engines import Engine
from consent.browsers.facts import BrowserFacts
from consent.browsers.facts_file import bundled_browser_facts, parse_browser_facts
from consent.errors import CatalogueError

FLOORS = Floors(blink=107, gecko=107, webkit=(16, 0))
CASES = Path(__file__).parent / "user_agents.tsv"


def rows():
    lines = CASES.read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def judge(user_agent: bytes | str, floors: Floors = FLOORS) -> Verdict:
    return BrowserCheck(floors).judge(user_agent if isinstance(user_agent, bytes) else user_agent.encode())


@pytest.mark.parametrize(
    ("outcome", "engine", "version", "system", "user_agent"),
    [pytest.param(*row[:4], row[5], id=row[4]) for row in rows()],
)
def test_a_user_agent_is_judged_by_its_engine(outcome, engine, version, system, user_agent):
    verdict = judge(user_agent)
    told = ".".join(map(str, verdict.version)) if verdict.version else ""
    assert (outcome, engine, version, system) == (
        verdict.outcome.value,
        verdict.engine.value if verdict.engine else "",
        told,
        verdict.system,
    )


def test_the_set_is_large_and_says_each_thing_once():
    assert len(rows()) >= 120
    assert len({row[5] for row in rows()}) == len(rows())


FACTS = bundled_browser_facts()
LINUX = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{engine}.0.0.0 Safari/537.36"
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{engine}.0.0.0 Mobile Safari/537.36"
SAYS_SO = {
    "chrome": LINUX,
    "edge": LINUX + " Edg/{own}",
    "firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:{own}) Gecko/20100101 Firefox/{own}",
    "firefox-esr": "Mozilla/5.0 (X11; Linux x86_64; rv:{own}) Gecko/20100101 Firefox/{own}",
    "safari": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{own} Safari/605.1.15",
    "opera": LINUX + " OPR/{own}",
    "opera-android": ANDROID + " OPR/{own}",
    "samsung": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/{own} Chrome/{engine}.0.0.0 Mobile Safari/537.36",
    "yandex": "Mozilla/5.0 (Linux; arm_64; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{engine}.0.0.0 YaBrowser/{own} Mobile Safari/537.36",
    "uc": "Mozilla/5.0 (Linux; U; Android 14; en-US; K) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/{engine}.0.0.0 UCBrowser/{own} Mobile Safari/537.36",
    "qq": "Mozilla/5.0 (Linux; U; Android 14; zh-cn; K) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/{engine}.0.0.0 MQQBrowser/{own} Mobile Safari/537.36",
}


def header_of(key: str, *, engine: int | None = None, own: str | None = None) -> str:
    family = FACTS.families[key]
    version = family.version if "." in family.version else f"{family.version}.0"
    return SAYS_SO[key].format(engine=engine or family.built_on[0], own=own or version)


@pytest.mark.parametrize("key", FACTS.families)
@pytest.mark.parametrize("name", [*sorted(FACTS.floors), "latest-0", "latest-12"])
def test_under_every_named_floor_the_newest_release_of_each_family_passes(name, key):
    assert judge(header_of(key), FACTS.named(name)).outcome is Outcome.FINE


@pytest.mark.parametrize("key", ["uc", "qq"])
def test_a_family_behind_the_floor_passes_from_its_newest_engine_on(key):
    widely, newest = FACTS.floors["widely"], FACTS.families[key].built_on[0]
    assert widely.blink > newest
    assert judge(header_of(key, engine=newest - 1), widely).outcome is Outcome.OUTDATED
    assert judge(header_of("chrome", engine=newest), widely).outcome is Outcome.OUTDATED
    assert [family.key for family in FACTS.behind(widely)] == ["uc", "qq"]


# Floors of families


def test_a_familys_floor_counts_in_its_own_numbers_and_in_place_of_its_engines():
    floors = Floors(blink=150, families=(("opera", (106, 0)), ("samsung", (25, 1))))
    assert judge(header_of("opera", engine=120, own="106.0.1.2"), floors).outcome is Outcome.FINE
    assert judge(header_of("opera", engine=158, own="105.9"), floors).outcome is Outcome.OUTDATED
    assert judge(header_of("samsung", engine=121, own="25.1"), floors).outcome is Outcome.FINE
    assert judge(header_of("samsung", engine=121, own="25.0"), floors).outcome is Outcome.OUTDATED
    assert judge(header_of("chrome", engine=149), floors).outcome is Outcome.OUTDATED


def test_a_floor_for_opera_on_computers_says_nothing_of_opera_for_android():
    floors = Floors(families=(("opera", (106, 0)),))
    assert judge(header_of("opera-android", own="80.0"), floors).outcome is Outcome.FINE


def test_a_floor_for_chrome_says_nothing_of_other_browsers_on_its_engine():
    floors = Floors(families=(("chrome", (120, 0)),))
    assert judge(header_of("chrome", engine=119), floors).outcome is Outcome.OUTDATED
    for key in ("edge", "opera", "samsung"):
        assert judge(header_of(key, engine=119), floors).outcome is Outcome.FINE
    assert judge(LINUX.format(engine=119) + " Vivaldi/3.7", floors).outcome is Outcome.FINE


@pytest.mark.parametrize(("trident", "outcome"), [(None, Outcome.OUTDATED), (11, Outcome.FINE), (12, Outcome.OUTDATED)])
def test_internet_explorer_is_below_unless_it_is_let_in(trident, outcome):
    ie11 = "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko"
    assert judge(ie11, Floors(trident=trident)).outcome is outcome


# Client hints

HINTS = b'"Chromium";v="158", "Google Chrome";v="158", "Not_A Brand";v="24"'
EMULATED = "Mozilla/5.0 (iPhone; CPU iPhone OS 13_2_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0.3 Mobile/15E148 Safari/604.1"


@pytest.mark.parametrize("user_agent", [header_of("chrome", engine=47), EMULATED])
def test_hints_newer_than_the_user_agent_win(user_agent):
    verdict = BrowserCheck(FLOORS).judge(user_agent.encode(), HINTS)
    assert (verdict.outcome, verdict.engine, verdict.version) == (Outcome.FINE, Engine.BLINK, (158, 0))


@pytest.mark.parametrize(
    "hints",
    [
        b"", b'"Chromium";v="106"', b'"Google Chrome";v="158"', b'"Chromium";v="99999"', b"Chromium;v=158", b"\xff" * 5_000,
        b'"Chromium";v=""', b'"Chromium";v="' + b"9" * 5_000,
    ],
)  # fmt: skip
def test_hints_that_say_nothing_better_change_nothing(hints):
    check, header = BrowserCheck(FLOORS), header_of("chrome", engine=60).encode()
    assert check.judge(header, hints) == check.judge(header)


def test_old_hints_turn_nobody_away():
    assert BrowserCheck(FLOORS).judge(header_of("chrome").encode(), b'"Chromium";v="60"').outcome is Outcome.FINE


@given(st.binary(max_size=300))
def test_no_hints_raise_or_make_it_worse(hints):
    check, header = BrowserCheck(FLOORS), header_of("chrome", engine=60).encode()
    assert check.judge(header, hints).outcome in {Outcome.OUTDATED, Outcome.FINE}


# Who is never turned away


@pytest.mark.parametrize(
    "header",
    [
        "Anonymous, " + LINUX.format(engine=60),
        "SomeApp/3.1 " + LINUX.format(engine=60),
        "Mozilla/5.0 (Linux; Android 9; K; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/68.0.3440.106 Mobile Safari/537.36 AWP/2.0",
        ANDROID.format(engine=41) + " (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        LINUX.format(engine=49) + " Google Favicon",
        LINUX.format(engine=41) + " DuplexWeb-Google/1.0",
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        LINUX.format(engine=61) + " Chrome-Lighthouse",
    ],
)
def test_who_does_not_speak_as_a_browser_does_passes(header):
    assert judge(header).outcome is Outcome.EXEMPT


def test_a_phone_of_googles_makes_nobody_a_bot():
    app = (
        ANDROID.format(engine=91)
        + " Instagram 194.0.0.36.172 Android (30/11; 420dpi; 1080x1878; Google/google; Pixel 2; walleye)"
    )
    assert judge(app).outcome is Outcome.OUTDATED
    assert (
        judge("Mozilla/5.0 (Linux; Android 7.1.2; google Pixel 2) Chrome/104.0.0.0 Mobile Safari/537.36").outcome
        is Outcome.OUTDATED
    )


def test_a_version_that_goes_on_with_letters_is_none():
    assert (
        judge("Mozilla/5.0 (Linux; Android 7; K) Chrome/105.0.0.0MQQBrowser/6.2 Mobile Safari/537.36").outcome
        is Outcome.UNKNOWN
    )


@pytest.mark.parametrize(
    ("build", "version"),
    [
        ("419.3", (1, 0)),
        ("525.13", (3, 0)),
        ("534.34", (5, 0)),
        ("538.1", (7, 0)),
        ("602.1.50", (9, 0)),
        ("537.36", None),
        ("605.1.15", None),
    ],
)
def test_a_webkit_without_a_version_is_told_by_its_build_where_builds_tell(build, version):
    verdict = judge(
        f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/{build} (KHTML, like Gecko) Snowshoe/1.0 Safari/{build}"
    )
    assert verdict.version == version


def test_a_missing_header_passes():
    assert judge(b"").outcome is Outcome.UNKNOWN


def test_the_frozen_iphone_says_nothing_below_a_floor_that_is_higher():
    floors = Floors(blink=141, gecko=145, webkit=(26, 2))
    frozen = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    assert judge(frozen + "CriOS/154.0 Mobile/15E148 Safari/604.1", floors).outcome is Outcome.UNKNOWN
    assert judge(frozen + "Version/18.6 Mobile/15E148 Safari/604.1", floors).outcome is Outcome.OUTDATED
    assert judge(frozen + "Version/26.5 Mobile/15E148 Safari/604.1", floors).outcome is Outcome.FINE


HOSTILE = {
    "ten thousand letters": b"A" * 10_240,
    "ten thousand digits": b"Chrome/" + b"9" * 10_240,
    "more digits than int() takes": b"Version/" + b"1" * 4_400 + b" AppleWebKit/605",
    "Arabic digits": "Chrome/١٠٠ Safari/537.36".encode(),
    "fullwidth digits": "Firefox/１００".encode(),
    "NUL": b"Mozilla/5.0 \0 Chrome/\0 Firefox/\0",
    "line ends": b"Chrome/100\r\nSet-Cookie: a=b",
    "bytes that are no text": bytes(range(256)) * 8,
    "many tokens": b"Chrome/1 " * 2_000,
    "many brackets": b"(" * 10_000 + b"Chrome/100" + b")" * 10_000,
    "many systems": b"CPU OS 9_" * 2_000 + b"like Mac OS X",
    "many near misses": b"Chrom" * 3_000,
    "many Tridents, and nothing else": b"Trident/7.0; " * 500,
}


@pytest.mark.parametrize("header", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_header_is_judged_in_no_time(header):
    check = BrowserCheck(FLOORS)
    check.examine(header[:LONGEST])  # the patterns are compiled and warm
    times = []
    for _ in range(5):
        start = time.perf_counter()
        check.examine(header[:LONGEST])
        times.append(time.perf_counter() - start)
    assert min(times) < 0.001


@pytest.mark.parametrize("name", ["Arabic digits", "fullwidth digits", "ten thousand digits", "NUL"])
def test_digits_that_are_not_a_version_are_unknown(name):
    assert judge(HOSTILE[name]).outcome is Outcome.UNKNOWN


def test_what_stands_behind_the_limit_is_not_read():
    assert judge(b" " * LONGEST + b"Chrome/40.0").outcome is Outcome.UNKNOWN


def test_a_verdict_is_remembered_by_the_bytes_that_count():
    check = BrowserCheck(FLOORS)
    header = b"Chrome/158.0 " + b"x" * LONGEST
    assert check.judge(header + b"1") is check.judge(header + b"2")
    assert check._remembered.cache_info().maxsize == 4096


@given(st.binary(max_size=4096))
def test_no_bytes_raise(header):
    assert isinstance(judge(header), Verdict)


TOKENS = ["Chrome/", "Firefox/", "Version/", "CPU OS ", "Trident/", "MSIE ", "Edge/", "Presto/", "Android ", "like Mac OS X",
          "AppleWebKit/", "(", ")", "; ", " ", ".", "_", "0", "7", "12", "107", "9999", "99999", "Mobile", "Opera Mini"]  # fmt: skip


@given(st.lists(st.sampled_from(TOKENS), max_size=40).map("".join))
def test_no_order_of_the_tokens_raises(header):
    assert isinstance(judge(header), Verdict)


SHAPES = [
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.{1} Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.{1}) Gecko/20100101 Firefox/{0}.{1}",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/{0}.{1} Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS {0}_{1} like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 12_2 like Mac OS X) AppleWebKit/605.1.15 Version/{0}.{1} Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edge/{0}.{1}",
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36 OPR/{0}.{1}",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/{0}.{1} UCBrowser/19.2 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux) AppleWebKit/{0}.{1} (KHTML, like Gecko) Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Trident/{0}.{1}; rv:11.0) like Gecko",
]
numbers = st.integers(0, 9999)


@given(
    st.sampled_from(SHAPES),
    st.tuples(numbers, numbers),
    st.tuples(numbers, numbers),
    st.builds(
        Floors,
        blink=numbers,
        gecko=numbers,
        webkit=st.tuples(numbers, numbers),
        trident=st.none() | numbers,
        families=st.sampled_from([(), (("opera", (106, 0)),), (("uc", (12, 0)), ("chrome", (99, 0)))]),
        trailing=st.sampled_from([(), (("uc", 123), ("opera", 157))]),
    ),
)
def test_raising_a_version_never_turns_fine_into_outdated(shape, one, other, floors):
    lower, higher = sorted([one, other])
    if judge(shape.format(*lower), floors).outcome is Outcome.FINE:
        assert judge(shape.format(*higher), floors).outcome is not Outcome.OUTDATED


def test_an_engine_without_a_floor_is_let_in_with_every_version():
    floors = Floors(gecko=115)
    assert judge(header_of("chrome", engine=12), floors).outcome is Outcome.FINE
    assert judge(header_of("firefox", own="114.0"), floors).outcome is Outcome.OUTDATED


def test_old_systems_are_told_from_old_browsers():
    assert judge("Mozilla/5.0 (Windows NT 6.1) Chrome/80.0 Safari/537.36").stuck
    assert not judge("Mozilla/5.0 (Windows NT 10.0) Chrome/80.0 Safari/537.36").stuck
    assert judge("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_6) AppleWebKit/601 Version/9.1 Safari/601").stuck
    assert not judge("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/14.0 Safari/605").stuck
    assert judge("Mozilla/5.0 (Linux; Android 6.0; X) Chrome/60.0 Mobile Safari/537.36").stuck
    assert not judge("Mozilla/5.0 (Windows NT 6.1) Chrome/109.0 Safari/537.36").stuck


def test_apps_are_told_from_browsers():
    facebook = next(row[5] for row in rows() if row[4] == "Facebook on an old Android")
    assert judge(facebook).in_app
    assert not judge("Mozilla/5.0 (Linux; Android 10; K) Chrome/100.0 Mobile Safari/537.36").in_app


def test_the_bundled_facts_hold_the_named_floors():
    floors = bundled_browser_facts().floors
    assert floors["widely-18m"] == FLOORS
    assert FACTS.named("latest-3") == FACTS.named("latest-03")
    assert floors["rails-modern"] == floors["baseline-2023"]
    years = [floors[f"baseline-{year}"] for year in range(2020, 2026)]
    assert [f.blink for f in years] == sorted(f.blink for f in years)
    graces = [floors[name] for name in ("widely-24m", "widely-18m", "widely-12m", "widely-6m", "widely")]
    assert [f.webkit for f in graces] == sorted(f.webkit for f in graces)


def test_the_bundled_facts_are_small_dated_and_name_their_sources():
    file = Path(__file__).parent.parent.parent / "consent" / "data" / "browsers.json"
    assert file.stat().st_size <= 10_240
    facts = bundled_browser_facts()
    assert isinstance(facts, BrowserFacts)
    assert facts.shares_as_of <= facts.as_of
    assert "caniuse.com" in facts.attribution
    assert all(edition.url.startswith("https://") for browser in facts.browsers for edition in browser.editions)
    assert all(edition.released <= facts.as_of for browser in facts.browsers for edition in browser.editions)


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense", '{"as_of": 3}', "[" * 100_000])
def test_a_broken_facts_file_is_refused(text):
    with pytest.raises(CatalogueError, match="browser facts"):
        parse_browser_facts(text)


def test_a_facts_file_with_a_plain_http_link_is_refused():
    file = Path(__file__).parent.parent.parent / "consent" / "data" / "browsers.json"
    with pytest.raises(CatalogueError, match="not an https link"):
        parse_browser_facts(file.read_text("utf-8").replace("https://www.opera.com", "http://www.opera.com"))
