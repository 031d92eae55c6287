"""The send side of one response: ``http.response.start`` is held until the first body shows what it is.

HTML goes through a ``Page``. Anything else is handed on as it came, messages of unknown type too, all in their order.

If our own code fails on a page, the page goes out inert, never bare. Before the start is sent: the app's own bytes
under a policy by which nothing runs and nothing is fetched from elsewhere (``inert``). After it: the body ends there.
"""

from collections.abc import AsyncIterator, Awaitable

from consent.asgi._types import Message, Send, body_of, headers_of
from consent.asgi.consent import Consent
from consent.asgi.cookies import without_held_cookies
from consent.asgi.decoding import readable_start
from consent.asgi.fetching import held_link
from consent.asgi.files import descriptor_chunks, path_chunks
from consent.asgi.headers import content_encoding, is_ascii_compatible, read_kind, sniffs_as_html
from consent.asgi.inert import inert_sender, inert_start
from consent.asgi.page import Page, UnreadableError
from consent.asgi.untouched import leading_nowhere, passes_for, untouched
from consent.decision import Reason

_START = "http.response.start"
_BODY = "http.response.body"
_HINT = "http.response.early_hint"
_PATH = "http.response.pathsend"
_DESCRIPTOR = "http.response.zerocopysend"


class Responder:
    """One response."""

    __slots__ = ("_asked", "_consent", "_ended", "_page", "_queue", "_send", "_through", "_untyped", "held")

    def __init__(self, send: Send, consent: Consent, asked: bool) -> None:  # noqa: FBT001 - the hot path: by position
        self._send = send
        self._consent = consent
        self._asked = asked
        """Whether the app was asked about a tag of ours: a 304 is then about a rewritten page."""
        self._through: Send | None = None
        """The server's send, once nothing more is to be done: the common case, from the start message on."""
        self.held: Message | None = None
        """The start message of what may be a page, until its body shows it; the rest is set with it."""
        self._page: Page | None = None

    def send(self, message: Message) -> Awaitable[None]:
        """Take the app's place before the server. Not a coroutine itself: what is no page costs no more than a call."""
        if (through := self._through) is not None:
            return through(message)
        if message["type"] == _START:
            headers = message.get("headers") or ()
            if headers.__class__ is not list:  # any iterable will do (asgiref, Response Start), one to be read once too
                headers = list(headers)  # type: ignore[call-overload]  # pairs, by ASGI
                message = {**message, "headers": headers}
            try:
                kind = read_kind(headers)
            except Exception as error:  # noqa: BLE001 - whatever it is, see the module's head
                return self._give_up(without_held_cookies(message, self._consent), error)
            if kind is not None and kind[1]:
                message = without_held_cookies(message, self._consent)
            if (kind is None or kind[0] is None) and not self._asked:
                through = self._through = self._send
                return through(message)
            return self._on_likely_page(message, kind and kind[0])
        return self._on_other(message)

    async def close(self, start: Message) -> None:
        """The app has returned: a start without a body is the server's to complain about, not ours to swallow."""
        await self._release(start)

    async def _on_other(self, message: Message) -> None:
        kind = message["type"]
        if kind == _BODY:
            await self._on_body(body_of(message), more=bool(message.get("more_body", False)), message=message)
        elif kind == _PATH:
            await self._on_file(path_chunks(message), message)
        elif kind == _DESCRIPTOR:
            await self._on_file(descriptor_chunks(message), message)
        elif kind == _HINT:
            await self._on_hint(message)
        elif self.held is not None:
            self._queue.append(message)  # between start and body: order is kept
        else:
            await self._send(message)

    async def _on_hint(self, message: Message) -> None:
        """Hints before the answer: without those that would have a held place contacted (H1)."""
        links = message.get("links")
        if not isinstance(links, list | tuple):
            return  # nothing a server could send
        try:
            passes = passes_for(self._consent)
            kept = [held for link in links if (held := held_link(bytes(link), passes))]
        except Exception as error:  # noqa: BLE001 - whatever it is, see the module's head
            self._consent.site.reports.failed("its early hints were left out", error)
            return
        if kept:
            await self._send({**message, "links": kept})

    async def _on_informational(self, message: Message) -> None:
        """103 by a server that takes it so: hints as above; what was asked for comes after it."""
        try:
            early = leading_nowhere(message, self._consent)
        except Exception as error:  # noqa: BLE001 - whatever it is, see the module's head
            self._consent.site.reports.failed("its early hints were left out", error)
            return
        await self._send(early)

    async def _on_likely_page(self, message: Message, content_type: bytes | None) -> None:
        status = message["status"] if isinstance(message["status"], int) else 200
        if status < 200:
            await self._on_informational(message)
            return
        if self.held is not None or self._page is not None:
            await self._send(message)  # a second start: the server's to judge; the page stays held
            return
        try:
            passed = self._without_body(message, status, content_type)
            readable = passed is not None or is_ascii_compatible(content_type or b"")
        except Exception as error:  # noqa: BLE001 - whatever it is, see the module's head
            await self._give_up(message, error)
            return
        if passed is not None:
            await self._pass(passed)
        elif not readable:
            self._consent.site.reports.encoded((content_type or b"").decode("latin-1"))
            await self._pass_inert(message)
        else:
            self.held = message
            self._untyped = not content_type
            self._ended = False
            self._queue: list[Message] = []

    def _without_body(self, message: Message, status: int, content_type: bytes | None) -> Message | None:
        """The start as it goes out where no body is to be rewritten; else None."""
        left = untouched(message, self._consent, status=status, content_type=content_type, asked=self._asked)
        if left is not None or not content_type or self._consent.visit.method != "HEAD":
            return left
        if not is_ascii_compatible(content_type):
            return None
        # What GET would say, but for the length, which only the rewritten body has (RFC 9110, 9.3.2).
        headed = Page(self._consent, message).start(None)
        self._send = _without_content(self._send)
        return headed

    async def _on_body(self, body: bytes, *, more: bool, message: Message) -> None:
        if self._page is not None:
            if not self._ended:
                await self._write(self._page, body, more=more)
        elif self.held is None:
            await self._send(message)  # a body before any start: the server's to judge
        elif not body and more and self._untyped:
            return  # an empty first piece shows nothing
        else:
            await self._begin(self.held, body, more=more, message=message)

    def _is_page(self, start: Message, body: bytes) -> bool:
        """Whether the held start is a page's: typed so, or untyped and looking so."""
        return not self._untyped or sniffs_as_html(readable_start(body, content_encoding(headers_of(start))))

    async def _begin(self, start: Message, body: bytes, *, more: bool, message: Message) -> None:
        if body.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16, whatever the header says (HTML 13.2.3.1)
            self._consent.site.reports.encoded("utf-16")
            await self._release_inert(start, message)
            return
        try:
            page = await self._made_page(start) if self._is_page(start, body) else None
            judged = page.feed(body, more=more) if page else b""
            opened = page.start(None if more else len(judged)) if page else leading_nowhere(start, self._consent)
        except UnreadableError:
            self._consent.site.reports.encoded("iso-2022-jp")
            await self._release_inert(start, message)
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, see the module's head
            self._consent.site.reports.failed("it was sent with a policy that keeps it inert", error)
            await self._release_inert(start, message)
            return
        if page is None:
            await self._release(opened)
            await self._send(message)
            return
        self._page = page
        await self._flush(opened)
        await self._out(judged, more=more)

    async def _made_page(self, start: Message) -> Page:
        site, decision = self._consent.site, self._consent.decision
        if decision.reason is Reason.POLICY_CHANGED:  # the visitor is told what is new, and the store knows
            await site.earlier.learn(decision, site.read_state(self._consent.visit))
        return Page(self._consent, start)

    async def _write(self, page: Page, body: bytes, *, more: bool) -> None:
        try:
            judged = page.feed(body, more=more)
        except UnreadableError:
            self._consent.site.reports.encoded("iso-2022-jp")
            judged, more = b"", False
            self._ended = True
        except Exception as error:  # noqa: BLE001 - whatever it is, see the module's head
            self._consent.site.reports.failed("it was cut off there", error)
            judged, more = b"", False
            self._ended = True
        await self._out(judged, more=more)

    async def _out(self, judged: bytes, *, more: bool) -> None:
        if not more and not self._ended:
            self._through = self._send  # the page is whole: trailers, and what should not come
        if judged or not more:
            await self._send({"type": _BODY, "body": judged, "more_body": more})

    async def _on_file(self, chunks: AsyncIterator[tuple[bytes, bool]], message: Message) -> None:
        if self.held is None and self._page is None:
            await self._send(message)
            return
        if self.held is not None and self._untyped:
            await self._release(self.held)  # servers send files untyped at most where the app has no idea either
            await self._send(message)
            return
        async for body, more in chunks:
            # The message shape the server would get had the app read the file itself.
            await self._on_body(body, more=more, message={"type": _BODY, "body": body, "more_body": more})

    async def _pass(self, start: Message) -> None:
        self._through = self._send
        await self._send(start)

    async def _give_up(self, start: Message, error: Exception) -> None:
        self._consent.site.reports.failed("it was sent with a policy that keeps it inert", error)
        await self._pass_inert(start)

    async def _pass_inert(self, start: Message) -> None:
        self._through = inert_sender(self._send)
        await self._send(inert_start(start))

    async def _release_inert(self, start: Message, message: Message) -> None:
        """Send the held start so that it keeps the page inert, and what followed it."""
        self._through = through = inert_sender(self._send)
        await self._flush(inert_start(start))
        await through(message)

    async def _release(self, start: Message) -> None:
        """Send the held start, and let everything through from here on."""
        self._through = self._send
        await self._flush(start)

    async def _flush(self, start: Message) -> None:
        queue, self.held, self._queue = self._queue, None, []
        await self._send(start)
        for message in queue:
            await self._send(message)


def _without_content(send: Send) -> Send:
    """``send`` for an answer to HEAD: of a body that an app sends all the same, granian would tell the length."""

    def send_rest(message: Message) -> Awaitable[None]:
        return send({**message, "body": b""} if message["type"] == _BODY else message)

    return send_rest
