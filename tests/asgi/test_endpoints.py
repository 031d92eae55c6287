"""What stands under the mount: the choice and its way."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from consent.asgi.forms import BODY_LIMIT, Submission, Unreadable, parse_submission
from consent.asgi.mount import Mount
from consent.asgi.visit import Visit
from consent.choices import Action
from consent.records.base import Event, Source
from tests.asgi.driving import HELD, NAVIGATION, PAGE, answering, choice, drive, page

FORM = (b"content-type", b"application/x-www-form-urlencoded")
JSON = (b"content-type", b"application/json")
OWN = (b"sec-fetch-site", b"same-origin")


class Kept:
    """A keeper that remembers, and tells when."""

    def __init__(self):
        self.records = []
        self.notices = []
        self.closed = False

    async def append(self, record, notice=None):
        self.records.append(record)
        self.notices.append(notice)
        return True

    def close(self):
        self.closed = True


@pytest.fixture
def site(wrap):
    """A middleware whose records, clock and receipts the test holds: ``site(**tables)``."""

    def make(**tables):
        app = wrap(answering(*page()), **tables)
        keeper = Kept()
        parts = {
            "keeper": keeper,
            "now": lambda: datetime(2026, 11, 23, 10, 0, tzinfo=UTC),
            "random": lambda size: b"\1" * size,
            "new_receipt": iter(["first-receipt", "second-receipt"]).__next__,
        }
        for name, value in parts.items():
            setattr(app.site, name, value)
        return app, keeper

    return make


def send_json(content, *headers, **more):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return {"method": "POST", "path": "/consent", "headers": (JSON, OWN, *headers), "body": body, **more}


def test_a_form_is_recorded_answered_with_a_cookie_and_sent_back(site):
    app, keeper = site()
    response = drive(app, **choice(b"action=accept&return=/article%3Fpage=2"))
    assert response.status == 303
    assert response.header(b"location") == b"/article?page=2"
    assert response.header(b"cache-control") == b"no-store"
    assert response.header(b"referrer-policy") == b"same-origin"
    assert response.header(b"x-robots-tag") == b"noindex"
    assert response.header(b"set-cookie").startswith(b"consent=1:first-receipt:")
    (record,) = keeper.records
    assert (record.action, record.event, record.source) == (Action.ACCEPT, Event.GRANT, Source.BANNER)
    assert (record.receipt, record.host, record.language) == ("first-receipt", "example.org", "en")


def test_the_record_comes_before_the_cookie(site):
    app, keeper = site()
    order = []

    async def append(record, notice):
        order.append("record")
        return False  # spooled: the choice stands all the same

    keeper.append = append
    set_header = app.site.cookie.set_header
    app.site.cookie.set_header = lambda *given, **named: order.append("cookie") or set_header(*given, **named)
    assert drive(app, **choice(b"action=accept")).status == 303
    assert order == ["record", "cookie"]


def test_json_is_told_what_to_release(site):
    app, _ = site()
    response = drive(app, **send_json({"action": "save", "category": ["analytics"], "service": "youtube"}))
    assert response.status == 200
    assert response.header(b"content-type") == b"application/json"
    assert json.loads(response.body) == {
        "answered": True,
        "categories": ["analytics"],
        "services": ["youtube"],
        "receipt": "first-receipt",
        "expires": "2027-05-22T10:00:00Z",
        "reload": False,
    }


def test_a_choice_is_held_to_on_the_next_page_and_withdrawal_too(site):
    app, keeper = site()
    granted = (b"cookie", drive(app, **choice(b"action=save&category=analytics")).cookie)
    assert HELD not in drive(app, headers=(*NAVIGATION, granted)).body
    taken = drive(app, **choice(b"action=withdraw", headers=(FORM, OWN, granted)))
    assert HELD in drive(app, headers=(*NAVIGATION, (b"cookie", taken.cookie))).body
    assert [record.event for record in keeper.records] == [Event.PARTIAL, Event.WITHDRAW]
    assert {record.receipt for record in keeper.records} == {"first-receipt"}


def test_a_forged_cookie_keeps_no_receipt(site):
    app, keeper = site()
    drive(app, **choice(b"action=accept", headers=(FORM, OWN, (b"cookie", b"consent=1:mine:x.y"))))
    assert keeper.records[0].receipt == "first-receipt"


@pytest.mark.parametrize(
    ("action", "reload"), [({"action": "accept"}, False), ({"action": "reject"}, True), ({"action": "withdraw"}, True)]
)
def test_what_is_taken_back_needs_a_reload(site, action, reload):
    app, _ = site()
    granted = (b"cookie", drive(app, **choice(b"action=accept")).cookie)
    assert json.loads(drive(app, **send_json(action, granted)).body)["reload"] is reload


def test_one_service_taken_back_needs_a_reload_unless_its_category_came(site):
    app, _ = site()
    granted = (b"cookie", drive(app, **choice(b"action=save&service=youtube")).cookie)
    media = {"action": "save", "category": "media"}
    assert json.loads(drive(app, **send_json({"action": "reject"}, granted)).body)["reload"] is True
    assert json.loads(drive(app, **send_json(media, granted)).body)["reload"] is False


def test_an_owner_may_want_a_reload_always(site):
    app, _ = site(holding={"release": "reload"})
    assert json.loads(drive(app, **send_json({"action": "accept"})).body)["reload"] is True


def test_cookies_of_what_is_not_allowed_are_expired_everywhere(site):
    app, _ = site()
    cookies = (b"cookie", b"_ga=GA1; session=mine; _ga_ABC=2; \xff\xfe=x; NID=3")
    response = drive(app, **choice(b"action=reject", headers=(FORM, OWN, (b"host", b"www.example.org"), cookies)))
    expired = sorted(value for value in response.all(b"set-cookie") if b"Max-Age=0" in value)
    names = {value.partition(b"=")[0] for value in expired}
    assert names == {b"_ga", b"_ga_ABC"}
    assert [value.partition(b"Domain=")[2] for value in expired if value.startswith(b"_ga=")] == [
        b"",
        b"example.org",
        b"www.example.org",
    ]


def test_cookies_of_what_is_allowed_stay(site):
    app, _ = site()
    response = drive(app, **choice(b"action=accept", headers=(FORM, OWN, (b"cookie", b"_ga=GA1"))))
    assert len(response.all(b"set-cookie")) == 1


# Where the visitor is sent


@pytest.mark.parametrize(
    ("form", "referer", "location"),
    [
        (b"return=/a", b"", b"/a"),
        (b"return=//evil.test", b"http://example.org/b?c", b"/b?c"),
        (b"return=https://evil.test", b"https://evil.test/b", b"/"),
        (b"return=/\\evil.test", b"", b"/"),
        (b"return=/a%0d%0aset-cookie:x", b"", b"/"),
        (b"return=/consent", b"", b"/"),
        (b"return=/consent?x=1", b"http://example.org/consent", b"/"),
        (b"return=/consented", b"", b"/consented"),
        (b"", b"http://example.org/b#f", b"/b"),
        (b"", b"http://example.org//evil.test", b"/"),
        (b"", b"\xff", b"/"),
        (b"return=%ff", b"", b"/"),
    ],
)
def test_the_way_back_stays_on_the_site(site, form, referer, location):
    app, _ = site()
    response = drive(app, **choice(b"action=accept&" + form, headers=(FORM, OWN, (b"referer", referer))))
    assert response.header(b"location") == location


@given(st.text(max_size=40))
def test_no_return_makes_a_bad_location(text):
    visit = Visit({"type": "http", "headers": [(b"host", b"example.org")]})
    path = Mount("/consent").return_path(text, visit)
    assert path in {text, "/"}
    assert path.startswith("/")
    assert not path.startswith("//")
    path.encode("ascii")


# Refusals


@pytest.mark.parametrize(
    ("request_", "status", "error"),
    [
        (send_json(b"{"), 400, "malformed"),
        (send_json(b"[]"), 400, "malformed"),
        (send_json(b"\xff"), 400, "malformed"),
        (send_json(b"[" * 10_000), 400, "malformed"),
        (send_json({"action": ["accept"]}), 400, "malformed"),
        (send_json({"action": "save", "category": {"a": 1}}), 400, "malformed"),
        (send_json({"action": "save", "service": [1]}), 400, "malformed"),
        (send_json({"action": "grant"}), 400, "unknown-action"),
        (send_json({}), 400, "unknown-action"),
        (send_json(b'"' + b"a" * BODY_LIMIT + b'"'), 413, "too-long"),
        (send_json({"action": "accept"}, (b"sec-fetch-site", b"cross-site")), 403, "cross-site"),
    ],
)
def test_json_that_is_no_choice_is_refused_in_json_and_never_recorded(site, request_, status, error):
    app, keeper = site()
    response = drive(app, **request_)
    assert (response.status, json.loads(response.body)) == (status, {"error": error})
    assert response.all(b"set-cookie") == []
    assert keeper.records == []


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        (b"application/x-www-form-urlencoded", b"", 400),
        (b"application/x-www-form-urlencoded", b"action=%ff", 400),
        (b"application/x-www-form-urlencoded", b"a&" * 600, 400),
        (b"multipart/form-data; boundary=x", b"--x", 415),
        (b"text/plain", b"action=accept", 415),
        (b"", b"action=accept", 415),
    ],
)
def test_a_form_that_is_no_choice_is_refused_with_a_page(site, content_type, body, status):
    app, keeper = site()
    response = drive(app, method="POST", path="/consent", headers=((b"content-type", content_type), OWN), body=body)
    assert response.status == status
    assert response.header(b"content-type") == b"text/html; charset=utf-8"
    assert keeper.records == []


def test_a_choice_from_another_site_is_refused_and_logged(site, caplog):
    app, keeper = site()
    response = drive(app, **choice(b"action=accept", headers=(FORM, (b"origin", b"https://evil.test"))))
    assert response.status == 403
    assert keeper.records == []
    assert caplog.records[0].getMessage().startswith("consent.W040")


def test_a_body_in_pieces_is_read_to_its_end_or_its_cap(site):
    app, keeper = site()
    request = choice(b"")
    assert drive(app, **{**request, "pieces": [b"act", b"ion=acc", b"ept"]}).status == 303
    assert drive(app, **{**request, "pieces": [b"a" * 9000, b"b" * 9000, b"c"]}).status == 413
    assert drive(app, **{**request, "pieces": []}).status == 400
    assert len(keeper.records) == 1


@given(st.binary(max_size=300), st.sampled_from([b"application/json", b"application/x-www-form-urlencoded"]))
def test_no_bytes_of_a_visitor_raise(data, content_type):
    assert isinstance(parse_submission(data, content_type), Submission | Unreadable)


# The other paths


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_preferences_page_is_never_framed_stored_or_indexed(site, method):
    app, _ = site()
    response = drive(app, method=method, path="/consent")
    assert response.status == 200
    assert response.header(b"x-frame-options") == b"DENY"
    assert b"frame-ancestors 'none'" in response.header(b"content-security-policy")
    assert response.header(b"cache-control") == b"no-store"
    assert int(response.header(b"content-length")) > 500
    assert bool(response.body) is (method == "GET")


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("DELETE", "/consent", 405, b"GET, HEAD, POST"),
        ("PUT", "/consent/browser", 405, b"GET, HEAD, POST"),
        ("GET", "/consent/nothing", 404, None),
        ("POST", "/consent/nothing", 404, None),
        ("GET", "/consent/", 200, None),
    ],
)
def test_under_the_mount_only_what_is_ours_answers(site, method, path, status, allow):
    app, _ = site()
    response = drive(app, method=method, path=path)
    assert (response.status, response.header(b"allow")) == (status, allow)


def test_a_path_that_only_begins_like_the_mount_is_the_apps(site):
    app, _ = site()
    assert PAGE[-20:] in drive(app, path="/consented").body


def test_a_settable_mount_and_a_root_path_are_found(site):
    app, keeper = site(paths={"mount": "/privacy/choice"})
    request = choice(b"action=accept", path="/shop/privacy/choice", scope={"root_path": "/shop"})
    assert drive(app, **request).status == 303
    assert len(keeper.records) == 1


@pytest.mark.parametrize(
    ("path", "accepted", "lang"),
    [
        ("/consent?lang=uk", b"en", b"uk"),
        ("/consent?a=b&lang=uk-UA", b"", b"uk"),
        ("/consent?lang=xx", b"uk", b"uk"),
        ("/consent?lang=%22%3E%FF", b"", b"en"),
        ("/consent?" + "&" * 50 + "lang=uk", b"", b"en"),
        ("/consent", b"uk", b"uk"),
    ],
)
def test_preferences_speak_the_language_of_the_page_that_led_there(site, path, accepted, lang):
    app, _ = site(site={"languages": ["en", "uk"]})
    response = drive(app, path=path, headers=(*NAVIGATION, (b"accept-language", accepted)))
    assert b'<html lang="%s"' % lang in response.body


def test_a_record_tells_in_which_language_was_asked(site):
    for sent, language in [
        (choice(b"action=accept&lang=uk"), "uk"),
        (send_json({"action": "accept", "lang": "uk"}), "uk"),
        (choice(b"action=accept"), "en"),
        (send_json({"action": "accept", "lang": None}), "en"),
    ]:
        app, keeper = site(site={"languages": ["en", "uk"]})
        drive(app, **sent)
        assert keeper.records[0].language == language


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (choice(b"a" * (BODY_LIMIT + 1)), "consent.W041"),
        (choice(b"action=perhaps"), "consent.W042"),
        (send_json(b"{"), "consent.W042"),
        (choice(b"x", headers=((b"content-type", b"text/plain"), OWN)), "consent.W042"),
    ],
)
def test_a_refused_choice_is_logged_once(site, caplog, request_, code):
    app, _ = site()
    drive(app, **request_)
    drive(app, **request_)
    assert [record.getMessage()[:12] for record in caplog.records] == [code]


def test_no_stranger_silences_the_log(site, caplog):
    app, _ = site()
    for number in range(500):
        drive(app, **choice(b"", headers=(FORM, (b"origin", b"https://%d.test" % number))))
    assert len(caplog.records) < 300
    drive(app, **choice(b"action=perhaps"))
    assert "consent.W042" in caplog.text


HOSTILE = [b"", b"\xff" * 500, b"a" * 70_000, b',;=" W/"', b"*", b"\x00"]
NAMES = [
    b"host",
    b"cookie",
    b"accept-language",
    b"if-none-match",
    b"accept",
    b"user-agent",
    b"sec-fetch-dest",
    b"referer",
]


@pytest.mark.parametrize("name", [*NAMES, b"origin", b"hx-request", b"content-type", b"sec-fetch-site"])
def test_no_header_of_a_visitor_raises(site, name):
    app, _ = site()
    for value in HOSTILE:
        for headers in ((*NAVIGATION, (name, value)), ((name, value), (name, value), *NAVIGATION)):
            for path, method in (("/", "GET"), ("/consent", "GET"), ("/consent", "POST"), ("/consent/browser", "POST")):
                response = drive(app, path=path, method=method, headers=headers, body=b"action=accept")
                assert response.status < 500


@pytest.mark.parametrize(
    "scope",
    [
        {"path": "/\udcff"},
        {"path": "/\udcff", "root_path": "/\udcff"},
        {"path": ""},
        {"path": "/consent", "root_path": None},
        {"path": "/consent", "query_string": b"\xff&lang=\xff"},
        {"path": "/consent", "query_string": None},
        {"path": "/consent", "scheme": None},
        {"path": "/", "headers": ()},
        {"path": "/", "method": "get"},
    ],
)
def test_no_scope_raises(site, scope):
    app, _ = site()
    headers = {"headers": [*NAVIGATION, OLD, (b"if-none-match", b'"a"')]}
    assert drive(app, scope={**headers, **scope}).status < 500


# The browser check

OLD = (
    b"user-agent",
    b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/60.0.3112.113 Safari/537.36",
)


def test_an_outdated_browser_gets_the_page_that_says_so(site):
    app, _ = site()
    response = drive(app, headers=(*NAVIGATION, OLD))
    assert response.status == 406
    assert response.header(b"cache-control") == b"private, no-store"
    assert response.header(b"vary") == b"User-Agent, Sec-CH-UA, Cookie, Accept-Language"
    assert response.header(b"x-robots-tag") == b"noindex"
    assert b'action="/consent/browser"' in response.body
    head = drive(app, method="HEAD", headers=(*NAVIGATION, OLD))
    assert (head.status, head.body) == (406, b"")


@pytest.mark.parametrize(
    "request_",
    [
        {"headers": ((b"accept", b"*/*"), OLD)},
        {"headers": ((b"accept", b"text/html"), (b"sec-fetch-dest", b"iframe"), OLD)},
        {"method": "POST", "headers": (*NAVIGATION, OLD)},
        {"path": "/embed/1", "headers": (*NAVIGATION, OLD)},
        {"path": "/api/1", "headers": (*NAVIGATION, OLD)},
    ],
)
def test_only_pages_that_a_person_opens_are_turned_away(site, request_):
    app, _ = site(browsers={"exclude": ["/embed/"]}, paths={"exclude": ["/api/"]})
    assert drive(app, **request_).status == 200


def test_an_owner_may_turn_nobody_away(site):
    app, _ = site(browsers={"mode": "off"})
    assert drive(app, headers=(*NAVIGATION, OLD)).status == 200


def test_a_visitor_may_continue_anyway(site):
    app, _ = site()
    sent = drive(app, **choice(b"return=/article", path="/consent/browser"))
    assert (sent.status, sent.header(b"location")) == (303, b"/article")
    cookie = (b"cookie", sent.header(b"set-cookie").partition(b";")[0])
    assert drive(app, headers=(*NAVIGATION, OLD, cookie)).status == 200
    assert drive(app, headers=(*NAVIGATION, OLD, (b"cookie", b"consent-browser=9999999999.x"))).status == 406
    app.site.now = lambda: datetime(2026, 11, 23, tzinfo=UTC) + timedelta(days=60)
    assert drive(app, headers=(*NAVIGATION, OLD, cookie)).status == 406


def test_another_site_may_not_continue_for_a_visitor(site):
    app, _ = site()
    request = choice(b"", path="/consent/browser", headers=(FORM, (b"sec-fetch-site", b"cross-site")))
    assert drive(app, **request).status == 403


@pytest.mark.parametrize("request_", [choice(b"action=reject"), send_json({"action": "accept"})], ids=["form", "json"])
def test_a_choice_calls_off_the_pages_a_browser_has_made_ahead_of_time(site, request_):
    """They are of before the choice (speculation rules)."""
    app, _ = site()
    answer = drive(app, **request_)
    assert answer.header(b"clear-site-data") == b'"prefetchCache", "prerenderCache"'
    assert drive(app, path="/consent").header(b"clear-site-data") is None
