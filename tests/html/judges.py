"""A judge for tests: whatever names a tracker is held."""

import re

from consent.html import Insertion, Rewriter, Use, make_holder
from consent.judge import BasedJudge

HEAD = b"{HEAD}"
BODY = b"{BODY}"
LABEL = b"analytics/stats"


class TrackerJudge:
    """Holds URLs with ``//tracker`` in them, inline scripts that call ``track(``, and what is assigned."""

    def at(self, base: bytes):
        return BasedJudge(self, base) if b"//" in base else self

    def url(self, value: bytes, use: Use = Use.ACTIVE) -> bytes | None:
        if value.strip()[:5].lower() in {b"data:", b"javas"} or value.startswith(b"#"):
            return None  # no host
        return LABEL if b"//tracker" in value else b"media/player" if b"//player" in value else None

    def inline(self, text: bytes) -> bytes | None:
        return LABEL if b"track(" in text else None

    def assigned(self, name: bytes) -> bytes | None:
        return None if name == b"necessary" else name or b"-/"


class GrantingJudge:
    """Holds nothing."""

    def url(self, value: bytes, use: Use = Use.ACTIVE) -> bytes | None:
        return None

    inline = assigned = url

    def at(self, base: bytes):
        return self


def rewrite(page: bytes, *, sizes=None, judge=None, fragment: bool = False) -> bytes:
    """The page rewritten, in one piece or in pieces of the given sizes, again and again."""
    insert = None if fragment else lambda language: Insertion(head=HEAD, body=BODY)
    rewriter = Rewriter(make_holder(judge or TrackerJudge()), insert)
    if sizes is None:
        return rewriter.finish(page)
    out, at, turn = [], 0, 0
    while at < len(page):
        out.append(rewriter.feed(page[at : at + sizes[turn % len(sizes)]]))
        at += sizes[turn % len(sizes)]
        turn += 1
    return b"".join(out) + rewriter.finish()


def held(fragment: bytes) -> bytes:
    """A fragment with what is to be held marked, nothing inserted."""
    return rewrite(fragment, fragment=True)


INSERTED = re.compile(
    rb'( type="text/plain")? data-consent-(held|urls)="(-/unread-(attributes|references)"( [a-z:-]+="")*|[a-z0-9_./ -]*")|//\[consent:[a-z0-9_./,-]*\]'
)
RENAMED = re.compile(
    rb"data-consent-(?=(?:src|href|poster|data|type|xlink|ping|background|content|to|from|by|values|imagesrcset)\w*)",
    re.IGNORECASE,
)
COMMENTED = re.compile(rb"!consent\.W\d+ |x\{\}")


def without_marks(out: bytes) -> bytes:
    return COMMENTED.sub(b"", RENAMED.sub(b"", INSERTED.sub(b"", out)))
