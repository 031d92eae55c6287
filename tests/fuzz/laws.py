"""What must hold of any bytes at all."""

import re

from consent.html import Rewriter, make_holder, pieces, texts
from tests.fuzz.tree import is_sound, live, misplaced
from tests.html.judges import BODY, HEAD, GrantingJudge, TrackerJudge, rewrite, without_marks
from tests.html.test_oracle import oracle, ours

UNDECIDED = re.compile(rb"<(?:/|)(?:noscript|template|svg|math|frameset)", re.IGNORECASE)
"""Where the tokenizer alone does not decide: there the tree is asked."""
FOREIGN = re.compile(rb"<(?:svg|math|frameset)", re.IGNORECASE)
"""Where both readings are held if the tree would have to tell which it is."""
REPLACING = re.compile(rb"<template[\s\S]*<frameset", re.IGNORECASE)
"""The other tree builder lets a frameset in a template take the body's place; Chromium does not."""
GRANTING, TRACKING = GrantingJudge(), TrackerJudge()


def broken(page: bytes, sizes: list[int]) -> list[str]:
    """The laws that ``page`` breaks."""
    found = []
    if not UNDECIDED.search(page) and oracle(page) != ours(page):
        found.append("the tokenizer finds other tags")
    granted = rewrite(page, judge=GRANTING)
    if (
        b"-/unread" not in granted
        and b"<!consent.W" not in granted
        and granted.replace(HEAD, b"", 1).replace(BODY, b"", 1) != page
    ):
        found.append("with everything granted something else than insertions changes")
    out = rewrite(page, judge=TRACKING, fragment=True)
    if out != rewrite(page, judge=TRACKING, fragment=True, sizes=sizes):
        found.append(f"pieces of {sizes} give other bytes")
    if [out, out] != again(page):
        found.append("met before it comes to other bytes")
    if without_marks(out) != without_marks(page):
        found.append("something else than marks is inserted")
    if is_sound(page) and not REPLACING.search(page) and (left := live(out)):
        found.append(f"live: {', '.join(sorted(left))}")
    if not FOREIGN.search(page) and (wrong := misplaced(out) - misplaced(page)):
        found.append(f"marks elsewhere than on elements: {len(wrong)}")
    return found


def again(page: bytes) -> list[bytes]:
    """The page rewritten twice by one holder, in pieces as short as can be."""
    lengths = pieces.LEAST, pieces.MOST, pieces.SHORTEST, texts.SHORT
    pieces.LEAST, pieces.MOST, pieces.SHORTEST, texts.SHORT = 16, 32, 0, 0
    try:
        holder = make_holder(TRACKING)
        return [Rewriter(holder, None).finish(page) for _ in range(2)]
    finally:
        pieces.LEAST, pieces.MOST, pieces.SHORTEST, texts.SHORT = lengths
