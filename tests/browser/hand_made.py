"""A small site written by hand: held markup as the rewriter leaves it, a stand-in for the endpoint, and scripts
that say when they ran. It shows what the page's script does, whatever the server's other parts do.
"""

import asyncio
import json
from datetime import UTC, datetime
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from consent.choices import ConsentState, Lifetimes, apply, parse_choice
from consent.decision import decide
from consent.pages import Pages
from consent.settings import Settings

PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)  # the smallest GIF
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
POLICY = "default-src 'self' http://*.localhost:*; script-src 'nonce-r4nd0m' 'strict-dynamic'; style-src 'nonce-r4nd0m'"
TRUSTED = "; require-trusted-types-for 'script'; trusted-types consent"


def say(text: str) -> str:
    return f"(window.ran = window.ran || []).push('{text}');"


class Site:
    """Serves ``body`` with everything held for ``label``; counts what partners were asked for."""

    def __init__(self, body: str = "", *, csp: str = "", lang: str = "en", head: str = "", **banner: str) -> None:
        self.body, self.csp, self.lang, self.head = body, csp, lang, head
        self.scripts: dict[str, str] = {}
        """What a partner's script does, by its name; any other says its name."""
        self.settings = Settings.from_mapping(
            {
                "site": {
                    "name": "The Gazette",
                    "privacy_policy": "/privacy",
                    "languages": ["en", "uk"],
                    "services": ["google-analytics", "youtube"],
                },
                "banner": banner,
            }
        )
        self.pages = Pages(self.settings)
        self.asked: list[str] = []
        """Paths partners were asked for, in order."""
        self.choices: list[object] = []
        self.state: ConsentState | None = None
        self.spoken = ""
        """The language in which the latest choice was made."""
        self.broken = False
        """Whether the endpoint answers a script with an error."""
        self.served = 0
        self.app = Starlette(
            routes=[
                Route("/", self.page),
                Route("/other", self.page),
                Route("/frame", self.frame),
                Route("/consent", self.preferences, methods=["GET"]),
                Route("/consent", self.choose, methods=["POST"]),
                Route("/consent/assets/{name}", self.asset),
                Route("/partner/{name:path}", self.partner),
            ]
        )

    def decision(self):
        return decide(self.settings.policy, self.state, NOW)

    async def page(self, request: Request) -> Response:
        self.served += 1
        nonce = b"r4nd0m" if self.csp else b""
        parts = self.pages.banner.insertion(language=self.lang, decision=self.decision(), nonce=nonce)
        body = self.body.replace("PARTNER", f"http://partner.localhost:{request.url.port}/partner")
        if self.decision().allows("analytics"):
            body = "<p id=released>Released by the server</p>"
        html = (
            f"<!doctype html><html lang=en><head>{parts.head.decode()}{self.head}<title>News</title></head><body>"
            f"{parts.body.decode()}<h1>News</h1><a id=first href=/other>Other page</a>{body}"
            f"<div style='height:3000px'></div><a id=last href=/other>End</a></body></html>"
        )
        return HTMLResponse(html, headers={"content-security-policy": self.csp} if self.csp else {})

    async def frame(self, _: Request) -> Response:
        """A page of the site inside another: it gets the head alone."""
        head = self.pages.banner.insertion(language=self.lang, decision=self.decision()).head.decode()
        held = f'<script type="text/plain" data-consent-held="analytics">{say("framed")}</script>'
        early = '<script>window.early = consent.allows("analytics")</script>'
        return HTMLResponse(f"<!doctype html><head>{head}{early}</head><body><h2>Inner</h2>{held}</body>")

    async def preferences(self, request: Request) -> Response:
        embedded = request.headers.get("sec-fetch-dest") == "empty"
        page = self.pages.preferences.render(
            language=request.query_params.get("lang", self.lang),
            decision=self.decision(),
            state=self.state,
            return_to="/",
            embedded=embedded,
        )
        return HTMLResponse(page, headers={"content-security-policy": self.pages.preferences.csp.decode()})

    async def choose(self, request: Request) -> Response:
        scripted = request.headers["content-type"] == "application/json"
        if scripted and self.broken:
            return PlainTextResponse("down", 503)
        if scripted:
            fields = await request.json()
            self.spoken = fields.pop("lang")
            assert fields.pop("waited") >= 0
        else:
            form = parse_qs((await request.body()).decode())
            self.spoken = form["lang"][-1]
            fields = {
                "action": form["action"][-1],
                "category": form.get("category", []),
                "service": form.get("service", []),
            }
        self.choices.append(("json" if scripted else "form", fields))
        choice = parse_choice(fields["action"], fields["category"], fields["service"])
        assert choice is not None
        policy = self.settings.policy
        self.state = apply(choice, policy=policy, receipt="r-1", now=NOW, lifetimes=Lifetimes())
        if not scripted:
            return RedirectResponse("/", 303)
        categories, services = sorted(self.state.categories), sorted(self.state.services)
        return JSONResponse({"answered": True, "categories": categories, "services": services, "reload": False})

    async def asset(self, request: Request) -> Response:
        asset = self.pages.assets[request.path_params["name"]]
        return Response(asset.content, media_type=asset.media_type)

    async def partner(self, request: Request) -> Response:
        name = request.path_params["name"]
        self.asked.append(name)
        await asyncio.sleep(float(request.query_params.get("wait", "0")))
        headers = {"access-control-allow-origin": "*"}
        if name.endswith(".js"):
            return Response(self.scripts.get(name, say(name)), media_type="text/javascript", headers=headers)
        if name.endswith(".gif"):
            return Response(PIXEL, media_type="image/gif", headers=headers)
        if name.endswith(".css"):
            return Response("h1{color:rgb(1,2,3)}", media_type="text/css", headers=headers)
        return HTMLResponse(f"<p>{json.dumps(name)}</p>", headers=headers)
