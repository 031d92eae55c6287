"""``records.url`` to a store, a ledger, a site's keeper. Nothing is opened or written before the first record."""

from collections.abc import Sequence
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType

from consent.records.base import RecordStore, StoreError
from consent.records.chain import derive_key, derive_keys
from consent.records.housekeeping import Housekeeping
from consent.records.keeper import RecordKeeper
from consent.records.ledger import Ledger
from consent.records.places import default_spool, is_postgres, sqlite_path
from consent.records.spool import Spool
from consent.records.sqlite import SqliteStore
from consent.records.sqlite_ledger import SqliteLedger


def open_keeper(
    url: str,
    keys: Sequence[bytes],
    spool_path: Path | None = None,
    *,
    retention: timedelta | None = None,
    retired: Sequence[bytes] = (),
) -> RecordKeeper:
    """The keeper of ``url``; ``keys`` as CONSENT_SECRET has them, of which the first seals.

    Without ``spool_path`` the spool stands beside the database. With ``retention`` it also looks after the records in
    the background, those sealed with ``retired`` keys too.
    """
    keeper = RecordKeeper(_store(url, keys), Spool(spool_path or default_spool(url), keys=derive_keys(keys)))
    if retention is not None and keeper.store is not None:
        keeper.housekeeper = Housekeeping(
            keeper=keeper, open=lambda: open_ledger(url, keys), keys=derive_keys([*keys, *retired]), retention=retention
        )
    return keeper


def open_ledger(url: str, keys: Sequence[bytes]) -> Ledger:
    """The ledger of ``url``. StoreError, with a code, where it cannot be opened."""
    if url == "off":
        raise StoreError(
            "records are switched off",
            code="consent.E070",
            remedy='Name a place in records.url, such as "sqlite:///consent.db"',
        )
    if (path := sqlite_path(url)) is not None:
        return SqliteLedger(path, derive_key(keys[0]))
    if is_postgres(url):
        ledger: Ledger = _postgres().PostgresLedger(url)
        return ledger
    raise _unknown(url)


def _store(url: str, keys: Sequence[bytes]) -> RecordStore | None:
    if url == "off":
        return None
    if (path := sqlite_path(url)) is not None:
        return SqliteStore(path, derive_key(keys[0]))
    if is_postgres(url):
        store: RecordStore = _postgres().PostgresStore(url, derive_key(keys[0]))
        return store
    raise _unknown(url)


def _postgres() -> ModuleType:
    """The part that needs an extra: imported only where it is asked for."""
    try:
        return import_module("consent.records.postgres")
    except ModuleNotFoundError as error:
        raise StoreError(
            f"records in PostgreSQL need the package {error.name}",
            code="consent.E075",
            remedy='Install it with: pip install "asgi-consent[postgres]"',
        ) from None


def _unknown(url: str) -> StoreError:
    # The scheme alone: the rest may hold a password.
    return StoreError(
        f"records.url: no store is known for {url.partition(':')[0]!r}",
        code="consent.E070",
        remedy='Use "sqlite:///consent.db" or "postgresql://user:password@host/database"',
    )
