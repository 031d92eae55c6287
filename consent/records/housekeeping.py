"""What a server does about its records while nobody chooses: it looks at the store once at the start, brings what waits
into it when it is back, and takes away what is older than the retention.

One daemon thread for each process, begun with the server or the first choice. Several processes may do the same: what
one has done the next finds done.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from consent.records.base import StoreError
from consent.records.chain import ChainKey
from consent.records.keeper import RecordKeeper
from consent.records.ledger import Ledger, Selection, moment_of
from consent.records.rows import moment_text

LOOK = 5.0
"""Seconds between two looks at the spool."""
PURGE = timedelta(hours=6)
BATCH = 500
"""Records taken away in one transaction: visitors wait for it."""
BREATH = 0.1
"""Seconds left to visitors between two batches."""
SILENCE = timedelta(days=30)
"""Without a choice for longer, a clock that is ahead is likelier than a site that nobody visits."""
AHEAD = timedelta(days=1)
"""A record that is later by as much was dated by a clock that was ahead."""

_log = logging.getLogger("consent.records")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Housekeeping:
    """Of one keeper."""

    keeper: RecordKeeper
    open: Callable[[], Ledger]
    keys: Sequence[ChainKey]
    """All that verify; the first seals."""
    retention: timedelta
    now: Callable[[], datetime] = _now
    look: float = LOOK
    _process: int = 0
    _stopped: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, once in a process: a fork takes no thread along."""
        if self._process == os.getpid():
            return
        self._process = os.getpid()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="consent-housekeeping", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Wait for what is under way, and end; a later start begins again."""
        if self._thread is None or self._process != os.getpid():
            return
        self._stopped.set()
        self._thread.join()
        self._thread, self._process = None, 0

    def _run(self) -> None:
        self._safely(self.inspect)
        purge_at = self.now()
        while not self._stopped.is_set():
            self._safely(lambda: asyncio.run(self.keeper.catch_up()))
            if self.now() >= purge_at:
                purge_at = self.now() + PURGE
                self._safely(self.purge)
            self._stopped.wait(self.look)

    def _safely(self, do: Callable[[], object]) -> None:
        try:
            do()
        except StoreError as error:
            # There is nothing yet where nobody has chosen; a store that is away is the keeper's to tell of.
            if error.code != "consent.E070":
                _log.warning("consent.W026 the records cannot be used: %s", error)
        except Exception:  # noqa: BLE001 - whatever it is, the thread must live
            _log.exception("consent.W026 looking after the records failed")

    def inspect(self) -> None:
        """Open the store once: its tables are made or brought up to date, and an owner hears what is wrong with it."""
        ledger = self.open()
        try:
            chains = ledger.chains()
        finally:
            ledger.close()
        known = {key.id for key in self.keys}
        if chains and chains[-1].key_id not in known:
            _log.warning(
                "consent.W028 the last records were sealed with the key %s, which is not in CONSENT_SECRET: they "
                "cannot be verified. If it was changed on purpose, put the old key behind the new one",
                chains[-1].key_id,
            )

    def purge(self) -> int:
        """Take away what is older than the retention, little by little; how much it was.

        A machine that starts with its clock years ahead must not take away everything, and sign for it: the time is
        believed as far as the newest record makes it likely.
        """
        ledger, gone = self.open(), 0
        try:
            before = self._believed(ledger) - self.retention
            while not self._stopped.is_set():
                batch = ledger.purge(
                    before, key=self.keys[0], at=moment_text(self.now()), limit=BATCH, known=self.keys[1:]
                )
                gone += batch
                if batch < BATCH:
                    break
                self._stopped.wait(BREATH)
            if gone:
                ledger.forget_notices()
                _log.info("consent.W027 %d records older than %d days were purged", gone, self.retention.days)
        finally:
            ledger.close()
        return gone

    def _believed(self, ledger: Ledger) -> datetime:
        """The time by the clock, or less; an owner hears of what does not agree with it."""
        now = self.now()
        last = next(iter(ledger.rows(Selection(), newest_first=True)), None)
        newest = (moment_of(str(last["record_id"])) if last else None) or now
        if newest > now + AHEAD:
            _log.warning(
                "consent.W029 records bear a time to come (%s), from when the clock was ahead: they are kept as if it "
                "were true. If that is too long, see consent records list --since and erase",
                moment_text(newest),
            )
        if newest + SILENCE >= now:
            return now
        _log.warning(
            "consent.W033 nobody has chosen since %s: should the clock be ahead, a purge would take away too much, so "
            "the day is taken for %s. If the clock is right, run consent records purge",
            moment_text(newest),
            (newest + SILENCE).date(),
        )
        return newest + SILENCE
