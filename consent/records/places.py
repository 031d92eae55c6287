"""Which place ``records.url`` names. Nothing is opened here."""

from pathlib import Path


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
