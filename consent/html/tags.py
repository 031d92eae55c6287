"""One tag: where it ends and what its attributes are, exact to the WHATWG tokenizer (HTML 13.2.5.6 to 13.2.5.40).

Everything is a position in bytes: an attribute knows where its name and value stand, so that an edit can be a
splice. All patterns are possessive: a byte is never looked at twice, whatever a page holds.
"""

import html
import itertools
import re
from collections.abc import Collection, Iterator
from html.entities import html5
from typing import NamedTuple

SPACE = rb"[\t\n\f\r ]"
NAME_END = rb"(?=[\t\n\f\r />])"
"""What ends a tag name; without it ``<scripts`` would pass for a script."""

VALUE = rb"""(?:"[^"]*+"|'[^']*+'|[^\t\n\f\r >"'][^\t\n\f\r >]*+|(?=>))"""
ATTRIBUTE = (
    rb"[^\t\n\f\r />][^\t\n\f\r />=]*+(?:" + SPACE + rb"*+=" + SPACE + rb"*+" + VALUE + rb"|(?!" + SPACE + rb"*+=))"
)
ATTRIBUTES = rb"(?:[\t\n\f\r /]++|" + ATTRIBUTE + rb")*+"
REST_OF_TAG = ATTRIBUTES + rb">"

WHOLE_COMMENT = rb"<!--(?:-?>|(?:[^-]++|-(?!-!?>))*+--!?>)"
"""A whole comment, with the ends that close one at once or by mistake (13.2.5.43 to 13.2.5.52)."""

BOGUS_COMMENT = rb"<(?:\?|/(?=[^a-zA-Z>])|!(?=[^-]|-[^-]))[^>]*+>|</>"
"""What is read as a comment or is nothing: the doctype, ``<![if IE]>``, processing instructions, ``</>``."""

ANY_END = re.compile(rb">")
"""What the end of an unfinished tag or bogus comment looks like."""

TAG = re.compile(rb"</?[a-zA-Z][^\t\n\f\r />]*+" + REST_OF_TAG)
"""A whole start or end tag; no match at ``<x`` means that its end has not come yet."""

_SPLIT = re.compile(
    rb"""[\t\n\f\r /]*+([^\t\n\f\r />][^\t\n\f\r />=]*+)"""
    rb"""(?:"""
    + SPACE
    + rb"""*+="""
    + SPACE
    + rb"""*+(?:"([^"]*+)"|'([^']*+)'|([^\t\n\f\r >"'][^\t\n\f\r >]*+|\Z)))?"""
)


UNQUOTED = 4
"""The group of ``_SPLIT`` that holds an unquoted value."""


class Attribute(NamedTuple):
    """An attribute in its tag: ``name`` in lower case, ``value`` as written (character references unresolved)."""

    name: bytes
    value: bytes
    at: int
    """Where the name begins."""
    value_at: int
    """Where the value begins."""


def attributes(page: bytes, start: int, end: int, names: Collection[bytes] | None = None) -> Iterator[Attribute]:
    """The attributes of the start tag ``page[start:end]``, or those of ``names``; of duplicates only the first counts
    (13.2.5.33).
    """
    seen: set[bytes] = set()
    for match in _SPLIT.finditer(page, _behind_name(page, start), end - 1):
        name = match[1].lower()
        if name in seen or (names is not None and name not in names):
            continue
        seen.add(name)
        group = match.lastindex or 1
        yield Attribute(name, match[group] if group > 1 else b"", match.start(1), match.start(group))


def places(tag: bytes, names: Collection[bytes]) -> list[int]:
    """Where the attributes of ``names`` begin, duplicates too: if the first is renamed, the next would count."""
    found = _SPLIT.finditer(tag, _behind_name(tag, 0), len(tag) - 1)
    return [match.start(1) for match in found if match[1].lower() in names]


def _behind_name(page: bytes, start: int) -> int:
    match = _TAG_NAME.match(page, start)
    return start + 1 if match is None else match.end()


def has_more_attributes(tag: bytes, most: int) -> bool:
    """Whether a start tag has more than ``most`` attributes, duplicates counted."""
    if len(tag) <= 2 * most:  # each takes a separator and a letter at least
        return False
    found = _SPLIT.finditer(tag, _behind_name(tag, 0), len(tag) - 1)
    return next(itertools.islice(found, most, None), None) is not None


_TAG_NAME = re.compile(rb"<([a-zA-Z][^\t\n\f\r />]*+)")


def tag_name(tag: bytes) -> bytes:
    """The name in a start tag, in lower case."""
    match = _TAG_NAME.match(tag)
    return match[1].lower() if match else b""


def is_self_closing(page: bytes, start: int, end: int) -> bool:
    """Whether the tag ``page[start:end]`` ends in ``/>``; in ``<svg a=b/>`` the slash is the value's."""
    if page[end - 2 : end] != b"/>":
        return False
    last = None
    for last in _SPLIT.finditer(page, _behind_name(page, start), end - 1):  # noqa: B007 - the last one is asked for
        pass
    return last is None or last.lastindex != UNQUOTED or last.end() < end - 1


REFERENCE = re.compile(r"&(?:#[xX][0-9a-fA-F]++;?|#[0-9]++;?|[a-zA-Z][a-zA-Z0-9]*+(?:;|(?![=a-zA-Z0-9])))")


def resolve(value: bytes) -> bytes:
    """``value`` with its character references resolved, by the rules for attributes (13.2.5.73).

    A named reference without ``;`` before ``=`` or an alphanumeric stands for itself there, so that
    ``?a=1&copy=2`` keeps its parameter.
    """
    if b"&" not in value:
        return value
    text = value.decode("utf-8", "surrogateescape")
    resolved = REFERENCE.sub(lambda reference: character(reference[0]), text)
    return resolved.encode("utf-8", "surrogateescape")


LONGEST_NUMBER = 64


def character(written: str) -> str:
    """What a reference stands for. Only whole names count: ``&copyx`` is no ``&copy``, what follows being
    alphanumeric.
    """
    if written[1] == "#" and len(written) > LONGEST_NUMBER:
        return "\ufffd"  # beyond Unicode, and beyond what int() reads
    return html.unescape(written) if written[1] == "#" else html5.get(written[1:], written)
