"""The mistakes of a whole settings file, collected: each with its key path, in the order of the file."""

from collections.abc import Iterable, Mapping

from consent.errors import Problem
from consent.settings.faults import Fault

Path = tuple[str, ...]
"""Keys from the top down; of a list with the place, ``cookies[0]``."""

WARNING = "consent.W"
"""How the codes of what is only warned of begin."""


class Problems:
    """The mistakes found so far, each with its key path."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._found: list[tuple[Path, Problem]] = []
        self._warnings: list[tuple[Path, Problem]] = []

    def add(self, path: Path, fault: Fault) -> None:
        """``fault`` stands in the way of starting, unless its code begins with ``consent.W``."""
        found = self._warnings if fault.code.startswith(WARNING) else self._found
        problem = Problem(
            code=fault.code,
            where=self._source,
            key=dotted(path),
            message=fault.message,
            remedy=fault.remedy,
        )
        found.append((path, problem))

    def in_order_of(self, mapping: Mapping[object, object]) -> list[Problem]:
        """All mistakes in the order in which their keys stand in ``mapping``."""
        return _sorted(self._found, mapping)

    def warnings_in_order_of(self, mapping: Mapping[object, object]) -> list[Problem]:
        """What is taken all the same, in the same order."""
        return _sorted(self._warnings, mapping)


def _sorted(found: Iterable[tuple[Path, Problem]], mapping: Mapping[object, object]) -> list[Problem]:
    return [problem for path, problem in sorted(found, key=lambda item: _place(item[0], mapping))]


def _place(path: Path, mapping: object) -> tuple[int, ...]:
    """Where ``path`` stands: the index at each level; what stands nowhere (a missing key) comes first."""
    place = []
    for part in path:
        key = part.partition("[")[0]
        names = [str(name) for name in mapping] if isinstance(mapping, Mapping) else []
        if key not in names:
            break
        index = names.index(key)
        place.append(index)
        mapping = list(mapping.values())[index] if isinstance(mapping, Mapping) else None
    return tuple(place)


def dotted(path: Path) -> str:
    return ".".join(part if part.isprintable() else ascii(part) for part in path)
