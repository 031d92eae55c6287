"""What commands do with kept records: read them in constant memory, check them, and take some away on purpose.

The contract of every store's other side, and its values. Synchronous: a command has nothing else to do meanwhile, and
a server calls it from a thread.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from consent.records.base import Notice
from consent.records.chain import Chain, ChainKey, Register, Sealed, Tombstone
from consent.records.counts import Counts
from consent.records.making import make_record_id
from consent.records.rows import Row

PAGE = 2_000
"""Rows read at a time: no reader holds a transaction open while ten million of them are written somewhere."""
ERASURE, RETENTION = "erasure", "retention"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which records; all that is said must hold."""

    receipt: str | None = None
    event: str | None = None
    since: datetime | None = None
    """At this moment or later."""
    until: datetime | None = None
    """Before this moment."""

    @property
    def bounds(self) -> tuple[str, str]:
        """The first id that may be meant, and the first that is not: ids sort by time (UUIDv7)."""
        first = first_id(self.since) if self.since else ""
        return first, first_id(self.until) if self.until else "~"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainState:
    """A chain at one moment."""

    chain: Chain
    tombstones: Sequence[Tombstone]
    counts: Counts


def first_id(moment: datetime) -> str:
    """No record of ``moment`` or later has an id before this one."""
    return make_record_id(moment, bytes(10)) if moment.timestamp() >= 0 else ""


def moment_of(record_id: str) -> datetime | None:
    """The time that an id bears; None where somebody made it what it is."""
    try:
        return datetime.fromtimestamp(int(record_id[:8] + record_id[9:13], 16) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


class Ledger(Protocol):
    """One open store, as a command sees it. StoreError, with a code, for everything that goes wrong."""

    def rows(self, selection: Selection, *, newest_first: bool = False) -> Iterator[Row]:
        """Records by the order of their ids, which is that of time."""

    def row(self, record_id: str) -> Row | None: ...

    def total(self, selection: Selection) -> int:
        """How many rows ``rows`` would give."""

    def notice(self, name: str) -> Notice | None:
        """As it is kept: whether its content has its hash is for the reader to see."""

    def notices(self) -> Iterator[Notice]: ...

    def chains(self) -> Sequence[Chain]: ...

    def register(self) -> Register | None: ...

    def state(self, chain: int) -> "ChainState | None":
        """A chain with what belongs to it, all of one moment, however busily it is written to."""

    def tombstones(self, chain: int) -> Sequence[Tombstone]:
        """In the order of their places."""

    def sealed(self, chain: int) -> Iterator[Sealed]:
        """The records of one chain in the order of their numbers."""

    def strays(self) -> Sequence[int]:
        """Numbers of chains that are in no register, but to which a record, a tombstone or a counter belongs."""

    def counts(self, *, chain: int | None = None, since: str = "", until: str = "~") -> Counts:
        """Counters of all chains or one; days as ``2026-11-23``, ``until`` not included."""

    def erase(self, receipt: str, *, key: ChainKey, at: str, known: Sequence[ChainKey] = ()) -> int:
        """Take away every record of one visitor, with a tombstone for each that is as it was written; how many there
        were. ``key`` signs, ``known`` are further ones that verify.
        """

    def purge(
        self, before: datetime, *, key: ChainKey, at: str, limit: int = PAGE, known: Sequence[ChainKey] = ()
    ) -> int:
        """Take away ``limit`` records at most that are older, as ``erase`` does; how many there were."""

    def forget_notices(self) -> int:
        """Take away notices that no record refers to any more."""

    def close(self) -> None: ...
