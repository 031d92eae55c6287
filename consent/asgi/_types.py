"""The five names that carry all of ASGI (asgiref specifications, 3.0)."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, TypeAlias

# A scope and a message are open mappings by the specification: frameworks add keys of their own. ``object`` makes
# every reading say what it expects, which ``Any`` would not.
Scope: TypeAlias = MutableMapping[str, object]
Message: TypeAlias = MutableMapping[str, object]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
# An app a user hands in. Litestar and Quart type their scopes and messages as TypedDicts of their own, which are no
# MutableMapping (PEP 589), so whatever is stricter than ``Any`` here would make their users' code an error.
ASGIApp: TypeAlias = Callable[[Any, Any, Any], Awaitable[Any]]

Headers: TypeAlias = list[tuple[bytes, bytes]]
"""Names in lower case (asgiref, HTTP connection scope); duplicates and their order matter."""


def headers_of(carrier: Scope | Message) -> Headers:
    """The headers of a scope or a start message, names in lower case whatever the app wrote."""
    raw = carrier.get("headers") or ()
    if not isinstance(raw, Iterable):
        return []
    return [(bytes(name).lower(), bytes(value)) for name, value in raw]


def text_of(carrier: Scope | Message, key: str, default: str = "") -> str:
    """A text value of a scope or message, or ``default`` where it is missing or of another type."""
    value = carrier.get(key, default)
    return value if isinstance(value, str) else default


def body_of(message: Message) -> bytes:
    """The bytes of a body message; absent means empty (asgiref, Response Body). Text raises, as in any server."""
    body = message.get("body") or b""
    return body if isinstance(body, bytes) else bytes(body)  # type: ignore[call-overload]  # see above
