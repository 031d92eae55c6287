"""``Set-Cookie`` on its way out, of any response: the cookies of services that are not allowed stay behind (H1)."""

from consent.asgi._types import Message, headers_of
from consent.asgi.consent import Consent
from consent.asgi.expiry import cookie_name, setter


def without_held_cookies(message: Message, consent: Consent) -> Message:
    """A start message without them; the same where there is none."""
    headers = headers_of(message)
    kept = [(name, value) for name, value in headers if name != b"set-cookie" or not _is_held(value, consent)]
    return message if len(kept) == len(headers) else {**message, "headers": kept}


def _is_held(set_cookie: bytes, consent: Consent) -> bool:
    site = consent.site
    try:
        service = setter(set_cookie, site.catalogue, consent.decision, site.now())
        if service is not None:
            site.reports.set_cookie(cookie_name(set_cookie), service.key)
    except Exception as error:  # noqa: BLE001 - our fault must let nothing through, nor end the app's answer
        site.reports.failed("a cookie that could not be judged was taken out", error)
        return True
    return service is not None
