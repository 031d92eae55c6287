"""A flood from one client: refused, bounded, and nobody else's trouble."""

import pytest
from hypothesis import given, strategies as st

from consent.asgi import throttle
from consent.asgi.client import client_of
from consent.asgi.throttle import CLIENTS, Allowance, Bucket, Throttle
from consent.asgi.visit import Visit
from tests.asgi.driving import answering, choice, drive, page

FORM = ((b"content-type", b"application/x-www-form-urlencoded"), (b"sec-fetch-site", b"same-origin"))


def visit(peer, forwarded=None):
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    return Visit({"type": "http", "client": (peer, 1) if peer else None, "headers": headers})


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("9.9.9.9", None, "9.9.9.9"),
        ("9.9.9.9", "8.8.8.8", "9.9.9.9"),  # nobody outside speaks for another
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "8.8.8.8", "8.8.8.8"),
        ("10.0.0.7", "1.1.1.1, 8.8.8.8", "8.8.8.8"),  # what the proxy itself has seen stands last
        ("2606:4700::1", None, "2606:4700::/64"),
        ("10.0.0.7", "2606:4700:0:0:1::5", "2606:4700::/64"),
        ("10.0.0.7", "8.8.8.8:4711", "8.8.8.8"),  # some proxies name the socket, which is another for each connection
        ("10.0.0.7", "[2606:4700:0:0:1::5]:4711", "2606:4700::/64"),
        ("10.0.0.7", "[2606:4700::1]", "2606:4700::/64"),
        ("testclient", None, "testclient"),
        ("127.0.0.1", "x" * 200, "x" * 64),
        (None, None, ""),
    ],
)
def test_a_client_is_whom_the_server_or_its_proxy_saw(peer, forwarded, client):
    assert client_of(visit(peer, forwarded)) == client


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 5)), max_size=300), st.integers(1, 30))
def test_nobody_gets_more_than_a_full_bucket_and_what_time_has_brought(requests, rate):
    bucket, now, passed = Throttle(rate=rate, secret=b"k" * 16), 0.0, {"a": 0, "b": 0}
    for client, pause in requests:
        now += pause
        passed[client] += bucket.allows(client, now)
    assert max(passed.values()) <= rate + now * rate / 60 + 1e-6


def test_one_clients_flood_leaves_another_alone():
    bucket = Throttle(rate=5, secret=b"k" * 16)
    assert [bucket.allows("a", 0) for _ in range(7)] == [True] * 5 + [False] * 2
    assert bucket.allows("b", 0)
    assert not bucket.allows("a", 11.9)
    assert bucket.allows("a", 24.1)


def test_many_addresses_fill_no_memory(monkeypatch):
    monkeypatch.setattr(throttle, "LARGEST", 100)
    bucket = Throttle(rate=1, secret=b"k" * 16)
    assert all(bucket.allows(f"client {number}", 0) for number in range(1_000))
    assert len(bucket._buckets) == 100
    assert not any(b"client" in name for name in bucket._buckets)


def test_without_a_rate_or_a_client_everything_passes():
    assert all(Throttle(rate=0, secret=b"k").allows("a", 0) for _ in range(1_000))
    assert all(Throttle(rate=1, secret=b"k").allows("", 0) for _ in range(1_000))


def test_a_flood_is_answered_429_and_told_once(wrap, caplog):
    app = wrap(answering(*page()), records={"url": "off", "rate": 3})

    def send(peer):
        return drive(app, **choice(b"action=reject", headers=FORM, scope={"client": (peer, 1)}))

    assert [send("9.9.9.9").status for _ in range(5)] == [303, 303, 303, 429, 429]
    refused = send("9.9.9.9")
    assert (refused.header(b"retry-after"), refused.header(b"set-cookie")) == (b"20", None)
    assert send("8.8.8.8").status == 303
    assert caplog.text.count("consent.W043") == 1
    assert "9.9.9.9" not in caplog.text


def test_what_makes_no_record_takes_nothing_from_the_bucket(wrap):
    app = wrap(answering(*page()), records={"url": "off", "rate": 1})

    def send(form, *headers):
        return drive(app, **choice(form, headers=(*FORM, *headers), scope={"client": ("9.9.9.9", 1)}))

    assert [send(b"action=nonsense").status for _ in range(3)] == [400] * 3
    first = send(b"action=reject")
    again = [send(b"action=reject", (b"cookie", first.cookie)).status for _ in range(3)]
    assert [first.status, *again] == [303] * 4
    assert send(b"action=accept", (b"cookie", first.cookie)).status == 429


def test_a_bucket_gives_its_burst_and_then_its_rate():
    bucket = Bucket(rate=2, burst=3)
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(100.5), bucket.take(100.5)] == [True, False]
    assert bucket.take(50.0) is False  # a clock set back gives nothing
    assert [bucket.take(1000.0) for _ in range(4)] == [True, True, True, False]


def test_one_client_cannot_use_up_everybodys_allowance():
    allowance = Allowance()
    assert sum(allowance.take("loud", 0.0) for _ in range(1000)) == 30
    assert allowance.take("quiet", 0.0)


def test_clients_are_remembered_up_to_a_bound():
    allowance = Allowance()
    for n in range(CLIENTS * 2):
        allowance.take(str(n), float(n))
    assert len(allowance._clients) == CLIENTS
