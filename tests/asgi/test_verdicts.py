"""What the guard in a page asks: which part of a URL decides, and under which label it is held."""

import asyncio
import json
import re

import pytest
from hypothesis import given, strategies as st

from consent import ConsentMiddleware
from consent.asgi.verdicts import LONGEST, URLS, parse_urls
from consent.judge import Extent, extent, odd_paths
from tests.asgi.driving import answering, drive, settings, start

OWN = {"partner": "Stats Inc", "category": "analytics", "hosts": ["paths.test/track", "query.test/x?id=AW-"]}
SITE = {"services": ["google-analytics", "youtube", "own"]}


@pytest.fixture
def app():
    return ConsentMiddleware(answering(start()), settings=settings(site=SITE, services={"own": OWN}))


def ask(app, body, *headers):
    sent = [(b"content-type", b"application/json"), (b"accept", b"application/json"), *headers]
    body = body if isinstance(body, bytes) else json.dumps({"urls": body}).encode()
    return drive(app, method="POST", path="/consent/verdicts", headers=sent, body=body)


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("cdn.elsewhere.test/a.js?b", {"cdn.elsewhere.test": ""}),
        ("www.google-analytics.com/collect?v=1", {"www.google-analytics.com": "analytics/google-analytics"}),
        ("example.org/a.js", {"example.org": ""}),
        ("paths.test/own.js?a=b", {"paths.test/own.js": ""}),
        ("paths.test/track/x?a=b", {"paths.test/track/x": "analytics/own"}),
        ("query.test/x?id=AW-7", {"query.test/x?id=AW-7": "analytics/own"}),
        ("query.test/x?id=7", {"query.test/x?id=7": ""}),
        ("cdn.elsewhere.test/lib/matomo.js", {"cdn.elsewhere.test/lib/matomo.js": "analytics/matomo"}),
        ("cdn.elsewhere.test/lib/m%61tomo.js", {"cdn.elsewhere.test/lib/m%61tomo.js": "analytics/matomo"}),
        ("", {}),
        ("/", {}),
    ],
)
def test_the_answer_names_the_part_that_decides_and_its_label(app, url, known):
    assert json.loads(ask(app, [url]).body)["known"] == known


def test_the_answer_is_the_same_whatever_the_visitor_has_chosen(app):
    form = (b"content-type", b"application/x-www-form-urlencoded")
    chosen = drive(app, method="POST", path="/consent", headers=[form], body=b"action=accept")
    before = ask(app, ["www.google-analytics.com/"])
    after = ask(app, ["www.google-analytics.com/"], (b"cookie", chosen.cookie))
    assert before.body == after.body


def test_unknown_third_parties_have_a_label_where_they_are_held():
    app = ConsentMiddleware(answering(start()), settings=settings(holding={"unknown": "hold"}))
    assert json.loads(ask(app, ["elsewhere.test/"]).body)["known"] == {"elsewhere.test": "-/unknown"}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", (), 400),
        (b"[]", (), 400),
        (b'{"urls": "a.test/"}', (), 400),
        (b"[" * 9_000, (), 400),
        (b"x" * 20_000, (), 413),
        (b'{"urls": []}', [(b"sec-fetch-site", b"cross-site")], 403),
        (b'{"urls": []}', [(b"sec-fetch-site", b"same-origin")], 200),
        (b'{"urls": [1, null, "\\ud800", "a.test"]}', (), 200),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(app, body, headers, status):
    assert ask(app, body, *headers).status == status


def test_of_a_long_question_only_some_is_answered():
    urls = [f"host-{n}.test/" for n in range(500)]
    assert parse_urls(json.dumps({"urls": urls}).encode()) == tuple(urls[:URLS])
    assert parse_urls(json.dumps({"urls": ["a" * (LONGEST + 1)]}).encode()) == ()


def test_a_stranger_cannot_fill_the_log(app, caplog):
    for n in range(40):
        ask(app, [f"host-{n}-{m}.test/" for m in range(40)])
    assert 0 < len([r for r in caplog.records if "consent.W011" in r.message]) <= 200


@given(st.binary(max_size=200))
def test_no_bytes_raise(body):
    parse_urls(body)


@given(st.from_regex(r"/[a-z%./0-9_-]{0,30}", fullmatch=True))
def test_a_path_that_an_entry_knows_is_never_judged_by_its_host_alone(path):
    catalogue = settings().catalogue
    if catalogue.find_path(path):
        assert extent(catalogue, "elsewhere.test", path) is Extent.PATH


def test_every_path_of_the_catalogue_is_odd():
    catalogue = settings().catalogue
    odd = odd_paths(catalogue)
    for path in (path for service in catalogue.services.values() for path in service.paths):
        assert odd.search("/folder" + path.replace("*", "x"))
        assert extent(catalogue, "elsewhere.test", path.replace("*", "x")) is Extent.PATH
    assert not re.search(odd, "/assets/app.1234.js")


def test_assets_are_kept_for_good_and_change_their_name_with_their_content(app):
    ((name, asset),) = app.site.pages.assets.items()
    answer = drive(app, path=f"/consent/assets/{name}")
    assert answer.status == 200
    assert answer.body == asset.content.encode()
    assert answer.header(b"cache-control") == b"public, max-age=31536000, immutable"
    assert answer.header(b"content-type").startswith(b"text/javascript")
    assert drive(app, path="/consent/assets/choice-0000000000.js").status == 404


def test_a_websocket_below_the_mount_is_refused_and_all_others_are_the_apps(app):
    async def connect(path):
        sent = []

        async def send(message):
            sent.append(message["type"])

        await app({"type": "websocket", "path": path, "headers": []}, None, send)
        return sent

    assert asyncio.run(connect("/consent/held")) == ["websocket.close"]
    assert asyncio.run(connect("/live")) == ["http.response.start"]
