"""Reads gettext's .po files, as far as ours go: one context and one text an entry, plural forms, comments, flags.

Pure: text in, entries out. The grammar is bounded and a line outside of it raises: these files come with the
package, and a mistake in one is found by a test and not by a visitor.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from consent.errors import CatalogueError

_LINE = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[(\d)\])?)?\s*"((?:[^"\\]|\\.)*)"')
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A message: what it is called, its English, and what it is in the file's language."""

    key: str
    """``msgctxt``: the path of the text, such as ``banner.title``; empty for the header."""
    english: tuple[str, ...]
    """``msgid``, and ``msgid_plural`` where things are counted."""
    forms: tuple[str, ...]
    """``msgstr``, or ``msgstr[0]`` to the last; empty texts where nobody has translated yet."""
    flags: frozenset[str]
    """What stands behind ``#,``."""

    @property
    def counted(self) -> bool:
        return len(self.english) == 2

    @property
    def translated(self) -> bool:
        """Whether it can be shown; a fuzzy translation is a guess, as in gettext's own tools."""
        return all(self.forms) and "fuzzy" not in self.flags


def read_po(source: str, name: str) -> tuple[Entry, ...]:
    """The entries of a file called ``name``, in its order and without the header; raises ``CatalogueError``."""
    entries = [_entry(fields, flags, name) for fields, flags in _blocks(source, name)]
    if twice := [key for key, times in Counter(entry.key for entry in entries).items() if times > 1]:
        raise CatalogueError(f"{name}: more than one entry for {', '.join(sorted(twice))}")
    return tuple(entry for entry in entries if entry.key)


def read_header(source: str, name: str) -> dict[str, str]:
    """The fields of the header: the entry whose ``msgid`` is empty."""
    for fields, _ in _blocks(source, name):
        if fields.get("msgid") == "" and "msgctxt" not in fields:
            lines = (line.partition(":") for line in fields.get("msgstr", "").splitlines())
            return {key.strip(): value.strip() for key, _, value in lines}
    raise CatalogueError(f"{name}: no header")


def _blocks(source: str, name: str) -> Iterator[tuple[dict[str, str], frozenset[str]]]:
    """The keywords of one entry after another; an entry ends at an empty line."""
    fields: dict[str, str] = {}
    flags: frozenset[str] = frozenset()
    keyword = ""
    for number, raw in enumerate([*source.splitlines(), ""], 1):
        line = raw.strip()
        if line.startswith("#"):
            if line.startswith("#,"):
                flags = frozenset(flag.strip() for flag in line[2:].split(","))
            continue
        if not line:
            if fields:
                yield fields, flags
            fields, flags, keyword = {}, frozenset(), ""
            continue
        match = _LINE.fullmatch(line)
        if match is None or (match[1] is None and not keyword) or match[1] in fields:
            raise CatalogueError(f"{name}:{number}: not a line of an entry: {line[:60]}")
        keyword = match[1] or keyword
        fields[keyword] = fields.get(keyword, "") + _unescape(match[3], f"{name}:{number}")


def _entry(fields: dict[str, str], flags: frozenset[str], name: str) -> Entry:
    key, plural = fields.get("msgctxt", ""), fields.get("msgid_plural")
    numbered = sorted(word for word in fields if word.startswith("msgstr["))
    if "msgid" not in fields or (plural is None) is not ("msgstr" in fields) or (plural is None) is bool(numbered):
        raise CatalogueError(f"{name}: entry {key!r} needs msgid with msgstr, or msgid_plural with msgstr[0] and on")
    if numbered != [f"msgstr[{index}]" for index in range(len(numbered))]:
        raise CatalogueError(f"{name}: entry {key!r} leaves out a plural form")
    english = (fields["msgid"],) if plural is None else (fields["msgid"], plural)
    forms = tuple(fields[word] for word in numbered or ["msgstr"])
    return Entry(key=key, english=english, forms=forms, flags=flags)


def _unescape(text: str, place: str) -> str:
    def one(match: re.Match[str]) -> str:
        if match[1] not in _ESCAPES:
            raise CatalogueError(f"{place}: no such escape: {match[0]}")
        return _ESCAPES[match[1]]

    return re.sub(r"\\(.)", one, text) if "\\" in text else text
