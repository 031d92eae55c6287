"""What the seals of a chain and of the register prove, over any stored rows. Pure."""

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
    columns = FORMATS.get(chain.format, ())
    key = keys.get(chain.key_id) if columns else None
    if key and not same(chain.seal, head_seal(key, chain)):
        yield _of_chain(chain.chain, "the signature of its head is wrong")
    reached, before = 0, chain.origin
    stones = iter(tombstones)
    stone = next(stones, None)
    for record in records:
        while stone is not None and stone.first <= record.number:
            yield from _verify_stone(chain, stone, reached, keys)
            reached, before = max(reached, stone.last), stone.mac
            stone = next(stones, None)
        name = str(record.row.get("record_id") or "")
        if record.number != reached + 1:
            what = (
                f"{record.number - reached - 1} before it are missing"
                if record.number > reached
                else "it is there twice"
            )
            yield Finding(chain=chain.chain, number=record.number, record=name, what=what)
            # Nothing is known of what stood before: this record's own seal cannot be judged.
        elif key and not same(record.mac, record_seal(key, columns, chain.chain, record.number, before, record.row)):
            what = "it was put in behind the end" if record.number > chain.length else "it is not what was written"
            yield Finding(chain=chain.chain, number=record.number, record=name, what=what)
        reached, before = record.number, record.mac
    while stone is not None:
        yield from _verify_stone(chain, stone, reached, keys)
        reached, before = max(reached, stone.last), stone.mac
        stone = next(stones, None)
    if reached != chain.length:
        what = "the end is cut off" if reached < chain.length else "something stands behind the signed end"
        yield Finding(
            chain=chain.chain,
            number=min(reached, chain.length) + 1,
            record="",
            what=f"{what}: {reached} of {chain.length} records",
        )
    elif not same(before if reached else FIRST, chain.head):
        yield Finding(
            chain=chain.chain, number=reached, record="", what="the last record is not the one that was signed"
        )


def _verify_stone(chain: Chain, stone: Tombstone, reached: int, keys: Mapping[str, ChainKey]) -> Iterator[Finding]:
    key = keys.get(stone.key_id)
    if stone.first != reached + 1 or stone.last < stone.first:
        missing = stone.first - reached - 1
        what = f"{missing} are missing before" if missing > 0 else "something else stands in the place of"
        what = f"{what} the tombstone of {stone.first}"
    elif key is None:
        what = f"its tombstone was signed with the key {stone.key_id}, which is not at hand (consent.E074)"
    elif not same(stone.seal, tombstone_seal(key, chain, stone)):
        what = "its tombstone was not made by us, or was changed"
    elif stone.reason.endswith(UNCHECKED):
        why, many = stone.reason.removesuffix(UNCHECKED), stone.last - stone.first + 1
        what = f"{many} taken away ({why}) while their key was not at hand: nobody saw whether they were as written"
    else:
        return
    yield Finding(chain=stone.chain, number=reached + 1, record="", what=what)


def _of_chain(chain: int, what: str) -> Finding:
    return Finding(chain=chain, number=0, record="", what=what)
