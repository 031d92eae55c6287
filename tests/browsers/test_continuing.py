"""The cookie of a visitor who goes on with an outdated browser."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st
from itsdangerous import Signer

from consent.browsers.continuing import LIFETIME, ContinueCookie

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY, OLDER = b"newest key, long enough", b"an older key, long enough"


def test_it_is_accepted_for_thirty_days():
    cookie = ContinueCookie([KEY])
    value = cookie.dumps(NOW).encode()
    assert timedelta(days=30) == LIFETIME
    assert cookie.accepts(value, NOW)
    assert cookie.accepts(value, NOW + LIFETIME - timedelta(seconds=1))
    assert not cookie.accepts(value, NOW + LIFETIME)


def test_an_older_key_verifies_and_the_newest_signs():
    both = ContinueCookie([KEY, OLDER])
    assert both.accepts(ContinueCookie([OLDER]).dumps(NOW).encode(), NOW)
    assert ContinueCookie([KEY]).accepts(both.dumps(NOW).encode(), NOW)
    assert not ContinueCookie([OLDER]).accepts(both.dumps(NOW).encode(), NOW)


def test_a_value_signed_for_something_else_is_not_accepted():
    ends = str(int((NOW + LIFETIME).timestamp())).encode()
    for salt in (b"itsdangerous.Signer", b"consent"):
        assert not ContinueCookie([KEY]).accepts(Signer(KEY, salt=salt).sign(ends), NOW)


def test_it_says_nothing_about_the_visitor():
    cookie = ContinueCookie([KEY])
    assert cookie.dumps(NOW) == cookie.dumps(NOW)


@pytest.mark.parametrize("value", [b"", b".", b"1798007949", b"9" * 5_000, b"\xff\xfe.\x00", b"a.b.c"])
def test_bad_bytes_are_refused(value):
    assert not ContinueCookie([KEY]).accepts(value, NOW)


@given(st.binary(max_size=300))
def test_no_bytes_raise_or_pass(value):
    assert not ContinueCookie([KEY]).accepts(value, NOW)


@given(st.binary(max_size=40))
def test_signed_nonsense_does_not_raise(payload):
    cookie = ContinueCookie([KEY])
    assert not cookie.accepts(cookie._signer.sign(payload), NOW)
