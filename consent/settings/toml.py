"""A settings file as TOML; where it is none, what its owner probably meant.

The line is named and never repeated: a password may stand in it. Pure: bytes in, a table out, or what is wrong.
"""

import re
import tomllib
from dataclasses import dataclass

_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_QUOTES = "[\u201c\u201d\u201e\u201f\u00ab\u00bb\u2018\u2019\u201a\u201b\uff02\u2033]"
"""Marks that writing programs make of straight ones."""
_KEY = r"[A-Za-z0-9_.\-\"']+"
_HINTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"\s*{_KEY}\s*=?\s*{_QUOTES}"), 'Write straight quotation marks: name = "The Gazette"'),
    (re.compile(r"\s*(//|/\*|--|;)"), "Begin a comment with #"),
    (re.compile(rf"\s*(- |{_KEY}\s*:)"), 'This looks like YAML. Write TOML: key = "value", below a [table]'),
    (re.compile(r"\s*<"), "This looks like XML or HTML. Write TOML, as docs/settings.md shows it"),
    (re.compile(rf"\s*{_KEY}\s*=\s*(?i:true|yes|on)\s*(#|$)"), "Write true, in small letters and without quotes"),
    (re.compile(rf"\s*{_KEY}\s*=\s*(?i:false|no|off)\s*(#|$)"), 'Write false, or in quotes what is a word: "off"'),
    (re.compile(rf"\s*{_KEY}\s*=\s*(?i:none|null|nil)?\s*(#|$)"), "Write a value, or take the line out"),
    (re.compile(rf"\s*{_KEY}\s*=.*[\"'\]\d]\s*;\s*(#|$)"), "Take the semicolon out"),
    (re.compile(rf'\s*{_KEY}\s*=.*"[^"]*\\'), r"Write / for \, or put the text in single quotes"),
    (re.compile(rf"\s*{_KEY}\s*=\s*[^\W\d]"), 'Put the text in quotes: name = "The Gazette"'),
    (re.compile(r"\s*[^\x00-\x7f]"), "Write the keys as docs/settings.md names them, in ASCII"),
    (re.compile(r"\s*\[[^\[\]\"'=,]*\]?\s*(#|$)"), "Close the list above with ], or the name of the table"),
)  # fmt: skip
_MESSAGES: tuple[tuple[str, str, str], ...] = (
    ("Cannot overwrite a value", "this key stands here for the second time", "Keep one of the two"),
    ("Cannot declare", "this table stands here for the second time", "Put all of it under the first"),
    ("Cannot mutate", "this table was written whole before", "Put all of it in one place"),
    ("Cannot redefine", "this table was written whole before", "Put all of it in one place"),
    ("Illegal character '\\n'", "a text does not end on its line", "Put the closing quotation mark"),
    ("Unterminated string", "a text does not end", "Put the closing quotation mark"),
    ("Unclosed array", "a list does not end where it should", "Put a comma between two values, and ] behind the last"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoToml:
    """What keeps a file from being read."""

    readable: bool
    """Whether it is text at all: its lines are wrong then."""
    message: str
    remedy: str


def parse(content: bytes) -> dict[str, object] | NoToml:
    """The table in ``content``. A byte order mark, which some editors put first, is not a part of it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _unreadable("UTF-16")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _unreadable("not UTF-8")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return _explained(str(error), text)
    except RecursionError:
        return NoToml(readable=True, message="not TOML: it is nested beyond reason", remedy="Close each [ with its ]")
    except ValueError:  # of a number, by Python's own limit
        return NoToml(readable=True, message="not TOML: a number is too long", remedy="Write a shorter one")


def _unreadable(what: str) -> NoToml:
    return NoToml(
        readable=False,
        message=f"this file cannot be read ({what})",
        remedy="Save it as text in UTF-8",
    )


def _explained(error: str, text: str) -> NoToml:
    found = _LINE.search(error)
    place = found[0] if found else "(at its end)"
    lines = text.split("\n")
    line = lines[int(found[1]) - 1].rstrip("\r") if found else ""
    for known, message, remedy in _MESSAGES:
        if error.startswith(known):
            return NoToml(readable=True, message=f"not TOML: {message} {place}", remedy=remedy)
    return NoToml(readable=True, message=f"not TOML: {error}", remedy=_remedy(text, line))


def _remedy(text: str, line: str) -> str:
    if text.lstrip().startswith("{"):
        return "This looks like JSON. Write TOML, or hand the table to Settings.from_mapping"
    if "\r" in line:
        return "Save it with the line ends of Unix or Windows (LF or CRLF)"
    meant = next((remedy for pattern, remedy in _HINTS if pattern.match(line)), None)
    return meant or "Mend that line; texts stand in quotes, tables in [brackets]"
