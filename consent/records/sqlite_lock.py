"""Waiting for the lock of a SQLite file that other processes write to.

SQLite itself asks again after 1, 2, 5, 10 ... 100 ms: whoever has waited longest is passed by all others, and a group
of theirs takes a few milliseconds. Here everybody asks equally often, a purge beside busy writers too.
"""

import sqlite3
import time

ASK_AGAIN = 0.001
"""Seconds between two tries."""


def begin(connection: sqlite3.Connection, seconds: float) -> None:
    """Begin a transaction that writes; ``sqlite3.OperationalError`` where others keep the lock for ``seconds``.

    Whatever else the connection waits for, it waits for as SQLite does, and for as long.
    """
    ends = time.monotonic() + seconds
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > ends:  # the primary code
                    raise
                time.sleep(ASK_AGAIN)
            else:
                return
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(1_000 * seconds)}")
