"""What becomes of a response's headers when its body is rewritten. Pure functions over lists of pairs.

Names are lower case (``headers_of`` sees to it). Nothing here raises on an app's bytes.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from consent.asgi._types import Headers
from consent.html import srcset
from consent.html.fetching import FETCHING_RELS

_NO_BODY = frozenset({204, 205, 304})
_STALE = frozenset(
    {
        b"content-length",
        b"last-modified",
        b"accept-ranges",
        b"content-md5",
        b"digest",
        b"repr-digest",
        b"content-digest",
    }
)
"""Statements about the bytes as the app sent them: untrue of a rewritten page. Last-Modified goes since the page
also changes with the visitor's choice and the banner, which no date of the app's knows (RFC 9110, 8.8.2)."""
_SHARED = frozenset({b"public", b"s-maxage", b"proxy-revalidate"})
_SNIFFED = (b"<!", b"<h", b"<s", b"<i", b"<d", b"<f", b"<t", b"<a", b"<b", b"<p", b"<m", b"<l", b"<n")
_NOT_ASCII = (b"utf-16", b"utf-32", b"unicode", b"ucs-2", b"iso-10646", b"iso-2022", b"iso2022", b"hz-gb")

_UNKNOWN_TYPES = frozenset({b"unknown/unknown", b"application/unknown", b"*/*"})
_ESSENCE_END = re.compile(rb"[;\s(]")
"""Browsers end the type at more than the semicolon: ``text/html charset=utf-8`` is a page to them."""
_LINK = re.compile(rb'[\s,]*+<([^<>]*+)>((?:[^",]|"(?:[^"\\]|\\.)*+")*+)')
"""One link of a Link header: its target and its parameters (RFC 8288, 3)."""
_PARAMETER = re.compile(rb';\s*(rel|imagesrcset)\s*=\s*(?:"((?:[^"\\]|\\.)*+)"|([^\s;,"]*))', re.IGNORECASE)


def first(headers: Headers, name: bytes) -> bytes | None:
    """The first value under ``name``."""
    for key, value in headers:
        if key == name:
            return value
    return None


def without(headers: Headers, names: Iterable[bytes]) -> Headers:
    """``headers`` but for ``names``."""
    dropped = frozenset(names)
    return [pair for pair in headers if pair[0] not in dropped]


def page_type(headers: Iterable[tuple[bytes, bytes]]) -> bytes | None:
    """The Content-Type by which a body may be a page; empty where there is none (browsers sniff then); None: no page.

    On the hot path, so headers are taken as the app wrote them. Of several types a browser picks one (Fetch, extract
    a MIME type): if any is HTML, it may be that one.
    """
    found: bytes | None = b""
    for name, value in headers:
        if len(name) == 12 and (name == b"content-type" or name.lower() == b"content-type"):
            meaning = _meaning(value)
            if meaning:
                return value
            found = meaning
    return found


@lru_cache(maxsize=256)
def _meaning(content_type: bytes) -> bytes | None:
    """As ``page_type``; a type that is none, or says that it is unknown, is sniffed (MIME Sniffing, 7)."""
    folded = content_type.lower()
    essence = folded.partition(b";")[0].strip()
    if b"/" not in essence or essence in _UNKNOWN_TYPES:
        return b""
    return folded if b"html" in folded else None


def is_html(content_type: bytes) -> bool:
    """Whether a media type is ``text/html``, whatever its parameters and case; of a list, whether one of them is."""
    types = (_ESSENCE_END.split(one.strip(), 1)[0].lower() for one in content_type.split(b","))
    return b"text/html" in types


def is_xhtml(content_type: bytes) -> bool:
    """Whether the page is for an XML parser: what we insert would break it, so it is not read."""
    return content_type.partition(b";")[0].strip().lower() == b"application/xhtml+xml"


def sniffs_as_html(start: bytes) -> bool:
    """Whether a browser takes an untyped body for HTML (MIME Sniffing, 7.1): widely, to fail closed."""
    text = start[:512].lstrip(b"\t\n\x0c\r \xef\xbb\xbf")
    return text[:2].lower() in _SNIFFED


def is_ascii_compatible(content_type: bytes) -> bool:
    """Whether markup is ASCII bytes in the charset named, so that it can be read without decoding."""
    folded = content_type.lower()
    return not any(name in folded for name in _NOT_ASCII)


def has_body(status: int) -> bool:
    """Whether a response of this status carries a page's bytes: not 1xx, 204, 205, 304, and not a part (206)."""
    return status >= 200 and status not in _NO_BODY and status != 206


def is_attachment(headers: Headers) -> bool:
    """Whether the body is to be saved, not shown (RFC 6266, 4.2)."""
    value = first(headers, b"content-disposition") or b""
    return value.partition(b";")[0].strip().lower() == b"attachment"


