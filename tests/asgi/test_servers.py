"""On real servers: uvicorn, and granian, which sends files by their path."""

import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.asgi.driving import HELD, KEY, PAGE

ROOT = Path(__file__).parents[2]
APP = """
import sys
from starlette.applications import Starlette
from starlette.responses import FileResponse, HTMLResponse, StreamingResponse
from starlette.routing import Route
from consent import ConsentMiddleware, Settings

PAGE = open("page.html", "rb").read()

async def home(request):
    return HTMLResponse(PAGE)

async def file(request):
    return FileResponse("page.html", media_type="text/html")

async def picture(request):
    return FileResponse("picture.png")

async def stream(request):
    return StreamingResponse(iter([PAGE[:120], PAGE[120:]]), media_type="text/html")

app = Starlette(routes=[Route("/", home), Route("/file", file), Route("/picture", picture), Route("/stream", stream)])
app.add_middleware(ConsentMiddleware, settings=Settings.from_mapping(
    {"site": {"name": "The Gazette", "services": ["google-analytics"]}, "records": {"url": "sqlite:///consent.db"}}
))
"""
PICTURE = b"\x89PNG" + bytes(range(256)) * 2000


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command(server, port):
    if server == "uvicorn":
        return ["uvicorn", "served:app", "--port", str(port), "--log-level", "warning"]
    return ["granian", "--interface", "asgi", "--port", str(port), "--log-level", "warning", "served:app"]


@pytest.fixture(params=["uvicorn", "granian"])
def server(request, tmp_path):
    (tmp_path / "served.py").write_text(APP, encoding="utf-8")
    (tmp_path / "page.html").write_bytes(PAGE)
    (tmp_path / "picture.png").write_bytes(PICTURE)
    port = free_port()
    environment = {**os.environ, "CONSENT_SECRET": KEY, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    started = [str(Path(sys.executable).with_name(command(request.param, port)[0])), *command(request.param, port)[1:]]
    process = subprocess.Popen(started, cwd=tmp_path, env=environment)
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(port, process):
    for _ in range(200):
        if process.poll() is not None:
            pytest.fail("the server did not start")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server did not listen")


def fetch(port, path, method="GET", body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    sent = {"Accept": "text/html", "Accept-Encoding": "gzip", **{k.replace("_", "-"): v for k, v in headers.items()}}
    connection.request(method, path, body=body, headers=sent)
    response = connection.getresponse()
    data = response.read()
    connection.close()
    return response, data


def test_pages_are_held_until_the_choice_on_a_real_server(server):
    for path in ("/", "/file", "/stream"):
        response, data = fetch(server, path)
        assert response.status == 200
        assert data.count(HELD) == 1, path
        assert response.getheader("content-length") in {None, str(len(data))}
        etag = response.getheader("etag")
        if etag:
            again, nothing = fetch(server, path, If_None_Match=etag)
            assert again.status in {200, 304}
            assert again.getheader("etag") == etag
            assert bool(nothing) is (again.status == 200)
    for path in ("/", "/file"):
        response, data = fetch(server, path, method="HEAD")
        assert (response.status, data, response.getheader("content-length")) == (200, b"", None), path
    response, data = fetch(server, "/picture")
    assert data == PICTURE
    chosen, _ = fetch(
        server,
        "/consent",
        method="POST",
        body="action=accept&return=/file",
        Content_Type="application/x-www-form-urlencoded",
        Sec_Fetch_Site="same-origin",
    )
    assert (chosen.status, chosen.getheader("location")) == (303, "/file")
    cookie = chosen.getheader("set-cookie").partition(";")[0]
    assert HELD not in fetch(server, "/file", Cookie=cookie)[1]
