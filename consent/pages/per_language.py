"""What is made once for each language of a site: the first at start, so that a mistake shows there; each other when
somebody first reads it, so that a site that speaks fifty languages starts as fast as one that speaks two.
"""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class PerLanguage(Generic[T]):
    """Looks up by language; one the site does not speak gets what its first one has."""

    def __init__(self, languages: Sequence[str], make: Callable[[str], T]) -> None:
        self._languages = frozenset(languages)
        self._first = languages[0]
        self._make = make
        self._made = {self._first: make(self._first)}

    def __getitem__(self, language: str) -> T:
        known = self._made.get(language)
        if known is not None:
            return known
        if language not in self._languages:
            return self._made[self._first]
        return self._made.setdefault(language, self._make(language))
