"""The ``Ledger`` of tables that speak SQL: reads page by page, takes away in one transaction with the tombstones.

Statements are written once, with ``?`` for a value, for SQLite and PostgreSQL alike; a subclass runs them.
"""

# ruff: noqa: S608 - statements are put together of our own constants; every value is a parameter
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import groupby
from typing import Any

from consent.records.base import Notice
from consent.records.chain import (
    FIRST,
    UNCHECKED,
    Chain,
    ChainKey,
    Register,
    Sealed,
    Tombstone,
    is_ours,
    record_seal,
    same,
)
from consent.records.counts import Counts, count
from consent.records.ledger import ERASURE, PAGE, RETENTION, ChainState, Ledger, Selection, first_id
from consent.records.rows import COLUMNS, FORMATS, Row, Value
from consent.records.sealing import bury, joined

SHIFT = 40
"""A record's place: its chain's number in the upper bits, its own in the lower. One key, in the order of chains."""

_LOWER = (1 << SHIFT) - 1
_CHAIN = ("chain", "writer", "started_at", "key_id", "format", "link", "length", "head", "seal")
_STONE = ("chain", "first", "last", "mac", "reason", "at", "key_id", "seal")
_NUMBERS = frozenset({"chain", "chains", "format", "length", "first", "last"})
_SELECT = f"SELECT place, mac, {', '.join(COLUMNS)} FROM consent_records"
_STONES = f"SELECT {', '.join(_STONE)} FROM consent_tombstones WHERE chain = ?"


