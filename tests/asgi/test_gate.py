"""The browser check at the door: whom it is for, what it answers, and what it leaves to others."""

import logging
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from litestar import Litestar
from quart import Quart
from starlette.applications import Starlette

from consent.asgi.gate import Gate
from consent.asgi.middleware import ConsentMiddleware
from consent.browsers import Outcome, Verdict
from tests.asgi.driving import DOCUMENT, HTML, KEY, NAVIGATION, PAGE, answering, body, drive, page, settings, start

CHROME_60 = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/60.0.3112.113 Safari/537.36"
CHROME_115 = CHROME_60.replace("60.0.3112.113", "115.0.0.0")
CHROME_158 = CHROME_60.replace("60.0.3112.113", "158.0.0.0")
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/60.0.0.0 Safari/537.36"
IE8 = "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0)"
IE8_ACCEPT = (b"accept", b"image/gif, image/x-xbitmap, image/jpeg, image/pjpeg, application/x-shockwave-flash, */*")
BAR = b'<form id="consent-outdated"'


def agent(text: str) -> tuple[bytes, bytes]:
    return (b"user-agent", text.encode())


OLD = agent(CHROME_60)


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setenv("CONSENT_SECRET", KEY)

    def make(*messages, seen=None, on_outdated=None, debug=False, **tables):
        app = answering(*(messages or page()), seen=seen)
        return ConsentMiddleware(app, settings=settings(**tables), on_outdated=on_outdated, debug=debug)

    return make


def opened(app, *headers, **request):
    return drive(app, headers=(*NAVIGATION, *headers), **request)


# For whom (point 4 of the check: pages that a person opens)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        pytest.param("GET", "/", (*NAVIGATION, OLD), 406, id="a page"),
        pytest.param("HEAD", "/", (*NAVIGATION, OLD), 406, id="a page's headers"),
        pytest.param("GET", "/a?b=c", (*NAVIGATION, OLD), 406, id="a page with a query"),
        pytest.param("GET", "/", ((b"accept", b"text/html"), OLD), 406, id="no fetch metadata, as old browsers"),
        pytest.param("GET", "/", (IE8_ACCEPT, agent(IE8)), 406, id="Internet Explorer 8, which names no HTML"),
        pytest.param("GET", "/", (*NAVIGATION, agent(CHROME_158)), 200, id="a new browser"),
        pytest.param("GET", "/", NAVIGATION, 200, id="no user agent"),
        pytest.param("GET", "/", (*NAVIGATION, agent("")), 200, id="an empty one"),
        pytest.param("GET", "/", (*NAVIGATION, agent(GOOGLEBOT)), 200, id="a bot"),
        pytest.param("GET", "/", ((b"accept", b"*/*"), OLD), 200, id="an asset, or an API"),
        pytest.param("GET", "/", ((b"accept", b"application/json"), OLD), 200, id="an API that says so"),
        pytest.param("GET", "/", ((b"accept", b"image/png,*/*"), OLD), 200, id="a picture"),
        pytest.param("GET", "/", ((b"accept", b"text/html"), (b"sec-fetch-dest", b"empty"), OLD), 200, id="fetch()"),
        pytest.param("GET", "/", ((b"accept", b"text/html"), (b"sec-fetch-dest", b"script"), OLD), 200, id="a script"),
        pytest.param("GET", "/", ((b"accept", b"text/html"), (b"sec-fetch-dest", b"iframe"), OLD), 200, id="a frame"),
        pytest.param("GET", "/", (*NAVIGATION, OLD, (b"sec-purpose", b"prefetch")), 200, id="fetched ahead"),
        pytest.param("GET", "/", (*NAVIGATION, OLD, (b"sec-purpose", b"prefetch;prerender")), 200, id="prerendered"),
        pytest.param("GET", "/", (*NAVIGATION, OLD, (b"purpose", b"prefetch")), 200, id="fetched ahead, as once"),
        pytest.param("GET", "/", (*NAVIGATION, OLD, (b"x-moz", b"prefetch")), 200, id="fetched ahead by Firefox"),
        pytest.param("GET", "/", (*NAVIGATION, OLD, (b"x-requested-with", b"XMLHttpRequest")), 200, id="XMLHttpRequest"),
        pytest.param("GET", "/", (*NAVIGATION, OLD, (b"hx-request", b"true")), 200, id="htmx"),
        pytest.param("POST", "/", (*NAVIGATION, OLD), 200, id="a form"),
        pytest.param("PUT", "/", (*NAVIGATION, OLD), 200, id="an API's method"),
        pytest.param("GET", "/embed/1", (*NAVIGATION, OLD), 200, id="browsers.exclude"),
        pytest.param("GET", "/api/1", (*NAVIGATION, OLD), 200, id="paths.exclude"),
        pytest.param("GET", "/consent", (*NAVIGATION, OLD), 200, id="the preferences: every browser may withdraw"),
        pytest.param("GET", "/", (*NAVIGATION, OLD, (b"sec-ch-ua", b'"Chromium";v="158"')), 200, id="newer hints"),
        pytest.param("GET", "/", (*NAVIGATION, OLD, (b"sec-ch-ua", b'"Chromium";v="60"')), 406, id="hints as old"),
    ],
)  # fmt: skip
def test_only_pages_that_a_person_opens_are_turned_away(site, method, path, headers, status):
    app = site(browsers={"exclude": ["/embed/"]}, paths={"exclude": ["/api/"]})
    response = drive(app, method=method, path=path, headers=headers)
    assert response.status == status
    if method == "HEAD":
        assert response.body == b""


