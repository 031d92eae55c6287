"""Status x method x body x compression x consent, on real sockets: uvicorn and granian, each started once."""

import gzip
import http.client
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.asgi.driving import HELD, KEY, PAGE, TRACKER
from tests.asgi.test_servers import PICTURE, command, free_port, wait_for

APP = """
import asyncio
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse
from consent import ConsentMiddleware, Settings

PAGE = open("page.html", "rb").read()
OTHER = b'{"a": "' + b"x" * 2000 + b'"}'
HTML, JSON = (b"content-type", b"text/html; charset=utf-8"), (b"content-type", b"application/json")
COOKIES = [(b"set-cookie", b"_ga=1; Path=/"), (b"set-cookie", b"session=2")]
go = asyncio.Event()


def pieces(data, size):
    return [data[at : at + size] for at in range(0, len(data), size)] or [b""]


KINDS = {
    "whole": (200, [HTML, (b"content-length", b"%d" % len(PAGE)), (b"etag", b'"v1"')], [PAGE]),
    "chunked": (200, [HTML, (b"etag", b'W/"v1"')], pieces(PAGE, 60)),
    "bytewise": (200, [HTML], pieces(PAGE, 1)),
    "untyped": (200, [(b"content-length", b"%d" % len(PAGE))], [PAGE]),
    "empty": (200, [HTML, (b"content-length", b"0")], [b""]),
    "notfound": (404, [HTML], [PAGE]),
    "error": (500, [HTML], pieces(PAGE, 100)),
    "moved": (302, [HTML, (b"location", b"/elsewhere")], [PAGE]),
    "bare-moved": (303, [(b"location", b"/elsewhere"), (b"content-length", b"0")], [b""]),
    "nothing": (204, [], [b""]),
    "attached": (200, [HTML, (b"content-disposition", b"attachment"), (b"content-length", b"%d" % len(PAGE))], [PAGE]),
    "json": (200, [JSON, (b"content-length", b"%d" % len(OTHER))], [OTHER]),
    "json-chunked": (200, [JSON], pieces(OTHER, 500)),
    "json-error": (422, [JSON], [OTHER]),
}


async def inner(scope, receive, send):
    if scope["type"] != "http":
        return
    kind = scope["path"].strip("/")
    asked = dict(scope["headers"])
    if kind in {"page.html", "picture.png"}:
        await FileResponse(kind, headers={"set-cookie": "_ga=1"})(scope, receive, send)
        return
    if kind == "go":
        go.set()
        kind = "nothing"
    if kind == "waiting":
        go.clear()
        await send({"type": "http.response.start", "status": 200, "headers": [HTML]})
        begun, ended = PAGE.split(b"</body>")
        await send({"type": "http.response.body", "body": begun + b"<p>first</p>", "more_body": True})
        await asyncio.wait_for(go.wait(), 20)
        await send({"type": "http.response.body", "body": b"<p>second</p></body>" + ended})
        return
    status, headers, bodies = KINDS[kind]
    tag = dict(headers).get(b"etag")
    if tag and tag in asked.get(b"if-none-match", b""):
        await send({"type": "http.response.start", "status": 304, "headers": [(b"etag", tag), *COOKIES]})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *COOKIES]})
    for at, piece in enumerate([b""] if scope["method"] == "HEAD" else bodies):
        await send({"type": "http.response.body", "body": piece, "more_body": at + 1 < len(bodies) and scope["method"] != "HEAD"})


SETTINGS = Settings.from_mapping(
    {"site": {"name": "The Gazette", "services": ["google-analytics"]}, "records": {"url": "off"}, "holding": {"csp": "enforce"}}
)
STACKS = {
    b"plain": ConsentMiddleware(inner, settings=SETTINGS),
    b"inside": ConsentMiddleware(GZipMiddleware(inner, minimum_size=10), settings=SETTINGS),
    b"outside": GZipMiddleware(ConsentMiddleware(inner, settings=SETTINGS), minimum_size=10),
}


async def app(scope, receive, send):
    if scope["type"] == "http":
        await STACKS[dict(scope["headers"]).get(b"x-stack", b"plain")](scope, receive, send)
"""
PAGES = ("whole", "chunked", "bytewise", "untyped", "notfound", "error", "moved", "page.html")
OTHERS = ("empty", "bare-moved", "nothing", "attached", "json", "json-chunked", "json-error", "picture.png")
STATUSES = {"notfound": 404, "error": 500, "moved": 302, "bare-moved": 303, "nothing": 204, "json-error": 422}
STACKS = ("plain", "inside", "outside")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list
    raw: bytes

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name]

    def header(self, name):
        return next(iter(self.all(name)), None)

    @property
    def body(self):
        return gzip.decompress(self.raw) if self.header("content-encoding") == "gzip" and self.raw else self.raw


