"""The signed cookie: what was written is read back, and nothing else is."""

import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings as hypothesis_settings, strategies as st
from itsdangerous import Signer

from consent import cookie as module
from consent.choices import ConsentState
from consent.cookie import CANDIDATES, MAX_BYTES, ConsentCookie, Refused

KEY = b"a key for the tests, 32 bytes ok"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
STATE = ConsentState(
    receipt="Zr8sX0_-9aQ",
    policy_version="ab9c30390e",
    given_at=NOW,
    expires_at=NOW + timedelta(days=180),
    categories=frozenset({"analytics", "media"}),
    services=frozenset({"x-widgets"}),
)
SAMPLES = {
    # A value once given out is read for as long as it lives: never change these, add one for each new format.
    1: b"1:Zr8sX0_-9aQ:ab9c30390e:toy940:99c00:analytics~media:x-widgets.YRfrp1el712OpnIm40OX_-SMMe2qUCpldREq7OWtQ8M",
}

KEYS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)
MOMENTS = st.integers(0, 200_000_000_000).map(lambda seconds: EPOCH + timedelta(seconds=seconds))
STATES = st.builds(
    lambda given_at, lifetime, **rest: ConsentState(
        given_at=given_at, expires_at=given_at + timedelta(seconds=lifetime), **rest
    ),
    receipt=st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=64),
    policy_version=st.text("0123456789abcdef", min_size=10, max_size=10),
    given_at=MOMENTS,
    lifetime=st.integers(0, 400 * 86_400),
    categories=st.frozensets(KEYS, max_size=8),
    services=st.frozensets(KEYS, max_size=30),
)


def make(**changes) -> ConsentCookie:
    return ConsentCookie([KEY], **changes)


def signed(payload: bytes, key: bytes = KEY) -> bytes:
    return ConsentCookie([key])._signer.sign(payload)


@given(STATES)
def test_any_state_comes_back_as_it_was(state):
    assert make().loads(make().dumps(state).encode()) == state


@given(st.binary(max_size=200))
@hypothesis_settings(max_examples=300)
def test_any_bytes_are_refused_without_an_exception(value):
    assert isinstance(make().loads(value), Refused)


@given(st.binary(max_size=120))
def test_any_signed_bytes_give_a_state_or_a_refusal(payload):
    assert isinstance(make().loads(signed(payload)), Refused | ConsentState)


@given(st.data())
def test_any_changed_byte_is_refused(data):
    value = bytearray(make().dumps(STATE).encode())
    index = data.draw(st.integers(0, len(value) - 1))
    value[index] ^= data.draw(st.integers(1, 255))
    assert isinstance(make().loads(bytes(value)), Refused)


def test_every_other_last_letter_is_refused_though_it_decodes_to_the_same_bytes():
    value = make().dumps(STATE).encode()
    for letter in string.ascii_letters + string.digits + "-_":
        other = value[:-1] + letter.encode()
        assert other == value or isinstance(make().loads(other), Refused)


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_truncated_value_is_refused(cut):
    assert isinstance(make().loads(make().dumps(STATE).encode()[:-cut]), Refused)


@pytest.mark.parametrize("extra", [b"=", b"!", b" ", b"\n", b"A"])
def test_an_appended_byte_is_refused(extra):
    assert isinstance(make().loads(make().dumps(STATE).encode() + extra), Refused)


def test_a_value_of_a_foreign_key_is_forged():
    assert make().loads(ConsentCookie([b"another"]).dumps(STATE).encode()) is Refused.FORGED


def test_a_signature_made_for_another_use_is_forged():
    value = Signer([KEY], salt=b"another use").sign(b"1:r:p:1:1::")
    assert make().loads(value) is Refused.FORGED


@pytest.mark.parametrize("value", [b"", b"no-dot", b"\xff.x", "é.é".encode()])
def test_what_is_not_shaped_like_ours_is_malformed(value):
    assert make().loads(value) is Refused.MALFORMED


def test_a_value_beyond_the_limit_is_oversized():
    assert make().loads(b"1" * (MAX_BYTES + 1)) is Refused.OVERSIZED


@pytest.mark.parametrize(
    "payload",
    [
        b"2:r:p:1:1::",
        b"1:r:p:1:1:",
        b"1:r:p:1:1:::",
        b"1::p:1:1::",
        b"1:r:p:-1:1::",
        b"1:r:p:1_0:1::",
        b"1:r:p::1::",
        b"1:r:p:zzzzzzzz:1::",
        b"1:r:p:1:zzzzzzzz::",
        b"1:r:p:6dp7kmh0:6dp7kmh0::",
        b"1:r:p:123456789:1::",
        b"1:r:p:1:1:Analytics:",
        b"1:r:p:1:1:a~~b:",
        b"1:r:p:1:1:~:",
        b"1:r:p:1:1:-a:",
        b"1:r:p:1:1::a b",
        b"1:r:p:1:1::a\n",
    ],
)
def test_a_well_signed_payload_that_makes_no_sense_is_malformed(payload):
    assert make().loads(signed(payload)) is Refused.MALFORMED


def test_old_keys_verify_and_the_newest_signs():
    old, rotated = ConsentCookie([b"old"]), ConsentCookie([b"new", b"old"])
    assert rotated.loads(old.dumps(STATE).encode()) == STATE
    assert ConsentCookie([b"new"]).loads(rotated.dumps(STATE).encode()) == STATE
    assert old.loads(rotated.dumps(STATE).encode()) is Refused.FORGED


