"""What SQLite says, as something an owner can mend."""

import sqlite3
from pathlib import Path

from consent.records.base import StoreError

_MEANINGS = (
    (
        "not a database",
        "consent.E072",
        "the file is no SQLite database",
        "Name another file in records.url, or restore this one; nothing was changed",
    ),
    ("malformed", "consent.E072", "the file is damaged", "Restore it from a backup; nothing was changed"),
    (
        "readonly",
        "consent.E073",
        "the file or its folder is read-only",
        "Give the server's user permission to write to both",
    ),
    (
        "unable to open",
        "consent.E070",
        "the file cannot be opened",
        "See that its folder exists, and that the server's user may write to it",
    ),
    ("is full", "consent.E078", "the disk is full", "Free some space"),
)


def explained(error: Exception, path: Path) -> Exception:
    """``error`` with a code and a remedy, where it is one of those an owner can do something about."""
    if isinstance(error, sqlite3.Error):
        told = str(error)
        for sign, code, meaning, remedy in _MEANINGS:
            if sign in told:
                return StoreError(f"{path}: {meaning} ({told})", code=code, remedy=remedy)
    return error
