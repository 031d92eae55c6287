"""What a style sheet or a ``style`` attribute fetches: its URLs, exact to the tokens of CSS (CSS Syntax 3, 4.3).

One possessive expression passes what is of no interest, so a byte is looked at once. It stops at ``url(``, however it
is escaped, and at strings that may be URLs: in ``@import``, ``src()``, ``image-set()``, and wherever a custom property
or a custom function may bring one. That a string is none is told by ``is_text``, asked only about those that lead to a
held host: in doubt it is a URL.

A URL is held by ``mark`` in front of it. Its host cannot be parsed then: nothing is fetched, no policy is asked, and
the rest of the style stays in force.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_SPACE = rb"[\t\n\f\r ]"
_NAME = rb"A-Za-z0-9_\x80-\xff\x00-"
"""What a name is made of; NUL is read as a replacement character (3.3)."""
_ESCAPE = rb"\\(?:[0-9a-fA-F]{1,6}(?:\r\n|" + _SPACE + rb")?+|[^\n\f\r0-9a-fA-F])"


def _letter(letter: bytes) -> bytes:
    """A letter of ``url`` in any spelling; none of the three is a hexadecimal digit."""
    either = b"[%b%b]" % (letter, letter.upper())
    codes = (b"%02x|%02x" % (letter[0], letter[0] - 32)).replace(b"c", b"[cC]")
    return rb"(?:%b|\\(?:%b|0{0,4}(?:%b)(?:\r\n|%b)?+))" % (either, either, codes, _SPACE)


_ESCAPED_URL = re.compile(b"".join(map(_letter, (b"u", b"r", b"l"))) + rb"\(")
_BEFORE_NAME = b"(?:(?<![#@" + _NAME + b"])|(?<=<!--))"
"""``<!--`` is a token of its own (4.3.1): what follows it begins anew."""
_ICON = rb"\\[eEfF][0-9a-fA-F]{3}"
"""What icon fonts show: the most frequent string of all."""
_REST = rb"(?:[" + _NAME + rb"]++|" + _ESCAPE + rb")*+\(?+"
"""The rest of a name with an escape, and the bracket that makes it a function's."""

_PASSED = re.compile(
    rb"(?:[^\"'/\\(]++"
    rb"|\((?:(?<![uU][rR][lL]\()|(?<=[#@" + _NAME + rb"][uU][rR][lL]\()(?<!<!--[uU][rR][lL]\())"
    rb"|/(?!\*)|/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)"
    rb"|\"(?:[^\"/\\\n\f\r]*+|" + _ICON + rb")\"|'(?:[^'/\\\n\f\r]*+|" + _ICON + rb")'"
    rb"|(?<![uU])(?<![uU][rR])(?!" + _letter(b"u") + rb")(?:" + _ESCAPE + rb")" + _REST
    + rb"|\\(?=[\n\f\r]|\Z))*+"
)  # fmt: skip
_REST_OF_NAME = re.compile(_REST)
_SPACES = re.compile(_SPACE + b"*+")
_STRINGS = {
    quote: re.compile(
        rb"%c((?:[^%c\\\n\f\r]++|" % (quote, quote) + _ESCAPE + rb"|\\(?:\r\n|[\n\f\r]|\Z))*+)(%c|\Z)?+" % quote
    )
    for quote in b"\"'"
}
_UNQUOTED = re.compile(
    rb"((?:[^\x01-\x20\"'()\\\x7f]++|" + _ESCAPE + rb")*+)" + _SPACE + rb"*+(?:\)|\Z)"
)  # fmt: skip
_BAD_URL = re.compile(rb"(?:[^)\\]++|\\[\s\S]?)*+\)?+")
_DECLARATION = re.compile(rb"[;{}]")
_LOOK_BACK = 1024
"""Bytes before a held string that are looked at: no property of a style sheet written for people is that long."""
_TEXT = re.compile(_SPACE + rb"*+(?!--|initial-value|result)[a-z-]++" + _SPACE + rb"*+:[^\"'/\\(*]*+\Z", re.IGNORECASE)
"""The beginning of a declaration whose strings are shown or name something: ``content: `` ..."""
_NAMESPACE = re.compile(_SPACE + rb"*+@namespace" + _SPACE + rb"++(?:[\w-]++" + _SPACE + rb"*+)?\Z", re.IGNORECASE)
_SELECTOR = re.compile(rb"=" + _SPACE + rb"*+\Z")


