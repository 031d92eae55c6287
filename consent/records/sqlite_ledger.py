"""The ``Ledger`` of a SQLite file: reads page by page, takes away in one transaction with the tombstones."""

# ruff: noqa: S608 - statements are put together of our own constants; every value is a parameter
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from consent.records import rows
from consent.records.base import Notice, StoreError
from consent.records.chain import Chain, ChainKey, Register, Sealed, Tombstone
from consent.records.counts import Counts, count
from consent.records.ledger import ERASURE, PAGE, RETENTION, Selection, first_id
from consent.records.rows import Row, Value
from consent.records.sealing import bury, joined
from consent.records.sqlite_faults import explained
from consent.records.sqlite_schema import MIGRATIONS, SHIFT, check_version, migrate, read_register

BUSY_SECONDS = 10.0
"""A command waits longer than a visitor."""

_NAMES = ", ".join(rows.COLUMNS)
_SELECT = f"SELECT place, mac, {_NAMES} FROM consent_records"
_NUMBERS = frozenset({"chain", "format", "length", "first", "last"})
_LOWER = (1 << SHIFT) - 1
_STONE = "chain, first, last, mac, reason, at, key_id, seal"


class SqliteLedger:
    """One open file. Brings an older one up to date; StoreError where there is none."""

    def __init__(self, path: Path, key: ChainKey) -> None:
        self.path = path
        if not path.is_file():
            raise StoreError(
                f"there are no records at {path}",
                code="consent.E070",
                remedy="See records.url, and that the command runs in the server's working directory",
            )
        with _explaining(path):
            self._connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                if check_version(self._connection) < len(MIGRATIONS):
                    migrate(self._connection, key)
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        self._connection.close()

    def rows(self, selection: Selection, *, newest_first: bool = False) -> Iterator[Row]:
        first, until = selection.bounds
        where, values = _where(selection)
        compare, order = ">=", "DESC" if newest_first else "ASC"
        while True:
            bounds = f"record_id {compare} ? AND record_id < ?"
            find = f"{_SELECT} WHERE {bounds}{where} ORDER BY record_id {order} LIMIT {PAGE}"
            found = self._all(find, (first, until, *values))
            for one in found:
                yield _row(one)
            if len(found) < PAGE:
                return
            if newest_first:
                until = found[-1][2]
            else:
                first, compare = found[-1][2], ">"

    def row(self, record_id: str) -> Row | None:
        found = self._all(f"{_SELECT} WHERE record_id = ?", (record_id,))
        return _row(found[0]) if found else None

    def total(self, selection: Selection) -> int:
        where, values = _where(selection)
        find = f"SELECT count(*) FROM consent_records WHERE record_id >= ? AND record_id < ?{where}"
        return int(self._all(find, (*selection.bounds, *values))[0][0])

    def notice(self, name: str) -> Notice | None:
        found = self._all("SELECT content FROM consent_notices WHERE hash = ?", (name,))
        return Notice(hash=name, content=_bytes(found[0][0])) if found else None

    def notices(self) -> Iterator[Notice]:
        for (name,) in self._all("SELECT hash FROM consent_notices ORDER BY hash"):
            if (found := self.notice(name)) is not None:
                yield found

    def chains(self) -> Sequence[Chain]:
        names = "chain, writer, started_at, key_id, format, link, length, head, seal"
        found = self._all(f"SELECT {names} FROM consent_chains ORDER BY chain")
        return [Chain(**_typed(names, one)) for one in found]

    def register(self) -> Register | None:
        with _explaining(self.path):
            return read_register(self._connection)

    def tombstones(self, chain: int) -> Sequence[Tombstone]:
        found = self._all(f"SELECT {_STONE} FROM consent_tombstones WHERE chain = ? ORDER BY first", (chain,))
        return [_stone(one) for one in found]

    def sealed(self, chain: int) -> Iterator[Sealed]:
        if not 0 < chain < 1 << (63 - SHIFT):
            return  # no place has room for it
        place, last = (chain << SHIFT) - 1, (chain << SHIFT) | _LOWER
        while True:
            found = self._all(f"{_SELECT} WHERE place > ? AND place <= ? ORDER BY place LIMIT {PAGE}", (place, last))
            for one in found:
                yield Sealed(one[0] & _LOWER, _bytes(one[1]).hex(), _row(one))
            if len(found) < PAGE:
                return
            place = found[-1][0]

    def strays(self) -> Sequence[int]:
        known = {chain for (chain,) in self._all("SELECT chain FROM consent_chains")}
        tables = "SELECT chain FROM consent_tombstones UNION SELECT chain FROM consent_counts"
        named = {chain for (chain,) in self._all(tables)}
        return sorted((named | set(self._recorded())) - known)

    def _recorded(self) -> Iterator[int]:
        """The chains that have a record: one step in the index for each."""
        place = -(1 << 63)
        while found := self._all("SELECT place FROM consent_records WHERE place >= ? ORDER BY place LIMIT 1", (place,)):
            chain = found[0][0] >> SHIFT
            yield chain
            place = (chain + 1) << SHIFT
            if place >= 1 << 63:
                return

    def counts(self, *, chain: int | None = None, since: str = "", until: str = "~") -> Counts:
        where = "" if chain is None else " AND chain = ?"
        find = (
            "SELECT day, facet, value, event, sum(count) FROM consent_counts"
            f" WHERE day >= ? AND day < ?{where} GROUP BY day, facet, value, event"
        )
        found = self._all(find, (since, until) if chain is None else (since, until, chain))
        return Counts({(day, facet, value, event): number for day, facet, value, event, number in found})

    def erase(self, receipt: str, *, key: ChainKey, at: str) -> int:
        def gone() -> list[Any]:
            return self._all(f"{_SELECT} WHERE receipt = ? ORDER BY place", (receipt,))

        return self._take_away(gone, key, ERASURE, at)

    def purge(self, before: datetime, *, key: ChainKey, at: str, limit: int = PAGE) -> int:
        def gone() -> list[Any]:
            find = f"{_SELECT} WHERE record_id < ? ORDER BY record_id LIMIT ?"
            return sorted(self._all(find, (first_id(before), limit)), key=lambda one: one[0])

        return self._take_away(gone, key, RETENTION, at)

    def forget_notices(self) -> int:
        # Counters know which notices are referred to; a visit that brings one anew keeps it in its own transaction.
        unused = (
            "DELETE FROM consent_notices WHERE hash NOT IN (SELECT value FROM consent_counts WHERE facet = 'notice')"
        )
        with _explaining(self.path):
            return self._connection.execute(unused).rowcount

    def _take_away(self, find: Callable[[], list[Any]], key: ChainKey, reason: str, at: str) -> int:
        with _explaining(self.path), self._transaction():
            found = find()
            for chain, of_chain in groupby(found, lambda one: one[0] >> SHIFT):
                gone = list(of_chain)
                places = [(one[0] & _LOWER, _bytes(one[1]).hex()) for one in gone]
                for stone in bury(key, chain, places, reason=reason, at=at):
                    self._bury(key, stone)
                self._uncount(chain, count(map(_row, gone)))
            self._connection.executemany("DELETE FROM consent_records WHERE place = ?", [(one[0],) for one in found])
            return len(found)

    def _bury(self, key: ChainKey, stone: Tombstone) -> None:
        """Keep ``stone``, joined with its neighbours: a purge leaves one for a chain, not one for a batch."""
        near = f"SELECT {_STONE} FROM consent_tombstones WHERE chain = ? AND reason = ? AND "
        for before in self._all(near + "last = ?", (stone.chain, stone.reason, stone.first - 1)):
            stone = joined(key, _stone(before), stone)
        for after in self._all(near + "first = ?", (stone.chain, stone.reason, stone.last + 1)):
            stone = joined(key, stone, _stone(after))
        self._connection.execute(
            "DELETE FROM consent_tombstones WHERE chain = ? AND first BETWEEN ? AND ?",
            (stone.chain, stone.first, stone.last),
        )
        values = (stone.chain, stone.first, stone.last, stone.mac, stone.reason, stone.at, stone.key_id, stone.seal)
        self._connection.execute(f"INSERT INTO consent_tombstones ({_STONE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)

    def _uncount(self, chain: int, counts: Counts) -> None:
        key = "day = ? AND facet = ? AND value = ? AND event = ? AND chain = ?"
        less = [(number, *of, chain) for of, number in counts.items()]
        self._connection.executemany(f"UPDATE consent_counts SET count = count - ? WHERE {key}", less)
        self._connection.executemany(
            f"DELETE FROM consent_counts WHERE {key} AND count = 0",
            [(*of, chain) for of in counts],
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _all(self, find: str, values: Iterable[Value] = ()) -> list[Any]:
        with _explaining(self.path):
            return self._connection.execute(find, tuple(values)).fetchall()


@contextmanager
def _explaining(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        told = explained(error, path)
        if told is error:
            told = StoreError(
                f"{path}: {error}", code="consent.E070", remedy="See what else uses the file, and try again"
            )
        raise told from error


def _where(selection: Selection) -> tuple[str, tuple[str, ...]]:
    said = [(name, value) for name in ("receipt", "event") if (value := getattr(selection, name)) is not None]
    return "".join(f" AND {name} = ?" for name, _ in said), tuple(value for _, value in said)


def _row(one: Sequence[Value]) -> Row:
    return dict(zip(rows.COLUMNS, one[2:], strict=True))


def _stone(one: Sequence[Value]) -> Tombstone:
    return Tombstone(**_typed(_STONE, one))


def _typed(names: str, one: Sequence[Any]) -> dict[str, Any]:
    """Columns by name, each of its type: SQLite keeps a text in a number's column if somebody puts it there."""
    values = dict(zip(names.split(", "), one, strict=True))
    return {
        name: (value if isinstance(value, int) else -1) if name in _NUMBERS else str(value)
        for name, value in values.items()
    }


def _bytes(value: object) -> bytes:
    """A blob as it should be; whoever edited the file may have put a text or a number in its place."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
