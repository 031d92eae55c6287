"""What rewriting a page costs, against compressing the same page (zlib, level 6)."""

import re
import secrets
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from consent.asgi.site import Site
from consent.choices import Action, Choice, apply
from consent.decision import Decision
from consent.html import Holder, Insertion, Rewriter, script_tags, styles
from tests.bench.pages import Sample
from tests.bench.timing import best, best_prepared

try:  # measured beside us where it is installed; nothing of ours needs it
    from turbohtml.rewrite import rewrite as turbohtml_rewrite
except ImportError:
    turbohtml_rewrite = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What one page cost, in seconds; the others against ``zlib``."""

    name: str
    size: int
    zlib: float
    first_sight: float
    """By a judge that has met nothing, and with no inline script remembered."""
    seen_before: float
    changed: float
    """Seen before but for two tokens, one in the head and one in the middle, as forms have them."""
    nonces: float
    """Seen before but for a new nonce in every script's tag, which the policy names."""
    granted: float
    """Seen before, everything allowed."""
    turbohtml: float | None = None

    @property
    def later(self) -> tuple[float, ...]:
        """All but the first time."""
        return self.seen_before, self.changed, self.nonces, self.granted


def rewrite(page: bytes, holder: Holder, insert: Callable[[bytes], Insertion], nonce: bytes = b"") -> bytes:
    """One page in one piece, as the middleware does it."""
    rewriter = Rewriter(holder, insert, nonce=nonce)
    return rewriter.feed(page) + rewriter.finish()


def measure(sample: Sample, rounds: int) -> Costs:
    """One page, the best of ``rounds`` each."""
    page, site, asked = sample.data, sample.site, unanswered(sample.site)
    allowed = accepted(site)
    known, granting = holder_of(sample, asked), holder_of(sample, allowed)
    text = page.decode("latin-1")
    return Costs(
        name=sample.name,
        size=len(page),
        zlib=best(lambda: zlib.compress(page, 6), rounds),
        first_sight=best_prepared(lambda: _first_sight(sample, asked), rounds),
        seen_before=best(lambda: rewrite(page, known, _inserting(site, asked)), rounds),
        changed=best_prepared(lambda: _renewed(with_tokens(page), sample, known), rounds),
        nonces=best_prepared(lambda: _with_new_nonce(sample, known), rounds),
        granted=best(lambda: rewrite(page, granting, _inserting(site, allowed)), rounds),
        turbohtml=best(lambda: turbohtml_rewrite(text), rounds) if turbohtml_rewrite else None,
    )


def summed(costs: Sequence[Costs]) -> Costs:
    """All pages together: large ones weigh more."""
    peers = [cost.turbohtml for cost in costs if cost.turbohtml is not None]
    return Costs(
        name=f"all {len(costs)}",
        size=sum(cost.size for cost in costs),
        zlib=sum(cost.zlib for cost in costs),
        first_sight=sum(cost.first_sight for cost in costs),
        seen_before=sum(cost.seen_before for cost in costs),
        changed=sum(cost.changed for cost in costs),
        nonces=sum(cost.nonces for cost in costs),
        granted=sum(cost.granted for cost in costs),
        turbohtml=sum(peers) if peers else None,
    )


def _first_sight(sample: Sample, decision: Decision) -> Callable[[], bytes]:
    """The rewriting of a page that nobody has asked for yet."""
    site = sample.site
    forget(site)
    holder = holder_of(sample, decision)
    return lambda: rewrite(sample.data, holder, _inserting(site, decision))


def _renewed(page: bytes, sample: Sample, holder: Holder, nonce: bytes = b"") -> Callable[[], bytes]:
    """The rewriting of a page that is never the same twice."""
    site = sample.site
    return lambda: rewrite(page, holder, _inserting(site, unanswered(site)), nonce)


def _with_new_nonce(sample: Sample, holder: Holder) -> Callable[[], bytes]:
    nonce = secrets.token_urlsafe(16).encode()
    return _renewed(with_nonces(sample.data, nonce), sample, holder, nonce)


def with_tokens(page: bytes) -> bytes:
    """A new token in the head, and one in the middle."""
    token = secrets.token_hex(16).encode()
    middle = page.find(b"<div", len(page) // 2)
    field = b'<input type="hidden" name="token" value="%s">' % token if middle >= 0 else b""
    page = page[:middle] + field + page[middle:]
    return _TITLE.sub(b'<meta name="csrf-token" content="%s"><title' % token, page, count=1)


def with_nonces(page: bytes, nonce: bytes) -> bytes:
    """One nonce in every script's tag."""
    return _SCRIPT.sub(b'<script nonce="%s"' % nonce, page)


_TITLE = re.compile(rb"<title", re.IGNORECASE)
_SCRIPT = re.compile(rb"<script(?=[\t\n\f\r />])", re.IGNORECASE)


def holder_of(sample: Sample, decision: Decision) -> Holder:
    """What a page is rewritten by, as the middleware has it."""
    return sample.site.holders.of(decision, sample.host)


def forget(site: Site) -> None:
    """Empty what earlier pages have left: the holders' verdicts, the inline scripts and the script tags."""
    site.holders.forget()
    site.catalogue.inline.memory.clear()
    script_tags.known_kind.cache_clear()
    styles.MEMORY.clear()


def unanswered(site: Site) -> Decision:
    """The decision for somebody who has not chosen."""
    return site.decide(None)


def accepted(site: Site) -> Decision:
    """The decision for somebody who has accepted everything."""
    state = apply(
        Choice(action=Action.ACCEPT),
        policy=site.settings.policy,
        receipt="bench",
        now=site.now(),
        lifetimes=site.settings.lifetimes,
    )
    return site.decide(state)


def _inserting(site: Site, decision: Decision) -> Callable[[bytes], Insertion]:
    return lambda _: site.pages.banner.insertion(language="en", decision=decision)
