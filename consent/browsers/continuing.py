"""The cookie of a visitor who goes on with an outdated browser: signed, so that it cannot be set from outside.

It says when it ends and nothing else: no identifier, the same for every visitor of the same second.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from itsdangerous import BadSignature, Signer

NAME = "consent-browser"
LIFETIME = timedelta(days=30)
LONGEST = 128
"""No value of ours is longer; the rest is not looked at."""


class ContinueCookie:
    """Writes and reads the cookie's value."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """``keys``: newest first; the newest signs, all verify."""
        # A salt of its own: a value signed for the choice never passes here, nor this one there.
        self._signer = Signer(list(reversed(keys)), salt=b"consent.browser", digest_method=sha256)

    def dumps(self, now: datetime) -> str:
        """A value that is accepted for ``LIFETIME`` from ``now`` (aware)."""
        ends = int((now + LIFETIME).timestamp())
        return self._signer.sign(str(ends).encode()).decode("ascii")

    def accepts(self, value: bytes, now: datetime) -> bool:
        """Whether ``value`` is ours and has not ended. Never raises."""
        if len(value) > LONGEST:
            return False
        try:
            ends = self._signer.unsign(value)
        except BadSignature:
            return False
        # Signed by us, so digits; and yet another use of the same salt must not raise here.
        return ends.isdigit() and now.timestamp() < int(ends) <= (now + LIFETIME).timestamp() + 1
