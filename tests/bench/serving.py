"""What the middleware adds around an app, and the few things it does for every request."""

import asyncio
import gzip
import json
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Iterator

from consent import ConsentMiddleware
from consent.asgi.site import Site
from consent.browsers import BrowserCheck
from consent.browsers.facts_file import bundled_browser_facts
from consent.choices import Action, Choice, apply
from tests.bench.pages import article_page
from tests.bench.rewriting import unanswered
from tests.bench.timing import each, quiet

CHROME = (
    b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36"
)
MEGABYTE = 1024 * 1024
_BODY = json.dumps({"items": list(range(50))}).encode()
_JSON = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_BODY))],
}
_END = {"type": "http.response.body", "body": _BODY}


async def answer_json(_scope, _receive, send) -> None:
    """The bare app."""
    await send(_JSON)
    await send(_END)


def plain_wrapper(app):
    """The least a middleware can do that looks at Content-Type: for scale."""

    async def wrapped(scope, receive, send) -> None:
        async def look(message) -> None:
            if message["type"] == "http.response.start":
                for name, value in message["headers"]:
                    if name == b"content-type" and value.startswith(b"text/html"):
                        raise AssertionError("no page is sent here")
            await send(message)

        await app(scope, receive, look)

    return wrapped


def wrap(site: Site, app) -> ConsentMiddleware:
    """The middleware with the settings of ``site`` around another app."""
    return ConsentMiddleware(app, settings=site.settings)


def request(accept: bytes, destination: bytes) -> dict[str, object]:
    """A scope such as a browser and a server make it."""
    headers = [
        (b"host", b"gazette.example"),
        (b"connection", b"keep-alive"),
        (b"user-agent", CHROME % 158),
        (b"accept", accept),
        (b"accept-language", b"en-GB,en;q=0.9,uk;q=0.8"),
        (b"accept-encoding", b"gzip, deflate, br, zstd"),
        (b"referer", b"https://gazette.example/2026/summer"),
        (b"sec-fetch-site", b"same-origin"),
        (b"sec-fetch-mode", b"cors"),
        (b"sec-fetch-dest", destination),
    ]
    scope = {"type": "http", "http_version": "1.1", "method": "GET", "scheme": "https", "path": "/api/items"}
    return {**scope, "raw_path": b"/api/items", "root_path": "", "query_string": b"", "headers": headers}


def json_costs(site: Site, *, calls: int, rounds: int) -> dict[str, float]:
    """Seconds a JSON response takes: bare, through a plain wrapper, through the middleware. Rounds alternate."""
    apps = {"bare": answer_json, "wrapper": plain_wrapper(answer_json), "consent": wrap(site, answer_json)}
    scope = request(b"application/json", b"empty")
    fastest = dict.fromkeys(apps, float("inf"))
    with quiet():
        for _ in range(rounds):
            for name, app in apps.items():
                fastest[name] = min(fastest[name], asyncio.run(_calls(app, scope, calls)))
    return fastest


async def _calls(app, scope, calls: int) -> float:
    async def receive():
        return {"type": "http.disconnect"}

    async def send(_message) -> None:
        pass

    start = time.thread_time_ns()
    for _ in range(calls):
        await app(scope, receive, send)
    return (time.thread_time_ns() - start) / calls / 1e9


def verdict_cost(*, calls: int, rounds: int) -> float:
    """Seconds of a verdict on a User-Agent met before."""
    facts = bundled_browser_facts()
    check = BrowserCheck(facts.floors["widely-18m"])
    check.judge(CHROME % 158)
    return each(lambda: check.judge(CHROME_158), calls=calls, rounds=rounds)


CHROME_158 = CHROME % 158


def cookie_costs(site: Site, *, calls: int, rounds: int) -> tuple[float, float]:
    """Seconds of reading a cookie met before, and of verifying one never met."""
    state = apply(
        Choice(action=Action.ACCEPT),
        policy=site.settings.policy,
        receipt="bench0123456789",
        now=site.now(),
        lifetimes=site.settings.lifetimes,
    )
    value = site.cookie.dumps(state).encode()
    headers = [b"theme=dark; " + site.cookie.name(True).encode() + b"=" + value + b"; session=0123456789abcdef"]
    site.cookie.read(headers, True)
    known = each(lambda: site.cookie.read(headers, True), calls=calls, rounds=rounds)
    cold = each(lambda: site.cookie._verify(value), calls=max(calls // 20, 1), rounds=rounds)
    return known, cold


def insertion_cost(site: Site, *, calls: int, rounds: int) -> float:
    """Seconds of putting together what goes into a page, with a nonce of its own."""
    decision = unanswered(site)
    return each(
        lambda: site.pages.banner.insertion(language="en", decision=decision, nonce=b"bm9uY2U"),
        calls=calls,
        rounds=rounds,
    )


def inserted_sizes(site: Site) -> dict[str, tuple[int, int]]:
    """By language: bytes of everything inserted before the click, plain and as gzip (level 6) sends them."""
    sizes = {}
    for language in site.pages.languages:
        inserted = site.pages.banner.insertion(language=language, decision=unanswered(site))
        everything = inserted.head + inserted.body
        sizes[language] = (len(everything), len(gzip.compress(everything, 6)))
    return sizes


def stream_memory(site: Site, megabytes: int) -> int:
    """Bytes held at most while a page of so many megabytes goes through in pieces of 64 KB."""
    page = article_page()
    middle = page.index(b"<h1>")
    head, repeated = page[:middle], page[middle : page.index(b"</main>")]
    asyncio.run(_stream(wrap(site, _streaming(head, repeated, MEGABYTE))))  # what is made once is made
    app = wrap(site, _streaming(head, repeated, megabytes * MEGABYTE))
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        asyncio.run(_stream(app))
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


async def _stream(app) -> None:
    """One page through ``app``; AssertionError where it went through unread, since that would cost no memory either."""
    held = banners = 0

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message) -> None:
        nonlocal held, banners
        held += message.get("body", b"").count(b'data-consent-held="media/youtube"')
        banners += message.get("body", b"").count(b'id="consent-banner"')

    await app(request(b"text/html", b"document"), receive, send)
    if not held or banners != 1:
        raise AssertionError(f"the stream was not rewritten: {held} held, {banners} banners")


def _streaming(head: bytes, repeated: bytes, size: int) -> Callable[..., Awaitable[None]]:
    async def app(_scope, _receive, send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]}
        await send(start)
        await send({"type": "http.response.body", "body": head, "more_body": True})
        for piece in _pieces(repeated, size):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"</main></body></html>", "more_body": False})

    return app


def _pieces(repeated: bytes, size: int, length: int = 64 * 1024) -> Iterator[bytes]:
    """``repeated`` again and again, cut where it happens to be, ``size`` bytes in all."""
    twice = repeated * 2
    at = sent = 0
    while sent < size:
        yield twice[at : at + length]
        at = (at + length) % len(repeated)
        sent += length
