"""Reading tables of untrusted values: every mistake is collected, none stops the reading.

A ``Table`` knows its key path and remembers which keys were asked for; what is left over at ``close`` is a typo.
After a mistake the default stands in, so that one wrong line hides no other.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from consent.settings.faults import SHOWN, Fault, among, did_you_mean, shown, twice, wrong_type
from consent.settings.problems import Path, Problems, dotted

T = TypeVar("T")
V = TypeVar("V")
Name = TypeVar("Name", bound=str)

SECRET_KEYS = frozenset(
    {"secret", "secrets", "secret_key", "secret_keys", "signing_key", "signing_keys", "consent_secret"}
)


class Table:
    """One table of the settings: typed look-ups that collect mistakes."""

    def __init__(self, content: Mapping[object, object], path: Path, problems: Problems) -> None:
        self._content = content
        self._path = path
        self._problems = problems
        self._known: list[str] = []
        self._below: dict[str, Table] = {}
        """Tables that stand in this one, by key: a key that is not known here may be one of theirs."""

    @property
    def content(self) -> Mapping[object, object]:
        return self._content

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def fault(self, key: str, fault: Fault) -> None:
        """Report ``fault`` at ``key`` (empty: at the table itself)."""
        self._problems.add((*self._path, key) if key else self._path, fault)

    def value(self, key: str, default: T, parse: Callable[[object], T | Fault]) -> T:
        """The value that ``parse`` makes of anything."""
        return self._parsed(key, self._content[key], default, parse) if self._has(key) else default

    def text(self, key: str, default: T, parse: Callable[[str], T | Fault]) -> T:
        """The value that ``parse`` makes of a text."""
        if not self._has(key):
            return default
        value = self._content[key]
        if not isinstance(value, str):
            self.fault(key, _no_text(key, value, parse))
            return default
        return self._parsed(key, value, default, parse)

    def texts(self, key: str, default: tuple[T, ...], parse: Callable[[str], T | Fault]) -> tuple[T, ...]:
        """What ``parse`` makes of each text of a list; a mistake is reported at its index."""
        if not self._has(key):
            return default
        values = self._content[key]
        if not isinstance(values, list | tuple):
            fault = wrong_type(values, "a list of texts")
            if isinstance(values, str):
                plain = values.isprintable() and len(values) <= SHOWN and not set('"\\') & set(values)
                fault = replace(fault, remedy=f'Write it in brackets: {key} = ["{values if plain else "..."}"]')
            self.fault(key, fault)
            return default
        parsed: dict[T, None] = {}
        for index, value in enumerate(values):
            result = parse(value) if isinstance(value, str) else wrong_type(value, "a text")
            if isinstance(result, Fault):
                self.fault(f"{key}[{index}]", result)
            elif result in parsed:
                self.fault(f"{key}[{index}]", twice(value))
            else:
                parsed[result] = None
        return tuple(parsed)

    def one_of(self, key: str, default: Name, allowed: tuple[Name, ...]) -> Name:
        return self.text(key, default, lambda value: among(value, allowed))

    def flag(self, key: str, *, default: bool) -> bool:
        if not self._has(key):
            return default
        value = self._content[key]
        if isinstance(value, bool):
            return value
        self.fault(key, wrong_type(value, "true or false"))
        return default

    def integer(self, key: str, default: int, check: Callable[[int], int | Fault]) -> int:
        if not self._has(key):
            return default
        value = self._content[key]
        if not isinstance(value, int) or isinstance(value, bool):  # True is an int to Python, a mistake to us
            self.fault(key, _no_integer(key, value))
            return default
        return self._parsed(key, value, default, check)

    def table(self, key: str) -> "Table":
        """The table at ``key``; an empty one where there is none."""
        content: Mapping[object, object] = {}
        if self._has(key):
            value = self._content[key]
            if isinstance(value, Mapping):
                content = value
            else:
                self.fault(key, self._no_table(key, value))
        below = self._below[key] = Table(content, (*self._path, key), self._problems)
        return below

    def knows(self, key: object) -> bool:
        """Whether ``key`` has been asked for here."""
        return key in self._known

    def names(self) -> tuple[str, ...]:
        """The keys that stand here, for tables whose keys the owner names."""
        return tuple(key for key in self._content if isinstance(key, str))

    def rows(self, key: str) -> Iterator["Table"]:
        """Each table of a list of tables."""
        values = self._content[key] if self._has(key) else ()
        if not isinstance(values, list | tuple):
            self.fault(key, wrong_type(values, "a list of tables"))
            return
        for index, value in enumerate(values):
            place = f"{key}[{index}]"
            if isinstance(value, Mapping):
                yield Table(value, (*self._path, place), self._problems)
            else:
                self.fault(place, wrong_type(value, "a table"))

    def close(self) -> None:
        """Report every key that nothing asked for."""
        for key in self._content:
            if key not in self._known:
                self.fault(key if isinstance(key, str) else shown(key), self._unknown(key))

    def close_with(self, known: Iterable[str], code: str, what: str) -> None:
        """As ``close``, for a table whose keys are names from elsewhere."""
        names = tuple(known)
        for key in self._content:
            if key not in names:
                message = f"there is no {what} {shown(key)}"
                self.fault(str(key), Fault(code=code, message=message, remedy=did_you_mean(key, names)))

    def require(self, key: str, remedy: str) -> bool:
        """Whether ``key`` stands in the table; a missing one is reported."""
        self._known.append(key)
        if key in self._content:
            return True
        self.fault(key, Fault(code="consent.E010", message="this key is missing", remedy=remedy))
        return False

    def _has(self, key: str) -> bool:
        self._known.append(key)
        return key in self._content

    def _parsed(self, key: str, value: V, default: T, parse: Callable[[V], T | Fault]) -> T:
        result = parse(value)
        if isinstance(result, Fault):
            self.fault(key, result)
            return default
        return result

    def _no_table(self, key: str, value: object) -> Fault:
        name = dotted((*self._path, key))
        home = self._home(key)
        remedy = f"It belongs in [{dotted((*self._path, home))}]" if home else f"Write it as a table: [{name}]"
        return replace(wrong_type(value, "a table"), remedy=remedy)

    def _home(self, key: object) -> str | None:
        """The table below that knows ``key``."""
        return next((name for name, below in self._below.items() if below.knows(key)), None)

    def _unknown(self, key: object) -> Fault:
        if isinstance(key, str) and self._is_secret(key):
            return Fault(
                code="consent.E060",
                message="a signing key does not belong in the settings file",
                remedy="Take it out, count it as known to others, and put a new one into the environment "
                "variable CONSENT_SECRET",
            )
        home = self._home(key)
        return Fault(
            code="consent.E011",
            message="there is no such key here",
            remedy=f"It belongs in [{dotted((*self._path, home))}]" if home else did_you_mean(key, self._known),
        )

    def _is_secret(self, key: str) -> bool:
        name = key.casefold().replace("-", "_")
        return name in SECRET_KEYS or (name in {"key", "keys"} and self._path in {(), ("cookie",)})


def _no_integer(key: str, value: object) -> Fault:
    fault = wrong_type(value, "a whole number")
    number = re.match(r"[0-9]{1,9}(?![0-9])", value.strip()) if isinstance(value, str) else None
    return replace(fault, remedy=f"Write it without quotes and unit: {key} = {int(number[0])}") if number else fault


def _no_text(key: str, value: object, parse: Callable[[str], object]) -> Fault:
    """What is told of something else than a text: what would be right here, where ``parse`` says it of such a text."""
    fault = wrong_type(value, "a text")
    if not isinstance(value, int | float):
        return fault
    told = parse(shown(value))
    if isinstance(told, Fault):
        return replace(fault, remedy=told.remedy)
    return fault if isinstance(value, bool) else replace(fault, remedy=f'Write it in quotes: {key} = "{value}"')
