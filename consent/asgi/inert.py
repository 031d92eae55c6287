"""A page that could not be judged, as it goes out: whole, readable, and asking nobody for anything.

The policy lets nothing run and nothing be fetched from elsewhere; ``sandbox`` keeps a ``<meta http-equiv="refresh">``
from leading away (HTML, 7.6). But no policy stops a connection that is opened ahead of time: for ``<link
rel="preconnect">``, and in Chromium for a frame too. So ``<link`` is written ``<meta``, which is as long and does
nothing, but for style sheets plain to see, and ``<iframe`` is written ``<ixrame``. That is done to bytes, without
reading them, in UTF-16 too, because what reads pages has just failed.
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
_NAMES = (b"link", b"iframe", b"frame")
_LETTERS = [b"\\0?".join(bytes([letter]) for letter in name) for name in _NAMES]
_TAG = re.compile(rb"(<\0?)(%b)(?=[\0\s/>])([^>]*)(>?)" % b"|".join(_LETTERS), re.IGNORECASE)
_META = bytes.maketrans(b"linkLINK", b"metameta")
_UNKNOWN = bytes.maketrans(b"fF", b"xx")
LONGEST_TAG = 4096
"""Bytes of a tag that are waited for."""
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
        begun = _begun(body) if more else None
        body, kept = (body, b"") if begun is None else (body[:begun], body[begun:])
        if body or not more:
            await send({"type": _BODY, "body": _TAG.sub(_written, body), "more_body": more})

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


def _begun(body: bytes) -> int | None:
    """Where at the end of a piece one of the tags may have begun, and is not whole."""
    at = body.rfind(b"<")
    tail = body[at + 1 :].replace(b"\0", b"").lower()
    if at < 0 or b">" in tail or len(tail) > LONGEST_TAG:
        return None
    return at if any(name.startswith(tail) or tail.startswith(name) for name in _NAMES) else None


def _written(tag: re.Match[bytes]) -> bytes:
    if tag[2][:1] not in b"lL":
        return tag[1] + tag[2].translate(_UNKNOWN) + tag[3] + tag[4]
    text = tag[3].replace(b"\0", b"").lower()
    if tag[4] and b"stylesheet" in text and not any(word in text for word in _HINTING):
        return tag[0]
    return tag[1] + tag[2].translate(_META) + tag[3] + tag[4]
