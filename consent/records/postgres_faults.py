"""What PostgreSQL and the way to it say, as something an owner can mend."""

import asyncio
import ssl
from dataclasses import dataclass

import asyncpg

from consent.records.base import StoreError
from consent.records.places import shown


@dataclass(frozen=True, slots=True)
class _Known:
    """``message`` may show the ``{error}`` in its own words, or only its ``{kind}``."""

    errors: tuple[type[Exception], ...]
    message: str
    remedy: str
    code: str = "consent.E070"


_KNOWN = (
    _Known(
        (asyncpg.InvalidCatalogNameError,),
        "there is no such database ({error})",
        "Create it, or mend records.url",
    ),
    _Known(
        (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError),
        "the server does not let us in ({error})",
        "See user and password in records.url",
    ),
    _Known(
        (asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError),
        "not allowed ({error})",
        "Give the user the right to create tables and to write, and name the primary server",
        "consent.E073",
    ),
    _Known(
        (asyncpg.TargetServerAttributeNotMatched,),
        "of these hosts none is the primary",
        "Promote one of them, or mend target_session_attrs in records.url",
    ),
    _Known((asyncpg.DiskFullError,), "the disk is full", "Free some space", "consent.E078"),
    _Known(  # one transaction's are gone, or another's, in the next
        (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError),
        "the server has lost a prepared statement ({kind})",
        "Where PgBouncer stands before it, use session pooling",
    ),
    _Known(  # PgBouncer's words, mostly
        (asyncpg.ProtocolViolationError,),
        "we are not let in ({error})",
        "See records.url, and the log of the server or its pooler",
    ),
    _Known(
        (ssl.SSLError,),
        "what the server shows to prove itself is not taken ({error})",
        "See sslmode and sslrootcert in records.url, and the server's certificate",
    ),
    _Known(  # a certificate's, or a socket's
        (FileNotFoundError, PermissionError, IsADirectoryError),
        "a file that it leads to cannot be used ({error})",
        "See host, sslrootcert and the like in records.url",
    ),
    _Known(
        (OSError, asyncio.TimeoutError, asyncpg.CannotConnectNowError, asyncpg.PostgresConnectionError),
        "the server does not answer ({kind}: {error})",
        "See that it runs, and records.url",
    ),
    _Known(
        (asyncpg.UndefinedObjectError,),
        "{error}",
        "See what stands behind the question mark in records.url",
    ),
    _Known(
        (asyncpg.ClientConfigurationError,),
        "{error}",
        "See records.url, what stands behind its question mark, and the files that it leads to",
    ),
    _Known(  # its own words may be a part of a password
        (ValueError,),
        "records.url is not understood",
        'Write "postgresql://user:password@host/database"',
    ),
    _Known((asyncpg.PostgresError,), "{kind}: {error}", "See the server's log"),
)
"""The first that fits."""


def explained(error: Exception, url: str) -> Exception:
    """``error`` with a code and a remedy, where it is one of those an owner can do something about."""
    known = next((one for one in _KNOWN if isinstance(error, one.errors)), None)
    if known is None or isinstance(error, StoreError):
        return error
    told = " ".join(str(error).split()).rstrip(".")  # some say it in several lines
    message = known.message.format(error=told, kind=type(error).__name__).replace(": )", ")")
    return StoreError(f"{shown(url)}: {message}", code=known.code, remedy=known.remedy)
