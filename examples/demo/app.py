"""The newspaper: two articles, a privacy page, and the counts of what reached the simulated partners."""

import tomllib
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from consent import ConsentMiddleware, Settings
from examples.demo.partners import BY_SERVICE, PARTNERS, Tally

HERE = Path(__file__).parent
HOME = {"en": "/", "uk": "/uk/"}


def load_settings(records: str) -> Settings:
    """The demo's settings file, with the records where this run keeps them."""
    mapping = tomllib.loads((HERE / "consent.toml").read_text("utf-8"))
    return Settings.from_mapping({**mapping, "records": {"url": records}})


def make_environment(partner_origin: str) -> Environment:
    """Templates in which ``at("youtube")`` is that partner's origin; ``partner_origin`` names scheme and port."""
    origin = urlsplit(partner_origin)
    environment = Environment(
        loader=FileSystemLoader(HERE / "pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )

    def at(service: str) -> str:
        return f"{origin.scheme}://{BY_SERVICE[service].service}.localhost:{origin.port}"

    names = {partner.service: partner.name for partner in PARTNERS}
    environment.globals.update(at=at, partners=PARTNERS, names=names, home=HOME)
    return environment


def back(request: Request, default: str) -> Response:
    """To the page of this site the form stood on."""
    referer = urlsplit(request.headers.get("referer", ""))
    same = referer.netloc == request.url.netloc and referer.path.startswith("/")
    return RedirectResponse(f"/{referer.path.lstrip('/')}" if same else default, status_code=303)


def create_app(partner_origin: str, tally: Tally, *, records: str = "off") -> Starlette:
    """The demo, whose partners answer on ``*.localhost`` under ``partner_origin`` (``http://localhost:PORT``)."""
    environment = make_environment(partner_origin)
    texts = tomllib.loads((HERE / "texts.toml").read_text("utf-8"))

    def page(template: str, language: str) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            html = environment.get_template(template).render(
                t=texts[language], language=language, tally=tally, path=request.url.path
            )
            return HTMLResponse(html, headers={"Content-Language": language})

        return endpoint

    async def counts(_: Request) -> Response:
        latest = [
            {"at": f"{a.at:%H:%M:%S}", "name": BY_SERVICE[a.service].name, "target": a.target} for a in tally.latest
        ]
        body = {"total": tally.total, "services": tally.counts, "latest": latest}
        return JSONResponse(body, headers={"Cache-Control": "no-store"})

    async def reset(request: Request) -> Response:
        tally.reset()
        return back(request, "/")

    async def newsletter(request: Request) -> Response:
        return back(request, "/")  # nothing is kept: the form is here because a newspaper has one

    app = Starlette(
        routes=[
            Route("/", page("article.en.html", "en")),
            Route("/uk/", page("article.uk.html", "uk")),
            Route("/privacy", page("privacy.html", "en")),
            Route("/newsletter", newsletter, methods=["POST"]),
            Route("/demo/counts", counts),
            Route("/demo/counts.html", page("counts.html", "en")),
            Route("/demo/reset", reset, methods=["POST"]),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ]
    )
    app.add_middleware(ConsentMiddleware, settings=load_settings(records))
    return app
