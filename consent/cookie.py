"""The signed cookie that keeps a visitor's choice: bad in any way is a typed outcome, never an exception.

    1:RECEIPT:POLICY:GIVEN:LIFETIME:CATEGORIES:SERVICES.SIGNATURE

GIVEN is seconds since 1970 and LIFETIME seconds, both in base 36; names are joined by ``~``. The format is a promise:
a later version reads every earlier one (tests keep a sample of each). Expiry is not judged here but in ``decide``.
"""

import hmac
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import lru_cache
from hashlib import sha256

from itsdangerous import BadSignature, Signer
from itsdangerous.signer import SigningAlgorithm

from consent.choices import ConsentState
from consent.mac import mac

MAX_BYTES = 3_000
"""Of a value, in and out: browsers keep 4,096 bytes a cookie, name and attributes included (RFC 6265bis, 5.6)."""
NAMES_ROOM = 2_700
"""What is left for names; settings that could need more are refused at start."""
MAX_AGE = 400 * 86_400
"""Seconds; browsers cut a longer one down (RFC 6265bis, 5.5)."""
REMEMBERED = 4_096
"""Verified values kept: some 3 MB, so that a visitor's next request costs a look-up, not a signature."""
CANDIDATES = 16
"""Cookies of our name judged in one request: subdomains may set more, an attacker would."""

