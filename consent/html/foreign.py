"""SVG and MathML in HTML: what the tree construction tells the tokenizer there (HTML 13.2.6.5), without a tree.

A stack holds the open ``svg`` and ``math`` elements and the integration points in them (``foreignObject`` ...).
With ``svg`` or ``math`` on top the content is foreign: ``<style>`` and ``<title>`` are no raw text, ``/>`` closes
an element, CDATA sections exist, and a tag such as ``<p>`` breaks out into HTML. The stack is a list that the
scanner owns and ``step`` changes.
"""

import re
from typing import NamedTuple

from consent.html import limits
from consent.html.constructs import FOREIGN, TOO_DEEP, Construct
from consent.html.names import alternatives, caseless
from consent.html.rawtext import RAW
from consent.html.tags import (
    ATTRIBUTE,
    ATTRIBUTES,
    NAME_END,
    REST_OF_TAG,
    SPACE,
    TAG,
    WHOLE_COMMENT,
    attributes,
    is_self_closing,
    resolve,
    tag_name,
)

ROOTS = frozenset({b"svg", b"math"})
_POINTS = {
    b"svg": frozenset({b"foreignobject", b"desc", b"title"}),
    b"math": frozenset({b"annotation-xml", b"mi", b"mo", b"mn", b"ms", b"mtext"}),
}
POINTS = frozenset().union(*_POINTS.values())
"""Elements whose content is HTML again (``annotation-xml`` only with an HTML encoding), each in its own language."""

REPORTED = frozenset(
    b"script style image use feimage set animate base iframe frame input source video audio track object link "
    b"portal".split()
)
"""What fetches or runs in SVG, and what does in HTML: an ``svg`` that is never closed may be over by rules this
module lacks."""

BREAKOUTS = frozenset(
    b"b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu "
    b"meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var font".split()
)
"""``font`` breaks out only with color, face or size."""

_STOP = alternatives(ROOTS | POINTS | REPORTED | BREAKOUTS | {b"template"})
_BREAKING = frozenset({b"color", b"face", b"size"})
_ENCODING = frozenset({b"encoding"})
CDATA = rb"<!\[CDATA\[(?:[^\]]++|\](?!\]>))*+\]\]>"
_PLAIN_CDATA = rb"<!\[CDATA\[(?:[^\]<]++|\](?!\]>)|<(?![a-zA-Z!/?]))*+\]\]>"
"""A section that hides no tag. In any other tags are read: without the tree it is not sure to be one (an end tag of an
element around the drawing ends that too).
"""
_BORING = (
    rb"(?:[^<]++|" + _PLAIN_CDATA + b"|" + WHOLE_COMMENT
    + rb"|<(?:!(?!--)|\?|/(?=[^a-zA-Z>]))[^>]*+>|</>|<(?=[^a-zA-Z/!?])"
    + rb"|</?(?!(?:" + _STOP + rb")" + NAME_END + rb")[a-zA-Z][^\t\n\f\r />]*+" + REST_OF_TAG + rb")*+"
)  # fmt: skip
_HREF = b"(?:" + caseless(b"xlink") + b":)?" + caseless(b"href") + SPACE + b"*+=" + SPACE + b"*+"
_LOCAL_USE = (
    caseless(b"use") + NAME_END + rb"(?:[\t\n\f\r /]++|(?!" + _HREF + rb"(?![\"']?#))" + ATTRIBUTE + rb")*+>"
)  # fmt: skip
"""``use`` of a drawing in the page itself."""

_NAMED = b"|".join(
    caseless(name) + NAME_END + REST_OF_TAG + b"[^<]*+</" + caseless(name) + REST_OF_TAG for name in (b"title", b"desc")
)
_NOT_PLAIN = alternatives(ROOTS | POINTS | REPORTED | BREAKOUTS | RAW | {b"template", b"noscript", b"plaintext"})
_PLAIN = (
    rb"(?:[^<]++|<(?:" + _LOCAL_USE + b"|" + _NAMED + b"|/" + caseless(b"use") + REST_OF_TAG
    + rb"|/?(?!(?:" + _NOT_PLAIN + rb")" + NAME_END + rb")[a-zA-Z][^\t\n\f\r />]*+" + REST_OF_TAG + rb"))*+"
)  # fmt: skip
PLAIN_SVG = ATTRIBUTES + b"(?<!/)>" + _PLAIN + b"</" + caseless(b"svg") + REST_OF_TAG
"""After ``<svg``: a drawing of nothing but tags and text, and none that fetches, runs or is read otherwise."""

