"""Whatever of ours fails, the app's answer goes out: never bare with held content, never as a 500 of ours."""

import asyncio
import copy
import functools
import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings as hypothesis_settings, strategies as st

from consent.asgi import (
    allowlist,
    cookies,
    csp,
    expiry,
    fetching,
    gate,
    headers,
    holders,
    page as page_module,
    places,
    request,
    responder,
    site as site_module,
    untouched,
    validators,
    visit,
)
from consent.asgi.endpoints import Endpoints
from consent.asgi.middleware import ConsentMiddleware
from consent.asgi.reports import Reports
from consent.catalogue import Catalogue
from consent.cookie import ConsentCookie
from consent.decision import Decision
from consent.html.holding import Holder
from consent.html.rewriter import Rewriter
from consent.judge import PageJudge
from consent.pages.banner import Banner
from consent.pages.preferences import Preferences
from tests.asgi.driving import (
    HTML,
    KEY,
    NAVIGATION,
    PAGE,
    TRACKER,
    answering,
    body,
    choice,
    drive,
    drive_async,
    settings,
    start,
)

INNER = [
    (allowlist, "service_sources"),
    (allowlist, "_write"),
    (allowlist.Allowlist, "policy"),
    (Catalogue, "find"),
    (Catalogue, "find_cookie"),
    (Catalogue, "find_inline"),
    (ConsentCookie, "read"),
    (cookies, "setter"),
    (csp, "nonce_of"),
    (csp, "with_inserted"),
    (Decision, "allows_service"),
    (expiry, "cookie_name"),
    (fetching, "held_link"),
    (gate.Gate, "find"),
    (headers, "make_private"),
    (headers, "merge_vary"),
    (Holder, "hold"),
    (Holder, "passes"),
    (page_module, "first"),
    (page_module, "for_rewritten"),
    (page_module, "hold_fetching"),
    (page_module, "Page"),
    (page_module, "with_length"),
    (page_module, "Rewriter"),
    (PageJudge, "inline"),
    (PageJudge, "url"),
    (Banner, "insertion"),
    (places.Places, "note"),
    (places.Places, "read"),
    (request, "_ask"),
    (request, "ask_app"),
    (request, "directives"),
    (request, "has_ours"),
    (request, "theirs"),
    (responder, "content_encoding"),
    (untouched, "content_encoding"),
    (untouched, "forbids_transform"),
    (untouched, "has_body"),
    (responder, "held_link"),
    (untouched, "hold_fetching"),
    (responder, "is_ascii_compatible"),
    (untouched, "is_attachment"),
    (untouched, "is_html"),
    (untouched, "is_xhtml"),
    (untouched, "make_private"),
    (untouched, "merge_vary"),
    (untouched, "ours"),
    (responder, "Page"),
    (responder, "read_kind"),
    (responder, "sniffs_as_html"),
    (Rewriter, "feed"),
    (Rewriter, "finish"),
    (site_module, "decide"),
    (holders, "make_holder"),
    (site_module, "negotiate"),
    (site_module, "state_tag"),
    (site_module.Site, "decide"),
    (holders.Holders, "of"),
    (site_module.Site, "language"),
    (site_module.Site, "policy_headers"),
    (site_module.Site, "read_state"),
    (site_module.Site, "state_tag"),
    (site_module.Site, "vary"),
    (validators, "ours"),
    (visit.Visit, "host"),
    (visit.Visit, "kind"),
]
NAMES = [f"{getattr(owner, '__name__', owner)}.{name}" for owner, name in INNER]
SET = (b"set-cookie", b"_ga=1; Path=/")
LINK = (b"link", b"<https://www.google-analytics.com/>; rel=preconnect")
TAGGED = (b"if-none-match", b'W/"abc-c0123456789"')
RESPONSES = {
    "page": (start(HTML, SET, LINK, (b"etag", b'"abc"')), body(PAGE)),
    "stream": (start(HTML, SET, LINK), body(PAGE[:90], more=True), body(PAGE[90:])),
    "untyped": (start(SET, LINK), body(PAGE)),
    "hinted": ({"type": "http.response.early_hint", "links": [LINK[1]]}, start(HTML), body(PAGE)),
    "kept": (start(SET, LINK, (b"etag", b'"abc"'), status=304), body(b"")),
    "json": (start((b"content-type", b"application/json"), SET), body(b"{}")),
}


def is_inert(response):
    return any(b"script-src 'none'" in value for value in response.all(b"content-security-policy"))