_SALT = b"consent.cookie.v1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_NAMES = rf"(?:{_NAME.pattern}(?:~{_NAME.pattern})*)?"
_PAYLOAD = re.compile(
    rf"1:([A-Za-z0-9_-]{{1,128}}):([A-Za-z0-9_-]{{1,64}}):([0-9a-z]{{1,8}}):([0-9a-z]{{1,8}}):({_NAMES}):({_NAMES})"
)
_SIGNATURE = re.compile(rb"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
"""43 letters carry 258 bits for a digest of 256: only spellings with the last two clear are ours."""


class Refused(Enum):
    """Why a request has no choice to go by."""

    ABSENT = "absent"
    MALFORMED = "malformed"
    FORGED = "forged"
    OVERSIZED = "oversized"


class _HmacSha256(SigningAlgorithm):
    """As itsdangerous has it, in less time: of a choice 5 us instead of 10."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return mac(key, value)


class ConsentCookie:
    """Writes and reads the cookie; one per site, shared by all requests."""

    def __init__(self, keys: Sequence[bytes], *, name: str = "consent", domain: str | None = None) -> None:
        """Take ``keys`` newest first: all verify, the first signs."""
        if not keys:
            raise ValueError("a consent cookie needs a key")
        self._signer = Signer(
            # Derived once, as "hmac" would have it with every signature; itsdangerous wants the newest last.
            [hmac.digest(key, _SALT, "sha256") for key in reversed(keys)],
            key_derivation="none",
            digest_method=sha256,
            algorithm=_HmacSha256(),
        )
        self._domain = domain
        self._bare = name
        self._secure = f"__Secure-{name}" if domain else f"__Host-{name}"
        self._verified: dict[bytes, ConsentState] = {}

    def name(self, secure: bool) -> str:  # noqa: FBT001 - the interface other rooms use
        """The cookie's name; browsers take the prefixes on https only, so plain http (localhost) goes without."""
        return self._secure if secure else self._bare

    def dumps(self, state: ConsentState) -> str:
        """Sign ``state``; ValueError where it is not one of ours (the names and times of ``choices.apply`` are)."""
        payload = ":".join(
            [
                "1",
                state.receipt,
                state.policy_version,
                _base36(state.given_at - _EPOCH),
                _base36(state.expires_at - state.given_at),
                _joined(state.categories),
                _joined(state.services),
            ]
        )
        if _PAYLOAD.fullmatch(payload) is None:
            raise ValueError("this state holds what a cookie cannot carry")
        value = self._signer.sign(payload)
        if len(value) > MAX_BYTES:
            raise ValueError(f"this state is longer than {MAX_BYTES} bytes")
        return value.decode("ascii")

    def loads(self, value: bytes) -> ConsentState | Refused:
        """The state in ``value``, if one of our keys signed it. Never raises."""
        known = self._verified.get(value)
        if known is not None:
            return known
        if len(value) > MAX_BYTES:
            return Refused.OVERSIZED
        outcome = self._verify(value)
        if isinstance(outcome, ConsentState):
            if len(self._verified) >= REMEMBERED:
                self._verified.clear()  # cheap, and safe should threads meet here; one signature each brings all back
            self._verified[value] = outcome
        return outcome

    def _verify(self, value: bytes) -> ConsentState | Refused:
        signature = value.rpartition(b".")[2]
        if not value.isascii() or len(signature) == len(value):
            return Refused.MALFORMED
        # Checked here because base64 decoders take several spellings for the same bytes.
        if _SIGNATURE.fullmatch(signature) is None:
            return Refused.FORGED
        try:
            payload = self._signer.unsign(value)
        except BadSignature:
            return Refused.FORGED
        return _parse(payload.decode("ascii"))

    def set_header(self, state: ConsentState, *, secure: bool, now: datetime) -> bytes:
        """Write the whole ``Set-Cookie`` value."""
        left = int((state.expires_at - now.replace(microsecond=0)).total_seconds())  # a state counts whole seconds too
        parts = [
            f"{self.name(secure)}={self.dumps(state)}",
            "Path=/",
            f"Max-Age={max(0, min(left, MAX_AGE))}",
            "HttpOnly",
            "SameSite=Lax",
        ]
        if self._domain:
            parts.append(f"Domain={self._domain}")
        if secure:
            parts.append("Secure")
        return "; ".join(parts).encode("ascii")

    def read(self, headers_cookie: Iterable[bytes], secure: bool) -> ConsentState | Refused:  # noqa: FBT001 - see name
        """The first valid state in all ``Cookie`` headers, or why the first one named so was refused."""
        start = f"{self.name(secure)}=".encode("latin-1")
        refused = Refused.ABSENT
        judged = 0
        for header in headers_cookie:
            if start not in header:
                continue
            for pair in header.split(b";"):
                crumb = pair.strip(b" \t")
                if not crumb.startswith(start):
                    continue
                outcome = self.loads(crumb[len(start) :])
                if isinstance(outcome, ConsentState):
                    return outcome
                refused = outcome if refused is Refused.ABSENT else refused
                judged += 1
                if judged >= CANDIDATES:
                    return refused
        return refused


def _parse(payload: str) -> ConsentState | Refused:
    match = _PAYLOAD.fullmatch(payload)
    if match is None:
        return Refused.MALFORMED
    receipt, policy_version, given, lifetime, categories, services = match.groups()
    try:
        given_at = _EPOCH + timedelta(seconds=int(given, 36))
        expires_at = given_at + timedelta(seconds=int(lifetime, 36))
    except OverflowError:  # past the year 9999
        return Refused.MALFORMED
    return ConsentState(
        receipt=receipt,
        policy_version=policy_version,
        given_at=given_at,
        expires_at=expires_at,
        categories=frozenset(categories.split("~")) if categories else frozenset(),
        services=frozenset(services.split("~")) if services else frozenset(),
    )


@lru_cache(1_024)  # visitors of one site give few different answers
def _joined(names: frozenset[str]) -> str:
    if any(_NAME.fullmatch(name) is None for name in names):
        raise ValueError("this state holds what a cookie cannot carry")
    return "~".join(sorted(names))


@lru_cache(1_024)  # a lifetime or two, and the second that it is: 3 us of each choice
def _base36(span: timedelta) -> str:
    number = span // timedelta(seconds=1)
    if number < 0:
        raise ValueError("this state holds what a cookie cannot carry")
    digits = _DIGITS[number % 36]
    while number := number // 36:
        digits = _DIGITS[number % 36] + digits
    return digits
