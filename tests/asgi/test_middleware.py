"""The middleware as an app mounts it."""

import asyncio
import dataclasses
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient

from consent import Consent, ConsentMiddleware, SettingsError
from consent.asgi import holders
from consent.browsers.facts_file import bundled_browser_facts
from consent.records.chain import derive_key
from consent.settings import Settings
from tests.asgi.driving import HELD, HTML, KEY, NAVIGATION, PAGE, answering, body, choice, drive, page, settings, start

JSON = (b"content-type", b"application/json")


def asking(question):
    """An app that keeps what ``question`` says of its ``scope["consent"]``."""
    answers = []

    async def app(scope, receive, send):
        assert isinstance(scope["consent"], Consent)
        answers.append(question(scope["consent"]))
        await send(start(JSON))
        await send(body(b"{}"))

    return app, answers


def test_the_app_may_ask_what_is_allowed(wrap, accepted):
    app, answers = asking(
        lambda consent: (consent.answered, consent.allows("analytics"), consent.allows("google-analytics"))
    )
    drive(wrap(app))
    drive(wrap(app), headers=(*NAVIGATION, accepted))
    drive(wrap(app), headers=(*NAVIGATION, (b"cookie", b"consent=forged.x")))
    assert answers == [(False, False, False), (True, True, True), (False, False, False)]


def test_necessary_is_always_allowed_and_an_unknown_name_never(wrap, accepted, caplog):
    app, answers = asking(lambda consent: (consent.allows("necessary"), consent.allows("analytisc")))
    wrapped = wrap(app)
    drive(wrapped, headers=(accepted,))
    drive(wrapped, headers=(accepted,))
    assert answers == [(True, False)] * 2
    assert [record.getMessage()[:12] for record in caplog.records] == ["consent.W015"]


def test_excluded_paths_pass_untouched_but_may_ask(wrap):
    seen = []
    app = wrap(answering(*page(), seen=seen), paths={"exclude": ["/api/"]})
    headers = (*NAVIGATION, (b"accept-encoding", b"gzip"))
    assert drive(app, path="/api/x", headers=headers).body == PAGE
    assert isinstance(seen[0]["consent"], Consent)
    assert (b"accept-encoding", b"gzip") in seen[0]["headers"]
    assert HELD in drive(app, path="/apix", headers=headers).body


def test_what_is_excluded_never_takes_away_the_pages_that_banners_lead_to(wrap):
    app = wrap(answering(*page()), paths={"exclude": ["/con"]})
    assert drive(app, path="/contact", headers=NAVIGATION).body == PAGE
    assert drive(app, **choice(b"action=accept")).status == 303
    assert drive(app, path="/consent/policy", headers=NAVIGATION).status == 200


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_one_inside_another_stands_aside_and_says_so(wrap, caplog, kind):
    seen = []
    inner = wrap(answering(*page(), seen=seen), paths={"mount": "/choice"})
    outer = wrap(inner)
    assert drive(outer, scope={"type": kind}) == drive(wrap(answering(*page())), scope={"type": kind})
    assert seen[0]["consent"].site is outer.site
    drive(outer, scope={"type": kind})
    assert [record.getMessage()[:12] for record in caplog.records] == ["consent.W016"]


def test_one_inside_another_holds_what_the_other_leaves_alone(wrap):
    seen = []
    inner = wrap(answering(*page(), seen=seen))
    outer = wrap(inner, paths={"exclude": ["/shop/"]})
    assert drive(outer, path="/shop/x").body.count(b'id="consent-banner"') == 1
    drive(outer, path="/shop/x", scope={"type": "websocket"})
    assert [scope["consent"].site for scope in seen] == [inner.site] * 2


def test_settings_that_are_no_settings_say_what_would_be():
    with pytest.raises(TypeError, match=r"not dict; of a mapping: Settings\.from_mapping"):
        ConsentMiddleware(answering(), settings={"site": {"name": "The Gazette"}})


