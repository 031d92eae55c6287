"""The spool brought into the store when that is back: oldest first, so that records stay in their order.

What the store has taken is off the spool; what it has not, or may not have, stays. A record that comes twice it keeps
once.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from consent.records.base import Notice, Record, RecordStore
from consent.records.spool import Spool

GROUP = 500
"""Spooled records given to the store at a time."""

_log = logging.getLogger("consent.records")


@dataclass(slots=True, kw_only=True)
class _Poured:
    """How far a part of the spool has come."""

    read: int = 0
    """Bytes the store has seen."""
    done: int = 0
    """Bytes that can go: a notice is kept with the first record that follows it."""
    kept: int = 0
    """Records."""
    passed: list[bytes] = field(default_factory=list)
    """Lines that cannot be read, or are not ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drain:
    """From one spool."""

    spool: Spool
    limit: float
    """Seconds that it may take, and that the store may take for a group."""
    clock: Callable[[], float]
    failed: Callable[[Exception], None]
    """Told where the store does not take a group."""

    async def run(self, store: RecordStore) -> bool:
        """Whether ``store`` has everything that was spooled."""
        ends = self.clock() + self.limit
        while content := await self._spooled_lines():
            if self.clock() >= ends or not await self._pour(store, content, ends):
                return False
        return True

    async def _pour(self, store: RecordStore, content: bytes, ends: float) -> bool:
        """Whether ``content``, lines of the spool, is in the store and off the spool."""
        poured = _Poured()
        try:
            await self._give(store, content.splitlines(keepends=True), ends, poured)
        except Exception as error:  # noqa: BLE001 - as for one record: no fault of a store may become a visitor's
            self.failed(error)
            return False
        finally:  # if it was cut short, too
            done = len(content) if poured.read == len(content) else poured.done
            forgotten = await self._forget(content[:done], poured)
        return forgotten and done == len(content)

    async def _give(self, store: RecordStore, lines: Sequence[bytes], ends: float, poured: _Poured) -> None:
        shown: dict[str, Notice] = {}
        for start in range(0, len(lines), GROUP):
            if self.clock() >= ends:
                return
            group = [(line, self.spool.parse(line)) for line in lines[start : start + GROUP]]
            shown |= {one.hash: one for _, one in group if isinstance(one, Notice)}
            records = [one for _, one in group if isinstance(one, Record)]
            async with asyncio.timeout(self.limit):
                await asyncio.gather(*(store.append(one, shown.get(one.notice)) for one in records))
            poured.kept += len(records)
            poured.read += sum(len(line) for line, _ in group)
            if not isinstance(group[-1][1], Notice):
                poured.done = poured.read
            poured.passed += [line for line, one in group if one is None]

    async def _spooled_lines(self) -> bytes:
        try:
            return await asyncio.to_thread(self.spool.read)
        except OSError as error:  # a store that works is not left unused for it
            self._tell_unusable(error)
            return b""

    async def _forget(self, drained: bytes, poured: _Poured) -> bool:
        """Take off the spool what the store has now; whether that went well."""
        if not drained:
            return True
        forgotten = True
        try:
            if whole := [line for line in poured.passed if line.endswith(b"\n") and line.strip()]:
                await asyncio.to_thread(self.spool.put_aside, whole)
            await asyncio.to_thread(self.spool.remove, drained)
        except OSError as error:  # the records come again, and the store keeps them once
            self._tell_unusable(error)
            forgotten = False
        _log.warning(
            "consent.W022 the record store is back: %d records drained from %s, %d lines that cannot be read or "
            "are not ours put aside into %s.refused",
            poured.kept,
            self.spool.path,
            len(poured.passed),
            self.spool.path.name,
        )
        return forgotten

    def _tell_unusable(self, error: OSError) -> None:
        _log.warning("consent.W023 the spool %s cannot be read or shortened (%s)", self.spool.path, error)