def test_the_app_is_not_asked_where_a_browser_is_turned_away(site):
    seen = []
    assert opened(site(seen=seen), OLD).status == 406
    assert seen == []


# What it answers


@pytest.mark.parametrize("status", [200, 403, 406, 410])
def test_the_page_is_stored_nowhere_and_found_by_nobody(site, status):
    response = opened(site(browsers={"status": status}), OLD)
    assert response.status == status
    assert response.header(b"cache-control") == b"private, no-store"
    assert response.header(b"vary") == b"User-Agent, Sec-CH-UA, Cookie, Accept-Language"
    assert response.header(b"x-robots-tag") == b"noindex"
    assert response.header(b"content-type") == b"text/html; charset=utf-8"
    assert int(response.header(b"content-length")) == len(response.body)
    assert response.header(b"etag") is None
    assert response.header(b"set-cookie") is None


def test_a_conditional_request_is_not_answered_from_what_the_browser_kept(site):
    assert opened(site(), OLD, (b"if-none-match", b'W/"anything"')).status == 406


@pytest.mark.parametrize(("accepted", "language"), [(b"uk", b"uk"), (b"en", b"en"), (b"fi", b"en"), (b"\xff", b"en")])
def test_it_speaks_the_visitors_language(site, accepted, language):
    app = site(site={"languages": ["en", "uk"]})
    assert b'<html lang="%s"' % language in opened(app, OLD, (b"accept-language", accepted)).body


def test_the_form_leads_back_to_where_the_visitor_wanted_to_go(site):
    response = opened(site(), OLD, path="/a b?x=1&browser-check=preview&y=2", scope={"root_path": "/shop"})
    assert b'name="return" value="/shop/a%20b?x=1&amp;y=2"' in response.body
    assert b'action="/shop/consent/browser"' in response.body


# Rules by path


RULES = {
    "floor": "widely-24m",
    "rules": [
        {"path": "/app/", "floor": "baseline-2023"},
        {"path": "/app/help/", "mode": "off"},
        {"path": "/old/", "floor": {"blink": 50}},
        {"path": "/news/", "mode": "notice"},
    ],
}


@pytest.mark.parametrize(
    ("path", "user_agent", "status"),
    [
        ("/", CHROME_60, 406),
        ("/", CHROME_115, 200),
        ("/app/", CHROME_115, 406),
        ("/app", CHROME_115, 200),
        ("/app/help/", CHROME_60, 200),
        ("/old/", CHROME_60, 200),
        ("/news/", CHROME_60, 200),
    ],
)
def test_the_rule_with_the_longest_path_that_fits_counts(site, path, user_agent, status):
    assert opened(site(browsers=RULES), agent(user_agent), path=path).status == status


# The bar


def test_in_mode_notice_the_page_comes_with_a_bar_behind_the_banner(site):
    response = opened(site(browsers={"mode": "notice"}), OLD, path="/a?b=1")
    assert response.status == 200
    assert response.body.index(b'id="consent-banner"') < response.body.index(BAR)
    assert b'<a href="/consent/browser?lang=en" target="_top">' in response.body
    assert b'<input type="hidden" name="return" value="/a?b=1">' in response.body
    assert b"User-Agent, Sec-CH-UA" in response.header(b"vary")


def test_a_new_browser_gets_neither_the_bar_nor_another_vary(site):
    response = opened(site(browsers={"mode": "notice"}), agent(CHROME_158))
    assert BAR not in response.body
    assert b"User-Agent" not in response.header(b"vary")


