"""The browser check: by engine, never by brand; in doubt a visitor passes."""

import time
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from consent.browser_facts import BrowserFacts, bundled_browser_facts, parse_browser_facts
from consent.browsers import LONGEST, BrowserCheck, Floors, Outcome, Verdict
from consent.engines import Engine
from consent.errors import CatalogueError

FLOORS = Floors(blink=107, gecko=107, webkit=(16, 0))
CASES = Path(__file__).parent / "data" / "user_agents.tsv"


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


@pytest.mark.parametrize("name", sorted(bundled_browser_facts().floors))
def test_under_every_named_floor_the_newest_of_each_family_passes_or_is_known_to_trail(name):
    facts = bundled_browser_facts()
    floors = facts.floors[name]
    newest = {
        b"Chrome/158.0.0.0": Engine.BLINK,
        b"Firefox/160.0": Engine.GECKO,
        b"AppleWebKit/605.1.15 Version/27.2 Safari/605.1.15": Engine.WEBKIT,
    }
    for header, engine in newest.items():
        assert (Outcome.FINE, engine) == (judge(header, floors).outcome, judge(header, floors).engine)
    for trailing in facts.trailing:
        header = f"Version/4.0 Chrome/{trailing.blink}.0.0.0 Mobile Safari/537.36"
        assert (judge(header, floors).outcome is Outcome.OUTDATED) == (floors.blink > trailing.blink)


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
    check._judge(header[:LONGEST])  # the patterns are compiled and warm
    times = []
    for _ in range(5):
        start = time.perf_counter()
        check._judge(header[:LONGEST])
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
]
numbers = st.integers(0, 9999)


@given(
    st.sampled_from(SHAPES),
    st.tuples(numbers, numbers),
    st.tuples(numbers, numbers),
    st.builds(Floors, blink=numbers, gecko=numbers, webkit=st.tuples(numbers, numbers)),
)
def test_raising_a_version_never_turns_fine_into_outdated(shape, one, other, floors):
    lower, higher = sorted([one, other])
    if judge(shape.format(*lower), floors).outcome is Outcome.FINE:
        assert judge(shape.format(*higher), floors).outcome is not Outcome.OUTDATED


def test_an_owners_floor_of_none_lets_every_version_in():
    floors = Floors.of(blink=None, gecko=(115, 0), webkit=None)
    assert judge("Chrome/12.0", floors).outcome is Outcome.FINE
    assert judge("Firefox/114.0", floors).outcome is Outcome.OUTDATED


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
    assert floors["rails-modern"] == floors["baseline-2023"]
    years = [floors[f"baseline-{year}"] for year in range(2020, 2026)]
    assert [f.blink for f in years] == sorted(f.blink for f in years)
    graces = [floors[name] for name in ("widely-24m", "widely-18m", "widely-12m", "widely-6m", "widely")]
    assert [f.webkit for f in graces] == sorted(f.webkit for f in graces)


def test_the_bundled_facts_are_small_dated_and_name_their_sources():
    file = Path(__file__).parent.parent / "consent" / "data" / "browsers.json"
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
    file = Path(__file__).parent.parent / "consent" / "data" / "browsers.json"
    with pytest.raises(CatalogueError, match="not an https link"):
        parse_browser_facts(file.read_text("utf-8").replace("https://www.opera.com", "http://www.opera.com"))
