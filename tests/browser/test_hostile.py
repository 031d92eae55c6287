"""The battery in a real Chromium: of what is held nothing arrives, which arrives when the same page is served bare.

Every context has a proxy of its own, and that is the sink: it sees each host a page asks for, whatever its name,
``https`` (``CONNECT``) included. Pages that hold come first, so that nothing of a bare one can be counted for them.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field
from urllib.parse import unquote

import pytest
from playwright.async_api import Error, Page, async_playwright

from consent import ConsentMiddleware, Settings
from tests.asgi.driving import NAVIGATION, body, drive, start
from tests.browser.conftest import ARGUMENTS, find_chromium
from tests.html.hostile import ARRIVES, CASES, SERVICES, Case, as_page

pytestmark = pytest.mark.browser

SITE = "www.site.test"
PARALLEL = 8
ONE_PROCESS = "--disable-features=IsolateOrigins,site-per-process"
"""Frames of other sites need no process each, which is most of what a page costs."""
LOADING = 5000
"""Milliseconds a page may take."""
SETTLING = 0.15
"""Seconds after its load in which a page asks for what it asks for later."""
ARRIVING = 4
"""Seconds within which what must arrive does: an animation begins with a frame, and a busy machine draws few."""
TYPE = (b"content-type", b"text/html")
JOBS = [(case, True) for case in CASES] + [(case, False) for case in CASES if case.label and not case.silent]


@dataclass
class Sink:
    """A proxy that answers for every host, and remembers which were asked."""

    pages: dict[str, bytes]
    asked: set[str] = field(default_factory=set)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """Whether a tracker was asked."""

    def clear(self) -> None:
        self.asked = set()
        self.arrived.clear()

    def note(self, place: str) -> None:
        self.asked.add(place)
        if trackers({place}):
            self.arrived.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = await reader.readuntil(b"\r\n\r\n")
            method, target = head.decode("latin-1").split(" ")[:2]
            writer.write(self._answer(method, target))
            await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()
            await writer.wait_closed()

    def _answer(self, method: str, target: str) -> bytes:
        if method == "CONNECT":
            self.note(target)
            return b"HTTP/1.1 502 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        host, _, path = target.removeprefix("http://").partition("/")
        page = self.pages.get(path) if host == SITE else None
        if page is not None:
            return page
        self.note(f"{host}/{path}")
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\nAccess-Control-Allow-Origin: *\r\n"
            b"Cache-Control: no-store\r\nConnection: close\r\n\r\n"
        )


def served(data: bytes, headers=(TYPE,)) -> bytes:
    lines = [b"%b: %b" % header for header in headers if header[0] not in {b"content-length", b"cache-control"}]
    head = [
        b"HTTP/1.1 200 OK",
        *lines,
        b"Content-Length: %d" % len(data),
        b"Cache-Control: no-store",
        b"Connection: close",
    ]
    return b"\r\n".join(head) + b"\r\n\r\n" + data


async def answer(scope, receive, send) -> None:
    await send(start(TYPE))
    await send(body(as_page(CASES[int(scope["path"][1:])].markup)))


def held_page(app: ConsentMiddleware, case: Case) -> bytes:
    response = drive(app, path=f"/{CASES.index(case)}", headers=(*NAVIGATION, (b"host", SITE.encode())))
    return served(response.body, response.start["headers"])


def all_pages() -> dict[str, bytes]:
    settings = Settings.from_mapping(
        {
            "site": {"name": "Hostile", "languages": ["en"], "domains": ["site.test"], "services": list(SERVICES)},
            "services": SERVICES,
            "holding": {"allow": ["cdn.test"], "guard": False},  # what the server holds, by itself
            "browsers": {"mode": "off"},
            "records": {"url": "off"},
        }
    )
    app = ConsentMiddleware(answer, settings=settings)
    return {
        path_of(case, held=held): held_page(app, case) if held else served(as_page(case.markup)) for case, held in JOBS
    }


def path_of(case: Case, *, held: bool) -> str:
    return f"{'held' if held else 'bare'}/{CASES.index(case)}"


async def observe(pages: dict[str, bytes]) -> dict[tuple[str, bool], set[str]]:
    """For each case and state the hosts and paths that were asked."""
    queue = iter(JOBS)
    seen: dict[tuple[str, bool], set[str]] = {}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=[*ARGUMENTS, ONE_PROCESS])

        async def work() -> None:
            sink = Sink(pages)
            server = await asyncio.start_server(sink.serve, "127.0.0.1", 0)
            proxy = {"server": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"}
            page = await (await browser.new_context(proxy=proxy)).new_page()
            for case, held in queue:
                sink.clear()
                await visit(page, path_of(case, held=held))
                if not held or ARRIVES.get(case.name) == "tracker.test":
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(sink.arrived.wait(), ARRIVING)
                seen[case.name, held] = sink.asked
            server.close()

        await asyncio.gather(*(work() for _ in range(PARALLEL)))
        await browser.close()
    return seen


async def visit(page: Page, path: str) -> None:
    """Open a page in the tab at hand: a new tab would mean a new process, for each of hundreds."""
    for _ in range(2):  # what the page before leads to may come between
        with contextlib.suppress(Error):
            await page.goto(f"http://{SITE}/{path}", wait_until="load", timeout=LOADING)
            break
    await asyncio.sleep(SETTLING)


@pytest.fixture(scope="module")
def seen(request):
    if find_chromium() is None:
        pytest.skip("NO CHROMIUM: set CONSENT_CHROMIUM, or apt-get install chromium")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSENT_SECRET", "a key for this test alone")
        return asyncio.run(observe(all_pages()))


HOSTS = ("tracker.test", "xn--trcker-cua.test", "203.0.113.7", "shop.test/track/")


def trackers(asked: set[str]) -> set[str]:
    """Those asked that are held."""
    names = {place.rpartition("@")[2] for place in asked}
    return {name for name in names if any(is_at(name, host) for host in HOSTS)}


def is_at(place: str, host: str) -> bool:
    name, _, path = unquote(place).partition("/")
    wanted, _, below = host.partition("/")
    name = name.partition(":")[0].removesuffix(".").lower()
    return (name == wanted or name.endswith("." + wanted)) and path.startswith(below)


@pytest.mark.parametrize("case", [c for c in CASES if c.label], ids=lambda case: case.name)
def test_of_what_is_held_nothing_arrives(case, seen):
    assert trackers(seen[case.name, True]) == set()


@pytest.mark.parametrize("case", [c for c in CASES if c.label and not c.silent], ids=lambda case: case.name)
def test_served_bare_it_does_arrive(case, seen):
    assert trackers(seen[case.name, False]) != set()


@pytest.mark.parametrize("case", [c for c in CASES if not c.label], ids=lambda case: case.name)
def test_what_is_left_alone_asks_no_tracker(case, seen):
    asked = trackers(seen[case.name, True])

    assert (asked != set()) is (ARRIVES.get(case.name) == "tracker.test")


@pytest.mark.parametrize("name", ARRIVES)
def test_what_is_left_alone_still_loads(name, seen):
    hosts = {place.partition("/")[0].rpartition("@")[2] for place in seen[name, True]}

    assert ARRIVES[name] in hosts
