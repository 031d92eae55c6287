"""What PostgreSQL and the way to it say, as something an owner can mend."""

import asyncio
from urllib.parse import urlsplit

import asyncpg

from consent.records.base import StoreError

_DENIED = (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError)
_READ_ONLY = (asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError)


def explained(error: Exception, url: str) -> Exception:
    """``error`` with a code and a remedy, where it is one of those an owner can do something about."""
    where = place(url)
    if isinstance(error, StoreError):
        return error
    if isinstance(error, asyncpg.InvalidCatalogNameError):
        return _fault(f"{where}: there is no such database ({error})", "Create it, or mend records.url")
    if isinstance(error, _DENIED):
        return _fault(f"{where}: the server does not let us in ({error})", "See user and password in records.url")
    if isinstance(error, _READ_ONLY):
        return StoreError(
            f"{where}: not allowed ({error})",
            code="consent.E073",
            remedy="Give the user the right to create tables and to write, and name the primary server",
        )
    if isinstance(error, asyncpg.DiskFullError):
        return StoreError(f"{where}: the disk is full", code="consent.E078", remedy="Free some space")
    if isinstance(
        error, OSError | asyncio.TimeoutError | asyncpg.CannotConnectNowError | asyncpg.PostgresConnectionError
    ):
        return _fault(
            f"{where}: the server does not answer ({type(error).__name__})", "See that it runs, and records.url"
        )
    if isinstance(error, asyncpg.ClientConfigurationError | ValueError):
        return _fault(f"{where}: records.url is not understood", 'Write "postgresql://user:password@host/database"')
    if isinstance(error, asyncpg.PostgresError):
        return _fault(f"{where}: {type(error).__name__}: {error}", "See the server's log")
    return error


def place(url: str) -> str:
    """Host and database: never user or password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "postgresql"
    return f"postgresql://{parts.hostname or ''}{parts.path}"


def _fault(message: str, remedy: str) -> StoreError:
    return StoreError(message, code="consent.E070", remedy=remedy)
