"""What the seals of a chain and of the register prove, over any stored rows. Pure."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from consent.records.chain import (
    FIRST,
    UNCHECKED,
    Chain,
    ChainKey,
    Register,
    Sealed,
    Tombstone,
    chain_link,
    head_seal,
    record_seal,
    register_seal,
    same,
    tombstone_seal,
)
from consent.records.rows import FORMATS


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is not as it was written."""

    chain: int
    number: int
    record: str
    """The record's id; empty where there is none to name."""
    what: str

    def __str__(self) -> str:
        name = f" ({self.record})" if self.record else ""
        return f"chain {self.chain}, record {self.number}{name}: {self.what}"


def verify_register(
    register: Register | None, chains: Sequence[Chain], keys: Mapping[str, ChainKey]
) -> Iterator[Finding]:
    """What is wrong with the register and its entries; ``chains`` in the order of their numbers."""
    before = FIRST
    seal: str | None = FIRST
    for place, chain in enumerate(chains, start=1):
        key = keys.get(chain.key_id)
        if chain.chain != place:
            yield _of_chain(place, "the chain is missing from the register")
            return
        if key is None:
            yield _of_chain(place, f"it was sealed with the key {chain.key_id}, which is not at hand (consent.E074)")
        elif seal is not None and not same(chain.link, chain_link(key, chain, before, seal)):
            yield _of_chain(place, "its entry in the register was changed, or an entry before it is missing")
        before = chain.link
        # As whoever began this chain signed it; unknown without the key, which is told above.
        seal = register_seal(key, place, before) if key else None
    if register is None:
        if chains:
            yield _of_chain(len(chains), "the head of the register is missing")
        return
    key = keys.get(register.key_id)
    if key is None:
        yield _of_chain(
            register.chains,
            f"the register was signed with the key {register.key_id}, which is not at hand (consent.E074)",
        )
    elif not same(register.seal, register_seal(key, register.chains, register.link)):
        yield _of_chain(register.chains, "the head of the register was changed")
    elif register.chains != len(chains) or not same(register.link, before):
        yield _of_chain(register.chains, f"the register has {len(chains)} chains and was signed with {register.chains}")


def verify_chain(
    chain: Chain, records: Iterable[Sealed], tombstones: Sequence[Tombstone], keys: Mapping[str, ChainKey]
) -> Iterator[Finding]:
    """What is wrong with one chain; ``records`` and ``tombstones`` in the order of their numbers.

    Reads ``records`` once and keeps none. That a key is not at hand is the register's finding: then places are looked
    at here, and no seals.
    """
    walk = _Walk(chain, keys)
    if not walk.has_signed_head():
        yield _of_chain(chain.chain, "the signature of its head is wrong")
    for entry in _in_order(records, tombstones):
        found = walk.pass_stone(entry) if isinstance(entry, Tombstone) else walk.pass_record(entry)
        if found is not None:
            yield found
    if (found := walk.end()) is not None:
        yield found


def _in_order(records: Iterable[Sealed], tombstones: Sequence[Tombstone]) -> Iterator[Sealed | Tombstone]:
    stones = deque(tombstones)
    for record in records:
        while stones and stones[0].first <= record.number:
            yield stones.popleft()
        yield record
    yield from stones


class _Walk:
    """Goes along one chain and says what is wrong at each step."""

    __slots__ = ("_before", "_chain", "_columns", "_key", "_keys", "_reached")

    def __init__(self, chain: Chain, keys: Mapping[str, ChainKey]) -> None:
        self._chain = chain
        self._keys = keys
        self._columns = FORMATS.get(chain.format, ())
        self._key = keys.get(chain.key_id) if self._columns else None
        """None: seals cannot be judged."""
        self._reached = 0
        """The number of the record, or of the last one a tombstone stands for, that was passed last."""
        self._before = chain.origin
        """Its seal."""

    def has_signed_head(self) -> bool:
        return self._key is None or same(self._chain.seal, head_seal(self._key, self._chain))

    def pass_record(self, record: Sealed) -> Finding | None:
        reached, before = self._reached, self._before
        self._reached, self._before = record.number, record.mac
        missing = record.number - reached - 1
        if missing:
            # Nothing is known of what stood before: this record's own seal cannot be judged.
            what = f"{missing} before it are missing" if missing > 0 else "it is there twice"
        elif self._key is None or same(record.mac, self._seal_of(self._key, record, before)):
            return None
        else:
            behind = record.number > self._chain.length
            what = "it was put in behind the end" if behind else "it is not what was written"
        name = str(record.row.get("record_id") or "")
        return Finding(chain=self._chain.chain, number=record.number, record=name, what=what)

    def pass_stone(self, stone: Tombstone) -> Finding | None:
        reached = self._reached
        self._reached, self._before = max(reached, stone.last), stone.mac
        what = self._wrong_with(stone, reached)
        return Finding(chain=stone.chain, number=reached + 1, record="", what=what) if what else None

    def end(self) -> Finding | None:
        """What is wrong with the end, where everything has been passed."""
        number, length = self._chain.chain, self._chain.length
        if self._reached != length:
            what = "the end is cut off" if self._reached < length else "something stands behind the signed end"
            what = f"{what}: {self._reached} of {length} records"
            return Finding(chain=number, number=min(self._reached, length) + 1, record="", what=what)
        if not same(self._before if self._reached else FIRST, self._chain.head):
            what = "the last record is not the one that was signed"
            return Finding(chain=number, number=self._reached, record="", what=what)
        return None

    def _seal_of(self, key: ChainKey, record: Sealed, before: str) -> str:
        return record_seal(key, self._columns, self._chain.chain, record.number, before, record.row)

    def _wrong_with(self, stone: Tombstone, reached: int) -> str:
        key = self._keys.get(stone.key_id)
        if stone.first != reached + 1 or stone.last < stone.first:
            missing = stone.first - reached - 1
            what = f"{missing} are missing before" if missing > 0 else "something else stands in the place of"
            return f"{what} the tombstone of {stone.first}"
        if key is None:
            return f"its tombstone was signed with the key {stone.key_id}, which is not at hand (consent.E074)"
        if not same(stone.seal, tombstone_seal(key, self._chain, stone)):
            return "its tombstone was not made by us, or was changed"
        if stone.reason.endswith(UNCHECKED):
            why, many = stone.reason.removesuffix(UNCHECKED), stone.last - stone.first + 1
            return f"{many} taken away ({why}) while their key was not at hand: nobody saw whether they were as written"
        return ""


def _of_chain(chain: int, what: str) -> Finding:
    return Finding(chain=chain, number=0, record="", what=what)
