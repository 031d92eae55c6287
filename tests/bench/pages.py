"""Pages to measure on: a made-up news article, the demo's pages, or a folder of stored pages."""

import asyncio
import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from consent import ConsentMiddleware, Settings
from consent.asgi.site import Site
from examples.demo.app import create_app
from examples.demo.partners import Tally

SERVICES = (  # noqa: SIM905 - thirty lines otherwise
    "google-analytics google-tag-manager google-ads google-adsense google-publisher-tag youtube google-maps google-fonts "
    "meta-pixel meta-social instagram microsoft-clarity microsoft-advertising x-widgets x-ads linkedin-insight tiktok-pixel "
    "pinterest-tag hotjar matomo yandex-metrica criteo taboola outbrain chartbeat parsely new-relic disqus vimeo spotify"
).split()
"""Thirty that a news site may well use."""

_WORDS = (  # noqa: SIM905 - as above
    "the river town council bridge summer vote money mayor evening ferry harbour water stone morning people office paper "
    "plan street market school winter road train letter work season garden question answer house light weather history"
).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A page, and the site it is judged for."""

    name: str
    data: bytes
    site: Site
    host: str


def make_site(services: list[str] | None = None) -> Site:
    """A site that declares ``services``, as the middleware makes it."""
    settings = Settings.from_mapping(
        {
            "site": {
                "name": "The Gazette",
                "domains": ["gazette.example"],
                "privacy_policy": "/privacy",
                "services": SERVICES if services is None else services,
            },
            "records": {"url": "off"},
        }
    )
    return ConsentMiddleware(_nothing, settings=settings).site


async def _nothing(_scope, _receive, _send) -> None:
    """An app that is never asked."""


def samples(corpus: str = "") -> list[Sample]:
    """Every page of the folder ``corpus``, if one is named; else the article and the demo's pages."""
    if corpus:
        site = make_site()
        return [Sample(name=name, data=data, site=site, host="site.test") for name, data in stored_pages(Path(corpus))]
    article = Sample(name="article", data=article_page(), site=make_site(), host="gazette.example")
    return [article, *demo_pages()]


def stored_pages(folder: Path) -> Iterator[tuple[str, bytes]]:
    """``NAME/source.html`` and ``NAME.html`` below ``folder``."""
    found = [*folder.glob("*/source.html"), *folder.glob("*.html")]
    if not found:
        raise SystemExit(f"CONSENT_CORPUS: neither */source.html nor *.html in {folder}")
    for path in sorted(found):
        yield str(path.relative_to(folder)), path.read_bytes()


def demo_pages() -> list[Sample]:
    """The demo's pages as its app makes them, before any middleware."""
    app = create_app("http://localhost:8000", Tally())
    middleware = app.build_middleware_stack()
    while not isinstance(middleware, ConsentMiddleware):
        middleware = middleware.app
    pages = (("demo, English", "/"), ("demo, Ukrainian", "/uk/"), ("demo, privacy", "/privacy"))
    return [
        Sample(name=name, data=asyncio.run(_body(app, path)), site=middleware.site, host="localhost")
        for name, path in pages
    ]


async def _body(app, path: str) -> bytes:
    pieces: list[bytes] = []

    async def send(message) -> None:
        pieces.append(message.get("body", b""))

    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b"", "app": app}
    await app.router(scope, None, send)
    return b"".join(pieces)


def article_page(seed: int = 7) -> bytes:
    """Some 150 KB as a news site serves them: drawings, pictures in sizes, its own scripts, and thirty services.

    One tag of interest in each kilobyte: three quarters of the stored pages of this size have fewer.
    """
    chance = random.Random(seed)
    site = make_site()
    parts = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>A long summer</title>\n',
        f"<style>{_style(chance)}</style>\n",
        '<link rel="canonical" href="https://gazette.example/2026/summer">\n<link rel="stylesheet" href="/static/site.css">\n',
        *_services_head(site, chance),
        f'<script type="application/ld+json">{json.dumps(_facts(chance))}</script>\n',
        "</head>\n<body class=article>\n",
        _navigation(chance),
        "<main><article>\n",
        *_paragraphs(site, chance),
        "</article>\n",
        *_teasers(chance),
        "</main>\n",
        *_own_scripts(chance),
        f'<script id="__STATE__" type="application/json">{json.dumps([_facts(chance) for _ in range(60)])}</script>\n',
        '<script src="/static/app.js" defer></script>\n',
        "</body>\n</html>\n",
    ]
    return "".join(parts).encode()


