"""The tables in SQLite, as numbered steps that are never edited once released; new ones are added at the end."""

import sqlite3

_FIRST = (
    """
    CREATE TABLE consent_records (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        record_id TEXT NOT NULL UNIQUE,
        receipt TEXT NOT NULL,
        at TEXT NOT NULL,
        event TEXT NOT NULL,
        action TEXT NOT NULL,
        source TEXT NOT NULL,
        categories TEXT NOT NULL,
        services TEXT NOT NULL,
        policy_version TEXT NOT NULL,
        notice TEXT NOT NULL,
        language TEXT NOT NULL,
        region TEXT NOT NULL,
        model TEXT NOT NULL,
        gpc INTEGER,
        host TEXT NOT NULL,
        browser TEXT NOT NULL,
        expires_at TEXT NOT NULL
    )
    """,
    "CREATE INDEX consent_records_receipt ON consent_records (receipt)",
    "CREATE INDEX consent_records_at ON consent_records (at)",
    # A record is proof: it may go when its time is over, but it never becomes another one.
    """
    CREATE TRIGGER consent_records_stand BEFORE UPDATE ON consent_records
    BEGIN SELECT RAISE(ABORT, 'consent records are append-only'); END
    """,
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST,)
"""Step N brings the file from version N-1 to version N."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to the newest version. Several processes may try at once: the lock is taken before looking."""
    if _version(connection) >= len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS consent_migrations"
            " (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)"
        )
        for number, statements in enumerate(MIGRATIONS[_version(connection) :], start=_version(connection) + 1):
            for statement in statements:
                connection.execute(statement)
            connection.execute("INSERT INTO consent_migrations (version) VALUES (?)", (number,))
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    """0: a file without our tables. A file newer than this code is left as it is: columns are only ever added."""
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'consent_migrations'").fetchone()
    if known is None:
        return 0
    (version,) = connection.execute("SELECT coalesce(max(version), 0) FROM consent_migrations").fetchone()
    return int(version)
