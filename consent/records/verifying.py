"""Whether a store holds what was written into it, all of it and nothing else: every chain, notice and counter.

Reads each record once and keeps none; what it remembers is bounded by the number of chains, notices and days.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from consent.records.anchor import Anchor, verify_anchor
from consent.records.base import Notice
from consent.records.chain import Chain, ChainKey, Register, Sealed
from consent.records.counts import Counts, count
from consent.records.ledger import ChainState, Ledger
from consent.records.proof import Finding, verify_chain, verify_register

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
    by_id = {key.id: key for key in keys}
    register, chains = _registered(ledger)
    if anchor is not None:
        yield from verify_anchor(anchor, chains, by_id)
    yield from verify_register(register, chains, by_id)
    for number in ledger.strays():
        yield Finding(
            chain=number,
            number=0,
            record="",
            what="the store holds something of this chain, and no such chain is in the register",
        )
    reading = _Reading(ledger=ledger, keys=by_id, extent=extent or Extent(), progress=progress)
    for chain in chains:
        yield from reading.chain(chain)
    yield from reading.notices()


def _registered(ledger: Ledger) -> tuple[Register | None, Sequence[Chain]]:
    """The register with its entries, though a worker may begin a chain just now."""
    for _ in range(_MOMENTS):
        register, chains = ledger.register(), ledger.chains()
        if ledger.register() == register:
            break
    return register, chains


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One reading of a store, with what has to be remembered of it."""

    ledger: Ledger
    keys: Mapping[str, ChainKey]
    extent: Extent
    progress: Callable[[int], None]
    referred: dict[str, Finding] = field(default_factory=dict)
    """The notices that records refer to: what is to be found for each, should it not be there."""

    def chain(self, chain: Chain) -> Iterable[Finding]:
        """Findings of one chain; looked at again where something was taken out of it meanwhile."""
        self.extent.chains += 1
        state = self.ledger.state(chain.chain)
        for _ in range(_LOOKS):
            if state is None:
                return [Finding(chain=chain.chain, number=0, record="", what="the chain went away while it was read")]
            look = Extent()
            findings = list(islice(self._look(state, look), _MOST))
            later = self.ledger.state(chain.chain)
            if not findings or (later is not None and later.tombstones == state.tombstones):
                break
            state = later
        self.extent.records += look.records
        self.extent.tombstones += look.tombstones
        return findings

    def notices(self) -> Iterator[Finding]:
        """Findings of the notices; to be asked behind all chains."""
        found: set[str] = set()
        for notice in self.ledger.notices():
            self.extent.notices += 1
            found.add(notice.hash)
            if Notice.of(notice.content).hash != notice.hash:
                yield Finding(chain=0, number=0, record="", what=f"notice {notice.hash} is not what was shown")
        for name, finding in self.referred.items():
            if name not in found:
                yield finding

    def _look(self, state: ChainState, look: Extent) -> Iterator[Finding]:
        counted: Counts = Counter()
        chain, kept = state.chain, state.counts
        look.tombstones = len(state.tombstones)
        yield from verify_chain(chain, self._records(chain, counted, look), state.tombstones, self.keys)
        if dict(kept) != dict(counted):  # Counters would take a zero for nothing
            differing = (key for key in kept.keys() | counted.keys() if kept.get(key) != counted.get(key))
            wrong = min(" ".join(map(str, key)) for key in differing)  # str: an edited one may be of any type
            what = f"its counters are not what its records add up to ({wrong})"
            yield Finding(chain=chain.chain, number=0, record="", what=what)

    def _records(self, chain: Chain, counted: Counts, look: Extent) -> Iterator[Sealed]:
        """The records of ``chain``, counted as they pass, a group at a time."""
        group: list[Sealed] = []
        for one in self.ledger.sealed(chain.chain):
            if one.number > chain.length and self._is_written_since(chain, one.number):
                break
            name = str(one.row.get("notice") or "")
            if name and name not in self.referred:
                self.referred[name] = _missing_notice(chain.chain, one, name)
            group.append(one)
            yield one
            if len(group) == _GROUP:
                self._count(group, counted, look)
                group.clear()
        self._count(group, counted, look)

    def _count(self, group: Sequence[Sealed], counted: Counts, look: Extent) -> None:
        counted.update(_counted(group))
        look.records += len(group)
        self.progress(len(group))

    def _is_written_since(self, chain: Chain, number: int) -> bool:
        """Whether the writer has gone on since: then what stands behind the end as it was is the next look's."""
        return any(one.chain == chain.chain and one.length >= number for one in self.ledger.chains())


def _counted(group: Sequence[Sealed]) -> Counts:
    try:
        return count(one.row for one in group)
    except (ValueError, TypeError, KeyError):
        return Counter()  # a row that was changed beyond reading: its seal tells


def _missing_notice(chain: int, one: Sealed, name: str) -> Finding:
    record = str(one.row.get("record_id") or "")
    return Finding(chain=chain, number=one.number, record=record, what=f"the notice it refers to is missing ({name})")
