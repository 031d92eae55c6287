"""The chain that makes tampering show: its keys, its values, and what each seal is over. Pure; see ``proof``.

Every writer's records form a chain: the seal of record N is an HMAC-SHA256 over its place, its content and the seal of
record N-1. A chain's head (how many records, the last seal) is signed anew with every group that is appended, and
chains are themselves numbered and linked by a register whose head is signed. So without the key nobody can change,
take out, put in or reorder a record, cut off the end of a chain, or take a whole chain away. All of a chain is sealed
over its entry in the register, which is like no other: nothing of it can stand for another chain's, be that one of
another store with the same key. Where a record was erased (GDPR Art. 17) or its time was over, a signed tombstone keeps
its place and its seal.

What this cannot show by itself: that the whole store was put back to an earlier copy of itself. For that an anchor,
the signed heads as they once were, is kept elsewhere (``consent records verify --anchor``).
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consent.mac import mac
from consent.records.rows import Row, Value

_SALT = b"consent.records.v1"
_encode = json.JSONEncoder(
    separators=(",", ":"),
    # What no row of ours holds (a blob put into a text's column) gets a form that no row of ours has.
    default=lambda strange: {type(strange).__name__: repr(strange)},
).encode
UNCHECKED = " unchecked"
"""Ends the reason of a tombstone that was signed while the key of its records was not at hand."""
FIRST = ""
"""What stands before the first record of a chain, and before the first chain."""


@dataclass(frozen=True, slots=True)
class ChainKey:
    """A key derived for sealing alone: who learns a seal learns nothing about the cookie's signatures."""

    id: str
    """Tells keys apart; says nothing about them."""
    secret: bytes

    def __repr__(self) -> str:  # never the secret
        return f"ChainKey({self.id})"


def derive_key(secret: bytes) -> ChainKey:
    """The sealing key of one of ``CONSENT_SECRET`` (HKDF with SHA-256 and one block, RFC 5869)."""
    extracted = hmac.digest(_SALT, secret, hashlib.sha256)
    expanded = hmac.digest(extracted, b"chain\x01", hashlib.sha256)
    return ChainKey(hmac.digest(extracted, b"id\x01", hashlib.sha256).hex()[:12], expanded)


def derive_keys(secrets: Sequence[bytes]) -> tuple[ChainKey, ...]:
    """As ``CONSENT_SECRET`` has them: the first seals, all verify."""
    return tuple(derive_key(secret) for secret in secrets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A writer's chain: its place in the register, and its head as it was last signed."""

    chain: int
    """1, 2, 3 ... without a gap."""
    writer: str
    started_at: str
    key_id: str
    format: int
    link: str
    """Seal of this entry over the one before."""
    length: int = 0
    head: str = FIRST
    """Seal of record number ``length``."""
    seal: str = ""
    """Signs ``length`` and ``head``."""

    @property
    def origin(self) -> str:
        """What the first record, the head and the tombstones are sealed over. Those of format 1 knew the chain's number
        alone, which another store's chain bears too.
        """
        return FIRST if self.format == 1 else self.link


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """How many chains there are, signed."""

    chains: int
    link: str
    key_id: str
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """Stands for records ``first`` to ``last`` of a chain, which are gone on purpose."""

    chain: int
    first: int
    last: int
    mac: str
    """Seal of record ``last``: the chain goes on from it."""
    reason: str
    """``erasure`` (a visitor's wish) or ``retention`` (their time was over), with ``UNCHECKED`` behind it where nobody
    could see whether they still were as written."""
    at: str
    key_id: str
    seal: str = ""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A row with its place in a chain."""

    number: int
    mac: str
    row: Row


def _seal(key: ChainKey, *said: Value) -> str:
    return mac(key.secret, _encode(said).encode("ascii")).hex()


def record_seal(  # noqa: PLR0913, PLR0917 - what a seal is over
    key: ChainKey, columns: Sequence[str], chain: int, number: int, before: str, row: Row
) -> str:
    """The seal of one record, over the one before it."""
    return _seal(key, "record", chain, number, before, *[row.get(column) for column in columns])


def chain_link(key: ChainKey, chain: Chain, before: str, register: str) -> str:
    """``before``: the entry's that stands before it. ``register``: the seal of the register's head as it was found: who
    began the chain may not have had the key to check it, and must not sign for chains that somebody had taken away.
    """
    said = (chain.chain, chain.writer, chain.started_at, chain.key_id, chain.format, before)
    return _seal(key, "chain", *said, *([] if chain.format == 1 else [register]))


def head_seal(key: ChainKey, chain: Chain) -> str:
    return _seal(key, "head", chain.chain, chain.length, chain.head, *_origin(chain))


def register_seal(key: ChainKey, chains: int, link: str) -> str:
    return _seal(key, "register", chains, link)


def tombstone_seal(key: ChainKey, chain: Chain, stone: Tombstone) -> str:
    place = (stone.chain, stone.first, stone.last)
    return _seal(key, "tombstone", *place, stone.mac, stone.reason, stone.at, stone.key_id, *_origin(chain))


def line_seal(key: ChainKey, content: Mapping[str, Value]) -> str:
    """The seal of a line that waits in the spool: nobody may have a record sealed by putting it there."""
    return _seal(key, "spool", *[part for pair in sorted(content.items()) for part in pair])


def is_ours(key: ChainKey, chain: Chain, stone: Tombstone) -> bool:
    """Whether ``key`` signed ``stone``."""
    return key.id == stone.key_id and same(stone.seal, tombstone_seal(key, chain, stone))


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def _origin(chain: Chain) -> Sequence[str]:
    return [chain.origin] if chain.origin else []
