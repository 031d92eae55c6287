"""Which place ``records.url`` names. Nothing is opened here."""

import os
from pathlib import Path
from urllib.parse import urlsplit


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


def is_postgres(url: str) -> bool:
    return url.startswith(("postgresql://", "postgres://"))


def shown(url: str) -> str:
    """For people to read: a file's whole path; a server's hosts and database, never a user or a password."""
    if (path := sqlite_path(url)) is not None:
        return os.fspath(path)
    try:
        parts = urlsplit(url)
    except ValueError:
        return "postgresql"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