def test_mistakes_in_the_settings_and_the_missing_key_are_told_together(monkeypatch, tmp_path):
    monkeypatch.delenv("CONSENT_SECRET")
    file = tmp_path / "consent.toml"
    file.write_text('[site]\nlangauges = ["en"]\n', encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        ConsentMiddleware(answering(), settings=file)
    keys = [problem.key for problem in caught.value.problems]
    assert {"site.name", "site.langauges", "CONSENT_SECRET"} <= set(keys)


def test_a_missing_key_alone_stops_the_start(monkeypatch):
    monkeypatch.setenv("CONSENT_SECRET", " , ")
    with pytest.raises(SettingsError):
        ConsentMiddleware(answering(), settings=settings())


def test_keys_may_be_changed(wrap, accepted, monkeypatch):
    monkeypatch.setenv("CONSENT_SECRET", f"{'n' * 32},0123456789abcdef0123456789abcdef")
    assert HELD not in drive(wrap(answering(*page())), headers=(*NAVIGATION, accepted)).body
    monkeypatch.setenv("CONSENT_SECRET", "n" * 32)
    assert HELD in drive(wrap(answering(*page())), headers=(*NAVIGATION, accepted)).body


def test_a_retired_key_verifies_records_and_no_cookie(wrap, accepted, monkeypatch, tmp_path):
    monkeypatch.setenv("CONSENT_SECRET", "n" * 32)
    monkeypatch.setenv("CONSENT_RETIRED_SECRETS", f"{'o' * 32}, {KEY}")
    app = wrap(answering(*page()), records={"url": f"sqlite:///{tmp_path}/consent.db"})
    assert HELD in drive(app, headers=(*NAVIGATION, accepted)).body
    sealing, *verifying = app.site.keeper.housekeeper.keys
    assert sealing == derive_key(b"n" * 32)
    assert verifying == [derive_key(b"o" * 32), derive_key(KEY.encode())]


def test_undeclared_services_and_unknown_hosts_are_logged_once(wrap, caplog):
    data = PAGE.replace(
        b"</body>",
        b'<img src="https://bat.bing.com/x.gif"><img src="https://elsewhere.test/1"><img src="//elsewhere.test/2"></body>',
    )
    app = wrap(answering(*page(data=data)))
    drive(app)
    drive(app, headers=(*NAVIGATION, (b"host", b"www.example.org")))
    assert sorted(record.getMessage()[:12] for record in caplog.records) == ["consent.W010", "consent.W011"]


@pytest.mark.parametrize(
    ("url", "tables", "said"),
    [
        (b"https://static.hotjar.com/c/hotjar-1.js", {}, "it is held until its category is allowed"),
        (b"https://cdn.jsdelivr.net/x.js", {}, "it is necessary, and not held"),
        (
            b"https://static.hotjar.com/c/hotjar-1.js",
            {"holding": {"undeclared": "hold"}},
            "it is held, whatever a visitor allows",
        ),
        (
            b"https://connect.facebook.net/en_US/fbevents.js",
            {"categories": {"advertising": {"enabled": False}}},
            "it is held, whatever a visitor allows",
        ),
        (b"https://static.hotjar.com/c/hotjar-1.js", {"services": {"hotjar": {"enabled": False}}}, None),
    ],
)
def test_the_log_says_what_becomes_of_an_undeclared_service(wrap, caplog, url, tables, said):
    app = wrap(answering(*page(data=PAGE.replace(b"</body>", b'<script src="%b"></script></body>' % url))), **tables)
    drive(app)
    told = [record.getMessage() for record in caplog.records]
    assert [text.partition(" does not name: ")[2].partition(".")[0] for text in told] == ([said] if said else [])


def test_unknown_third_parties_are_held_where_the_owner_wants_it_so(wrap):
    data = PAGE.replace(b"</body>", b'<script src="https://elsewhere.test/1"></script></body>')
    body = drive(wrap(answering(*page(data=data)), holding={"unknown": "hold"})).body
    assert b'data-consent-held="-/unknown"' in body


@pytest.mark.parametrize(
    ("markup", "held"),
    [
        (b'<iframe src="https://elsewhere.test/1"></iframe>', True),
        (b'<img width="1" height="1" src="https://elsewhere.test/1">', True),
        (b'<noscript><img src="https://elsewhere.test/1"></noscript>', True),
        (b'<script type="module" src="//elsewhere.test/1"></script>', True),
        (b'<svg><script href="//elsewhere.test/1"></script></svg>', True),
        (b'<object data="https://elsewhere.test/1"></object>', True),
        (b'<embed src="https://elsewhere.test/1">', True),
        (b'<meta http-equiv="refresh" content="0;url=https://elsewhere.test/1">', True),
        (b'<a href="/" ping="https://elsewhere.test/1">x</a>', True),
        (b'<img hidden src="https://elsewhere.test/1">', True),
        (b'<iframe srcdoc="<script src=//elsewhere.test/1></script>"></iframe>', True),
        (b'<iframe src="/own"></iframe>', False),
        (b'<script src="https://cdn.example.org/own.js"></script>', False),
        (b'<a href="https://elsewhere.test/1">x</a>', False),
        (b'<link rel="preconnect" href="https://elsewhere.test">', False),
        (b'<img src="https://elsewhere.test/1">', False),
        (b'<link rel="stylesheet" href="https://elsewhere.test/1">', False),
        (b"<p style=\"background: url('https://elsewhere.test/1')\">", False),
        (b'<video src="https://elsewhere.test/1"></video>', False),
    ],
)
def test_of_unknown_third_parties_frames_and_pixels_are_held_and_pictures_are_not(wrap, markup, held):
    app = wrap(answering(*page(data=PAGE.replace(b"</body>", markup + b"</body>"))), holding={"unknown": "hold"})
    assert (b'="-/unknown"' in drive(app).body) is held


def test_what_nobody_knows_stays_held_after_everything_was_accepted(wrap, accepted):
    data = PAGE.replace(b"</body>", b'<script src="https://elsewhere.test/1"></script></body>')
    app = wrap(answering(*page(data=data)), holding={"unknown": "hold"})
    body = drive(app, headers=(*NAVIGATION, accepted)).body
    assert b'data-consent-held="-/unknown"' in body
    assert HELD not in body


def test_third_parties_in_no_entry_are_counted_as_they_are_logged(wrap, caplog):
    hosts = [b"one.test", b"two.test", b"one.test", b"a.one.test"]
    markup = b"".join(b'<img src="https://%b/x.png">' % host for host in hosts)
    app = wrap(answering(*page(data=PAGE.replace(b"</body>", markup + b"</body>"))))
    for _ in range(3):
        drive(app)
    told = [record.getMessage() for record in caplog.records if "W011" in record.getMessage()]
    assert [text.partition(" from ")[2].partition(",")[0] for text in told] == [
        "one.test (third party 1)",
        "two.test (third party 2)",
        "a.one.test (third party 3)",
    ]


def test_the_sites_own_host_is_never_held_whatever_it_is(wrap):
    data = PAGE.replace(b"</body>", b'<img src="https://www.here.test/1"></body>')
    app = wrap(answering(*page(data=data)), holding={"unknown": "hold"})
    response = drive(app, headers=NAVIGATION, scope={"headers": [(b"host", b"here.test:8000"), *NAVIGATION]})
    assert b"-/unknown" not in response.body


@pytest.mark.parametrize("host", [b"", b"\xff", b"a b", b"google-analytics.com", b"com"])
def test_no_host_makes_a_tracker_the_sites_own_for_others(wrap, host):
    app = wrap(answering(*page()))
    drive(app, scope={"headers": [(b"host", host), *NAVIGATION]})
    assert HELD in drive(app).body


def test_judges_are_bounded(wrap):
    app = wrap(answering(*page()))
    for number in range(200):
        drive(app, scope={"headers": [(b"host", b"h%d.test" % number), *NAVIGATION]})
    assert len(app.site.holders) <= holders.KEPT


@pytest.mark.parametrize(
    ("of_page", "accepted", "lang"),
    [
        (b"uk", b"en", b"uk"),
        (b"uk-UA", b"", b"uk"),
        (b"pl", b"uk", b"uk"),
        (b"", b"uk;q=0.5", b"uk"),
        (b"pl", b"xx", b"en"),
        (b"\xff", b"\xff", b"en"),
    ],
)
def test_the_banner_speaks_the_pages_language_else_the_visitors(wrap, of_page, accepted, lang):
    app = wrap(answering(*page(data=PAGE.replace(b"en", of_page, 1))), site={"languages": ["en", "uk"]})
    response = drive(app, headers=(*NAVIGATION, (b"accept-language", accepted)))
    banner = response.body.partition(b'<section id="consent-banner"')[2].partition(b">")[0]
    assert b'lang="%s"' % lang in banner
    assert b"Accept-Language" in response.header(b"vary")


def test_browser_data_grown_old_is_told_of_at_the_start(wrap, caplog):
    wrap(answering())
    assert "consent.W030" not in caplog.text
    facts = bundled_browser_facts()
    old = dataclasses.replace(facts, as_of=facts.as_of - timedelta(days=3650))
    ConsentMiddleware(answering(), settings=dataclasses.replace(settings(), browser_facts=old))
    assert caplog.text.count("consent.W030") == 1


def test_records_are_looked_after_from_start_to_shutdown(tmp_path):
    mapping = {"site": {"name": "A", "languages": ["en"]}, "records": {"url": f"sqlite:///{tmp_path}/consent.db"}}
    with TestClient(ConsentMiddleware(Starlette(), settings=Settings.from_mapping(mapping))) as client:
        housekeeper = client.app.site.keeper.housekeeper
        assert housekeeper._thread.is_alive()
    assert housekeeper._thread is None


# Mounted below a root

MOUNTED = [
    {"root_path": "/shop", "path": "/shop/article"},  # as asgiref has it
    {"root_path": "/shop", "path": "/article"},  # as many servers have it
    {"root_path": "/shop/", "path": "/shop/article"},
]


@pytest.mark.parametrize("scope", MOUNTED)
def test_below_a_root_every_form_and_link_leads_below_it(wrap, scope):
    app = wrap(answering(*page()))
    ours = drive(app, scope=scope).body
    assert ours.count(b'="/shop/consent') == drive(app).body.count(b'="/consent') > 3
    assert b'="/consent' not in ours
    frame = drive(app, scope=scope, headers=((b"accept", b"text/html"), (b"sec-fetch-dest", b"iframe"))).body
    assert b'="/consent' not in frame


def test_a_root_is_no_markup(wrap):
    root = '/"><b>\udcff'
    response = drive(wrap(answering(*page())), scope={"root_path": root, "path": f"{root}/a"})
    assert b'="/%22%3E%3Cb%3E%FF/consent"' in response.body
    assert b"<b>" not in response.body


def test_what_stands_below_a_root_knows_its_way_back(wrap):
    app = wrap(answering(*page()))

    def ask(path, form=None, *headers):
        request = choice(form, path=path) if form else {"path": path, "headers": NAVIGATION}
        request["headers"] = (*request["headers"], *headers)
        return drive(app, scope={"root_path": "/shop"}, **request)

    referer = (b"referer", b"http://example.org/shop/article")
    ours = (b"referer", b"http://example.org/shop/consent")
    assert b'action="/shop/consent"' in ask("/shop/consent", None, referer).body
    assert b'value="/shop/article"' in ask("/shop/consent", None, referer).body
    assert b'value="/shop/"' in ask("/shop/consent", None, ours).body
    assert ask("/shop/consent", b"action=reject", referer).header(b"location") == b"/shop/article"
    assert ask("/shop/consent", b"action=reject", ours).header(b"location") == b"/shop/"
    assert ask("/shop/consent", b"action=reject&return=/shop/consent").header(b"location") == b"/shop/"


def test_below_a_root_the_browser_page_leads_on(wrap):
    old = (
        b"user-agent",
        b"Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/49.0.0.0 Safari/537.36",
    )
    scope = {"root_path": "/shop", "path": "/shop/\u0441\udcff"}
    response = drive(wrap(answering(*page())), headers=(*NAVIGATION, old), scope=scope)
    assert response.status == 406
    assert b'action="/shop/consent/browser"' in response.body
    assert b'value="/shop/%D1%81%FF"' in response.body


# Other scopes


def test_the_records_are_closed_before_the_server_hears_of_the_shutdown(wrap):
    order = []

    async def app(scope, receive, send):
        assert "consent" not in scope
        await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})

    wrapped = wrap(app)
    wrapped.site.keeper.close = lambda: order.append("closed")

    async def send(message):
        order.append(message["type"])

    asyncio.run(wrapped({"type": "lifespan"}, None, send))
    assert order == ["lifespan.startup.complete", "closed", "lifespan.shutdown.complete"]