@pytest.fixture(scope="module", params=["uvicorn", "granian"])
def port(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "served.py").write_text(APP, encoding="utf-8")
    (folder / "page.html").write_bytes(PAGE)
    (folder / "picture.png").write_bytes(PICTURE)
    number = free_port()
    environment = {**os.environ, "CONSENT_SECRET": KEY, "PYTHONPATH": str(folder)}
    line = command(request.param, number)
    started = [str(Path(sys.executable).with_name(line[0])), *line[1:]]
    process = subprocess.Popen(started, cwd=folder, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_for(number, process)
        yield number
    finally:
        process.terminate()
        process.wait(timeout=30)


def fetch(port, path, *, method="GET", body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    sent = {"Accept": "text/html", "Accept-Encoding": "gzip", "Sec-Fetch-Dest": "document"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items() if value}
    connection.request(method, path, body=body, headers=sent)
    response = connection.getresponse()
    answer = Answer(response.status, response.getheaders(), response.read())
    connection.close()
    return answer


@pytest.fixture(scope="module")
def cookie(port):
    form = {"Content_Type": "application/x-www-form-urlencoded", "Sec_Fetch_Site": "same-origin"}
    chosen = fetch(port, "/consent", method="POST", body="action=accept", **form)
    assert chosen.status == 303
    return chosen.header("set-cookie").partition(";")[0]


def assert_framed(answer, method):
    """The message is one that a client can tell the end of, and ends where it says (RFC 9112, 6)."""
    length = answer.header("content-length")
    assert len(answer.all("content-length")) <= 1
    assert not (length and answer.header("transfer-encoding"))
    if method == "HEAD":
        assert answer.raw == b""
    elif length:
        assert int(length) == len(answer.raw)


def assert_cookies(answer, *, granted, more=("session=2",)):
    names = [value for value in answer.all("set-cookie") if "consent" not in value]
    assert [value for value in names if "_ga" not in value] == list(more)
    assert any("_ga" in value for value in names) is granted


@pytest.mark.parametrize("granted", [False, True], ids=["unanswered", "granted"])
@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("kind", PAGES)
def test_a_page_is_held_until_the_grant_whatever_stands_around_it(port, cookie, kind, method, stack, granted):
    answer = fetch(port, f"/{kind}", method=method, X_Stack=stack, Cookie=cookie if granted else "")
    assert answer.status == STATUSES.get(kind, 200)
    assert_framed(answer, method)
    assert_cookies(answer, granted=granted, more=() if kind == "page.html" else ("session=2",))
    assert answer.header("last-modified") is None
    if method == "HEAD" and kind == "untyped":
        return  # without a body nobody can tell that it is a page
    assert "Cookie" in (answer.header("vary") or "")
    assert answer.header("cache-control") == "private"
    assert bool(answer.all("content-security-policy")) is not granted
    if method == "GET":
        assert (TRACKER in answer.body, HELD in answer.body) == (granted, not granted)
        assert (b'id="consent-banner"' in answer.body) is not granted
        assert answer.body.endswith(b"</body></html>")


@pytest.mark.parametrize("granted", [False, True], ids=["unanswered", "granted"])
@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_no_page_is_the_apps_own(port, cookie, kind, method, stack, granted):
    answer = fetch(port, f"/{kind}", method=method, X_Stack=stack, Cookie=cookie if granted else "")
    assert answer.status == STATUSES.get(kind, 200)
    assert_framed(answer, method)
    assert_cookies(answer, granted=granted, more=() if kind == "picture.png" else ("session=2",))
    if method == "GET":
        if kind == "attached":
            assert answer.body == PAGE
        if kind == "picture.png":
            assert answer.body == PICTURE
        if kind.startswith("json"):
            assert answer.body == b'{"a": "' + b"x" * 2000 + b'"}'
        if kind in {"nothing", "bare-moved"}:
            assert answer.body == b""
    if kind.endswith("moved"):
        assert answer.header("location") == "/elsewhere"


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("kind", ["whole", "chunked"])
def test_after_a_choice_no_304_brings_the_old_page_back(port, cookie, kind, stack):
    first = fetch(port, f"/{kind}", X_Stack=stack)
    tag = first.header("etag")
    same = fetch(port, f"/{kind}", X_Stack=stack, If_None_Match=tag)
    assert (same.status, same.raw, same.header("etag")) == (304, b"", tag)
    assert_cookies(same, granted=False)
    later = fetch(port, f"/{kind}", X_Stack=stack, If_None_Match=tag, Cookie=cookie)
    assert later.status == 200
    assert later.header("etag") != tag
    assert TRACKER in later.body
    back = fetch(port, f"/{kind}", X_Stack=stack, If_None_Match=f'{later.header("etag")}, "v1", W/"v1"')
    assert back.status == 200
    assert HELD in back.body


@pytest.mark.parametrize("stack", STACKS)
def test_a_page_comes_whole_where_a_part_was_asked_for_and_a_file_in_parts(port, stack):
    page = fetch(port, "/page.html", X_Stack=stack, Range="bytes=0-9")
    assert (page.status, HELD in page.body) == (200, True)
    part = fetch(port, "/picture.png", X_Stack=stack, Range="bytes=1-3", Sec_Fetch_Dest="image", Accept="image/*")
    assert (part.status, part.body, part.header("content-range")) == (206, b"PNG", f"bytes 1-3/{len(PICTURE)}")
    assert_framed(part, "GET")


@pytest.mark.parametrize("stack", ["plain", "inside"])
def test_a_chunk_arrives_while_the_app_still_waits(port, stack):
    """The app sends its second chunk only when it is told to, after the first was read: or never, and this hangs."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/waiting", headers={"Accept": "text/html", "X-Stack": stack})
    response = connection.getresponse()
    seen = b""
    while b"<p>first</p>" not in seen:
        piece = response.read1(65536)
        assert piece, "the response ended before its second chunk"
        seen += piece
    assert HELD in seen
    assert b"second" not in seen
    fetch(port, "/go")
    assert b"<p>second</p>" in response.read()
    connection.close()