def _words(chance: random.Random, count: int) -> str:
    text = " ".join(chance.choice(_WORDS) for _ in range(count))
    return text[0].upper() + text[1:]


def _style(chance: random.Random) -> str:
    return "\n".join(
        f".{chance.choice(_WORDS)}-{n} > a:hover{{color:#{chance.randrange(4096):03x};margin:0 {n % 9}px;"
        f"background:url(/static/{n}.svg)}}"
        for n in range(160)
    )


def _services_head(site: Site, chance: random.Random) -> Iterator[str]:
    """Each service's tag and its inline script, in the shape their vendors give out."""
    for key in SERVICES:
        service = site.catalogue.services[key]
        host = next((host for host in service.hosts if "*" not in host and "?" not in host), "")
        if host:
            yield f'<script async src="https://{host}{"" if "/" in host else "/"}/{key}.js?id={chance.randrange(10**8)}"></script>\n'
        if service.inline:
            yield (
                f"<script>\n(function(w,d){{w.q=w.q||[];{service.inline[0]}/* {_words(chance, 20)} */;"
                f"w.q.push(['init',{chance.randrange(10**6)}]);}})(window,document);\n</script>\n"
            )


def _navigation(chance: random.Random) -> str:
    links = "".join(
        f'<li class="nav-item"><a class="nav-link" href="/{chance.choice(_WORDS)}/{n}" data-track="nav-{n}">'
        f"{_icon(chance)}<span>{_words(chance, 2)}</span></a></li>\n"
        for n in range(24)
    )
    return f'<header><nav aria-label="Sections"><ul>\n{links}</ul></nav></header>\n'


def _icon(chance: random.Random) -> str:
    steps = "".join(f"l{chance.randrange(9)} {chance.randrange(9)}" for _ in range(10))
    return f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M2 2{steps}z"/></svg>'


def _picture(name: str) -> str:
    sizes = ", ".join(f"https://img.gazette.example/{name}-{width}.jpg {width}w" for width in (320, 640, 960, 1280))
    return (
        f'<figure><img src="https://img.gazette.example/{name}-640.jpg" srcset="{sizes}" '
        f'sizes="(min-width: 60em) 40em, 100vw" alt="" loading="lazy" width="640" height="360"></figure>\n'
    )


def _paragraphs(site: Site, chance: random.Random) -> Iterator[str]:
    yield f"<h1>{_words(chance, 8)}</h1>\n"
    for n in range(84):
        yield f'<p>{_words(chance, 60)}, <a href="/{n}">{_words(chance, 3)}</a>. {_words(chance, 30)}.</p>\n'
        if n % 6 == 0:
            yield _picture(f"story-{n}")
        if n % 15 == 7:
            host = site.catalogue.services["youtube"].hosts[0]
            yield f'<iframe src="https://www.{host}/embed/{n}" width="560" height="315" allowfullscreen></iframe>\n'
        if n % 20 == 11:
            yield f"<!-- advertisement {n}: {_words(chance, 10)} -->\n"


def _teasers(chance: random.Random) -> Iterator[str]:
    yield '<section aria-label="More"><ul>\n'
    for n in range(28):
        yield (
            f'<li class="teaser"><a href="/story/{n}"><h3>{_words(chance, 7)}</h3>{_picture(f"teaser-{n}")}'
            f'<p class="lead">{_words(chance, 25)}</p></a><button type="button">{_icon(chance)}</button></li>\n'
        )
    yield "</ul></section>\n"


def _own_scripts(chance: random.Random) -> Iterator[str]:
    """The site's own: they call, compare and build markup, and none is a service's."""
    for n in range(12):
        lines = "\n".join(
            f"  if (state.{chance.choice(_WORDS)} < {k} && node.{chance.choice(_WORDS)}) {{ render('<p class=\"n{k}\">' + list[{k}].text); }}"
            for k in range(14)
        )
        yield f"<script>\n(function (state, node, list, render) {{\n{lines}\n}})({{n: {n}}}, document.body, [], console.log);\n</script>\n"


def _facts(chance: random.Random) -> dict[str, object]:
    return {
        "@type": "NewsArticle",
        "headline": _words(chance, 9),
        "image": [f"https://img.gazette.example/{chance.randrange(10**6)}.jpg" for _ in range(4)],
        "text": _words(chance, 40),
    }


def corpus_folder() -> str:
    return os.environ.get("CONSENT_CORPUS", "")
