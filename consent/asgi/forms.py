"""The body of a choice: a form or JSON, read whole up to a cap. Bad bytes are typed outcomes, never exceptions."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qsl

from consent.asgi._types import Receive, body_of

BODY_LIMIT = 16 * 1024
"""Bytes; the longest honest choice, every service by name, is a tenth of it."""
FIELD_LIMIT = 500
"""Fields of a form."""
LONGEST_WAIT = 86_400
"""Seconds; whoever took longer than a day to decide had left the page open."""
_decode = json.JSONDecoder().decode


class Unreadable(Enum):
    """Why a body holds no choice: the HTTP status to say so with."""

    TOO_LONG = 413
    UNSUPPORTED = 415
    MALFORMED = 400
    GONE = 499
    """The client left before the end: nobody to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What was sent, as text."""

    action: str = ""
    categories: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    return_to: str = ""
    language: str = ""
    """Of the page that the choice was made on."""
    waited: int | None = None
    """Seconds that page had been open; its script's word, for statistics alone."""


async def read_body(receive: Receive) -> bytes | Unreadable:
    """The whole body, unless it is too long; what is over the cap is never kept."""
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return Unreadable.GONE
        piece = body_of(message)
        size += len(piece)
        if size > BODY_LIMIT:
            return Unreadable.TOO_LONG
        pieces.append(piece)
        if not message.get("more_body", False):
            return b"".join(pieces)


def parse_submission(body: bytes, content_type: bytes) -> Submission | Unreadable:
    """The fields of ``body``, by its media type."""
    media_type = content_type.partition(b";")[0].strip().lower()
    if media_type == b"application/json":
        return _parse_json(body)
    if media_type == b"application/x-www-form-urlencoded":
        return _parse_form(body)
    return Unreadable.UNSUPPORTED


def _parse_form(body: bytes) -> Submission | Unreadable:
    try:
        # Latin-1 first: parse_qsl percent-decodes to UTF-8 itself, bad sequences become U+FFFD.
        pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True, max_num_fields=FIELD_LIMIT)
    except ValueError:
        return Unreadable.MALFORMED
    return Submission(
        action=_last(pairs, "action"),
        categories=tuple(value for name, value in pairs if name == "category"),
        services=tuple(value for name, value in pairs if name == "service"),
        return_to=_last(pairs, "return"),
        language=_last(pairs, "lang"),
        waited=_seconds(_last(pairs, "waited")),
    )


def _parse_json(body: bytes) -> Submission | Unreadable:
    try:
        content: object = _decode(body.decode("utf-8"))  # nothing else is JSON (RFC 8259, 8.1)
    except (ValueError, RecursionError):
        return Unreadable.MALFORMED
    if not isinstance(content, dict):
        return Unreadable.MALFORMED
    categories, services = _texts(content.get("category")), _texts(content.get("service"))
    action, language = content.get("action", ""), content.get("lang")
    if categories is None or services is None or not isinstance(action, str):
        return Unreadable.MALFORMED
    language = language if isinstance(language, str) else ""  # no page's word on its language spoils a choice
    waited = _seconds(content.get("waited"))
    return Submission(action=action, categories=categories, services=services, language=language, waited=waited)


def _texts(value: object) -> tuple[str, ...] | None:
    """A text or a list of texts, as the contract has it."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list) or len(value) > FIELD_LIMIT:
        return None
    return tuple(value) if all(isinstance(item, str) for item in value) else None


def _seconds(value: object) -> int | None:
    """A whole number of seconds within a day, or nothing: no word on time spoils a choice."""
    text = str(value)
    seconds = int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else -1
    return seconds if 0 <= seconds <= LONGEST_WAIT else None


def _last(pairs: Iterable[tuple[str, str]], wanted: str) -> str:
    return next((value for name, value in reversed([*pairs]) if name == wanted), "")
