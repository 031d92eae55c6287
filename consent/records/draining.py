"""The spool brought into the store when that is back: oldest first, so that records stay in their order.

What the store has taken is off the spool; what it has not, or may not have, stays. A record that comes twice it keeps
once.
"""

import asyncio
import io
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


class Drain:
    """From one spool."""

    def __init__(
        self,
        spool: Spool,
        *,
        limit: float,
        clock: Callable[[], float],
        failed: Callable[[Exception], None],
        stuck: Callable[[], None],
    ) -> None:
        """``limit``: seconds that it may take, and that the store may take for a group. ``failed``: told where it does
        not take one. ``stuck``: told where the spool cannot be read or shortened.
        """
        self.stuck = False
        """The spool could not be read or shortened: what is in it is not to be tried again all the time."""
        self._spool = spool
        self._limit = limit
        self._clock = clock
        self._tell_failed = failed
        self._tell_stuck = stuck

    async def run(self, store: RecordStore) -> bool:
        """Whether ``store`` has everything that was spooled; stops when a visitor has waited long enough."""
        ends = self._clock() + self._limit
        while content := await self._spooled_lines():
            if self._clock() >= ends or not await self._pour(store, content, ends):
                return False
            if self.stuck:  # it comes again, and is kept once; a store that works is not left unused for it
                return True
        return True

    async def _pour(self, store: RecordStore, content: bytes, ends: float) -> bool:
        """Whether ``content``, lines of the spool, is in the store; off the spool too, but where that is ``stuck``."""
        poured = _Poured()
        try:
            await self._give(store, io.BytesIO(content).readlines(), ends, poured)
        except Exception as error:  # noqa: BLE001 - as for one record: no fault of a store may become a visitor's
            self._tell_failed(error)
            return False
        finally:  # if it was cut short, too
            done = len(content) if poured.read == len(content) else poured.done
            await self._forget(content[:done], poured)
        return done == len(content)

    async def _give(self, store: RecordStore, lines: Sequence[bytes], ends: float, poured: _Poured) -> None:
        shown: dict[str, Notice] = {}
        for start in range(0, len(lines), GROUP):
            if self._clock() >= ends:
                return
            group = [(line, self._spool.parse(line)) for line in lines[start : start + GROUP]]
            shown |= {one.hash: one for _, one in group if isinstance(one, Notice)}
            records = [one for _, one in group if isinstance(one, Record)]
            async with asyncio.timeout(self._limit):
                await asyncio.gather(*(store.append(one, shown.get(one.notice)) for one in records))
            poured.kept += len(records)
            poured.read += sum(len(line) for line, _ in group)
            if not isinstance(group[-1][1], Notice):
                poured.done = poured.read
            poured.passed += [line for line, one in group if one is None]

    async def _spooled_lines(self) -> bytes:
        try:
            return await asyncio.to_thread(self._spool.read)
        except OSError as error:
            self._note_stuck(error)
            return b""

    async def _forget(self, drained: bytes, poured: _Poured) -> None:
        """Take off the spool what the store has now."""
        if not drained:
            return
        strange = [line for line in poured.passed if line.strip()]
        try:
            if strange:
                await asyncio.to_thread(self._spool.put_aside, strange)
            await asyncio.to_thread(self._spool.remove, drained)
        except OSError as error:
            self._note_stuck(error)
            return
        self.stuck = False
        _log.warning(
            "consent.W022 the record store is back: %d records drained from %s, %d lines that cannot be read or "
            "are not ours put aside into %s.refused",
            poured.kept,
            self._spool.path,
            len(strange),
            self._spool.path.name,
        )

    def _note_stuck(self, error: OSError) -> None:
        self._tell_stuck()
        if not self.stuck:
            _log.warning("consent.W023 the spool %s cannot be read or shortened (%s)", self._spool.path, error)
        self.stuck = True
