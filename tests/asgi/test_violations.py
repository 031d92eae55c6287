"""What browsers report of the policy, and what strangers pretend to."""

import json

import pytest
from hypothesis import given, strategies as st

from consent.asgi.violations import REPORTS, Violation, parse_violations
from tests.asgi.driving import NAVIGATION, answering, drive, page
from tests.asgi.test_allowlist import sources

OLD = (b"content-type", b"application/csp-report")
NEW = (b"content-type", b"application/reports+json")


def old(url, directive="script-src-elem"):
    return json.dumps({"csp-report": {"blocked-uri": url, "effective-directive": directive}}).encode()


def new(*urls):
    return json.dumps(
        [{"type": "csp-violation", "body": {"blockedURL": url, "effectiveDirective": "img-src"}} for url in urls]
    ).encode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (old("https://a.test/x.js?visitor=1#y"), [(b"https://a.test/x.js", "script-src-elem")]),
        (new("https://a.test/", "wss://b.test/"), [(b"https://a.test/", "img-src"), (b"wss://b.test/", "img-src")]),
        (old("https://a.test/", "default-src 'self'"), [(b"https://a.test/", "default-src")]),
        (old("inline"), []),
        (old("eval"), []),
        (old("data"), []),
        (old("blob"), []),
        (old("https://a.test/", "frame-ancestors"), []),
        (old("https://a.test/" + "x" * 3000), []),
        (b"", []),
        (b"null", []),
        (b"[]", []),
        (b"[[]]", []),
        (b"{}", []),
        (b'{"csp-report": 5}', []),
        (b'{"csp-report": {"blocked-uri": 5, "effective-directive": "img-src"}}', []),
        (b'{"csp-report": {"blocked-uri": "https://a.test/"}}', []),
        (b"[" * 100_000, []),
        (b'{"csp-report": {"blocked-uri": "https://\\ud800.test/", "effective-directive": "img-src"}}',
         [(b"https://?.test/", "img-src")]),
    ],
)  # fmt: skip
def test_of_a_report_the_blocked_place_and_the_directive_are_read(body, expected):
    assert [(one.url, one.directive) for one in parse_violations(body)] == expected


def test_of_many_reports_in_one_body_only_some_are_read():
    assert len(parse_violations(new(*["https://a.test/"] * 500))) == REPORTS


@given(st.binary(max_size=200) | st.recursive(st.none() | st.text(), st.lists).map(lambda x: json.dumps(x).encode()))
def test_no_bytes_raise(body):
    assert all(isinstance(one, Violation) for one in parse_violations(body))


# The endpoint


def report(app, body, kind=OLD, *more):
    return drive(app, method="POST", path="/consent/violations", headers=(kind, *more), body=body)


@pytest.fixture
def app(wrap):
    return wrap(answering(*page()), holding={"csp": "enforce"})


@pytest.mark.parametrize("kind", [OLD, NEW, (b"content-type", b"text/plain"), (b"x", b"y")])
@pytest.mark.parametrize("body", [b"", b"\xff", old("https://a.test/"), new("https://a.test/"), b"x" * 100_000])
def test_the_answer_is_204_whatever_comes(app, kind, body):
    response = report(app, body, kind)
    assert (response.status, response.body) == (204, b"")


def test_with_the_policy_off_nobody_listens(wrap, caplog):
    response = report(wrap(answering(*page())), old("https://free.test/"))
    assert response.status == 204
    assert "consent.W06" not in caplog.text


def test_a_get_is_refused(app):
    assert drive(app, path="/consent/violations").status == 405


def test_a_free_host_is_let_through_from_the_next_page_on_and_told_of_once(app, caplog):
    assert "run.time.test" not in sources(drive(app))
    report(app, old("https://run.time.test/x.js?visitor=4711"))
    report(app, old("https://run.time.test/y.js"))
    assert "run.time.test" in sources(drive(app))
    assert caplog.text.count("consent.W060") == 1
    assert "run.time.test (script-src-elem, in no catalogue entry)" in caplog.text
    assert "4711" not in caplog.text
    assert "x.js" not in caplog.text


def test_a_held_service_stays_out_and_is_told_of_by_name(app, caplog):
    report(app, new("https://www.google-analytics.com/collect?cid=4711"), NEW)
    assert not any("google" in one for one in sources(drive(app)))
    assert caplog.text.count("consent.W062") == 1
    assert "www.google-analytics.com (img-src, google-analytics)" in caplog.text


def test_after_the_grant_its_report_is_no_held_services(app, accepted, caplog):
    report(app, new("https://www.google-analytics.com/collect"), NEW, accepted)
    assert "consent.W062" not in caplog.text


def test_an_unknown_host_that_is_to_be_held_stays_out(wrap, caplog):
    app = wrap(answering(*page()), holding={"csp": "enforce", "unknown": "hold"})
    report(app, old("https://run.time.test/x.js"))
    assert "run.time.test" not in sources(drive(app))
    assert "consent.W062" in caplog.text


def test_another_sites_page_reports_nothing_here(app):
    report(app, old("https://run.time.test/x.js"), OLD, (b"sec-fetch-site", b"cross-site"))
    assert "run.time.test" not in sources(drive(app))


def test_reports_beyond_the_allowance_are_not_read(app):
    for n in range(40):
        report(app, old(f"https://r{n}.time.test/"))
    assert sum("time.test" in one for one in sources(drive(app))) == 30


def test_visitors_behind_one_proxy_have_an_allowance_each(app):
    for visitor in (b"8.8.8.8", b"9.9.9.9"):
        for n in range(40):
            body = old(f"https://{visitor.decode()[0]}-{n}.time.test/")
            drive(
                app, method="POST", path="/consent/violations", headers=(OLD, (b"x-forwarded-for", visitor)), body=body,
                scope={"client": ("127.0.0.1", 1)},
            )  # fmt: skip
    assert sum("time.test" in one for one in sources(drive(app))) == 60


def test_reports_reach_below_a_root_path(app):
    response = drive(
        app, method="POST", path="/consent/violations", headers=(OLD,), body=old("https://a.test/"),
        scope={"root_path": "/shop", "path": "/shop/consent/violations"},
    )  # fmt: skip
    assert response.status == 204
    assert "a.test" in sources(drive(app, headers=NAVIGATION))
