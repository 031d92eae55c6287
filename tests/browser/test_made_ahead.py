"""A page that Chromium makes ahead of time (speculation rules) and shows later.

Under a driver no page made ahead ever runs: so nobody drives here. The pages go on by themselves and tell the server
how they are.
"""

import subprocess
import time

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from tests.browser.conftest import ARGUMENTS, find_chromium
from tests.browser.run_time import TRACKER, Sink, page_of

pytestmark = pytest.mark.browser

LONGEST = 30
"""Seconds until the last page has told how it is."""
FIRST = """
    <script type=speculationrules>{"prerender": [{"urls": ["/ahead"], "eagerness": "immediate"}]}</script>
    <script>(async () => {
        const wait = () => new Promise(done => setTimeout(done, 100));
        while (!await (await fetch("/made")).json()) await wait();
        await new Promise(done => setTimeout(done, TAKING));
        ACT;
        while (ACT_OVER) await wait();
        location.href = "/ahead";
    })()</script>
"""
AHEAD = """
    <script src="TRACKER/held.js"></script><script>
    const note = (when, more) => fetch("/note", { method: "POST", body: JSON.stringify({
        when, banner: !!document.getElementById("consent-banner"), allowed: consent.allows("analytics"), ran: window.ran || [], ...more }) });
    const shown = async () => {
        const { activationStart } = performance.getEntriesByType("navigation")[0];
        await new Promise(done => setTimeout(done, 300));
        await note("shown", { ahead: activationStart > 0 });
        document.querySelector("#consent-banner [value=accept]")?.click();
        while (!window.ran) await new Promise(done => setTimeout(done, 50));
        note("end");
    };
    new Image().src = "TRACKER/made.gif";
    note("made", { ahead: document.prerendering });
    if (document.prerendering) document.addEventListener("prerenderingchange", shown);
    else shown();
    </script>
"""


class Site(Sink):
    """``act``: what the first page does before it goes on, ``until`` this is false, ``taking`` so many milliseconds."""

    def __init__(self, act: str = "", until: str = "false", taking: int = 300) -> None:
        self.notes: list[dict[str, object]] = []
        self.choices: list[dict[str, object]] = []
        super().__init__(FIRST.replace("ACT_OVER", until).replace("ACT", act).replace("TAKING", str(taking)))

    async def __call__(self, scope, receive, send):
        async def hearing():
            message = await receive()
            if scope["method"] == "POST" and scope["path"] == "/consent" and message.get("body"):
                request = Request(scope, lambda: answered(message))
                self.choices.append(await request.json())
            return message

        await super().__call__(scope, hearing if scope["type"] == "http" else receive, send)

    async def file(self, request: Request) -> Response:
        match request.url.path:
            case "/ahead":
                body = AHEAD.replace("TRACKER", f"http://{TRACKER}:{request.url.port}")
                return HTMLResponse(page_of(body, ""))
            case "/made":
                return JSONResponse(self.told("made") != [])
            case "/note":
                self.notes.append(await request.json() | {"arrived": len(self.arrived)})
                return JSONResponse(True)
        return await super().file(request)

    def told(self, when: str) -> list[dict[str, object]]:
        return [note for note in self.notes if note["when"] == when]


async def answered(message):
    return message


@pytest.fixture
def walk(serve, tmp_path, monkeypatch):
    """Let a Chromium that nobody drives walk from a site's first page to its last."""
    monkeypatch.setenv("CONSENT_SECRET", "a key for this test alone")
    executable = find_chromium()
    if executable is None:
        pytest.skip("NO CHROMIUM: set CONSENT_CHROMIUM, or apt-get install chromium")

    def run(site: Site) -> Site:
        options = [*ARGUMENTS, "--headless", "--no-first-run", f"--user-data-dir={tmp_path}"]
        nothing = subprocess.DEVNULL
        with subprocess.Popen([executable, *options, serve(site)], stdout=nothing, stderr=nothing) as chromium:
            deadline = time.monotonic() + LONGEST
            while not site.told("end") and time.monotonic() < deadline:
                time.sleep(0.05)
            chromium.terminate()
        return site

    return run


def test_nothing_is_chosen_nor_reaches_a_partner_while_it_is_made_and_all_works_once_it_is_shown(walk):
    site = walk(Site())
    assert [note | {"arrived": 0} for note in site.told("made")] == [
        {"when": "made", "ahead": True, "banner": True, "allowed": False, "ran": [], "arrived": 0}
    ]
    assert site.told("shown") == [
        {"when": "shown", "ahead": True, "banner": True, "allowed": False, "ran": [], "arrived": 0}
    ]
    assert [(note["banner"], note["allowed"], note["ran"]) for note in site.told("end")] == [
        (False, True, ["/held.js"])
    ]
    assert site.arrived.count(f"{TRACKER}/held.js") == 1
    assert len(site.choices) == 1


def test_a_choice_made_before_it_is_shown_is_in_force_when_it_is(walk):
    accept = "document.querySelector('#consent-banner [value=accept]').click()"
    site = walk(Site(accept, "document.getElementById('consent-banner')"))
    last = site.told("end")[-1]
    assert (last["banner"], last["allowed"], last["ran"]) == (False, True, ["/held.js"])
    assert len(site.choices) == 1


def test_the_time_a_visitor_took_counts_from_when_it_is_shown(walk):
    site = walk(Site(taking=2500))
    assert site.told("shown")[0]["ahead"] is True
    assert site.choices[0]["waited"] <= 1
