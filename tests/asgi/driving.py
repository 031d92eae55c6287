"""A driver for raw ASGI apps, the messages apps send, and a site's settings."""

import asyncio
import json
from dataclasses import dataclass, field
from functools import cache

from consent.settings import Settings

KEY = "0123456789abcdef0123456789abcdef"
TRACKER = b'<script src="https://www.google-analytics.com/analytics.js"></script>'
HELD = b'<script type="text/plain" data-consent-held="analytics/google-analytics" src="https://www.google-analytics.com/analytics.js"></script>'
DOCUMENT = b'<!doctype html><html lang="en"><head><title>t</title></head><body>%s</body></html>'
PAGE = DOCUMENT % TRACKER
NAVIGATION = ((b"accept", b"text/html,*/*;q=0.8"), (b"sec-fetch-dest", b"document"))


@dataclass
class Response:
    """What a server would have been told."""

    messages: list = field(default_factory=list)

    @property
    def start(self):
        return next(m for m in self.messages if m["type"] == "http.response.start")

    @property
    def status(self):
        return self.start["status"]

    @property
    def body(self):
        return b"".join(m.get("body", b"") for m in self.messages if m["type"] == "http.response.body")

    @property
    def bodies(self):
        return [m.get("body", b"") for m in self.messages if m["type"] == "http.response.body"]

    @property
    def types(self):
        return [m["type"].removeprefix("http.response.") for m in self.messages]

    def all(self, name):
        return [value for key, value in self.start["headers"] if key == name]

    def header(self, name):
        values = self.all(name)
        assert len(values) <= 1, f"{name} stands {len(values)} times"
        return values[0] if values else None

    @property
    def cookie(self):
        """The consent cookie as a request header."""
        return next(v.partition(b";")[0] for v in self.all(b"set-cookie") if b"consent=" in v)


async def drive_async(app, *, method="GET", path="/", headers=NAVIGATION, body=b"", scope=None, pieces=None):
    response = Response()
    chunks = list(pieces) if pieces is not None else [body]

    async def receive():
        if not chunks:
            return {"type": "http.disconnect"}
        piece = chunks.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(chunks)}

    async def send(message):
        response.messages.append(message)

    path, _, query = path.partition("?")
    full = {
        "type": "http",
        "method": method,
        "scheme": "http",
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"host", b"example.org"), *headers],
        **(scope or {}),
    }
    await app(full, receive, send)
    return response


def drive(app, **request):
    """One request through ``app``; what it sent."""
    return asyncio.run(drive_async(app, **request))


def answering(*messages, seen=None):
    """An app that sends ``messages``; ``seen`` collects the scopes it got."""

    async def app(scope, receive, send):
        if seen is not None:
            seen.append(scope)
        for message in messages:
            await send(dict(message))

    return app


def start(*headers, status=200, **more):
    return {"type": "http.response.start", "status": status, "headers": list(headers), **more}


def body(data, *, more=False):
    return {"type": "http.response.body", "body": data, "more_body": more}


HTML = (b"content-type", b"text/html; charset=utf-8")


def page(*headers, data=PAGE, status=200):
    """The messages of one whole HTML response."""
    length = (b"content-length", str(len(data)).encode())
    return (start(HTML, length, *headers, status=status), body(data))


@cache
def _settings(tables):
    return Settings.from_mapping(json.loads(tables))


def settings(**tables):
    """A site's settings; equal ones are read once, since a catalogue takes its time."""
    site = {
        "name": "The Gazette",
        "domains": ["example.org"],
        "languages": ["en"],
        "services": ["google-analytics", "youtube"],
    }
    return _settings(json.dumps({"records": {"url": "off"}, **tables, "site": {**site, **tables.get("site", {})}}))


def choice(form, **more):
    """The request by which a visitor chooses."""
    return {
        "method": "POST",
        "path": "/consent",
        "headers": ((b"content-type", b"application/x-www-form-urlencoded"), (b"sec-fetch-site", b"same-origin")),
        "body": form,
        **more,
    }
