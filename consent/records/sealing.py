"""A writer's end of its chain: seals a group of rows, and knows the head only once the group is kept. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from consent.records.chain import (
    FIRST,
    Chain,
    ChainKey,
    Register,
    Sealed,
    Tombstone,
    chain_link,
    head_seal,
    record_seal,
    register_seal,
    tombstone_seal,
)
from consent.records.counts import Counts, count
from consent.records.rows import FORMAT, FORMATS, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows ready to be kept together with the chain as it is after them."""

    chain: Chain
    records: tuple[Sealed, ...]
    counts: Counts


def begin_chain(key: ChainKey, register: Register | None, *, writer: str, started_at: str) -> tuple[Chain, Register]:
    """The next chain, and the register that holds it."""
    before, seal = (register.link, register.seal) if register else (FIRST, FIRST)
    bare = Chain(
        chain=(register.chains if register else 0) + 1,
        writer=writer,
        started_at=started_at,
        key_id=key.id,
        format=FORMAT,
        link="",
    )
    chain = _headed(key, replace(bare, link=chain_link(key, bare, before, seal)))
    signature = register_seal(key, chain.chain, chain.link)
    return chain, Register(chains=chain.chain, link=chain.link, key_id=key.id, seal=signature)


def seal_group(key: ChainKey, chain: Chain, rows: Sequence[Row]) -> Group:
    """``rows`` behind the head of ``chain``."""
    records: list[Sealed] = []
    number, before, columns = chain.length, chain.head or chain.origin, FORMATS[chain.format]
    for row in rows:
        number += 1
        before = record_seal(key, columns, chain.chain, number, before, row)
        records.append(Sealed(number, before, row))
    after = _headed(key, replace(chain, length=number, head=before if rows else chain.head))
    return Group(chain=after, records=tuple(records), counts=count(rows))


def bury(key: ChainKey, chain: Chain, places: Iterable[tuple[int, str]], *, reason: str, at: str) -> list[Tombstone]:
    """Tombstones for the records at ``places`` (number and seal, in order): one for each run without a gap."""
    stones: list[Tombstone] = []
    for number, mac in places:
        if stones and stones[-1].last == number - 1:
            stones[-1] = replace(stones[-1], last=number, mac=mac)
        else:
            stones.append(
                Tombstone(chain=chain.chain, first=number, last=number, mac=mac, reason=reason, at=at, key_id=key.id)
            )
    return [signed(key, chain, stone) for stone in stones]


def joined(key: ChainKey, chain: Chain, one: Tombstone, other: Tombstone) -> Tombstone:
    """One stone for two that stand side by side and have the same reason; the later date counts."""
    both = replace(one, last=other.last, mac=other.mac, at=max(one.at, other.at), key_id=key.id)
    return signed(key, chain, both)


def signed(key: ChainKey, chain: Chain, stone: Tombstone) -> Tombstone:
    return replace(stone, seal=tombstone_seal(key, chain, stone))


def _headed(key: ChainKey, chain: Chain) -> Chain:
    return replace(chain, seal=head_seal(key, chain))
