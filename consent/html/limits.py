"""How much of a page is looked at: beyond these, it is held unread, never let out and never an error.

Pages that people read stay far below. Each limit has a code for the log and, where something is held, a label, which
no choice ever releases (``-/``).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit. ``label``: what is held for it bears this; empty where nothing is."""

    code: str
    most: int
    what: str
    """What is too long, too many or too deep, and what became of it: for the log."""
    label: bytes = b""


KEPT = 16 * 1024 * 1024
"""Bytes of an unfinished construct that are waited for before it counts as too long."""

TAG = Limit(
    code="consent.W050",
    most=KEPT,
    what="a tag of more than %d bytes was made a comment",
    label=b"-/unread-tag",
)
TEXT = Limit(
    code="consent.W051",
    most=KEPT,
    what="a script or style of more than %d bytes is held",
    label=b"-/unread-text",
)
BEGINNING = Limit(
    code="consent.W052",
    most=KEPT,
    what="more than %d bytes come before the body opens: the banner was put in front of the rest of them",
)
ATTRIBUTES = Limit(
    code="consent.W053",
    most=4096,
    what="an element with more than %d attributes is held",
    label=b"-/unread-attributes",
)
DOCUMENTS = Limit(
    code="consent.W054",
    most=8,
    what="documents more than %d deep in srcdoc and data: URLs are held",
    label=b"-/unread-documents",
)
SHEETS = Limit(
    code="consent.W055",
    most=4,
    what="style sheets more than %d deep in data: URLs are held",
    label=b"-/unread-sheets",
)
DRAWINGS = Limit(
    code="consent.W056",
    most=64,
    what="an svg or math element more than %d deep in others was made a comment",
    label=b"-/unread-drawings",
)
CANDIDATES = Limit(
    code="consent.W057",
    most=1024,
    what="an attribute with more than %d URLs (srcset, ping) is held",
    label=b"-/unread-candidates",
)
REFERENCES = Limit(
    code="consent.W058",
    most=16_384,
    what="a style with more than %d URLs is held",
    label=b"-/unread-references",
)
AMBIGUITY = Limit(
    code="consent.W059",
    most=0,
    what="a noscript, or raw text where it may be markup, that ends elsewhere in another reading was made a comment",
    label=b"-/unread-ambiguity",
)
BASES = Limit(
    code="consent.W049",
    most=16,
    what="base elements after the first %d are held",
    label=b"-/unread-bases",
)

ALL = (TAG, TEXT, BEGINNING, ATTRIBUTES, DOCUMENTS, SHEETS, DRAWINGS, CANDIDATES, REFERENCES, AMBIGUITY, BASES)
BY_LABEL = {limit.label: limit for limit in ALL if limit.label}

UNREAD = b"-/unread"
"""The label of what cannot be read at all: a ``data:`` URL whose base64 is none."""
