"""Whether a store holds what was written into it, all of it and nothing else: every chain, notice and counter.

Reads each record once and keeps none; what it remembers is bounded by the number of chains, notices and days.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from consent.records.base import Notice
from consent.records.chain import Chain, ChainKey, Register, Sealed, head_seal, same
from consent.records.counts import Counts, count
from consent.records.ledger import ChainState, Ledger
from consent.records.proof import Finding, verify_chain, verify_register

Anchor = dict[str, object]
"""The signed heads of all chains as they were once: a later state must still hold them."""

_GROUP = 1_000
_LOOKS = 3
_MOMENTS = 100
"""Tries to read the register and its entries between two commits of a busy server."""
_MOST = 1_000
"""Findings of one chain: the first is what matters."""


@dataclass(slots=True)
class Extent:
    """How much was looked at."""

    chains: int = 0
    records: int = 0
    tombstones: int = 0
    notices: int = 0


def verify(
    ledger: Ledger,
    keys: Sequence[ChainKey],
    *,
    anchor: Anchor | None = None,
    extent: Extent | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Iterator[Finding]:
    """Everything that is wrong, chain by chain; nothing is written."""
    extent = extent or Extent()
    by_id = {key.id: key for key in keys}
    register, chains = _registered(ledger)
    if anchor is not None:
        yield from _against(anchor, chains, by_id)
    yield from verify_register(register, chains, by_id)
    for number in ledger.strays():
        yield Finding(
            chain=number,
            number=0,
            record="",
            what="the store holds something of this chain, and no such chain is in the register",
        )
    referred: dict[str, Finding] = {}
    for chain in chains:
        extent.chains += 1
        yield from _verify_one(ledger, chain, by_id, extent, referred, progress)
    yield from _verify_notices(ledger, referred, extent)


def make_anchor(ledger: Ledger) -> Anchor:
    """What to keep elsewhere: the heads as they are signed now."""
    names = ("chain", "key_id", "format", "link", "length", "head", "seal")
    return {
        "format": 1,
        "chains": [{name: value for name, value in asdict(c).items() if name in names} for c in ledger.chains()],
    }


def _verify_one(  # noqa: PLR0913, PLR0917 - one look at one chain, with what is remembered of all
    ledger: Ledger,
    chain: Chain,
    keys: Mapping[str, ChainKey],
    extent: Extent,
    referred: dict[str, Finding],
    progress: Callable[[int], None],
) -> Iterable[Finding]:
    """Findings of one chain; looked at again where something was taken out of it meanwhile."""
    state = ledger.state(chain.chain)
    for _ in range(_LOOKS):
        if state is None:
            return [Finding(chain=chain.chain, number=0, record="", what="the chain went away while it was read")]
        look = Extent()
        findings = list(islice(_look(ledger, state, keys, look, referred, progress), _MOST))
        later = ledger.state(chain.chain)
        if not findings or (later is not None and later.tombstones == state.tombstones):
            break
        state = later
    extent.records += look.records
    extent.tombstones += look.tombstones
    return findings


def _registered(ledger: Ledger) -> tuple[Register | None, Sequence[Chain]]:
    """The register with its entries, though a worker may begin a chain just now."""
    for _ in range(_MOMENTS):
        register, chains = ledger.register(), ledger.chains()
        if ledger.register() == register:
            break
    return register, chains


def _look(  # noqa: PLR0913, PLR0917 - see above
    ledger: Ledger,
    state: ChainState,
    keys: Mapping[str, ChainKey],
    extent: Extent,
    referred: dict[str, Finding],
    progress: Callable[[int], None],
) -> Iterator[Finding]:
    counted: Counts = Counter()
    chain = state.chain

    def passing() -> Iterator[Sealed]:
        group: list[Sealed] = []
        for one in ledger.sealed(chain.chain):
            if one.number > chain.length and _written_since(ledger, chain, one.number):
                break
            name = str(one.row.get("notice") or "")
            if name and name not in referred:
                referred[name] = _missing_notice(chain.chain, one, name)
            group.append(one)
            yield one
            if len(group) == _GROUP:
                take(group)
                group.clear()
        take(group)

    def take(group: Sequence[Sealed]) -> None:
        counted.update(_counted(group))
        extent.records += len(group)
        progress(len(group))

    extent.tombstones = len(state.tombstones)
    kept = state.counts
    yield from verify_chain(chain, passing(), state.tombstones, keys)
    if dict(kept) != dict(counted):  # Counters would take a zero for nothing
        differing = (key for key in kept.keys() | counted.keys() if kept.get(key) != counted.get(key))
        wrong = min(" ".join(map(str, key)) for key in differing)  # str: an edited one may be of any type
        what = f"its counters are not what its records add up to ({wrong})"
        yield Finding(chain=chain.chain, number=0, record="", what=what)


def _written_since(ledger: Ledger, chain: Chain, number: int) -> bool:
    """Whether the writer has gone on since: then what stands behind the end as it was is the next look's."""
    return any(one.chain == chain.chain and one.length >= number for one in ledger.chains())


def _counted(group: Sequence[Sealed]) -> Counts:
    try:
        return count(one.row for one in group)
    except (ValueError, TypeError, KeyError):
        return Counter()  # a row that was changed beyond reading: its seal tells


def _verify_notices(ledger: Ledger, referred: Mapping[str, Finding], extent: Extent) -> Iterator[Finding]:
    found: set[str] = set()
    for notice in ledger.notices():
        extent.notices += 1
        found.add(notice.hash)
        if Notice.of(notice.content).hash != notice.hash:
            yield Finding(chain=0, number=0, record="", what=f"notice {notice.hash} is not what was shown")
    for name, finding in referred.items():
        if name not in found:
            yield finding


def _missing_notice(chain: int, one: Sealed, name: str) -> Finding:
    record = str(one.row.get("record_id") or "")
    return Finding(chain=chain, number=one.number, record=record, what=f"the notice it refers to is missing ({name})")


def _against(anchor: Anchor, chains: Sequence[Chain], keys: Mapping[str, ChainKey]) -> Iterator[Finding]:
    """What an earlier look knew and is not there any more."""
    now = {chain.chain: chain for chain in chains}
    heads = anchor.get("chains")
    listed: list[Any] = heads if isinstance(heads, list) else [None]
    for head in listed:
        try:
            number, length = int(head["chain"]), int(head["length"])
            key_id, last, seal = str(head["key_id"]), str(head["head"]), str(head["seal"])
            link, form = head.get("link"), int(head.get("format", 1))
        except (AttributeError, TypeError, KeyError, ValueError):
            yield Finding(chain=0, number=0, record="", what="the anchor cannot be read")
            return
        key = keys.get(key_id)
        then = Chain(
            chain=number, writer="", started_at="", key_id=key_id, format=form, link=str(link), length=length, head=last
        )
        if key is not None and not same(seal, head_seal(key, then)):
            yield Finding(chain=number, number=0, record="", what="the anchor was not made by us, or was changed")
        # An old anchor has no link. Without one a chain begun anew would pass once it is as long.
        elif number in now and link is not None and not same(now[number].link, str(link)):
            what = "it is another chain than when the anchor was made: the store was put back"
            yield Finding(chain=number, number=0, record="", what=what)
        elif number not in now or now[number].length < length:
            there = now[number].length if number in now else 0
            yield Finding(
                chain=number,
                number=there + 1,
                record="",
                what=f"it had {length} records when the anchor was made and has {there}: the store was put back",
            )
        elif now[number].length == length and not same(now[number].head, last):
            yield Finding(
                chain=number, number=length, record="", what="its last record is another than when the anchor was made"
            )