class Reference(NamedTuple):
    """A URL in a style sheet."""

    url: bytes
    """Escapes resolved."""
    at: int
    """Where its first byte stands: the place for what is put in front of it."""
    start: int
    """Where its token begins."""
    bare: bool
    """A string on its own, in no ``url()``."""


def references(css: bytes) -> Iterator[Reference]:
    """The URLs of a style sheet, or of the declarations in a ``style`` attribute, in their order."""
    at, size = 0, len(css)
    while at < size:
        passed = _PASSED.match(css, at)
        at = passed.end() if passed else at
        if at >= size:
            return
        sign = css[at]
        if sign == ord("("):
            reference, at = _function(css, at - 3, at + 1)
        elif sign == ord("\\"):
            start = at - _letters_before(css, at)
            escaped = _ESCAPED_URL.match(css, start) if _STARTS_NAME.match(css, start) else None
            if escaped is None:
                rest = _REST_OF_NAME.match(css, at)
                at = max(rest.end() if rest else at, at + 1)
                continue
            reference, at = _function(css, start, escaped.end())
        else:
            reference, at = _string(css, at, at)
        if reference is not None:
            yield reference


def is_text(css: bytes, reference: Reference) -> bool:
    """Whether what reads like a URL is surely none: a text to be shown, an attribute's value in a selector, the name
    of a namespace. Asked about what would be held.
    """
    begin = max(0, reference.start - _LOOK_BACK)
    before = css[begin : reference.start]
    ends = [match.end() for match in _DECLARATION.finditer(before)]
    if not ends and begin:
        return False
    before = before[ends[-1] :] if ends else before
    if _NAMESPACE.match(before):
        return True
    return reference.bare and (_SELECTOR.search(before) is not None or _TEXT.match(before) is not None)


def mark(label: bytes) -> bytes:
    """What is put in front of a URL held under ``label``. It begins with a sign, so that no character reference
    before it (``&quot``) is read otherwise, and holds nothing that ends a URL, a string or an attribute.
    """
    return b"//[consent:" + b",".join(_UNSAFE.sub(b"_", part) for part in label.split()) + b"]"


_UNSAFE = re.compile(rb"[^a-z0-9_./-]")


def _function(css: bytes, start: int, at: int) -> tuple[Reference | None, int]:
    """``url(`` from ``start``, its content from ``at`` (4.3.4, 4.3.6)."""
    spaces = _SPACES.match(css, at)
    at = spaces.end() if spaces else at
    if css[at : at + 1] in _QUOTES:
        return _string(css, start, at)
    unquoted = _UNQUOTED.match(css, at)
    if unquoted is None:
        bad = _BAD_URL.match(css, at)
        return None, bad.end() if bad else len(css)
    url = unquoted[1]
    return (Reference(_unescaped(url), at, start, bare=False) if url else None), unquoted.end()


def _string(css: bytes, start: int, at: int) -> tuple[Reference | None, int]:
    """The string at ``at``; one that a line break ends is none (4.3.5)."""
    string = _STRINGS[css[at]].match(css, at)
    if string is None:  # it always matches
        return None, at + 1
    if string[2] is None or not string[1]:
        return None, string.end()
    return Reference(_unescaped(string[1]), at + 1, start, bare=start == at), string.end()


_QUOTES = (b'"', b"'")


def _letters_before(css: bytes, at: int) -> int:
    """How many letters of ``url`` stand before the escape at ``at``."""
    before = css[max(0, at - 2) : at].lower()
    return next((len(letters) for letters in (b"ur", b"u") if before.endswith(letters)), 0)


_STARTS_NAME = re.compile(_BEFORE_NAME)
_ESCAPES = re.compile(rb"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|" + _SPACE + rb")?+|(\r\n|[\n\f\r]|\Z)|([\s\S]))")


def _unescaped(text: bytes) -> bytes:
    return _ESCAPES.sub(_character, text) if b"\\" in text else text


def _character(escape: re.Match[bytes]) -> bytes:
    """What an escape stands for (4.3.7); an escaped line break in a string for nothing."""
    if escape[1] is None:
        return escape[3] or b""
    code = int(escape[1], 16)
    if code == 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        code = 0xFFFD
    return chr(code).encode()
