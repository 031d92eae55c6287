"""A page that could not be judged, as it goes out: whole, readable, and asking nobody for anything.

The policy lets nothing run and nothing be fetched from elsewhere; ``sandbox`` keeps a ``<meta http-equiv="refresh">``
from leading away (HTML, 7.6). No policy stops a hint: ``<link rel="preconnect">`` opens a connection all the same. So
``<link`` is written ``<meta``, which is as long and does nothing, but for style sheets plain to see. That is done to
bytes without reading them, in UTF-16 too, because what reads pages has just failed.
"""

import re
from collections.abc import Awaitable, Callable

from consent.asgi._types import Message, Send, body_of, headers_of
from consent.asgi.files import descriptor_chunks, path_chunks
from consent.asgi.headers import without

POLICY = (
    b"default-src 'self' data:; script-src 'none'; img-src 'self' data:; frame-src 'none'; connect-src 'none'; "
    b"object-src 'none'; media-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    b"sandbox allow-same-origin allow-forms allow-popups allow-downloads"
)
_DROPPED = (
    *(b"etag", b"last-modified", b"cache-control", b"link", b"speculation-rules", b"refresh"),
    *(b"report-to", b"reporting-endpoints", b"nel", b"observe-browsing-topics"),
)
_BODY = "http.response.body"
_TAG = re.compile(rb"<(\0?)l(\0?)i(\0?)n(\0?)k(?=[\0\s/>])([^>]*)(>?)", re.IGNORECASE)
_BEGUN = re.compile(rb"<\0?(?:\Z|l\0?(?:\Z|i\0?(?:\Z|n\0?(?:\Z|k[^>]{0,4096}\Z))))", re.IGNORECASE)
"""The end of a piece in which a ``<link`` may have begun."""
_HINTING = (b"pre", b"dns", b"icon", b"manifest", b"next", b"import", b"&")


def inert_start(start: Message) -> Message:
    """The start message of such a page. Stored nowhere: the next request may fare better."""
    return {
        **start,
        "headers": [
            *without(headers_of(start), _DROPPED),
            (b"cache-control", b"no-store"),
            (b"content-security-policy", POLICY),
            (b"x-dns-prefetch-control", b"off"),
        ],
    }


def inert_sender(send: Send) -> Callable[[Message], Awaitable[None]]:
    """``send`` for what follows the start: bodies without their hints, all else as it is."""
    kept = b""

    async def send_body(body: bytes, *, more: bool) -> None:
        nonlocal kept
        body = kept + body
        begun = _BEGUN.search(body) if more else None
        body, kept = (body[: begun.start()], body[begun.start() :]) if begun else (body, b"")
        if body or not more:
            await send({"type": _BODY, "body": _TAG.sub(_unhinted, body), "more_body": more})

    async def send_inert(message: Message) -> None:
        if message["type"] == _BODY:
            await send_body(body_of(message), more=bool(message.get("more_body", False)))
        elif message["type"] == "http.response.pathsend":
            async for body, more in path_chunks(message):
                await send_body(body, more=more)
        elif message["type"] == "http.response.zerocopysend":
            async for body, more in descriptor_chunks(message):
                await send_body(body, more=more)
        else:
            await send(message)

    return send_inert


def _unhinted(tag: re.Match[bytes]) -> bytes:
    text = tag[5].replace(b"\0", b"").lower()
    if tag[6] and b"stylesheet" in text and not any(word in text for word in _HINTING):
        return tag[0]
    return b"<" + b"".join((tag[1], b"m", tag[2], b"e", tag[3], b"t", tag[4], b"a", tag[5], tag[6]))
