"""[texts.*]: the owner's words for ours, a table for each language.

A key is a path: ``banner.title`` in ``[texts.en]`` is the same as ``title`` in ``[texts.en.banner]``.
"""

import string
from collections.abc import Iterator, Mapping

from consent.languages import Counted, OwnTexts, forms, message_paths
from consent.settings import values
from consent.settings.faults import Fault, did_you_mean, nearest, shown, wrong_type
from consent.settings.reader import Table


def texts(table: Table, languages: tuple[str, ...]) -> Mapping[str, OwnTexts]:
    """What the owner says in each of the site's ``languages``."""
    found = {tag: tuple(_entries(table.table(tag), "", tag)) for tag in languages if tag in table}
    table.close_with(languages, "consent.E030", "language of the site")
    return {tag: own for tag, own in found.items() if own}


def _entries(table: Table, prefix: str, language: str) -> Iterator[tuple[str, str | Counted]]:
    for name in table.content:
        path = f"{prefix}{name}"
        content = table.content[name]
        if not isinstance(name, str) or not _is_path(path):
            table.fault(str(name), _unknown(path))
        elif isinstance(content, Mapping) and path not in message_paths():
            yield from _entries(table.table(name), f"{path}.", language)
        elif path not in message_paths():
            table.fault(name, wrong_type(content, "a table"))
        else:
            text = _text(content, path, language)
            if isinstance(text, Fault):
                table.fault(name, text)
            else:
                yield path, text


def _is_path(path: str) -> bool:
    """Whether it is a key, or the beginning of one."""
    return any(key == path or key.startswith(f"{path}.") for key in message_paths())


def _unknown(path: str) -> Fault:
    """The remedy: the nearest name in this table, or the same name in another, or what there is here."""
    table, _, name = path.rpartition(".")
    start = f"{table}." if table else ""
    here = dict.fromkeys(key[len(start) :].partition(".")[0] for key in message_paths() if key.startswith(start))
    elsewhere = [key for key in message_paths() if key.rpartition(".")[2] == name]
    if (guess := nearest(name, here)) is not None:
        remedy = f"Did you mean {start + guess!r}?"
    elif elsewhere:
        remedy = f"Did you mean {elsewhere[0]!r}?"
    else:
        remedy = did_you_mean("", here)
    return Fault(code="consent.E051", message=f"there is no text {shown(path)}", remedy=remedy)


def _text(content: object, path: str, language: str) -> str | Counted | Fault:
    english, wanted = message_paths()[path], forms(language).plurals
    if len(english) == 1:
        return _one(content, english[0], spare="")
    if isinstance(content, str):  # one for all numbers
        text = _one(content, english[1], spare="")
        return text if isinstance(text, Fault) else (text,) * len(wanted)
    if not isinstance(content, list | tuple) or len(content) != len(wanted):
        return Fault(
            code="consent.E012",
            message=f"this text counts, and {language} has plural forms for {', '.join(wanted)}",
            remedy=f"Write a list of {len(wanted)} texts in that order, or one text for all numbers",
        )
    said = []
    for form, category in zip(content, wanted, strict=True):
        # "one book" may go without a number, "books" may not.
        text = _one(form, english[1], spare="count" if category in {"zero", "one", "two"} else "")
        if isinstance(text, Fault):
            return text
        said.append(text)
    return tuple(said)


def _one(content: object, english: str, *, spare: str) -> str | Fault:
    """``content`` with all the blanks of ``english`` and no other; ``spare``: one that may be left out."""
    if not isinstance(content, str):
        return wrong_type(content, "a text")
    if isinstance(text := values.line(content), Fault):
        return text
    needed, found = _blanks(english), _blanks(text)
    if found is None or needed is None:
        return _blank_fault("its braces do not pair", "{ and } stand around the names of blanks only")
    if missing := sorted(needed - found - {spare}):
        return _blank_fault(f"{{{missing[0]}}} is missing in it", f"Write {{{missing[0]}}} where it is to be filled in")
    if strange := sorted(found - needed):
        there = ", ".join(f"{{{name}}}" for name in sorted(needed)) or "none"
        return _blank_fault(f"nothing is filled in for {{{strange[0]}}} here", f"The blanks of this text: {there}")
    return text


def _blank_fault(message: str, remedy: str) -> Fault:
    return Fault(code="consent.E052", message=message, remedy=remedy)


def _blanks(text: str) -> set[str] | None:
    """The names in braces; None where the braces hold anything but a plain name."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return None
    if any(name is not None and (spec or how or not name.isidentifier()) for _, name, spec, how in parts):
        return None
    # "{{" would be shown as one brace where blanks are filled in, and as two elsewhere.
    return None if "{{" in text or "}}" in text else {name for _, name, _, _ in parts if name}
