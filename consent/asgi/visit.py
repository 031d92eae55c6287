"""What a request says, read once: a view on the scope, never a second request parser."""

import re
from collections.abc import Iterable
from enum import Enum
from urllib.parse import parse_qsl, quote

from consent.asgi._types import Headers, Scope, text_of

PAGE_DESTINATIONS = frozenset({b"document", b"iframe", b"frame", b"embed", b"object"})
"""Fetch, request destinations whose response becomes a document."""
LANGUAGE = "consent.language"
"""The key of a scope under which a middleware around us may put the page's language."""
_HOST = re.compile(r"[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\]")
_WORKERS = frozenset({b"worker", b"sharedworker", b"serviceworker"})
_TELLING = frozenset({b"sec-fetch-dest", b"accept", b"if-none-match"})


class Kind(Enum):
    """What becomes of the answer, if it is HTML."""

    PAGE = "page"
    """A document of its own: head and banner."""
    FRAME = "frame"
    """A document inside another: head, no banner."""
    FRAGMENT = "fragment"
    """Text that a script asked for: held elements stay held, nothing is inserted."""


def read_wishes(headers: Iterable[tuple[bytes, bytes]]) -> tuple[bool, bool]:
    """Whether the answer will be shown as a document, as far as the request tells, and whether tags are sent along.

    For every request: one loop, and no table of what is not asked for.
    """
    destination: bytes | None = None
    accepted = b""
    conditional = False
    for name, value in headers:
        if name in _TELLING:
            if name == b"sec-fetch-dest":
                destination = value
            elif name == b"accept":
                accepted += value
            else:
                conditional = True
    if destination is None:
        # Internet Explorer before 9 opens pages without naming HTML, and names this type nowhere else.
        return b"text/html" in accepted or b"image/pjpeg" in accepted, conditional
    return destination in PAGE_DESTINATIONS, conditional


def known_host(host: str) -> str:
    """``host``, where it is one that a browser would send; else nothing: it is a stranger's text, of any length."""
    return host if _HOST.fullmatch(host) else ""


def inner_path(scope: Scope) -> str:
    """The path inside this application: without the ``root_path`` it is mounted at (asgiref, HTTP scope)."""
    path, root = text_of(scope, "path", "/"), text_of(scope, "root_path").rstrip("/")
    if root and path.startswith(root) and path[len(root) : len(root) + 1] in {"", "/"}:
        return path[len(root) :] or "/"
    return path


class Visit:
    """One request."""

    _headers: dict[bytes, bytes] | None = None
    bar: bytes = b""
    """What is to stand on top of the page: the bar for an outdated browser."""
    said_language: str = ""
    """Set by the app, through ``scope["consent"].language``."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    @property
    def headers(self) -> dict[bytes, bytes]:
        """The last value of each name; what may come several times (Cookie, If-None-Match) is read by ``all``."""
        if self._headers is None:
            self._headers = dict(self.raw_headers)
        return self._headers

    @property
    def method(self) -> str:
        return text_of(self.scope, "method")

    @property
    def path(self) -> str:
        return inner_path(self.scope)

    @property
    def root(self) -> str:
        """Where this application is mounted, as it stands in a URL: empty, or ``/shop``."""
        root = text_of(self.scope, "root_path").strip("/")
        return f"/{quote(root, errors='surrogateescape')}" if root else ""

    @property
    def query(self) -> str:
        query = self.scope.get("query_string", b"")
        return query.decode("latin-1") if isinstance(query, bytes) else ""

    @property
    def language(self) -> str:
        """The language that the app, or a middleware around us, says the page is in; empty where none does."""
        return self.said_language or text_of(self.scope, LANGUAGE)

    @property
    def path_language(self) -> str:
        """The first segment of the path, where it looks like a language's tag: ``/uk/news``."""
        first = self.path.lstrip("/").partition("/")[0]
        return first if first.replace("-", "").replace("_", "").isalpha() else ""

    @property
    def asked_language(self) -> str:
        """``?lang=``: the language of the page that a link came from."""
        try:
            return dict(parse_qsl(self.query, max_num_fields=20)).get("lang", "")
        except ValueError:
            return ""

    @property
    def secure(self) -> bool:
        return self.scope.get("scheme") in {"https", "wss"}

    @property
    def authority(self) -> str:
        """Host and port as the request names them."""
        return self.text(b"host")

    @property
    def host(self) -> str:
        """The host alone, lower case."""
        authority = self.authority.lower()
        if authority.startswith("["):
            return authority.partition("]")[0] + "]"
        return authority.partition(":")[0]

    @property
    def cookies(self) -> list[bytes]:
        """Every Cookie header: HTTP/2 may split them (RFC 9113, 8.2.3)."""
        return self.all(b"cookie")

    @property
    def raw_headers(self) -> Headers:
        return self.scope.get("headers") or []  # type: ignore[return-value]  # object by ASGI

    def all(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.raw_headers if key == name]

    def text(self, name: bytes) -> str:
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def destination(self) -> bytes | None:
        """``Sec-Fetch-Dest``: None where the client does not say (plain HTTP, old browsers, tools)."""
        return self.headers.get(b"sec-fetch-dest")

    @property
    def starts_worker(self) -> bool:
        """Whether the answer will run as a worker, which has a policy of its own."""
        return self.destination in _WORKERS

    @property
    def kind(self) -> Kind:
        headers = self.headers
        # htmx boosts and history restores ask for whole pages (htmx reference, request headers).
        whole = b"hx-boosted" in headers or b"hx-history-restore-request" in headers
        if b"hx-request" in headers and not whole:
            return Kind.FRAGMENT
        destination = headers.get(b"sec-fetch-dest")
        if destination == b"empty" and not whole:
            return Kind.FRAGMENT
        if destination in PAGE_DESTINATIONS and destination != b"document":
            return Kind.FRAME
        return Kind.PAGE

    @property
    def wants_json(self) -> bool:
        return b"application/json" in self.headers.get(b"accept", b"")

    @property
    def asks_json(self) -> bool:
        """``?as=json``, or a client that speaks nothing else."""
        return "as=json" in self.query.split("&") or (self.wants_json and b"text/html" not in self.headers[b"accept"])

    @property
    def sends_json(self) -> bool:
        content_type = self.headers.get(b"content-type", b"")
        return content_type.partition(b";")[0].strip().lower() == b"application/json"

    @property
    def sends_gpc(self) -> bool:
        """Whether the browser sends Global Privacy Control (``Sec-GPC: 1``; GPC, 3.1)."""
        return b"1" in self.all(b"sec-gpc")

    @property
    def is_of_browser(self) -> bool:
        """Whether a browser's page sent this: no browser POSTs without either (Fetch, 3.2; Fetch Metadata, 2)."""
        return b"sec-fetch-site" in self.headers or b"origin" in self.headers