def assert_closed(response, kind):
    """Nothing of what is held reached the browser in a form that it would act on."""
    assert all("early_hint" not in message["type"] or not message["links"] for message in response.messages)
    assert SET[1] not in response.all(b"set-cookie")
    if kind == "json":
        assert response.body == b"{}"
        return
    links = response.all(b"link")
    assert LINK[1] not in links
    assert TRACKER not in response.body or is_inert(response)


@functools.cache
def made():
    return ConsentMiddleware(answering(), settings=settings(holding={"csp": "enforce"}))


def fresh(app):
    """A middleware that has met nothing yet. Its pages are rendered once for all: that is what takes time."""
    middleware = copy.copy(made())
    middleware.app = app
    middleware.site = site = replace(middleware.site, reports=Reports())
    middleware._gate = replace(middleware._gate, site=site)
    middleware._endpoints = Endpoints.of(site, middleware._gate)
    return middleware


@pytest.fixture
def failing(monkeypatch):
    """``failing(owner, name, app)``: the middleware around ``app``, where one of its functions raises."""

    def make(owner, name, app):
        wrapped = fresh(app)

        def broken(*_args, **_more):
            raise RuntimeError("a fault of ours")

        kind = owner.__dict__.get(name) if isinstance(owner, type) else None
        monkeypatch.setattr(owner, name, property(broken) if isinstance(kind, property) else broken)
        return wrapped

    return make


@pytest.mark.parametrize("inner", INNER, ids=NAMES)
@pytest.mark.parametrize("kind", RESPONSES)
@pytest.mark.parametrize("tagged", [False, True], ids=["", "conditional"])
def test_a_fault_of_ours_lets_nothing_through_and_ends_no_answer(failing, caplog, inner, kind, tagged):
    status = RESPONSES[kind][-2 if kind != "stream" else 0]["status"] if kind != "hinted" else 200
    app = failing(*inner, answering(*RESPONSES[kind]))
    response = drive(app, headers=(*NAVIGATION, *([TAGGED] if tagged else [])))
    assert response.status == status
    assert_closed(response, kind)
    if is_inert(response):
        assert "consent.W014" in caplog.text


@pytest.mark.parametrize(("owner", "name"), INNER, ids=NAMES)
def test_the_app_may_ask_about_consent_all_the_same(failing, owner, name):
    asked = []

    async def app(scope, receive, send):
        asked.append((scope["consent"].allows("analytics"), scope["consent"].answered))
        await send(start((b"content-type", b"text/plain")))
        await send(body(b"x"))

    assert drive(failing(owner, name, app)).body == b"x"
    assert asked == [(False, False)]


@pytest.mark.parametrize(
    ("owner", "name"), [(site_module.Site, "decide"), (Preferences, "render"), (site_module.Site, "language")]
)
@pytest.mark.parametrize("request_", [choice(b"action=accept"), {"path": "/consent"}], ids=["choice", "preferences"])
def test_below_the_mount_a_fault_is_a_plain_error_that_grants_nothing(failing, caplog, owner, name, request_):
    if name == "preferences" and "method" in request_:
        return
    response = drive(failing(owner, name, answering()), **request_)
    assert response.status == 500
    assert response.all(b"set-cookie") == []
    assert "consent.W014" in caplog.text


def test_the_apps_own_failure_is_still_the_servers_to_see(wrap):
    async def app(scope, receive, send):
        raise RuntimeError("the app's own")

    with pytest.raises(RuntimeError, match="the app's own"):
        drive(wrap(app))


@hypothesis_settings(deadline=None, max_examples=60)
@given(
    st.sampled_from([pair for pair in INNER if pair != (visit.Visit, "host")]),
    st.integers(1, 6),
    st.lists(st.integers(1, len(PAGE) - 1), max_size=4),
)
def test_a_fault_that_comes_late_lets_nothing_through_either(pair, nth, cuts):
    """The function works some times before it fails: in the middle of a body, or between two headers."""
    owner, name = pair
    original = owner.__dict__[name] if isinstance(owner, type) else getattr(owner, name)
    calls = 0

    def late(*args, **more):
        nonlocal calls
        calls += 1
        if calls >= nth:
            raise RuntimeError("a fault of ours")
        function = original.fget if isinstance(original, property) else original
        return function(*args, **more)

    edges = [0, *sorted(set(cuts)), len(PAGE)]
    pieces = [PAGE[a:b] for a, b in itertools.pairwise(edges)]
    bodies = [body(piece, more=True) for piece in pieces]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSENT_SECRET", KEY)
        app = fresh(answering(start(HTML, SET, LINK), *bodies, body(b"")))
        patch.setattr(owner, name, property(late) if isinstance(original, property) else late)
        response = asyncio.run(drive_async(app))
    assert response.status == 200
    assert_closed(response, "stream")
    assert response.messages[-1]["more_body"] is False