def test_what_is_no_page_has_no_bar(site):
    app = site(start((b"content-type", b"application/json")), body(b"{}"), browsers={"mode": "notice"})
    assert opened(app, OLD).body == b"{}"


def test_the_bar_stands_where_an_app_is_mounted(site):
    response = opened(site(browsers={"mode": "notice"}), OLD, scope={"root_path": "/shop"})
    assert b'method="post" action="/shop/consent/browser"' in response.body
    assert b'<a href="/shop/consent/browser?lang=en"' in response.body


def test_the_bar_goes_with_the_browser_and_so_does_its_entity_tag(site):
    app = site(*page((b"etag", b'"v1"')), browsers={"mode": "notice"})
    old, new = opened(app, OLD), opened(app, agent(CHROME_158))
    assert old.header(b"etag") != new.header(b"etag")
    seen = []
    app = site(start((b"etag", b'"v1"'), status=304), body(b""), seen=seen, browsers={"mode": "notice"})
    opened(app, agent(CHROME_158), (b"if-none-match", old.header(b"etag")))
    assert b"if-none-match" not in dict(seen[0]["headers"])


def test_who_has_hidden_the_bar_does_not_see_it(site):
    app = site(browsers={"mode": "notice"})
    sent = drive(
        app,
        method="POST",
        path="/consent/browser",
        headers=((b"content-type", b"application/x-www-form-urlencoded"), (b"sec-fetch-site", b"same-origin")),
        body=b"return=/a",
    )
    assert sent.header(b"location") == b"/a"
    cookie = (b"cookie", sent.header(b"set-cookie").partition(b";")[0])
    assert BAR not in opened(app, OLD, cookie).body


def test_a_page_in_another_charset_keeps_it(site):
    data = DOCUMENT % "прив".encode("cp1251")
    typed = (b"content-type", b"text/html; charset=windows-1251")
    response = opened(site(start(typed), body(data), browsers={"mode": "notice"}, site={"languages": ["uk"]}), OLD)
    assert BAR in response.body
    assert "прив".encode("cp1251") in response.body
    assert response.body.replace("прив".encode("cp1251"), b"").isascii()


# The page under its own address


def test_the_bars_link_leads_to_the_page(site):
    response = opened(
        site(browsers={"mode": "notice"}), OLD, (b"referer", b"http://example.org/a"), path="/consent/browser"
    )
    assert response.status == 200
    assert b"Your browser is out of date" in response.body
    assert b'name="return" value="/a"' in response.body
    assert response.header(b"cache-control") == b"private, no-store"


def test_there_a_new_browser_is_not_called_old(site):
    shown = opened(site(), agent(CHROME_158), path="/consent/browser").body
    assert b"<h1>A modern browser is needed</h1>" in shown
    assert b"<form" not in shown


# The hook


def test_the_app_hears_of_an_outdated_browser_before_it_is_answered(site):
    heard = []
    app = site(on_outdated=lambda scope, verdict: heard.append((scope["path"], verdict)))
    assert opened(app, OLD, path="/a").status == 406
    assert opened(app, agent(CHROME_158), path="/b").status == 200
    [(path, verdict)] = heard
    assert path == "/a"
    assert isinstance(verdict, Verdict)
    assert (verdict.outcome, verdict.version, verdict.system) == (Outcome.OUTDATED, (60, 0), "windows")


async def _lets_in(scope, _verdict):
    return scope["path"] == "/intranet"


@pytest.mark.parametrize("hook", [_lets_in, lambda scope, _verdict: scope["path"] == "/intranet"])
def test_the_hook_may_let_a_browser_in(site, hook):
    app = site(on_outdated=hook)
    assert opened(app, OLD, path="/intranet").status == 200
    assert opened(app, OLD, path="/").status == 406


@pytest.mark.parametrize("answer", [None, False, 1, "yes", object()])
def test_nothing_else_a_hook_returns_lets_a_browser_in(site, answer):
    assert opened(site(on_outdated=lambda _scope, _verdict: answer), OLD).status == 406


async def _fails_later(_scope, _verdict):
    raise ValueError("later")


def _fails(_scope, _verdict):
    raise ValueError("at once")


@pytest.mark.parametrize("hook", [_fails, _fails_later])
def test_a_hook_that_fails_changes_nothing_and_is_heard_of(site, hook, caplog):
    assert opened(site(on_outdated=hook), OLD).status == 406
    assert "consent.W032" in caplog.text


# Preview


