"""Cookies that the app sets for services: only what the visitor allows reaches the browser."""

import asyncio

import pytest

from consent.asgi.expiry import cookie_name, setter
from consent.catalogue import Catalogue, Cookie, Partner, Service
from consent.catalogue.names import OWN_NAMES, is_telling
from tests.asgi.driving import HTML, NAVIGATION, answering, body, drive, page, settings, start

GA = (b"set-cookie", b"_ga=GA1.2.3; Path=/; Max-Age=63072000")
SESSION = (b"set-cookie", b"session=abc; HttpOnly")
JSON = (b"content-type", b"application/json")
BUNDLED = Catalogue.bundled()


@pytest.mark.parametrize(
    "messages",
    [
        page(GA, SESSION),
        page(GA, SESSION, status=404),
        page(GA, SESSION, status=500),
        (start(JSON, GA, SESSION), body(b"{}")),
        (start(GA, SESSION, (b"location", b"/x"), status=303), body(b"")),
        (start(GA, SESSION, status=304), body(b"")),
        (start(GA, SESSION, status=204), body(b"")),
        (start((b"content-type", b"image/png"), (b"Set-Cookie", GA[1]), SESSION), body(b"x")),
        (start(HTML, GA, SESSION, (b"cache-control", b"no-transform")), body(b"x")),
        (start(HTML, GA, SESSION, (b"content-disposition", b"attachment")), body(b"x")),
        (start((b"content-type", b"text/html; charset=utf-16"), GA, SESSION), body(b"x")),
    ],
    ids=["page", "404", "500", "json", "redirect", "304", "204", "upper", "no-transform", "attachment", "utf-16"],
)
def test_a_cookie_of_a_service_not_allowed_is_taken_out_of_any_response(wrap, accepted, messages):
    app = wrap(answering(*messages))
    assert drive(app).all(b"set-cookie") == [SESSION[1]]
    allowed = drive(app, headers=(*NAVIGATION, accepted)).start["headers"]
    assert [value for name, value in allowed if name.lower() == b"set-cookie"] == [GA[1], SESSION[1]]


def test_the_owner_is_told_once_and_without_the_value(wrap, caplog):
    app = wrap(answering(*page(GA)))
    drive(app)
    drive(app)
    assert caplog.text.count("consent.W061") == 1
    assert "_ga (google-analytics)" in caplog.text
    assert "GA1.2.3" not in caplog.text


def test_a_service_allowed_by_itself_may_set_its_cookies(wrap, accepted):
    youtube = {"youtube": {"cookies": [{"name": "_watch", "duration": "P1Y", "purpose": "Remembers the film"}]}}
    app = wrap(answering(*page((b"set-cookie", b"_watch=1"), GA)), services=youtube)
    headers = (
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"sec-fetch-site", b"same-origin"),
    )
    chosen = drive(app, method="POST", path="/consent", headers=headers, body=b"action=save&service=youtube")
    again = drive(app, headers=(*NAVIGATION, (b"cookie", chosen.cookie)))
    assert again.all(b"set-cookie") == [b"_watch=1"]


def test_the_category_in_the_settings_counts(wrap):
    app = wrap(answering(*page(GA)), services={"google-analytics": {"category": "necessary"}})
    assert drive(app).all(b"set-cookie") == [GA[1]]


def test_an_excluded_path_is_the_apps_own(wrap):
    app = wrap(answering(*page(GA)), paths={"exclude": ["/api/"]})
    assert drive(app, path="/api/x").all(b"set-cookie") == [GA[1]]


