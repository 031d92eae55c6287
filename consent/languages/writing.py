"""How a language writes: direction, plurals, numbers, dates, lists, durations, names of countries.

Facts of Unicode's CLDR, taken out of it by ``tools/cldr.py`` into data/cldr.json: the product needs no locale library
when it runs.
"""

import gettext
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from consent.errors import CatalogueError


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """One language's ways."""

    tag: str
    name: str
    """What its speakers call it."""
    direction: str
    """``ltr`` or ``rtl``."""
    plurals: tuple[str, ...]
    """The categories of CLDR that whole numbers fall into, in the order of a text's plural forms."""
    rule: str
    """The expression of gettext's Plural-Forms."""
    plural: Callable[[int], int]
    """The index of the form for a count, by that rule."""
    digits: str
    decimal: str
    percent: str
    """With ``{0}`` for the number."""
    months: tuple[str, ...]
    date_format: str
    """With ``{day}``, ``{month}`` (its name), ``{number}`` (of the month), ``{year}``."""
    list: Mapping[str, str]
    """Patterns ``2``, ``start``, ``middle``, ``end``, with ``{0}`` and ``{1}``."""
    units: Mapping[str, Sequence[str]]
    """``day`` to its plural forms, with ``{0}``."""
    countries: Mapping[str, str]
    """ISO 3166-1 codes of the catalogue's partners."""

    def number(self, value: float, decimals: int = 0) -> str:
        """``67.15`` as the language writes it, trailing zeros left away; no grouping."""
        plain = f"{value:.{decimals}f}"
        if decimals:
            plain = plain.rstrip("0").rstrip(".")
        return plain.translate(self._numerals())

    def percentage(self, value: float, decimals: int = 0) -> str:
        return self.percent.replace("{0}", self.number(value, decimals))

    def day(self, moment: date) -> str:
        """A date in full."""
        return self.date_format.format(
            day=self.number(moment.day),
            month=self.months[moment.month - 1],
            number=self.number(moment.month),
            year=self.number(moment.year),
        )

    def listed(self, items: Sequence[str]) -> str:
        """``a, b and c``."""
        if len(items) < 2:
            return "".join(items)
        *before, last = items
        if len(before) == 1:
            return _join(self.list["2"], before[0], last)
        text = _join(self.list["start"], before[0], before[1])
        for item in before[2:]:
            text = _join(self.list["middle"], text, item)
        return _join(self.list["end"], text, last)

    def unit(self, name: str, count: int) -> str:
        """``3 days``; ``name`` is second, minute, hour, day, week, month or year."""
        return self.units[name][self.plural(count)].replace("{0}", self.number(count))

    def _numerals(self) -> Mapping[int, str]:
        return {ord("."): self.decimal} | {
            ord(plain): own for plain, own in zip("0123456789", self.digits, strict=True)
        }


def _join(pattern: str, first: str, second: str) -> str:
    """The pattern filled in; a brace in an item is no placeholder."""
    before, _, rest = pattern.partition("{0}")
    between, _, after = rest.partition("{1}")
    return before + first + between + second + after


@cache
def forms(language: str) -> Forms:
    """How ``language`` writes; raises ``LookupError`` for one that is not in the file."""
    return _forms(language, _file()[language])


def known() -> tuple[str, ...]:
    """Tags of every language in the file."""
    return tuple(_file())


@cache
def _file() -> Mapping[str, Mapping[str, object]]:
    found = json.loads(files("consent").joinpath("data", "cldr.json").read_text("utf-8"))
    languages: Mapping[str, Mapping[str, object]] = found["languages"]
    return languages


def _forms(tag: str, facts: Mapping[str, object]) -> Forms:
    try:
        table = {key: tuple(value) if isinstance(value, list) else value for key, value in facts.items()}
        return Forms(**(table | {"tag": tag, "plural": gettext.c2py(str(facts["rule"]))}))  # type: ignore[arg-type]  # a test reads every language
    except (TypeError, KeyError, ValueError) as error:
        raise CatalogueError(f"cldr.json: {tag}: {error}") from error
