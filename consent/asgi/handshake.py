"""WebSockets: the response to a handshake may set cookies as any other (RFC 6455, 4.1). All else is the app's own."""

from consent.asgi._types import Message, Send
from consent.asgi.consent import Consent
from consent.asgi.cookies import without_held_cookies

_RESPONSES = frozenset({"websocket.accept", "websocket.http.response.start"})


def without_cookies(send: Send, consent: Consent) -> Send:
    """``send`` that takes the cookies of services not allowed out of the handshake."""

    async def send_judged(message: Message) -> None:
        if message["type"] in _RESPONSES:
            message = without_held_cookies(message, consent)
        await send(message)

    return send_judged