def test_a_cookie_without_a_key_cannot_be_made():
    with pytest.raises(ValueError, match="needs a key"):
        ConsentCookie([])


@pytest.mark.parametrize(("version", "value"), SAMPLES.items())
def test_values_given_out_by_earlier_versions_are_still_read(version, value):
    assert make().loads(value) == STATE, version


def test_a_verified_value_is_remembered():
    cookie = make()
    value = cookie.dumps(STATE).encode()
    assert cookie.loads(value) is cookie.loads(value)


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "REMEMBERED", 2)
    cookie = make()
    for number in range(5):
        cookie.loads(signed(f"1:r{number}:p:1:1::".encode()))
    assert len(cookie._verified) <= 2


def test_a_refused_value_is_not_remembered():
    cookie = make()
    cookie.loads(b"1:r:p:1:1::." + b"A" * 43)
    assert cookie._verified == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"receipt": "a:b"},
        {"receipt": ""},
        {"categories": frozenset({"a~b"})},
        {"categories": frozenset({""})},
        {"categories": frozenset({"Ä"})},
        {"given_at": datetime(1969, 1, 1, tzinfo=UTC)},
        {"expires_at": NOW - timedelta(days=1)},
        {"services": frozenset(f"{'x' * 50}-{number}" for number in range(60))},
    ],
)
def test_a_state_a_cookie_cannot_carry_is_not_signed(changes):
    fields = {name: getattr(STATE, name) for name in ConsentState.__slots__}
    with pytest.raises(ValueError, match="this state"):
        make().dumps(ConsentState(**(fields | changes)))


# names, Set-Cookie, Cookie


def test_a_cookie_of_one_host_is_locked_to_it_on_https():
    assert make().name(secure=True) == "__Host-consent"


def test_a_cookie_shared_over_subdomains_is_secure_on_https():
    assert make(domain="example.org").name(secure=True) == "__Secure-consent"


def test_plain_http_takes_no_prefix():
    assert make(name="choice").name(secure=False) == "choice"


def test_set_cookie_says_all_it_must():
    header = make().set_header(STATE, secure=True, now=NOW).decode()
    value = make().dumps(STATE)
    assert header == f"__Host-consent={value}; Path=/; Max-Age=15552000; HttpOnly; SameSite=Lax; Secure"


def test_set_cookie_on_http_is_not_secure_and_a_domain_is_named():
    header = make(domain="example.org").set_header(STATE, secure=False, now=NOW)
    assert header.startswith(b"consent=1:")
    assert header.endswith(b"; HttpOnly; SameSite=Lax; Domain=example.org")


@pytest.mark.parametrize(
    ("later", "max_age"),
    [
        (timedelta(days=-3650), 400 * 86_400),
        (timedelta(microseconds=900_000), 180 * 86_400),
        (timedelta(days=179), 86_400),
        (timedelta(days=200), 0),
    ],
)
def test_max_age_is_what_is_left_up_to_400_days(later, max_age):
    header = make().set_header(STATE, secure=True, now=NOW + later)
    assert f"Max-Age={max_age};".encode() in header


def header_of(*values: bytes) -> bytes:
    return b"; ".join([b"session=1", *(b"__Host-consent=" + value for value in values), b"theme=dark"])


def test_the_cookie_is_found_among_others():
    value = make().dumps(STATE).encode()
    assert make().read([header_of(value)], secure=True) == STATE


def test_the_cookie_is_found_in_any_of_several_headers():
    value = make().dumps(STATE).encode()
    assert make().read([b"a=1", header_of(value)], secure=True) == STATE


def test_the_first_valid_one_wins_over_planted_ones():
    value = make().dumps(STATE).encode()
    assert make().read([header_of(b"planted", value)], secure=True) == STATE


@pytest.mark.parametrize(
    "header", [b"", b"a=1", b"x__Host-consent=1", b"__Host-consent", b"__host-consent=1", b"consent=1"]
)
def test_no_cookie_of_that_name_is_absent(header):
    assert make().read([header], secure=True) is Refused.ABSENT


def test_no_header_is_absent():
    assert make().read([], secure=True) is Refused.ABSENT


def test_the_bare_name_counts_on_http_only():
    value = make().dumps(STATE).encode()
    assert make().read([b"consent=" + value], secure=False) == STATE
    assert make().read([b"consent=" + value], secure=True) is Refused.ABSENT


def test_the_first_refusal_is_told():
    forged = ConsentCookie([b"another"]).dumps(STATE).encode()
    assert make().read([header_of(forged, b"x")], secure=True) is Refused.FORGED


def test_a_flood_of_planted_cookies_is_judged_up_to_a_limit():
    value = make().dumps(STATE).encode()
    assert make().read([header_of(*[b"x"] * CANDIDATES, value)], secure=True) is Refused.MALFORMED


@given(st.lists(st.binary(max_size=60), max_size=4), st.booleans())
def test_any_headers_are_refused_without_an_exception(headers, secure):
    headers = [header.replace(b"x", b"__Host-consent=") for header in headers]
    assert isinstance(make().read(headers, secure), Refused)
