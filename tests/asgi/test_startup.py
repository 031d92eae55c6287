"""A start that fails stops the server, however late a framework makes its middleware."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.applications import Starlette

from consent import ConsentMiddleware, SettingsError
from tests.asgi.test_servers import ROOT, command, free_port

APP = """
from starlette.applications import Starlette
from consent import ConsentMiddleware

app = Starlette()
app.add_middleware(ConsentMiddleware, settings="consent.toml")
"""


async def called(app, kind):
    """What ``app`` sends when it is called with a scope of this kind, and what it raises."""
    sent = []

    async def receive():
        return {"type": "lifespan.startup"}

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "method": "GET", "path": "/", "query_string": b"", "headers": []}
    try:
        await app(scope, receive, send)
    except (SettingsError, TypeError) as error:
        return sent, error
    return sent, None


def lazily_made(settings) -> Starlette:
    app = Starlette()
    app.add_middleware(ConsentMiddleware, settings=settings)
    return app


@pytest.mark.parametrize(
    ("settings", "told"),
    [("none.toml", "consent.E001  none.toml"), ({"site": {}}, "TypeError: settings must be a path or a Settings")],
)
def test_a_startup_fails_with_the_mistakes_as_its_message(settings, told):
    app = lazily_made(settings)
    sent, error = asyncio.run(called(app, "lifespan"))
    assert [message["type"] for message in sent] == ["lifespan.startup.failed"]
    assert told in sent[0]["message"]
    assert str(error) in sent[0]["message"]
    assert asyncio.run(called(app, "http"))[1] is error


def test_without_a_lifespan_the_first_request_raises():
    sent, error = asyncio.run(called(lazily_made("none.toml"), "http"))
    assert (sent, error.problems[0].code) == ([], "consent.E001")


def test_made_by_hand_it_raises_at_once_in_a_running_loop_too():
    async def make():
        with pytest.raises(SettingsError):
            ConsentMiddleware(Starlette(), settings="none.toml")

    asyncio.run(make())


@pytest.mark.parametrize("server", ["uvicorn", "granian"])
def test_a_server_does_not_start_without_a_key(server, tmp_path):
    (tmp_path / "served.py").write_text(APP, encoding="utf-8")
    (tmp_path / "consent.toml").write_text('[site]\nname = "The Gazette"\n', encoding="utf-8")
    name, *words = command(server, free_port())
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    del environment["CONSENT_SECRET"]
    ended = subprocess.run(
        [Path(sys.executable).with_name(name), *words],
        cwd=tmp_path,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode != 0
    assert "consent.E061" in ended.stdout + ended.stderr
