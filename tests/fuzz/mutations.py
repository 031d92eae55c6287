"""Seeds, and what is done to them."""

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

from tests.html.hostile import CASES
from tests.html.soup import CONTEXTS, PIECES

LONGEST = 1500
"""Bytes of a seed: what goes wrong does so in small, and small is quick."""

MORE = [
    b"style='background:url(//tracker/c)'", b"<style>@import '//tracker/s'</style>", b"<td background=//tracker/b>", b"<a ping=//tracker/g>",
    b"<base href=//tracker/>", b"<meta http-equiv=refresh content='0;//tracker/r'>", b"<svg><style>", b"</style></svg>", b"<select>", b"</select>",
    b"<table>", b"</table>", b"<tr>", b"<mi>", b"</mi>", b"<annotation-xml encoding=text/html>", b"<font color=a>", b"<title/>", b"<script/>", b"<style/>",
    b"<use href=//tracker/u />", b"<feImage xlink:href=//tracker/u />", b"<form>", b"</form>", b"<li>", b"<br/>", b"<frame src=//tracker/f>", b"<noscript>",
    b'<iframe srcdoc="<img src=//tracker/d>">', b"&#47;", b"&quot;", b"\\75 rl(", b"url(//tracker/c)", b"<!doctype html public '>", b"\xef\xbb\xbf",
]  # fmt: skip
WORDS = [*PIECES, *CONTEXTS, *MORE]


def seeds(chance: random.Random) -> list[bytes]:
    """Our own pieces, the hostile battery, and what the environment names: CONSENT_CORPUS, a folder of pages, and
    HTML5LIB_TESTS, a folder with the ``*.test`` of a tokenizer's tests.
    """
    found = [case.markup.replace(b"tracker.test", b"tracker")[:LONGEST] for case in CASES]
    found += [b"".join(chance.choices(WORDS, k=12)) for _ in range(400)]
    found += [text.encode("latin-1", "replace")[:LONGEST] for text in tokenizer_tests()]
    for path in (
        sorted(Path(os.environ["CONSENT_CORPUS"]).glob("*/source.html")) if "CONSENT_CORPUS" in os.environ else ()
    ):
        page = path.read_bytes()
        found += [page[at : at + LONGEST] for at in (0, *(chance.randrange(len(page)) for _ in range(6)))]
    return found


def tokenizer_tests() -> list[str]:
    """The inputs of the tests named by HTML5LIB_TESTS."""
    folder = os.environ.get("HTML5LIB_TESTS")
    files = sorted(Path(folder).glob("*.test")) if folder else []
    inputs: list[str] = []
    for path in files:
        for test in json.loads(path.read_text(encoding="utf-8")).get("tests", ()):
            text = test["input"]
            inputs.append(text.encode().decode("unicode_escape") if test.get("doubleEscaped") else text)
    return inputs


def mutated(found: list[bytes], chance: random.Random) -> Iterator[bytes]:
    """Seeds changed in one to four ways, for ever."""
    while True:
        page = chance.choice(found)
        for _ in range(chance.randint(1, 4)):
            page = _changed(page, found, chance)
        yield page[: 2 * LONGEST]


def _changed(page: bytes, found: list[bytes], chance: random.Random) -> bytes:
    at, end = sorted((chance.randint(0, len(page)), chance.randint(0, len(page))))
    end = min(end, at + chance.choice((1, 4, 30, 300)))
    match chance.randrange(6):
        case 0:
            return page[:at] + page[end:]
        case 1:
            return page[:end] + page[at:]
        case 2:
            return page[:at] + bytes([chance.randrange(256)]) + page[at + 1 :]
        case 3:
            other = chance.choice(found)
            return page[:at] + other[chance.randint(0, len(other)) :]
        case 4:
            return page[:at] + chance.choice(b"<>\"'=/!-? \n&;\0").to_bytes() + page[at:]
        case _:
            return page[:at] + chance.choice(WORDS) + page[at:]