class SqlLedger(Ledger):
    """What a command does, in SQL."""

    @abstractmethod
    def _all(self, statement: str, *values: Value) -> Sequence[Any]:
        """Every row of one question; StoreError where it cannot be asked."""

    @abstractmethod
    def _many(self, statement: str, values: Sequence[Sequence[Value]]) -> None:
        """One statement for each of ``values``."""

    @abstractmethod
    def _transaction(self) -> AbstractContextManager[None]:
        """All or nothing."""

    @abstractmethod
    def _snapshot(self) -> AbstractContextManager[None]:
        """Everything that is read in it is of one moment."""

    def _row(self, one: Sequence[Any]) -> Row:
        """The columns of a record as they were sealed."""
        return dict(zip(COLUMNS, one[2:], strict=True))

    def rows(self, selection: Selection, *, newest_first: bool = False) -> Iterator[Row]:
        first, until = selection.bounds
        where, values = _where(selection)
        compare, order = ">=", "DESC" if newest_first else "ASC"
        while True:
            bounds = f"record_id {compare} ? AND record_id < ?"
            find = f"{_SELECT} WHERE {bounds}{where} ORDER BY record_id {order} LIMIT {PAGE}"
            found = self._all(find, first, until, *values)
            for one in found:
                yield self._row(one)
            if len(found) < PAGE:
                return
            if newest_first:
                until = found[-1][2]
            else:
                first, compare = found[-1][2], ">"

    def row(self, record_id: str) -> Row | None:
        found = self._all(f"{_SELECT} WHERE record_id = ?", record_id)
        return self._row(found[0]) if found else None

    def total(self, selection: Selection) -> int:
        where, values = _where(selection)
        find = f"SELECT count(*) FROM consent_records WHERE record_id >= ? AND record_id < ?{where}"
        return int(self._all(find, *selection.bounds, *values)[0][0])

    def notice(self, name: str) -> Notice | None:
        found = self._all("SELECT content FROM consent_notices WHERE hash = ?", name)
        return Notice(hash=name, content=_bytes(found[0][0])) if found else None

    def notices(self) -> Iterator[Notice]:
        for (name,) in self._all("SELECT hash FROM consent_notices ORDER BY hash"):
            if (found := self.notice(name)) is not None:
                yield found

    def chains(self) -> Sequence[Chain]:
        found = self._all(f"SELECT {', '.join(_CHAIN)} FROM consent_chains ORDER BY chain")
        return [Chain(**_typed(_CHAIN, one)) for one in found]

    def register(self) -> Register | None:
        names = ("chains", "link", "key_id", "seal")
        found = self._all(f"SELECT {', '.join(names)} FROM consent_register")
        return Register(**_typed(names, found[0])) if found else None

    def state(self, chain: int) -> ChainState | None:
        with self._snapshot():
            found = next((one for one in self.chains() if one.chain == chain), None)
            if found is None:
                return None
            return ChainState(chain=found, tombstones=self.tombstones(chain), counts=self.counts(chain=chain))

    def tombstones(self, chain: int) -> Sequence[Tombstone]:
        return [_stone(one) for one in self._all(f"{_STONES} ORDER BY first", chain)]

    def sealed(self, chain: int) -> Iterator[Sealed]:
        if not 0 < chain < 1 << (63 - SHIFT):
            return  # no place has room for it
        place, last = (chain << SHIFT) - 1, (chain << SHIFT) | _LOWER
        while True:
            found = self._all(f"{_SELECT} WHERE place > ? AND place <= ? ORDER BY place LIMIT {PAGE}", place, last)
            for one in found:
                yield Sealed(one[0] & _LOWER, _bytes(one[1]).hex(), self._row(one))
            if len(found) < PAGE:
                return
            place = found[-1][0]

    def strays(self) -> Sequence[int]:
        tables = "SELECT chain FROM consent_tombstones UNION SELECT chain FROM consent_counts"
        named = {chain for (chain,) in self._all(tables)} | set(self._recorded())
        # Asked last: a server may begin a chain meanwhile, which is never there without its entry.
        return sorted(named - {chain for (chain,) in self._all("SELECT chain FROM consent_chains")}, key=str)

    def _recorded(self) -> Iterator[int]:
        """The chains that have a record: one step in the index for each."""
        place = -(1 << 63)
        while found := self._all("SELECT place FROM consent_records WHERE place >= ? ORDER BY place LIMIT 1", place):
            chain = found[0][0] >> SHIFT
            yield chain
            place = (chain + 1) << SHIFT
            if place >= 1 << 63:
                return

    def counts(self, *, chain: int | None = None, since: str = "", until: str = "~") -> Counts:
        where = "" if chain is None else " AND chain = ?"
        find = (
            "SELECT day, facet, value, event, CAST(sum(CAST(count AS BIGINT)) AS BIGINT) FROM consent_counts"
            f" WHERE day >= ? AND day < ?{where} GROUP BY day, facet, value, event"
        )
        found = self._all(find, since, until, *([] if chain is None else [chain]))
        return Counts({(day, facet, value, event): number for day, facet, value, event, number in found})

    def erase(self, receipt: str, *, key: ChainKey, at: str, known: Sequence[ChainKey] = ()) -> int:
        def gone() -> Sequence[Any]:
            return self._all(f"{_SELECT} WHERE receipt = ? ORDER BY place", receipt)

        return self._take_away(gone, [key, *known], ERASURE, at)

    def purge(
        self, before: datetime, *, key: ChainKey, at: str, limit: int = PAGE, known: Sequence[ChainKey] = ()
    ) -> int:
        def gone() -> Sequence[Any]:
            find = f"{_SELECT} WHERE record_id < ? ORDER BY record_id LIMIT ?"
            return sorted(self._all(find, first_id(before), limit), key=lambda one: int(one[0]))

        return self._take_away(gone, [key, *known], RETENTION, at)

    def forget_notices(self) -> int:
        with self._transaction():
            # Counters know which notices are referred to; a writer looks in its own transaction whether one is there.
            unused = self._all(
                "SELECT hash FROM consent_notices WHERE hash NOT IN"
                " (SELECT value FROM consent_counts WHERE facet = 'notice')"
            )
            self._many("DELETE FROM consent_notices WHERE hash = ?", [(name,) for (name,) in unused])
            return len(unused)

    def _take_away(self, find: Callable[[], Sequence[Any]], keys: Sequence[ChainKey], reason: str, at: str) -> int:
        """Every record goes, but a tombstone is signed for those alone that are as they were written: nobody may give
        a record another receipt or date and have its disappearance signed. Without the chain's key that cannot be
        seen, and the tombstone says so.
        """
        with self._transaction():
            found, chains = find(), {chain.chain: chain for chain in self.chains()}
            for number, of_chain in groupby(found, lambda one: int(one[0]) >> SHIFT):
                chain, by_id = chains.get(number), {key.id: key for key in keys}
                whole = self._whole(chain, list(of_chain), by_id)
                why = reason if chain is None or chain.key_id in by_id else f"{reason}{UNCHECKED}"
                places = [(one[0] & _LOWER, _bytes(one[1]).hex()) for one in whole]
                if chain is not None:
                    for stone in bury(keys[0], chain, places, reason=why, at=at):
                        self._bury(keys, chain, stone)
                self._uncount(number, count(map(self._row, whole)))
            self._many("DELETE FROM consent_records WHERE place = ?", [(one[0],) for one in found])
            return len(found)

    def _whole(self, chain: Chain | None, gone: Sequence[Any], keys: Mapping[str, ChainKey]) -> list[Any]:
        """Those of ``gone``, rows of one chain by their places, whose seals hold; all, where the key is not at hand."""
        columns = FORMATS.get(chain.format) if chain else None
        if chain is None or columns is None:
            return []
        key = keys.get(chain.key_id)
        if key is None:
            return [one for one in gone if _can_be_counted(self._row(one))]
        seals = {int(one[0]): _bytes(one[1]).hex() for one in gone}
        whole = []
        for one in gone:
            number = one[0] & _LOWER
            before = seals.get(one[0] - 1) or self._seal_at(chain, number - 1)
            seal = record_seal(key, columns, chain.chain, number, before, self._row(one))
            if same(seals[int(one[0])], seal):
                whole.append(one)
        return whole

    def _seal_at(self, chain: Chain, number: int) -> str:
        """The seal of the record that stands there, or of the last one that a tombstone there stands for."""
        if not number:
            return chain.origin
        if found := self._all("SELECT mac FROM consent_records WHERE place = ?", chain.chain << SHIFT | number):
            return _bytes(found[0][0]).hex()
        found = self._all("SELECT mac FROM consent_tombstones WHERE chain = ? AND last = ?", chain.chain, number)
        return str(found[0][0]) if found else FIRST

    def _bury(self, keys: Sequence[ChainKey], chain: Chain, stone: Tombstone) -> None:
        """Keep ``stone``, joined with its neighbours: a purge leaves one for a chain, not one for a batch."""
        for before in self._neighbours(keys, chain, stone, "last", stone.first - 1):
            stone = joined(keys[0], chain, before, stone)
        for after in self._neighbours(keys, chain, stone, "first", stone.last + 1):
            stone = joined(keys[0], chain, stone, after)
        within = (stone.chain, stone.first, stone.last)
        self._many("DELETE FROM consent_tombstones WHERE chain = ? AND first BETWEEN ? AND ?", [within])
        values = (*within, stone.mac, stone.reason, stone.at, stone.key_id, stone.seal)
        self._many(f"INSERT INTO consent_tombstones ({', '.join(_STONE)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [values])

    def _neighbours(
        self, keys: Sequence[ChainKey], chain: Chain, stone: Tombstone, end: str, number: int
    ) -> Sequence[Tombstone]:
        """The tombstone of the same reason beside ``stone``; one that nobody signed stays by itself, to be found."""
        found = self._all(f"{_STONES} AND reason = ? AND {end} = ?", stone.chain, stone.reason, number)
        return [one for one in map(_stone, found) if any(is_ours(key, chain, one) for key in keys)]

    def _uncount(self, chain: int, counts: Counts) -> None:
        key = "day = ? AND facet = ? AND value = ? AND event = ? AND chain = ?"
        less = [(number, *of, chain) for of, number in counts.items()]
        self._many(f"UPDATE consent_counts SET count = count - ? WHERE {key}", less)
        self._many(f"DELETE FROM consent_counts WHERE {key} AND count = 0", [(*of, chain) for of in counts])


def _can_be_counted(row: Row) -> bool:
    try:
        count([row])
    except (ValueError, TypeError):
        return False
    return True


def _where(selection: Selection) -> tuple[str, tuple[str, ...]]:
    said = [(name, value) for name in ("receipt", "event") if (value := getattr(selection, name)) is not None]
    return "".join(f" AND {name} = ?" for name, _ in said), tuple(value for _, value in said)


def _stone(one: Sequence[Any]) -> Tombstone:
    return Tombstone(**_typed(_STONE, one))


def _typed(names: Sequence[str], one: Sequence[Any]) -> dict[str, Any]:
    """Columns by name, each of its type: SQLite keeps a text in a number's column if somebody puts it there."""
    values = dict(zip(names, one, strict=True))
    return {
        name: (value if isinstance(value, int) else -1) if name in _NUMBERS else str(value)
        for name, value in values.items()
    }


def _bytes(value: object) -> bytes:
    """A blob as it should be; whoever edited the table may have put a text or a number in its place."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
