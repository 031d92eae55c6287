"""Against another tokenizer: the same tags of interest at the same places."""

import re

from hypothesis import given, settings, strategies as st
from turbohtml import tokenize

from consent.html import Texts
from consent.html.candidates import REPORTED
from consent.html.constructs import TRACED
from consent.html.rawtext import RAW
from consent.html.scanner import Scanner
from consent.html.tags import attributes
from tests.html.soup import PIECES, soup

NEWLINE = re.compile(r"\r\n|\r|\n")
JUDGED = re.compile(r"src|href|xlink|post|images|data$|data-con", re.IGNORECASE)
START_TAG = 1
PASSED = {b"style", TRACED}
"""Passed unseen where nothing can hide in it; found by what stands in it, not by its name."""
ALWAYS = RAW | {b"base"}


class Everything:
    """Everything is of interest."""

    def __init__(self) -> None:
        self.markup = Texts()

    def passes(self, value: bytes) -> bool:
        return False

    def passes_text(self, page: bytes, start: int, tag_end: int, end: int) -> bool:
        return False


def oracle(page: bytes) -> list[tuple[int, str]]:
    """Offset and name of each start tag that fetches or runs, as turbohtml's tokenizer finds them."""
    text = page.decode("latin-1")
    lines = [0, *(match.end() for match in NEWLINE.finditer(text))]
    found = []
    for token in tokenize(text):
        if int(token.type) != START_TAG or token.tag.encode() not in REPORTED - PASSED:
            continue
        names = [name for name, _ in token.attrs]
        judged = re.compile("http-equiv") if token.tag == "meta" else JUDGED
        if token.tag.encode() in ALWAYS or any(judged.match(name) for name in names):
            found.append((lines[token.line - 1] + token.col, token.tag))
    return found


def ours(page: bytes) -> list[tuple[int, str]]:
    scanned = Scanner(Everything()).scan(page, final=True)
    return [(start, name.decode()) for name, start, *_ in scanned if name not in PASSED]


@given(page=soup)
@settings(max_examples=1500, deadline=None)
def test_the_scanner_finds_what_the_oracle_finds(page):
    assert oracle(page) == ours(page)


@given(
    attrs=st.lists(st.sampled_from([*PIECES, b"a", b"b=", b'c="d"', b"e='f'", b"g = h", b"/", b" "]), max_size=12).map(
        b"".join
    )
)
@settings(max_examples=800, deadline=None)
def test_attributes_are_the_oracles(attrs):
    page = b"<img " + attrs + b">"
    tokens = [t for t in tokenize(page.decode("latin-1")) if int(t.type) == START_TAG]
    found = [c for c in Scanner(Everything()).scan(page, final=True) if c[1] == 0]
    for name, start, end, *_ in found:
        written = {a.name.decode("latin-1") for a in attributes(page, start, end)}
        theirs = {n.replace("�", "\0").lower() for n, _ in tokens[0].attrs}
        assert (name, theirs) == (b"img", set(written))
