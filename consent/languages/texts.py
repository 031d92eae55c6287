"""The texts of the bundled languages: data/texts/consent.pot is the English, a .po file beside it each other language.

A text's key is a path (``preferences.title``), so that templates write ``t.preferences.title``. What a language does
not say yet is said in English.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from consent.languages.po import Entry, read_po
from consent.languages.writing import forms

Counted = tuple[str, ...]
"""The forms of a text that counts things, in the order of the language's plural rule."""
OwnTexts = tuple[tuple[str, str | Counted], ...]
"""An owner's words for ours: keys and texts."""
Texts = Mapping[str, "str | Counted | Texts"]
"""A table of texts, and of tables below it."""
_Table = dict[str, "str | Counted | _Table"]

SOURCE = "en"
_FOLDER = files("consent").joinpath("data", "texts")


@cache
def bundled() -> tuple[str, ...]:
    """Tags of the languages that come with the package; English, the language of last resort, first."""
    tags = (file.name.removesuffix(".po") for file in _FOLDER.iterdir() if file.name.endswith(".po"))
    return (SOURCE, *sorted(tags))


@cache
def load(language: str) -> Texts:
    """The texts of a bundled language, and its ``name`` and ``direction``."""
    if language not in bundled():
        raise LookupError(f"no texts for {language!r}: bundled are {', '.join(bundled())}")
    said = (
        {entry.key: entry.forms for entry in _read(f"{language}.po") if entry.translated} if language != SOURCE else {}
    )
    how = forms(language)
    texts = {entry.key: _value(entry, said.get(entry.key, ()), len(how.plurals)) for entry in _read("consent.pot")}
    return _nested(texts | {"name": how.name, "direction": how.direction})


@cache
def message_paths() -> Mapping[str, tuple[str, ...]]:
    """Every key, with its English: one text, or two where things are counted."""
    return {entry.key: entry.english for entry in _read("consent.pot")}


@cache
def fingerprint(language: str) -> bytes:
    """A digest of what a language's texts are made of."""
    names = ["consent.pot", *([f"{language}.po"] if language != SOURCE else [])]
    return hashlib.sha256(b"".join(_FOLDER.joinpath(name).read_bytes() for name in names)).digest()


def overlaid(texts: Texts, own: OwnTexts) -> Texts:
    """``texts`` with others at some keys."""
    if not own:
        return texts
    changed: _Table = _copied(texts)
    for key, value in own:
        _put(changed, key.split("."), value)
    return changed


@cache
def _read(name: str) -> Sequence[Entry]:
    return read_po(_FOLDER.joinpath(name).read_text("utf-8"), name)


def _value(entry: Entry, said: Counted, wanted: int) -> "str | Counted":
    if not entry.counted:
        return said[0] if said else entry.english[0]
    # English forms in a language of other plurals: the first for one thing, the second for all else.
    return said or (entry.english if wanted > 1 else entry.english[1:]) + entry.english[1:] * (wanted - 2)


def _nested(flat: "Mapping[str, str | Counted]") -> Texts:
    tree: _Table = {}
    for key, value in flat.items():
        _put(tree, key.split("."), value)
    return tree


def _put(table: _Table, path: Sequence[str], value: "str | Counted") -> None:
    *tables, last = path
    for name in tables:
        below = table.setdefault(name, {})
        if not isinstance(below, dict):
            raise LookupError(f"{'.'.join(path)}: {name} is a text and cannot hold others")  # noqa: TRY004 - a wrong key
        table = below
    table[last] = value


def _copied(texts: Texts) -> _Table:
    return {name: _copied(value) if isinstance(value, Mapping) else value for name, value in texts.items()}
