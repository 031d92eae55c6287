"""Records in memory: gone with the process. For tests of apps, and the plainest reading of what a store is."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby

from consent.records.base import Notice, Record
from consent.records.chain import Chain, ChainKey, Register, Sealed, Tombstone
from consent.records.counts import Counts, count
from consent.records.ledger import ERASURE, PAGE, RETENTION, ChainState, Selection, first_id
from consent.records.rows import Row, from_row, moment_text, to_row
from consent.records.sealing import begin_chain, bury, joined, seal_group


class MemoryStore:
    """A ``RecordStore`` and its ``Ledger`` in one."""

    def __init__(self, key: ChainKey) -> None:
        self.key = key
        self._lock = threading.Lock()
        self._chains: list[Chain] = []
        self._register: Register | None = None
        self._records: dict[int, list[Sealed]] = {}
        self._stones: dict[int, list[Tombstone]] = {}
        self._counts: dict[int, Counts] = {}
        self._notices: dict[str, Notice] = {}
        self._ids: set[str] = set()

    async def append(self, record: Record, notice: Notice | None = None) -> None:
        with self._lock:
            if notice is not None:
                self._notices.setdefault(notice.hash, notice)
            if record.record_id in self._ids:
                return
            self._ids.add(record.record_id)
            if not self._chains:
                now = moment_text(datetime.now(UTC))
                chain, self._register = begin_chain(self.key, self._register, writer="memory", started_at=now)
                self._chains.append(chain)
            group = seal_group(self.key, self._chains[-1], [to_row(record)])
            number = group.chain.chain
            self._records.setdefault(number, []).extend(group.records)
            self._counts.setdefault(number, Counter()).update(group.counts)
            self._chains[-1] = group.chain

    async def of_receipt(self, receipt: str) -> Sequence[Record]:
        return tuple(from_row(row) for row in self.rows(Selection(receipt=receipt)))

    def close(self) -> None:
        """Nothing to let go of."""

    def rows(self, selection: Selection, *, newest_first: bool = False) -> Iterator[Row]:
        first, until = selection.bounds
        every = (one.row for records in self._records.values() for one in records)
        for row in sorted(every, key=lambda row: str(row["record_id"]), reverse=newest_first):
            wanted = selection.receipt in {None, row["receipt"]} and selection.event in {None, row["event"]}
            if wanted and first <= str(row["record_id"]) < until:
                yield row

    def row(self, record_id: str) -> Row | None:
        every = (one.row for records in self._records.values() for one in records)
        return next((row for row in every if row["record_id"] == record_id), None)

    def total(self, selection: Selection) -> int:
        return sum(1 for _ in self.rows(selection))

    def notice(self, name: str) -> Notice | None:
        return self._notices.get(name)

    def notices(self) -> Iterator[Notice]:
        yield from self._notices.values()

    def chains(self) -> Sequence[Chain]:
        return list(self._chains)

    def register(self) -> Register | None:
        return self._register

    def state(self, chain: int) -> ChainState | None:
        found = next((one for one in self._chains if one.chain == chain), None)
        if found is None:
            return None
        return ChainState(chain=found, tombstones=self.tombstones(chain), counts=self.counts(chain=chain))

    def tombstones(self, chain: int) -> Sequence[Tombstone]:
        return list(self._stones.get(chain, ()))

    def sealed(self, chain: int) -> Iterator[Sealed]:
        yield from self._records.get(chain, ())

    def strays(self) -> Sequence[int]:
        return sorted({*self._records, *self._stones, *self._counts} - {chain.chain for chain in self._chains})

    def counts(self, *, chain: int | None = None, since: str = "", until: str = "~") -> Counts:
        found: Counts = Counter()
        for number, counts in self._counts.items():
            if chain in {None, number}:
                found.update({key: value for key, value in counts.items() if since <= key[0] < until})
        return found

    def erase(self, receipt: str, *, key: ChainKey, at: str, known: Sequence[ChainKey] = ()) -> int:  # noqa: ARG002 - nobody edits memory
        gone = {str(row["record_id"]) for row in self.rows(Selection(receipt=receipt))}
        return self._take_away(gone, key, ERASURE, at)

    def purge(
        self,
        before: datetime,
        *,
        key: ChainKey,
        at: str,
        limit: int = PAGE,
        known: Sequence[ChainKey] = (),  # noqa: ARG002 - as above
    ) -> int:
        older = [name for row in self.rows(Selection()) if (name := str(row["record_id"])) < first_id(before)]
        return self._take_away(set(older[:limit]), key, RETENTION, at)

    def forget_notices(self) -> int:
        referred = {value for (_, facet, value, _) in self.counts() if facet == "notice"}
        unused = [name for name in self._notices if name not in referred]
        for name in unused:
            del self._notices[name]
        return len(unused)

    def _take_away(self, names: set[str], key: ChainKey, reason: str, at: str) -> int:
        for number, records in self._records.items():
            chain = next(one for one in self._chains if one.chain == number)
            gone = [one for one in records if one.row["record_id"] in names]
            stones = bury(key, chain, [(one.number, one.mac) for one in gone], reason=reason, at=at)
            every = sorted([*self._stones.get(number, ()), *stones], key=lambda stone: stone.first)
            self._stones[number] = _joined(key, chain, every)
            self._records[number] = [one for one in records if one.row["record_id"] not in names]
            self._counts[number] = +(self._counts[number] - count(one.row for one in gone))
        return len(names)


def _joined(key: ChainKey, chain: Chain, stones: Sequence[Tombstone]) -> list[Tombstone]:
    """Neighbours of one reason as one."""
    whole: list[Tombstone] = []
    for _, same in groupby(stones, lambda stone: stone.reason):
        run: list[Tombstone] = []
        for stone in same:
            if run and run[-1].last == stone.first - 1:
                run[-1] = joined(key, chain, run[-1], stone)
            else:
                run.append(replace(stone))
        whole += run
    return whole
