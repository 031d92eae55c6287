"""The app's policy and our inline pieces."""

import pytest

from consent.asgi.csp import may_stand_in, nonce_of, with_inserted

CSP = b"content-security-policy"
REPORT = b"content-security-policy-report-only"
SCRIPT, STYLE = b"'sha256-SCRIPT='", b"'sha256-STYLE='"


def edited(policy, nonce=b"", name=CSP):
    return with_inserted([(name, policy)], nonce=nonce, scripts=[SCRIPT], styles=[STYLE])[0][1]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (b"script-src 'self' 'nonce-abc123=='", b"abc123=="),
        (b"default-src 'nonce-d'", b"d"),
        (b"default-src 'nonce-d'; script-src 'nonce-s'", b"s"),
        (b"script-src 'nonce-s'; script-src-elem 'nonce-e'", b"e"),
        (b"Script-Src 'NONCE-x'", b"x"),
        (b"style-src 'nonce-s'", b""),
        (b"default-src 'nonce-d'; script-src 'self'", b""),
        (b"img-src *, script-src 'nonce-second'", b"second"),
        (b"", b""),
    ],
)
def test_the_nonce_is_the_one_scripts_are_allowed_by(policy, expected):
    assert nonce_of([(CSP, policy)]) == expected


def test_an_enforced_nonce_goes_before_a_reported_one():
    assert nonce_of([(REPORT, b"script-src 'nonce-r'"), (CSP, b"script-src 'nonce-e'")]) == b"e"
    assert nonce_of([(REPORT, b"script-src 'nonce-r'")]) == b"r"


@pytest.mark.parametrize(
    "policy",
    [
        b"img-src 'self'; frame-ancestors 'none'",
        b"script-src 'unsafe-inline'; style-src 'unsafe-inline'",
        b"default-src 'self' 'unsafe-inline'",
        b"script-src 'self' 'nonce-n'; style-src 'nonce-n'",
        b"default-src 'nonce-n' 'strict-dynamic'",
        b"",
    ],
)
def test_a_policy_that_lets_our_pieces_run_stays_as_it_is(policy):
    assert edited(policy, nonce=b"n") == policy


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (b"script-src 'self'", b"script-src 'self' 'sha256-SCRIPT='"),
        (b"style-src 'self'", b"style-src 'self' 'sha256-STYLE='"),
        (b"script-src 'none'", b"script-src 'sha256-SCRIPT='"),
        (b"script-src", b"script-src 'sha256-SCRIPT='"),
        (b"script-src-elem 'self'; script-src 'self'", b"script-src-elem 'self' 'sha256-SCRIPT='; script-src 'self'"),
        (
            b"default-src 'self'; img-src *",
            b"default-src 'self'; img-src *; script-src 'self' 'sha256-SCRIPT='; style-src 'self' 'sha256-STYLE='",
        ),
        (b"script-src 'unsafe-inline' 'nonce-other'", b"script-src 'unsafe-inline' 'nonce-other' 'sha256-SCRIPT='"),
        (
            b"script-src 'unsafe-inline' 'strict-dynamic'",
            b"script-src 'unsafe-inline' 'strict-dynamic' 'sha256-SCRIPT='",
        ),
        (
            b"script-src 'self', script-src 'unsafe-inline'",
            b"script-src 'self' 'sha256-SCRIPT=', script-src 'unsafe-inline'",
        ),
    ],
)
def test_where_they_would_not_run_exactly_our_bytes_are_allowed(policy, expected):
    assert edited(policy) == expected


def test_a_style_without_the_scripts_nonce_is_allowed_by_its_hash():
    assert (
        edited(b"script-src 'nonce-n'; style-src 'self'", nonce=b"n")
        == b"script-src 'nonce-n'; style-src 'self' 'sha256-STYLE='"
    )


def test_the_report_only_policy_is_treated_alike():
    assert edited(b"script-src 'self'", name=REPORT) == b"script-src 'self' 'sha256-SCRIPT='"


def test_adding_twice_is_adding_once():
    once = edited(b"default-src 'self'")
    assert edited(once) == once


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (b'<head><meta http-equiv="Content-Security-Policy" content="x"></head><body>', True),
        (b"<META HTTP-EQUIV=content-security-policy>", True),
        (b"<head></head><body><p>how to write a Content-Security-Policy", False),
        (b"<head>" + b" " * 70_000 + b"Content-Security-Policy", False),
        (b"", False),
    ],
)
def test_a_policy_in_the_markup_is_looked_for_in_the_head_alone(page, expected):
    assert may_stand_in(page) is expected
