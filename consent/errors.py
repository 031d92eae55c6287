"""What can go wrong at start-up, each with a stable code, the place and the remedy.

    ConsentError
    ├── SettingsError      every mistake in the settings at once
    └── CatalogueError     a data file of the product that does not keep its own schema

A visitor's bytes never raise any of these: bad cookies, forms and headers are typed outcomes.
Codes are listed in docs/codes.md: ``consent.E...`` stop the start, ``consent.W...`` are logged.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake an owner can mend."""

    code: str
    """Stable, such as ``consent.E012``."""
    where: str
    """The file, or ``settings`` for a mapping."""
    key: str
    """The path of the key, such as ``banner.position``; empty for the file as a whole."""
    message: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.where}: {self.key}" if self.key else self.where
        return f"{self.code}  {place}: {self.message}. {self.remedy}"


class ConsentError(Exception):
    """The root: catch this to catch everything the package raises on purpose."""


class SettingsError(ConsentError):
    """The settings cannot be used; ``problems`` holds every mistake found, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"{count} mistake{'s' if count != 1 else ''} in the settings"
        super().__init__("\n".join([head, *(f"  {problem}" for problem in self.problems)]))


class CatalogueError(ConsentError):
    """A bundled or given data file does not keep its schema."""
