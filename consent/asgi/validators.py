"""ETags of rewritten pages: the app's own tag, weakened, with the state it was rewritten for (RFC 9110, 8.8).

A page is the app's bytes *and* a visitor's state. A 304 for the app's tag alone would bring back a page from before
the choice, so the state is part of the tag, and the app is asked only about tags of the state in force.

    "abc"    <->  W/"abc-c0123456789"
    W/"abc"  <->  W/"abc-w0123456789"

Pure: the state is an argument.
"""

import hashlib
import re
from collections.abc import Iterable

from consent.asgi._types import Headers
from consent.asgi.headers import directives, without
from consent.asgi.visit import Kind
from consent.decision import Decision

_STATE_LENGTH = 10
_OURS = re.compile(rb'(?:W/)?"(.*)-([cw])([0-9a-f]{10})"', re.DOTALL)
_TAG = re.compile(rb'(W/)?"([^"]*)"')


def state_tag(decision: Decision, *, pages: str, language: str, kind: Kind) -> bytes:
    """What of a rewritten page is not the app's: equal states give equal bytes, in every process."""
    parts = [
        str(decision.answered),
        *sorted(decision.categories),
        "|",
        *sorted(decision.services),
        "|",
        *(sorted(decision.declared) if decision.declared is not None else ["*"]),
        "|",
        pages,
        language,
        kind.value,  # one URL fetched by a script and opened as a page has two bodies
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_STATE_LENGTH].encode()


def ours(etag: bytes, state: bytes) -> bytes | None:
    """The app's ``etag`` as we send it, or None where it is not an entity tag at all (it is dropped then)."""
    match = _TAG.fullmatch(etag.strip())
    if not match:
        return None
    return b'W/"%s-%s%s"' % (match[2], b"w" if match[1] else b"c", state)


def has_ours(headers: Headers) -> bool:
    """Whether If-None-Match carries a tag of ours, of whatever state."""
    return any(_OURS.fullmatch(tag) for tag in directives(headers, b"if-none-match"))


def theirs(tags: Iterable[bytes], state: bytes | None, *, page: bool) -> list[bytes]:
    """The tags to ask the app about: of ours those of ``state``, in the app's form; of others none for a page.

    A foreign state's tag never gets through. A tag without a state can't be of a page we sent; it is kept where the
    answer will not be a page.
    """
    kept: list[bytes] = []
    for tag in tags:
        match = _OURS.fullmatch(tag)
        if match and match[3] == state:
            kept.append(b'%s"%s"' % (b"W/" if match[2] == b"w" else b"", match[1]))
        elif not match and not page:
            kept.append(tag)
    return kept


def ask_app(headers: Headers, tags: list[bytes]) -> Headers:
    """``headers`` with ``tags`` as If-None-Match."""
    rest = without(headers, [b"if-none-match"])
    return [*rest, (b"if-none-match", b", ".join(tags))] if tags else rest