@pytest.mark.parametrize("query", ["browser-check=preview", "a=1&browser-check=preview"])
def test_in_debug_mode_the_page_can_be_seen_in_any_browser(site, query):
    response = opened(site(debug=True, browsers={"mode": "off"}), agent(CHROME_158), path=f"/a?{query}")
    assert response.status == 406
    assert b"Your browser is out of date" in response.body
    assert b'name="return" value="/a' in response.body


class Debugged:
    debug = True


@pytest.mark.parametrize(("app_", "status"), [(Debugged(), 406), (None, 200), (object(), 200)])
def test_a_framework_in_debug_mode_has_it_too(site, app_, status):
    response = opened(site(), agent(CHROME_158), path="/?browser-check=preview", scope={"app": app_})
    assert response.status == status


def in_quart(debug):
    app = Quart("site")
    app.debug = debug
    app.asgi_app = ConsentMiddleware(app.asgi_app, settings=settings())
    return app


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize(
    "make",
    [
        lambda debug: ConsentMiddleware(Starlette(debug=debug), settings=settings()),
        lambda debug: ConsentMiddleware(FastAPI(debug=debug), settings=settings()),
        lambda debug: ConsentMiddleware(Litestar(debug=debug), settings=settings()),
        in_quart,
    ],
)
def test_so_has_one_that_the_middleware_stands_around(site, make, debug):
    scope = {"http_version": "1.1", "root_path": "", "raw_path": b"/", "client": ("::1", 1), "server": ("::1", 80)}
    response = opened(make(debug), agent(CHROME_158), path="/?browser-check=preview", scope=scope)
    assert (response.status == 406) is debug


def test_without_debug_mode_nobody_can_ask_for_it(site):
    response = opened(site(), agent(CHROME_158), path="/?browser-check=preview")
    assert response.body.count(b"consent-banner") > 0
    assert response.status == 200


@pytest.mark.parametrize("query", ["browser-check=previews", "xbrowser-check=preview", "browser-check"])
def test_only_those_words_ask_for_it(site, query):
    assert opened(site(debug=True), agent(CHROME_158), path=f"/?{query}").status == 200


# What an owner hears at start


def test_a_floor_that_makers_do_not_keep_up_with_is_told_once(site, caplog):
    with caplog.at_level(logging.WARNING, "consent"):
        site(browsers={"floor": "widely"})
    [told] = [record.getMessage() for record in caplog.records if "consent.W031" in record.getMessage()]
    assert "widely (UC Browser 19.2, engine 123; QQ Browser 20.7, engine 121)" in told


@pytest.mark.parametrize("section", [{}, {"floor": {"blink": 100}}, {"mode": "off", "floor": "widely"}])
def test_nothing_is_told_where_nothing_is_behind(site, caplog, section):
    with caplog.at_level(logging.WARNING, "consent"):
        site(browsers=section)
    assert "consent.W031" not in caplog.text


def test_old_data_is_told(site, caplog):
    app = site()
    app._gate.report(datetime(2027, 5, 23, tzinfo=UTC).date())
    assert "consent.W030" in caplog.text
    assert opened(app, OLD).status == 406  # and it goes on working


def test_the_html_type_counts_for_the_app_alone(site):
    """What an old browser gets below the floor does not depend on what the app would have answered."""
    app = site(start(HTML, status=500), body(PAGE))
    assert opened(app, OLD).status == 406


@pytest.mark.parametrize(("mode", "part"), [("page", "page"), ("notice", "bar"), ("page", "find")])
def test_where_our_own_code_fails_an_old_browser_is_let_in_and_the_owner_hears_of_it(
    site, monkeypatch, caplog, mode, part
):
    def fail(*_):
        raise RuntimeError("ours")

    app = site(browsers={"mode": mode})
    monkeypatch.setattr(Gate, part, fail)
    assert opened(app, OLD).status == 200
    assert "consent.W014" in caplog.text


def test_the_page_speaks_the_language_of_the_page_whose_bar_led_there(site):
    """A Ukrainian page in an English browser."""
    english = (b"accept-language", b"en")
    app = site(browsers={"mode": "notice"}, site={"languages": ["en", "uk"]})
    assert b'<html lang="uk"' in drive(app, path="/consent/browser?lang=uk", headers=(*NAVIGATION, OLD, english)).body
    assert b'<html lang="en"' in drive(app, path="/consent/browser", headers=(*NAVIGATION, OLD, english)).body
    # In place of a page of the site's own, that page's query is none of ours.
    assert (
        b'<html lang="en"'
        in drive(site(site={"languages": ["en", "uk"]}), path="/news?lang=uk", headers=(*NAVIGATION, OLD, english)).body
    )
