"""Scripts by which a browser starts a worker: it fetches under the policy of its own response (HTML, 10.2.4)."""

from consent.asgi._types import Message, Send, headers_of
from consent.asgi.consent import Consent
from consent.asgi.inert import POLICY


def confined(send: Send, consent: Consent) -> Send:
    """``send`` that adds the policy to the start message; where that fails, one by which the worker does nothing."""

    async def send_confined(message: Message) -> None:
        if message["type"] == "http.response.start":
            try:
                added = consent.site.policy_headers(consent.decision, consent.visit)
            except Exception as error:  # noqa: BLE001 - whatever it is, nothing may leave unjudged
                consent.site.reports.failed("a worker was sent with a policy that keeps it inert", error)
                added = [(b"content-security-policy", POLICY)]
            message = {**message, "headers": [*headers_of(message), *added]}
        await send(message)

    return send_confined
