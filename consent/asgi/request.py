"""What the app is asked: the copied scope's headers, so that its answer can be read, and is about this state."""

from consent.asgi._types import Scope
from consent.asgi.consent import Consent
from consent.asgi.headers import directives, without
from consent.asgi.validators import ask_app, has_ours, theirs

_HIDING = frozenset({b"accept-encoding", b"range", b"if-range", b"if-modified-since"})
"""What makes an app answer with something that cannot be judged.

An encoded page hides its tags (an outer server still compresses: it reads its own headers). A part of a page has no
beginning. A date says nothing about a visitor's choice (RFC 9110, 13.1.3), so an old page would come back with a 304.
"""


def for_app(inner: Scope, consent: Consent, *, page: bool, conditional: bool) -> bool:
    """Edit ``inner``, the copied scope; says whether the app is asked about a tag of ours.

    ``page``: the answer will be shown as one. ``conditional``: the request carries If-None-Match.
    """
    try:
        return _ask(inner, consent, page=page, conditional=conditional)
    except Exception as error:  # noqa: BLE001 - whatever it is: the app is asked for a whole page, of no state
        consent.site.reports.failed("the app was asked for it anew", error)
        inner["headers"] = without(consent.visit.raw_headers, _HIDING | {b"if-none-match"})
        return False


def _ask(inner: Scope, consent: Consent, *, page: bool, conditional: bool) -> bool:
    headers = consent.visit.raw_headers  # names in lower case: servers must see to it (asgiref, HTTP connection scope)
    if page:
        headers = without(headers, _HIDING)
    asked = False
    if conditional:
        state = consent.site.state_tag(consent.decision, consent.visit) if has_ours(headers) else None
        tags = directives(headers, b"if-none-match")
        asked = state is not None and bool(theirs(tags, state, page=True))
        headers = ask_app(headers, theirs(tags, state, page=page))
    inner["headers"] = headers
    return asked