def content_encoding(headers: Headers) -> bytes:
    """The codings applied, in order; empty for identity."""
    values = b",".join(value for name, value in headers if name == b"content-encoding")
    codings = (coding.strip().lower() for coding in values.split(b","))
    return b", ".join(coding for coding in codings if coding not in {b"", b"identity"})


def directives(headers: Headers, name: bytes) -> list[bytes]:
    """The members of a comma-separated header; commas inside quoted strings do not part (RFC 9110, 5.6.1)."""
    return [part for key, value in headers if key == name for part in _members(value)]


def forbids_transform(headers: Headers) -> bool:
    """``Cache-Control: no-transform``: an explicit wish of the app (RFC 9111, 5.2.2.6)."""
    return any(part.lower() == b"no-transform" for part in directives(headers, b"cache-control"))


def merge_vary(headers: Headers, names: Iterable[bytes]) -> Headers:
    """``headers`` with ``names`` added to Vary; ``*`` stays alone (RFC 9110, 12.5.5)."""
    present = directives(headers, b"vary")
    folded = {name.lower() for name in present}
    if b"*" in folded:
        return headers
    added = [name for name in names if name.lower() not in folded]
    if not added:
        return headers
    return [*without(headers, [b"vary"]), (b"vary", b", ".join([*present, *added]))]


def make_private(headers: Headers) -> Headers:
    """``headers`` with a Cache-Control under which no shared cache keeps one visitor's page for another."""
    kept = [
        part for part in directives(headers, b"cache-control") if part.partition(b"=")[0].strip().lower() not in _SHARED
    ]
    names = {part.partition(b"=")[0].strip().lower() for part in kept}
    # 'private="x-field"' keeps one field private, not the page (RFC 9111, 5.2.2.7).
    if not any(part.lower() == b"private" for part in kept) and b"no-store" not in names:
        kept.append(b"private")
    # Surrogates read these before Cache-Control (RFC 9213): a page of one visitor must not stay there either.
    rest = without(headers, [b"cache-control", b"cdn-cache-control", b"surrogate-control"])
    return [*rest, (b"cache-control", b", ".join(kept))] if kept else rest


def for_rewritten(headers: Headers, *, etag: bytes | None, vary: Iterable[bytes]) -> Headers:
    """The headers of a rewritten page: what was true of the app's bytes alone is gone."""
    kept = without(headers, _STALE | {b"etag"})
    if etag:
        kept.append((b"etag", etag))
    return make_private(merge_vary(kept, vary))


def with_length(headers: Headers, length: int) -> Headers:
    """``headers`` with this Content-Length."""
    return [*without(headers, [b"content-length"]), (b"content-length", b"%d" % length)]


def hold_links(headers: Headers, passes: Callable[[bytes], bool]) -> Headers:
    """``headers`` without the links and speculation rules by which a browser would fetch what may not be (H1)."""
    held = ((name, _held(name, value, passes)) for name, value in headers)
    return [(name, value) for name, value in held if value is not None]


def held_link(value: bytes, passes: Callable[[bytes], bool]) -> bytes:
    """A Link header's value without what would fetch from a held place; untouched where there is no such thing."""
    links = list(_LINK.finditer(value))
    kept = [link for link in links if all(passes(target) for target in _fetched(link))]
    parted = b"".join(link[0] for link in links)
    if len(kept) == len(links) and not value.removeprefix(parted).strip(b" \t,"):
        return value
    # What does not read as a link is left out with the rest: another reader might make one of it.
    return b", ".join(link[0].strip(b" \t,") for link in kept)


def _held(name: bytes, value: bytes, passes: Callable[[bytes], bool]) -> bytes | None:
    if name == b"link":
        return held_link(value, passes) or None
    if name == b"speculation-rules":  # a list of strings, each the URL of a rule set
        return b", ".join(part for part in _members(value) if passes(part.strip(b'"'))) or None
    return value


def _fetched(link: re.Match[bytes]) -> Iterator[bytes]:
    """The targets for which a browser contacts a host by itself."""
    parameters = [(m[1].lower(), m[3] if m[2] is None else m[2]) for m in _PARAMETER.finditer(link[2])]
    rels = {word for name, value in parameters if name == b"rel" for word in value.lower().split()}
    if FETCHING_RELS.isdisjoint(rels):
        return
    yield link[1]
    for name, value in parameters:
        if name == b"imagesrcset":
            yield from srcset.urls(value)


def _members(value: bytes) -> list[bytes]:
    if b'"' not in value:
        return [part for part in (piece.strip() for piece in value.split(b",")) if part]
    parts: list[bytes] = []
    start, quoted = 0, False
    for index in range(len(value)):
        char = value[index : index + 1]
        if char == b'"' and value[index - 1 : index] != b"\\":
            quoted = not quoted
        elif char == b"," and not quoted:
            parts.append(value[start:index].strip())
            start = index + 1
    parts.append(value[start:].strip())
    return [part for part in parts if part]