def test_an_app_without_a_lifespan_says_so_itself(wrap):
    async def app(scope, receive, send):
        raise ValueError("no lifespan here")

    with pytest.raises(ValueError, match="no lifespan"):
        asyncio.run(wrap(app)({"type": "lifespan"}, None, None))


def test_a_scope_nobody_knows_passes(wrap):
    seen = []
    asyncio.run(wrap(answering(seen=seen))({"type": "carrier-pigeon"}, None, None))
    assert seen == [{"type": "carrier-pigeon"}]


# In a framework


@pytest.fixture
def client():
    async def home(request):
        return HTMLResponse(PAGE)

    async def stream(request):
        return StreamingResponse((PAGE[i : i + 7].decode() for i in range(0, len(PAGE), 7)), media_type="text/html")

    async def api(request):
        return JSONResponse({"analytics": request.scope["consent"].allows("analytics")})

    async def socket(websocket):
        await websocket.accept()
        await websocket.send_json(websocket.scope["consent"].allows("analytics"))
        await websocket.close()

    routes = [Route("/", home), Route("/stream", stream), Route("/api", api), WebSocketRoute("/socket", socket)]
    app = Starlette(routes=routes)
    app.add_middleware(ConsentMiddleware, settings=settings())
    with TestClient(app, headers={"accept": "text/html"}) as client:
        yield client


def test_a_visit_from_first_page_to_withdrawal(client):
    assert client.get("/").content.count(HELD) == 1
    assert client.get("/api").json() == {"analytics": False}
    answer = client.post("/consent", data={"action": "accept", "return": "/"}, headers={"origin": "http://testserver"})
    assert (answer.status_code, answer.history[0].status_code) == (200, 303)
    assert HELD not in answer.content
    assert client.get("/api").json() == {"analytics": True}
    with client.websocket_connect("/socket") as socket:
        assert socket.receive_json() is True
    told = client.post("/consent", json={"action": "withdraw"}, headers={"origin": "http://testserver"}).json()
    assert (told["answered"], told["categories"], told["reload"]) == (True, [], True)
    assert client.get("/stream").content.count(HELD) == 1


def test_a_missing_page_has_the_banner_too(client):
    assert client.get("/missing").status_code == 404
    assert client.get("/consent").status_code == 200


def test_a_form_post_of_the_apps_own_is_a_page_like_any_other(wrap):
    request = choice(b"a=b", path="/contact")
    assert HELD in drive(wrap(answering(start(HTML), body(PAGE))), **request).body
