"""A JSON object read key by key, each with the type it must have: else a KeyError, TypeError or ValueError.

What is read may end in a page, and may come from outside: texts are short and printable, links are https.
"""

from datetime import date

Json = dict[str, "Json"] | list["Json"] | str | int | float | None

LONGEST_TEXT = 300


class Table:
    """One object."""

    def __init__(self, content: Json) -> None:
        if not isinstance(content, dict):
            raise TypeError(f"an object is expected, not {content!r:.40}")
        self._content = content

    def has(self, key: str) -> bool:
        """Whether ``key`` is there with a value."""
        return self._content.get(key) is not None

    def text(self, key: str, default: str | None = None) -> str:
        value = self._content[key] if default is None else self._content.get(key, default)
        if not isinstance(value, str) or not value:
            raise TypeError(f"{key} must be a text")
        if len(value) > LONGEST_TEXT or not value.isprintable():
            raise ValueError(f"{key} is too long or cannot be shown")
        return value

    def number(self, key: str) -> float:
        value = self._content[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10_000:
            raise TypeError(f"{key} must be a number, 0 or more")
        return value

    def whole(self, key: str) -> int:
        value = self.number(key)
        if not isinstance(value, int):
            raise TypeError(f"{key} must be a whole number")
        return value

    def day(self, key: str) -> date:
        return date.fromisoformat(self.text(key))

    def day_if_any(self, key: str) -> date | None:
        """The date at ``key``; None where there is none yet ("unknown", "")."""
        value = self._content.get(key)
        try:
            return date.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            return None

    def flag(self, key: str) -> bool:
        value = self._content[key]
        if not isinstance(value, bool):
            raise TypeError(f"{key} must be true or false")
        return value

    def year(self, key: str) -> int:
        """The year at ``key``; 0 for a word in its place."""
        value = self._content[key]
        if isinstance(value, str):
            return int(value) if value.isascii() and value.isdigit() and len(value) == 4 else 0
        return value if isinstance(value, int) else 0

    def sum(self) -> float:
        """All numbers of the object together; null counts nothing."""
        return sum(self.number(key) for key in self._content if self.has(key))

    def table(self, key: str) -> "Table":
        return Table(self._content[key])

    def tables(self, key: str) -> "tuple[Table, ...]":
        return tuple(Table(item) for item in self._list(key))

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(str(item) for item in self._list(key))

    def lists(self, key: str) -> list[list[Json]]:
        rows = [row for row in self._list(key) if isinstance(row, list)]
        if len(rows) != len(self._list(key)):
            raise TypeError(f"{key} must be a list of lists")
        return rows

    def keys(self) -> tuple[str, ...]:
        return tuple(self._content)

    def _list(self, key: str) -> list[Json]:
        value = self._content[key]
        if not isinstance(value, list):
            raise TypeError(f"{key} must be a list")
        return value


def https(url: str) -> str:
    """``url``, or a ValueError where it is not one that a page may lead to."""
    if not url.startswith("https://"):
        raise ValueError(f"not an https link: {url:.60}")
    return url
