"""HMAC-SHA-256 (RFC 2104) with keys that are used again and again: what a key costs is paid once. Pure."""

import hmac
from functools import lru_cache
from hashlib import sha256


def mac(key: bytes, said: bytes) -> bytes:
    """The 32 bytes of ``said`` under ``key``, by a copy of an HMAC that has the key: half the time of a new one."""
    signing = _keyed(key).copy()
    signing.update(said)
    return signing.digest()


@lru_cache(64)
def _keyed(key: bytes) -> hmac.HMAC:
    return hmac.new(key, digestmod=sha256)
