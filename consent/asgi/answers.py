"""The product's own responses: whole, small, never framed, and never stored unless their names say what is in them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from consent.asgi._types import Headers, Send
from consent.asgi.forms import Unreadable
from consent.asgi.headers import with_length, without
from consent.asgi.visit import Visit

ALWAYS: Headers = [
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"same-origin"),
    (b"x-robots-tag", b"noindex"),
    (b"x-content-type-options", b"nosniff"),
]
_NOT_FRAMED = b"frame-ancestors 'none'"
"""A choice clicked through somebody's transparent frame is none (clickjacking)."""
_CODES = {
    Unreadable.TOO_LONG: "too-long",
    Unreadable.UNSUPPORTED: "unsupported-media-type",
    Unreadable.MALFORMED: "malformed",
    Unreadable.GONE: "malformed",
}
_encode = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One whole response."""

    status: int
    headers: Headers
    body: bytes = b""
    error: str = ""
    """The code of an error that a visitor reads; in their language it is put into words by ``Endpoints``."""

    def adding(self, headers: Headers) -> "Answer":
        """The same with ``headers`` beside its own."""
        return Answer(status=self.status, headers=[*self.headers, *headers], body=self.body, error=self.error)

    def replacing(self, name: bytes, value: bytes) -> "Answer":
        """The same with one header of this name."""
        return replace(self, headers=[*without(self.headers, [name]), (name, value)])


def html(status: int, body: bytes, *, csp: bytes = _NOT_FRAMED) -> Answer:
    """A page of the product's."""
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        *ALWAYS,
        (b"x-frame-options", b"DENY"),
        (b"content-security-policy", csp),
        (b"vary", b"Cookie"),
    ]
    return Answer(status=status, headers=headers, body=body)


def json_answer(status: HTTPStatus, content: Mapping[str, object]) -> Answer:
    """What the page's script is told."""
    body = _encode(content).encode()
    return Answer(
        status=status, headers=[(b"content-type", b"application/json"), *ALWAYS, (b"vary", b"Cookie")], body=body
    )


def plain(status: HTTPStatus, code: str, visit: Visit) -> Answer:
    """An error, in the form the client speaks."""
    if visit.sends_json or visit.wants_json:
        return json_answer(status, {"error": code})
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{status.value} {status.phrase}</title><h1>{status.phrase}</h1><p>{code}</p></html>"
    )
    return replace(html(status, page.encode()), error=code)


def lasting(body: bytes, media_type: str) -> Answer:
    """A file whose name changes with its content: kept for good, by every cache (RFC 8246)."""
    headers = [
        (b"content-type", media_type.encode("ascii")),
        (b"cache-control", b"public, max-age=31536000, immutable"),
        (b"x-content-type-options", b"nosniff"),
    ]
    return Answer(status=HTTPStatus.OK, headers=headers, body=body)


def unreadable(why: Unreadable, visit: Visit) -> Answer:
    """The error for a body that holds no choice."""
    # 499 is nobody's status: whoever it was for has gone.
    status = HTTPStatus.BAD_REQUEST if why is Unreadable.GONE else HTTPStatus(why.value)
    return plain(status, _CODES[why], visit)


def see_other(path: str) -> Answer:
    """Back to a page with GET (RFC 9110, 15.4.4), by path alone: no Host header can send a visitor elsewhere."""
    return Answer(
        status=HTTPStatus.SEE_OTHER, headers=[(b"location", path.encode("ascii")), *ALWAYS, (b"vary", b"Cookie")]
    )


async def send_answer(answer: Answer, send: Send, *, head: bool) -> None:
    """Send ``answer``; to HEAD without its body (RFC 9110, 9.3.2)."""
    headers = with_length(answer.headers, len(answer.body))
    await send({"type": "http.response.start", "status": int(answer.status), "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else answer.body, "more_body": False})