@pytest.mark.parametrize(
    ("value", "passes"),
    [
        (b"_ga=; Max-Age=0", True),
        (b"_ga=; max-age=-1; Path=/", True),
        (b"_ga=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", True),
        (b"_ga=; expires=Thu, 01-Jan-1970 00:00:00 GMT; Domain=example.org", True),
        (b"_ga=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", False),
        (b"_ga=x; Max-Age=0; Max-Age=60", False),
        (b"_ga=x; Expires=Wed, 21 Oct 2099 07:28:00 GMT", False),
        (b"_ga=x; Expires=soon", False),
        (b"_ga=x; Max-Age=soon", False),
        (b"_ga=", False),
        (b"_ga =x", False),
        (b"\t_ga=x; a=b", False),
        (b"_ga", True),  # a cookie without a name
        (b"", True),
        (b"\xff\xfe=\x00", True),
        (b"=_ga=1", True),
    ],
)
def test_what_ends_a_cookie_passes_and_what_sets_it_does_not(wrap, value, passes):
    app = wrap(answering(*page((b"set-cookie", value))))
    assert drive(app).all(b"set-cookie") == ([value] if passes else [])


@pytest.mark.parametrize(
    "name",
    [
        "session",
        "sessionid",
        "csrftoken",
        "connect.sid",
        "PHPSESSID",
        "JSESSIONID",
        "remember_token",
        "laravel_session",
        "XSRF-TOKEN",
        "_session_id",
        "ASP.NET_SessionId",
        "__Host-session",
        "lang",
        "id",
        "uid",
        "sid",
    ],
)
def test_a_frameworks_own_cookie_is_nobodys(wrap, name):
    assert BUNDLED.find_cookie(name) is None
    catching = Service(
        key="greedy",
        name="Greedy",
        partner=Partner(name="Greedy"),
        category="advertising",
        cookies=(Cookie(name=name, duration="P1Y", purpose="x"), Cookie(name="*", duration="P1Y", purpose="x")),
    )
    assert Catalogue([catching]).find_cookie(name) is None


@pytest.mark.parametrize("name", ["RT", "NWB", "isg", "cje"])
def test_a_name_too_short_to_tell_anything_is_nobodys(name):
    assert BUNDLED.find_cookie(name) is None


def test_the_owners_word_goes_before_that():
    own = Service(
        key="own",
        name="Own",
        partner=Partner(name="Own"),
        category="analytics",
        cookies=(Cookie(name="RT", duration="P1Y", purpose="x"),),
    )
    assert BUNDLED.with_services([own]).find_cookie("RT") is own


def test_no_pattern_of_the_catalogue_is_so_short_that_it_catches_others():
    patterns = [
        (service.key, cookie.name)
        for service in BUNDLED.services.values()
        for cookie in service.cookies
        if cookie.party == "first" and "*" in cookie.name
    ]
    assert [(key, name) for key, name in patterns if len(name.replace("*", "")) < 4] == []
    assert patterns


def test_names_are_compared_in_lower_case():
    assert {name.lower() for name in OWN_NAMES} == OWN_NAMES
    assert not is_telling("PhpSessId")
    assert is_telling("_s")


@pytest.mark.parametrize(("value", "name"), [(b"a=b; c", "a"), (b" a = b", "a"), (b"a;b=c", ""), (b"", "")])
def test_the_name_ends_at_the_first_equals_sign(value, name):
    assert cookie_name(value) == name


@pytest.mark.parametrize("kind", ["websocket.accept", "websocket.http.response.start"])
def test_a_handshake_sets_no_more_than_a_response(wrap, kind):
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "websocket.connect"}

    app = wrap(answering({"type": kind, "headers": [GA, SESSION]}, {"type": "websocket.send", "text": "x"}))
    scope = {"type": "websocket", "path": "/", "headers": [(b"host", b"example.org")]}
    asyncio.run(app(scope, receive, send))
    assert sent == [{"type": kind, "headers": [SESSION]}, {"type": "websocket.send", "text": "x"}]


def test_nothing_is_taken_that_necessary_services_set(wrap):
    decision = wrap(answering()).site.decide(None)
    now = wrap(answering()).site.now()
    necessary = [
        cookie.name
        for service in settings().catalogue.services.values()
        for cookie in service.cookies
        if service.category == "necessary" and "*" not in cookie.name and cookie.party == "first"
    ]
    assert necessary
    held = [name for name in necessary if setter(name.encode() + b"=1", BUNDLED, decision, now)]
    assert [name for name in held if BUNDLED.find_cookie(name).category == "necessary"] == []