_STEP = re.compile(_BORING + rb"(?:<(/?)(" + _STOP + rb")" + NAME_END + REST_OF_TAG + rb")?+")
_BOGUS = rb"<(?:!(?!--|\[CDATA\[)|\?|/(?=[^a-zA-Z>]))[^>]*+>|</>|<(?=[^a-zA-Z/!?])"
_IN_TEXT = re.compile(b"(?:[^<]++|" + CDATA + b"|" + WHOLE_COMMENT + b"|" + _BOGUS + b")*+")
"""The text of a script or style, up to the first tag."""


class Step(NamedTuple):
    """How far a step came; ``whole`` is false where the next construct has not come whole."""

    end: int
    whole: bool = True
    construct: Construct | None = None


def inside(stack: list[bytes]) -> bool:
    """Whether what comes next is foreign content."""
    return bool(stack) and stack[-1] in ROOTS


def step(page: bytes, at: int, stack: list[bytes], *, in_template: bool = False, final: bool = False) -> Step:
    """Pass what is of no interest and take one tag that is. The end of an HTML template ends all in it."""
    match = _STEP.match(page, at)
    if match is None or match[2] is None:
        return Step(match.end() if match else at, whole=False)
    name, start, end = match[2].lower(), match.start(2) - 1 - len(match[1]), match.end()
    if name == b"template":
        if match[1] and in_template:
            stack.clear()
            return Step(start)
        return Step(end)
    if match[1]:
        return Step(end if _close(stack, name) else start)
    return _open(page, (start, end), name, stack, final=final)


def _close(stack: list[bytes], name: bytes) -> bool:
    """Take an end tag; false where it breaks out and HTML must read it again."""
    if name in {b"p", b"br"}:
        _break_out(stack)
        return False
    for depth in range(len(stack) - 1, -1, -1):
        if stack[depth] == name:
            del stack[depth:]
            return True
        if stack[depth] in POINTS:
            return True
    return True


def _open(page: bytes, tag: tuple[int, int], name: bytes, stack: list[bytes], *, final: bool) -> Step:
    start, end = tag
    self_closing = is_self_closing(page, start, end)
    if name in BREAKOUTS and _breaks_out(page, start, end, name):
        _break_out(stack)
        return Step(start)
    if name in REPORTED:
        if name not in {b"script", b"style"} or self_closing:
            return Step(end, construct=(name, start, end, end, None))
        close = _text_end(page, end, name)
        if close < 0 and not final:
            return Step(start, whole=False)
        # What stands in it is read once more: an element within may fetch.
        return Step(end, construct=(FOREIGN + name, start, end, len(page) if close < 0 else close, None))
    opens = name in ROOTS or (name in _POINTS[stack[-1]] and _is_point(page, start, end, name))
    if opens and not self_closing:
        if is_too_deep(stack):
            return Step(behind_comment(page, start), construct=(TOO_DEEP, start, start, start, None))
        stack.append(name)
    return Step(end)


def is_too_deep(stack: list[bytes]) -> bool:
    """Whether no more open elements are followed. One more is made a comment, so that a browser opens none either."""
    return len(stack) >= limits.DRAWINGS.most


def behind_comment(page: bytes, start: int) -> int:
    """Behind the comment that the whole tag at ``start`` is made."""
    return page.index(b">", start) + 1


def _text_end(page: bytes, at: int, name: bytes) -> int:
    """Where the text of a script or style that begins at ``at`` ends, or -1: at its own end tag or its drawing's; any
    other tag is the last of it, which tells that nobody knows what follows.
    """
    match = _IN_TEXT.match(page, at)
    at = match.end() if match else at
    tag = TAG.match(page, at)
    if tag is None:
        return -1
    ends = page[at + 1 : at + 2] == b"/" and tag_name(b"<" + page[at + 2 : tag.end()]) in {name, b"svg"}
    return at if ends else tag.end()


def _breaks_out(page: bytes, start: int, end: int, name: bytes) -> bool:
    if name != b"font":
        return True
    return any(True for _ in attributes(page, start, end, _BREAKING))


def _is_point(page: bytes, start: int, end: int, name: bytes) -> bool:
    if name != b"annotation-xml":
        return True
    return any(
        resolve(a.value).lower() in {b"text/html", b"application/xhtml+xml"}
        for a in attributes(page, start, end, _ENCODING)
    )


def _break_out(stack: list[bytes]) -> None:
    while inside(stack):
        stack.pop()
