"""A real Chromium against a real server: ``serve(app)`` on a free loopback port, and ``browser_page``.

``anything.localhost`` resolves to the loopback in Chromium, so tests have as many sites as they need.
"""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.types import ASGIApp

from tests.shots.gazette import make_app

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DEADLINE = 10.0


def find_chromium() -> str | None:
    """$CONSENT_CHROMIUM, or what the system has."""
    candidates = (os.environ.get("CONSENT_CHROMIUM", ""), *NAMES)
    return next((path for name in candidates if name and (path := shutil.which(name))), None)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium a module. While it is there Playwright's event loop counts as running in this thread, and no test
    could call ``asyncio.run``: so it never outlives the modules that use it.
    """
    executable = find_chromium()
    if executable is None:
        pytest.skip("NO CHROMIUM: set CONSENT_CHROMIUM, or apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=ARGUMENTS,
            ignore_default_args=["--disable-back-forward-cache"],  # visitors have it
        )
        yield browser
        browser.close()


@pytest.fixture
def browser_page(chromium: Browser) -> Iterator[Page]:
    """A page in a context of its own; an error that no script caught fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(DEADLINE * 1000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


class Server:
    """uvicorn in a thread, on a port the system chose."""

    def __init__(self, app: ASGIApp) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="error", ws="none", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + DEADLINE
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the test server did not start")
            time.sleep(0.01)
        self.url = f"http://localhost:{self._socket.getsockname()[1]}"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(DEADLINE)
        self._socket.close()


@pytest.fixture(scope="module")
def gazette() -> Iterator[Callable[..., str]]:
    """``gazette(banner={...})``: the URL of the newspaper with these settings; one server for each, kept for the module.

    It keeps no records, so no test leaves another anything to find.
    """
    servers: dict[str, Server] = {}

    def start(**tables: Mapping[str, object]) -> str:
        key = repr(sorted(tables.items()))
        if key not in servers:
            servers[key] = Server(make_app(**tables))
        return servers[key].url

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSENT_SECRET", "a key for these tests, and for nothing else")
        yield start
    for server in servers.values():
        server.stop()


@pytest.fixture
def serve() -> Iterator[Callable[[ASGIApp], str]]:
    """Serve an app and give its base URL, ``http://localhost:PORT``; stopped when the test ends."""
    servers: list[Server] = []

    def start(app: ASGIApp) -> str:
        servers.append(Server(app))
        return servers[-1].url

    yield start
    for server in servers:
        server.stop()
