"""What is wrong with a value, in words an owner can act on; and the nearest right name for a typo."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

Name = TypeVar("Name", bound=str)

SHOWN = 60
"""Characters of a wrong value repeated in a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with one value, before it is known where it stands."""

    code: str
    message: str
    remedy: str


def nearest(word: str, known: Iterable[str], *, likeness: float = 0.6) -> str | None:
    """The known name most like ``word``, if any is as like it as ``likeness`` (0 to 1: the same)."""
    plain = word[:SHOWN].casefold().strip().replace(" ", "-")
    names = {name.casefold(): name for name in known}
    if plain.replace("-", "_") in names:
        return names[plain.replace("-", "_")]
    close = difflib.get_close_matches(plain, names, n=1, cutoff=likeness)
    return names[close[0]] if close else None


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """The remedy for a name that is not known."""
    names = list(dict.fromkeys(known))
    guess = nearest(word, names) if isinstance(word, str) else None
    if guess is not None:
        return f"Did you mean {guess!r}?"
    return "One of these is right: " + ", ".join(names)


def shown(value: object) -> str:
    """``value`` as a message may repeat it: short, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) >= 10**SHOWN:
        return "a very large number"
    if not isinstance(value, str | int | float):
        return f"a {type(value).__name__}"
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def wrong_type(value: object, needed: str) -> Fault:
    if isinstance(value, Mapping):
        got = "a table"
    elif isinstance(value, list | tuple):
        got = "a list"
    else:
        got = f"the text {shown(value)}" if isinstance(value, str) else shown(value)
    return Fault(
        code="consent.E012",
        message=f"got {got}, {needed} is needed",
        remedy=f"Write {needed}",
    )


def twice(value: object) -> Fault:
    return Fault(code="consent.E018", message=f"{shown(value)} stands in the list already", remedy="Take one out")


def among(value: str, allowed: tuple[Name, ...]) -> Name | Fault:
    for name in allowed:
        if name == value:
            return name
    return Fault(
        code="consent.E013",
        message=f"{shown(value)} is not a choice here",
        remedy=did_you_mean(value, allowed),
    )
