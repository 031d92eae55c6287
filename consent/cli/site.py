"""What a command starts from: the settings file, the keys, and the records they lead to."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from consent.records.chain import ChainKey, derive_keys
from consent.records.keeper import RecordKeeper
from consent.records.ledger import Ledger
from consent.records.opening import open_keeper, open_ledger
from consent.settings import Settings, keys_from_environment, retired_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSite:
    """A site as a command sees it."""

    path: str
    settings: Settings
    secrets: tuple[bytes, ...]

    @property
    def keys(self) -> tuple[ChainKey, ...]:
        """All verify, the first seals."""
        return derive_keys([*self.secrets, *retired_keys(os.environ)])

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """The records, open. StoreError where they cannot be."""
        opened = open_ledger(self.settings.records.url, self.secrets)
        try:
            yield opened
        finally:
            opened.close()

    def keeper(self) -> RecordKeeper:
        """As the server has it: to bring what waits into the store."""
        return open_keeper(self.settings.records.url, self.secrets)


def add_settings(parser: argparse.ArgumentParser, *, default: str = argparse.SUPPRESS) -> None:
    """``--settings``, before a command or behind it: the outermost parser alone has a default."""
    parser.add_argument("--settings", metavar="PATH", default=default, help="the settings file (default: consent.toml)")


def load_site(arguments: argparse.Namespace) -> CommandSite:
    """SettingsError with every mistake in the file, or the missing key."""
    path: str = arguments.settings
    settings = Settings.from_toml(path)
    return CommandSite(path=path, settings=settings, secrets=keys_from_environment(os.environ, warn=False))
