"""Responses whose body goes out as the app wrote it: what becomes of their headers.

No body at all (304, 204), a part of one, a download, a body of another type, or one that may not or cannot be
rewritten. Whatever it is, no header of it leads a browser to a held place (H1).
"""

from consent.asgi._types import Headers, Message, headers_of
from consent.asgi.consent import Consent
from consent.asgi.decoding import DECODERS
from consent.asgi.fetching import Passes, hold_fetching
from consent.asgi.headers import (
    content_encoding,
    first,
    forbids_transform,
    has_body,
    is_attachment,
    is_html,
    is_xhtml,
    make_private,
    merge_vary,
    page_type,
    without,
)
from consent.asgi.validators import ours


def untouched(
    message: Message, consent: Consent, *, status: int, content_type: bytes | None, asked: bool
) -> Message | None:
    """The start message as it goes out where the body is not to be rewritten; else None.

    ``content_type``: see ``headers.read_kind``. ``asked``: whether the app was asked about a tag of ours, so that a 304
    is about a rewritten page.
    """
    if status == 304 and asked:
        message = _not_modified(message, consent)
    headers = headers_of(message)
    # "html" may also be application/xhtml+xml, which an XML parser reads: insertions of ours would break it.
    foreign = content_type is None or (content_type and not is_html(content_type))
    if content_type and is_xhtml(content_type) and has_body(status):
        consent.site.reports.unread("application/xhtml+xml")
    if foreign or not has_body(status) or is_attachment(headers) or _is_unreadable(headers, consent):
        return leading_nowhere(message, consent)
    return None


def leading_nowhere(message: Message, consent: Consent) -> Message:
    """A start message by which no browser contacts a held place, whatever its body is."""
    headers = headers_of(message)
    held = hold_fetching(headers, passes_for(consent), advertising=consent.decision.allows("advertising"))
    return message if held == headers else {**message, "headers": held}


def passes_for(consent: Consent) -> Passes:
    """Says of a URL whether this visitor's browser may be led there."""
    return consent.site.holders.of(consent.decision, consent.visit.host).passes


def _is_unreadable(headers: Headers, consent: Consent) -> bool:
    """Whether the body may not, or cannot, be rewritten; the log says so."""
    html = bool(page_type(headers))
    if forbids_transform(headers):
        if html:
            consent.site.reports.untransformable(consent.visit.path)
        return True
    coding = content_encoding(headers)
    if coding and coding not in DECODERS:
        if html:
            consent.site.reports.encoded(coding.decode("latin-1"))
        return True
    return False


def _not_modified(message: Message, consent: Consent) -> Message:
    """304 for a page: the same tag, Vary and Cache-Control a 200 would carry (RFC 9110, 15.4.5)."""
    site = consent.site
    headers = headers_of(message)
    etag = first(headers, b"etag")
    headers = without(headers, [b"etag", b"last-modified"])
    if etag and (mapped := ours(etag, site.state_tag(consent.decision, consent.visit))):
        headers.append((b"etag", mapped))
    return {**message, "headers": make_private(merge_vary(headers, site.vary(consent.visit)))}
