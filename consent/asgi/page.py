"""One HTML response being rewritten: its headers and, chunk by chunk, its body. No sending here.

Order: judged bytes out as soon as there are any; headers once the first of them are known.
"""

from consent.asgi import csp
from consent.asgi._types import Headers, Message, headers_of
from consent.asgi.consent import Consent
from consent.asgi.decoding import DECODERS
from consent.asgi.fetching import hold_fetching
from consent.asgi.headers import content_encoding, first, for_rewritten, with_length, without
from consent.asgi.validators import ours
from consent.asgi.visit import Kind
from consent.decision import Reason
from consent.html import Insertion
from consent.html.embedded import SHIFT
from consent.html.rewriter import Rewriter
from consent.pages import since


class UnreadableError(Exception):
    """The page is in a charset in which ``<`` and quotes are not always the bytes they look like."""


class Page:
    """The rewriting of one response that is HTML."""

    def __init__(self, consent: Consent, start: Message) -> None:
        self._site = site = consent.site
        self._visit = visit = consent.visit
        self._decision = consent.decision
        self._start = start
        headers = headers_of(start)
        coding = content_encoding(headers)
        self._decoder = DECODERS[coding]() if coding else None
        self._headers = without(headers, [b"content-encoding"]) if coding else headers
        self._unlabelled = b"charset=" not in (first(headers, b"content-type") or b"").lower()
        """What is told in the header holds; only where nothing is, a page may turn out to be in ISO-2022-JP."""
        self._nonce = csp.nonce_of(headers)
        self._text = b""
        """The page as far as it is known when the headers go out: the policy allows what it names."""
        self._kind = visit.kind
        insert = None if self._kind is Kind.FRAGMENT else self._insert
        self._holder = site.holders.of(self._decision, visit.host)
        self._language = ""
        """As ``<html lang>`` has it; a fragment is in the visitor's."""
        self._styled = False
        beside = None if self._kind is Kind.FRAME else self._placeholder  # its buttons belong to a form in the body
        self._rewriter = Rewriter(self._holder, insert, beside=beside, nonce=self._nonce)

    def feed(self, body: bytes, *, more: bool) -> bytes:
        """What can go out now; with ``more`` false, all that is left."""
        if self._decoder:
            body = self._decoder.feed(body) + (b"" if more else self._decoder.finish())
        if self._unlabelled and SHIFT.search(body) is not None:
            raise UnreadableError
        self._text = body
        judged = self._rewriter.feed(body) if more else self._rewriter.finish(body)
        for limit in self._rewriter.exceeded:
            self._site.reports.exceeded(limit, self._visit.path)
        return judged

    def start(self, length: int | None) -> Message:
        """The start message; ``length`` is known where one message holds the whole body."""
        state = self._site.state_tag(self._decision, self._visit)
        etag = first(self._headers, b"etag")
        headers = for_rewritten(
            self._without_held(self._headers),
            etag=ours(etag, state) if etag else None,
            vary=self._site.vary(self._visit),
        )
        if length is not None:
            headers = with_length(headers, length)
        return {**self._start, "headers": self._with_policies(headers)}

    def _without_held(self, headers: Headers) -> Headers:
        return hold_fetching(headers, self._holder.passes, advertising=self._decision.allows("advertising"))

    def _with_policies(self, headers: Headers) -> Headers:
        if self._kind is Kind.FRAGMENT:
            return headers
        pages = self._site.pages
        headers = csp.with_inserted(headers, nonce=self._nonce, scripts=pages.script_hashes, styles=pages.style_hashes)
        return [*headers, *self._site.policy_headers(self._decision, self._visit, self._text)]

    def _placeholder(self, labels: bytes, tag: bytes) -> bytes:
        """What goes before a held frame; the first brings the style of all, unless it stands in the head."""
        embeds = self._site.pages.embeds
        placeholder = embeds.placeholder(self._site.language(self._visit, self._language), labels, tag)
        if not placeholder or self._styled:
            return placeholder
        self._styled = True
        return embeds.style(self._nonce) + placeholder

    def _insert(self, page_language: bytes) -> Insertion:
        self._language = page_language.decode("latin-1")
        decision, state = self._decision, None
        if decision.ask and decision.reason is not Reason.FIRST_VISIT:
            state = self._site.read_state(self._visit)
        insertion = self._site.pages.banner.insertion(
            language=self._site.language(self._visit, self._language),
            decision=decision,
            nonce=self._nonce,
            since=since(decision, state),
            before=self._site.earlier.known(state),
        )
        head = self._site.at_root(insertion.head, self._visit)
        body = b"" if self._kind is Kind.FRAME else self._site.at_root(insertion.body, self._visit)
        if self._kind is Kind.PAGE and csp.may_stand_in(self._text):
            self._styled = True  # a placeholder's style would come after that policy, and be stopped by it
            head += self._site.pages.embeds.style(self._nonce)
        return Insertion(head=head, body=body + self._visit.bar)
