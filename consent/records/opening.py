"""``records.url`` to a store, a ledger, a site's keeper. Nothing is opened or written before the first record."""

from collections.abc import Sequence
from pathlib import Path

from consent.records.base import RecordStore, StoreError
from consent.records.chain import derive_key
from consent.records.keeper import RecordKeeper
from consent.records.ledger import Ledger
from consent.records.spool import Spool
from consent.records.sqlite import SqliteStore
from consent.records.sqlite_ledger import SqliteLedger


def open_keeper(url: str, keys: Sequence[bytes], spool_path: Path | None = None) -> RecordKeeper:
    """The keeper of ``url``; ``keys`` as CONSENT_SECRET has them, of which the first seals.

    Without ``spool_path`` the spool stands beside the database.
    """
    return RecordKeeper(_store(url, keys), Spool(spool_path or default_spool(url)))


def open_ledger(url: str, keys: Sequence[bytes]) -> Ledger:
    """The ledger of ``url``. StoreError, with a code, where it cannot be opened."""
    if url == "off":
        raise StoreError(
            "records are switched off",
            code="consent.E070",
            remedy='Name a place in records.url, such as "sqlite:///consent.db"',
        )
    path = sqlite_path(url)
    if path is None:
        raise _unknown(url)
    return SqliteLedger(path, derive_key(keys[0]))


def default_spool(url: str) -> Path:
    """Where records wait while the store is away."""
    path = sqlite_path(url)
    return Path.cwd() / "consent.spool" if path is None else path.with_name(f"{path.name}.spool")


def sqlite_path(url: str) -> Path | None:
    """``sqlite:///consent.db`` below the working directory, ``sqlite:////var/lib/consent.db`` as it stands."""
    prefix = "sqlite:///"
    if not url.startswith(prefix) or len(url) == len(prefix):
        return None
    return Path.cwd() / url.removeprefix(prefix)


def _store(url: str, keys: Sequence[bytes]) -> RecordStore | None:
    if url == "off":
        return None
    path = sqlite_path(url)
    if path is None:
        raise _unknown(url)
    return SqliteStore(path, derive_key(keys[0]))


def _unknown(url: str) -> StoreError:
    # The scheme alone: the rest may hold a password.
    return StoreError(
        f"records.url: no store is known for {url.partition(':')[0]!r}",
        code="consent.E070",
        remedy='Use "sqlite:///consent.db"',
    )
