"""The tables in SQLite, as numbered steps that are never edited once released; new ones are added at the end."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from operator import itemgetter

from consent.records import rows
from consent.records.base import StoreError
from consent.records.chain import Chain, ChainKey, Register
from consent.records.rows import moment_text
from consent.records.sealing import Group, begin_chain, seal_group
from consent.records.sql_ledger import SHIFT

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
_CHAINED = (
    "DROP TRIGGER consent_records_stand",
    "DROP INDEX consent_records_receipt",
    "DROP INDEX consent_records_at",
    "ALTER TABLE consent_records RENAME TO consent_records_unchained",
    """
    CREATE TABLE consent_records (
        place INTEGER PRIMARY KEY,
        mac BLOB NOT NULL,
        record_id TEXT NOT NULL,
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
        expires_at TEXT NOT NULL,
        reason TEXT NOT NULL,
        waited INTEGER
    )
    """,
    "CREATE UNIQUE INDEX consent_records_id ON consent_records (record_id)",
    "CREATE INDEX consent_records_receipt ON consent_records (receipt)",
    """
    CREATE TRIGGER consent_records_stand BEFORE UPDATE ON consent_records
    BEGIN SELECT RAISE(ABORT, 'consent records are append-only'); END
    """,
    "CREATE TABLE consent_notices (hash TEXT PRIMARY KEY, content BLOB NOT NULL)",
    """
    CREATE TABLE consent_chains (
        chain INTEGER PRIMARY KEY, writer TEXT NOT NULL, started_at TEXT NOT NULL, key_id TEXT NOT NULL,
        format INTEGER NOT NULL, link TEXT NOT NULL, length INTEGER NOT NULL, head TEXT NOT NULL, seal TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE consent_register (
        one INTEGER PRIMARY KEY CHECK (one = 1), chains INTEGER NOT NULL, link TEXT NOT NULL, key_id TEXT NOT NULL,
        seal TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE consent_tombstones (
        chain INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, mac TEXT NOT NULL, reason TEXT NOT NULL,
        at TEXT NOT NULL, key_id TEXT NOT NULL, seal TEXT NOT NULL, PRIMARY KEY (chain, first)
    )
    """,
    """
    CREATE TABLE consent_counts (
        day TEXT NOT NULL, facet TEXT NOT NULL, value TEXT NOT NULL, event TEXT NOT NULL, chain INTEGER NOT NULL,
        count INTEGER NOT NULL, PRIMARY KEY (day, facet, value, event, chain)
    ) WITHOUT ROWID
    """,
)
MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _CHAINED)
"""Step N brings the file from version N-1 to version N."""

_NAMES = ", ".join(rows.COLUMNS)
_INSERT = (
    f"INSERT INTO consent_records (place, mac, {_NAMES})"  # noqa: S608 - our own constants
    f" VALUES ({', '.join('?' * (2 + len(rows.COLUMNS)))})"
)
_values = itemgetter(*rows.COLUMNS)
_CHAIN = "INSERT INTO consent_chains VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_COUNT = "INSERT INTO consent_counts VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count"


def migrate(connection: sqlite3.Connection, key: ChainKey) -> None:
    """Bring the file to the newest version. Several processes may try at once: the lock is taken before looking.

    Records of version 0.1 are sealed as they stand, into a chain of their own. StoreError where the file is newer.
    """
    if check_version(connection) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS consent_migrations"
            " (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)"
        )
        for number, statements in enumerate(
            MIGRATIONS[check_version(connection) :], start=check_version(connection) + 1
        ):
            for statement in statements:
                connection.execute(statement)
            if statements is _CHAINED:
                _seal_old(connection, key)
            connection.execute("INSERT INTO consent_migrations (version) VALUES (?)", (number,))
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def check_version(connection: sqlite3.Connection) -> int:
    """0: a file without our tables. StoreError for one of a later version: its rules are not known here."""
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'consent_migrations'").fetchone()
    if known is None:
        return 0
    (version,) = connection.execute("SELECT coalesce(max(version), 0) FROM consent_migrations").fetchone()
    if version > len(MIGRATIONS):
        raise StoreError(
            f"these records have schema {version}, and this version of the package knows {len(MIGRATIONS)}",
            code="consent.E071",
            remedy="Update asgi-consent; nothing was changed",
        )
    return int(version)


def begin(connection: sqlite3.Connection, key: ChainKey, writer: str) -> Chain:
    """Put a new chain into the register; within the caller's transaction."""
    chain, register = begin_chain(
        key, read_register(connection), writer=writer, started_at=moment_text(datetime.now(UTC))
    )
    connection.execute(
        _CHAIN,
        (
            chain.chain,
            chain.writer,
            chain.started_at,
            chain.key_id,
            chain.format,
            chain.link,
            0,
            chain.head,
            chain.seal,
        ),
    )
    connection.execute(
        "INSERT OR REPLACE INTO consent_register VALUES (1, ?, ?, ?, ?)",
        (register.chains, register.link, register.key_id, register.seal),
    )
    return chain


def read_register(connection: sqlite3.Connection) -> Register | None:
    found = connection.execute("SELECT chains, link, key_id, seal FROM consent_register").fetchone()
    return Register(chains=found[0], link=found[1], key_id=found[2], seal=found[3]) if found else None


def keep(connection: sqlite3.Connection, group: Group) -> None:
    """Write a sealed group; within the caller's transaction."""
    chain = group.chain
    first = chain.chain << SHIFT
    connection.executemany(
        _INSERT,
        [(first | one.number, bytes.fromhex(one.mac), *_values(one.row)) for one in group.records],
    )
    connection.execute(
        "UPDATE consent_chains SET length = ?, head = ?, seal = ? WHERE chain = ?",
        (chain.length, chain.head, chain.seal, chain.chain),
    )
    connection.executemany(_COUNT, [(*key, chain.chain, count) for key, count in group.counts.items()])


def _seal_old(connection: sqlite3.Connection, key: ChainKey) -> None:
    """Records of version 0.1, which had no chain, go into one: from now on they show a change as others do."""
    old = [column for column in rows.COLUMNS if column not in {"reason", "waited"}]
    find = f"SELECT {', '.join(old)} FROM consent_records_unchained ORDER BY sequence"  # noqa: S608 - our own constants
    cursor = connection.execute(find)
    chain: Chain | None = None
    while found := cursor.fetchmany(1_000):
        chain = chain or begin(connection, key, "version 0.1")
        group = seal_group(
            key, chain, [{**dict(zip(old, row, strict=True)), "reason": "", "waited": None} for row in found]
        )
        keep(connection, group)
        chain = replace(group.chain)
    connection.execute("DROP TABLE consent_records_unchained")
