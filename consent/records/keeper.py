"""RecordKeeper: a store, a spool for when it is down, and the rule that a visitor's choice never fails on either.

While the store is known to be down nobody waits for it: a record goes straight to the spool, and from time to time
one visitor's request finds out whether the store is back. Then the spool is drained first, so that records stay in
their order. Nothing here belongs to an event loop; any number of them may use one keeper.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from consent.records.base import Notice, Record, RecordStore
from consent.records.deadlines import Deadlines
from consent.records.draining import Drain
from consent.records.spool import Spool

LIMIT = 2.0
"""Seconds a visitor waits for the store at most."""
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0

_log = logging.getLogger("consent.records")


class Housekeeper(Protocol):
    """Who looks after the records in the background."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class RecordKeeper:
    """What the endpoints use: ``append`` never raises and never takes long."""

    def __init__(
        self,
        store: RecordStore | None,
        spool: Spool,
        *,
        limit: float = LIMIT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``store=None`` keeps nothing: the owner switched records off."""
        self.store = store
        self.spool = spool
        self.housekeeper: Housekeeper | None = None
        """Begins with the first record, where the server has not begun it."""
        self.deadlines = Deadlines(limit)
        # Half of a visitor's time: the rest is for the record that is at hand.
        self._drain = Drain(spool, limit=limit / 2, clock=clock, failed=self._note_down, stuck=self._note_stuck)
        self._clock = clock
        self._pause = FIRST_PAUSE
        self._lock = threading.Lock()
        self._behind: bool | None = None
        """The spool holds something, or the store is down. None: not looked yet what an earlier process left."""
        self._spooled = 0
        self._trying = False
        self._retry_at = clock()
        self._told = False

    async def append(self, record: Record, notice: Notice | None = None) -> bool | None:
        """True: durable in the store (or records are off). False: durable in the spool. None: lost, and logged so."""
        if self.store is None:
            return True
        if self.housekeeper is not None:
            self.housekeeper.start()
        if self._behind is None:
            self._behind = self.spool.waiting()
        if not self._behind:
            return await self._stored(self.store, record, notice) or await self._set_aside(record, notice)
        if not self._take_turn():
            return await self._set_aside(record, notice)
        try:
            stored = await self._caught_up(self.store, record, notice)
        finally:
            self._trying = False
        return stored or await self._set_aside(record, notice)

    def start(self) -> None:
        """The server is up: look after the records from now on."""
        if self.housekeeper is not None:
            self.housekeeper.start()

    async def of_receipt(self, receipt: str) -> Sequence[Record]:
        """What is kept of one visitor, oldest first; StoreError where the store cannot say. What waits is not in it."""
        return () if self.store is None else await self.store.of_receipt(receipt)

    def _take_turn(self) -> bool:
        """Whether the caller is the one to find out if the store is back; it gives the turn back by ``_trying``."""
        with self._lock:
            if self._trying or self._clock() < self._retry_at:
                return False
            self._trying = True
            return True

    async def _caught_up(self, store: RecordStore, record: Record | None, notice: Notice | None = None) -> bool:
        """Whether the store is back and has ``record``, after everything that came before it."""
        spooled = self._spooled
        if not await self._drain.run(store):
            return False
        if record is not None and not await self._stored(store, record, notice):
            return False
        self._told = False
        with self._lock:
            # Others went to the spool meanwhile, after it was read: then the next record drains it again.
            self._behind = self._spooled != spooled
        return True

    async def catch_up(self) -> bool:
        """Bring the spool into the store if it is time to try; True when nothing waits. For a thread of a server."""
        if self.store is None or not (self._behind or self.spool.waiting()):
            return True
        if not self._take_turn():
            return False
        try:
            return await self._caught_up(self.store, None)
        finally:
            self._trying = False

    async def drain(self) -> bool:
        """Bring the spool into the store now; True when nothing is left. For a start, and for commands."""
        return self.store is None or (await self._drain.run(self.store) and not self._drain.stuck)

    def close(self) -> None:
        """Let the store finish. What is in the spool stays there for the next start."""
        if self.housekeeper is not None:
            self.housekeeper.stop()
        if self.store is not None:
            self.store.close()
        self.spool.finish()

    async def _stored(self, store: RecordStore, record: Record, notice: Notice | None) -> bool:
        try:
            with self.deadlines.next():
                await store.append(record, notice)
        except Exception as error:  # noqa: BLE001 - no fault of a store may become a visitor's
            self._note_down(error)
            return False
        self._pause = FIRST_PAUSE
        return True

    async def _set_aside(self, record: Record, notice: Notice | None) -> bool | None:
        try:
            await self.spool.append(record, notice)
        except Exception as error:  # noqa: BLE001 - the last place there is: say what is lost
            _log.error(
                "consent.W021 record %s is lost: neither the store nor the spool %s took it (%s: %s)",
                record.record_id,
                self.spool.path,
                type(error).__name__,
                error,
            )
            return None
        with self._lock:
            self._spooled += 1
            self._behind = True
        return False

    def _note_stuck(self) -> None:
        self._retry_at = self._clock() + LONGEST_PAUSE

    def _note_down(self, error: Exception) -> None:
        self._behind = True
        self._retry_at = self._clock() + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        if self._told:  # once an outage, not once a visitor
            return
        self._told = True
        _log.warning(
            "consent.W020 the record store is down, records go to %s until it is back (%s: %s)",
            self.spool.path,
            type(error).__name__,
            error,
        )
