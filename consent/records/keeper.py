"""RecordKeeper: a store, a spool for when it is down, and the rule that a visitor's choice never fails on either.

While the store is known to be down nobody waits for it: a record goes straight to the spool, and from time to time
one visitor's request finds out whether the store is back. Then the spool is drained first, so that records stay in
their order. Nothing here belongs to an event loop; any number of them may use one keeper.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

from consent.errors import ConsentError
from consent.records.base import Record, RecordStore
from consent.records.spool import Spool, parse_line
from consent.records.sqlite import SqliteStore

LIMIT = 2.0
"""Seconds a visitor waits for the store at most."""
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
GROUP = 100
"""Spooled records given to the store at a time."""

_log = logging.getLogger("consent.records")


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
        self._limit = limit
        self._clock = clock
        self._pause = FIRST_PAUSE
        self._behind: bool | None = None
        """The spool holds something, or the store is down. None: not looked yet what an earlier process left."""
        self._spooled = 0
        self._trying = False
        self._retry_at = clock()
        self._told = False

    async def append(self, record: Record) -> bool:
        """True: durable in the store (or records are off). False: in the spool, or lost and logged as lost."""
        if self.store is None:
            return True
        if self._behind is None:
            self._behind = self.spool.waiting()
        if not self._behind:
            return await self._stored(self.store, record) or await self._set_aside(record)
        if self._trying or self._clock() < self._retry_at:
            return await self._set_aside(record)
        self._trying = True
        try:
            stored = await self._caught_up(self.store, record)
        finally:
            self._trying = False
        return stored or await self._set_aside(record)

    async def _caught_up(self, store: RecordStore, record: Record) -> bool:
        """Whether the store is back and has ``record``, after everything that came before it."""
        spooled = self._spooled
        if not (await self._drained(store) and await self._stored(store, record)):
            return False
        self._told = False
        # Others went to the spool meanwhile, after it was read: then the next record drains it again.
        self._behind = self._spooled != spooled
        return True

    async def drain(self) -> bool:
        """Bring the spool into the store now; True when nothing is left. For a start, and for commands."""
        return self.store is None or await self._drained(self.store)

    def close(self) -> None:
        """Let the store finish. What is in the spool stays there for the next start."""
        if self.store is not None:
            self.store.close()

    async def _stored(self, store: RecordStore, record: Record) -> bool:
        try:
            async with asyncio.timeout(self._limit):
                await store.append(record)
        except Exception as error:  # noqa: BLE001 - no fault of a store may become a visitor's
            self._note_down(error)
            return False
        self._pause = FIRST_PAUSE
        return True

    async def _set_aside(self, record: Record) -> bool:
        try:
            await asyncio.to_thread(self.spool.append, record)
        except Exception as error:  # noqa: BLE001 - the last place there is: say what is lost
            _log.error(
                "consent.W021 record %s is lost: neither the store nor the spool %s took it (%s: %s)",
                record.record_id,
                self.spool.path,
                type(error).__name__,
                error,
            )
            return False
        self._spooled += 1
        self._behind = True
        return False

    async def _drained(self, store: RecordStore) -> bool:
        """Whether the store has everything that was spooled; stops when a visitor has waited long enough."""
        limit = self._limit / 2  # the rest of the time is for the record that is at hand
        ends = self._clock() + limit
        kept = passed = done = 0
        content = await self._spooled_lines()
        lines = content.splitlines(keepends=True)
        try:
            for start in range(0, len(lines), GROUP):
                if self._clock() >= ends:
                    break
                group = lines[start : start + GROUP]
                records = [record for line in group if (record := parse_line(line))]
                async with asyncio.timeout(limit):
                    await asyncio.gather(*(store.append(record) for record in records))
                kept += len(records)
                passed += len(group) - len(records)
                done += sum(map(len, group))
        except Exception as error:  # noqa: BLE001 - as for one record
            self._note_down(error)
            return False
        finally:
            await self._forget(content[:done], kept, passed)
        return done == len(content)

    async def _spooled_lines(self) -> bytes:
        try:
            return await asyncio.to_thread(self.spool.read)
        except OSError as error:  # a store that works is not left unused for it
            _log.warning("consent.W023 the spool %s cannot be read or shortened (%s)", self.spool.path, error)
            return b""

    async def _forget(self, drained: bytes, kept: int, passed: int) -> None:
        """Take off the spool what the store has now."""
        if not drained:
            return
        try:
            await asyncio.to_thread(self.spool.remove, drained)
        except OSError as error:  # the records come again, and the store keeps them once
            _log.warning("consent.W023 the spool %s cannot be read or shortened (%s)", self.spool.path, error)
        _log.warning(
            "consent.W022 the record store is back: %d records drained from %s, %d unreadable lines passed over",
            kept,
            self.spool.path,
            passed,
        )

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


def open_keeper(url: str, spool_path: Path | None = None) -> RecordKeeper:
    """The keeper of ``records.url``; nothing is opened or written before the first record.

    Without ``spool_path`` the spool stands beside the database.
    """
    if url == "off":
        return RecordKeeper(None, Spool(spool_path or Path.cwd() / "consent.spool"))
    path = sqlite_path(url)
    if path is None:
        raise ConsentError(f'records.url: no store is known for {url.partition(":")[0]!r}; use "sqlite:///consent.db"')
    return RecordKeeper(SqliteStore(path), Spool(spool_path or path.with_name(f"{path.name}.spool")))


def sqlite_path(url: str) -> Path | None:
    """``sqlite:///consent.db`` below the working directory, ``sqlite:////var/lib/consent.db`` as it stands."""
    prefix = "sqlite:///"
    if not url.startswith(prefix) or len(url) == len(prefix):
        return None
    return Path.cwd() / url.removeprefix(prefix)
