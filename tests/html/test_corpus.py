"""The laws of the rewriter on a folder of real pages, ``$CONSENT_CORPUS/*/source.html``. Skipped where there is none:
the pages are other people's and no part of the project.
"""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from turbohtml import tokenize

from consent.catalogue import Catalogue
from consent.categories import STANDARD
from consent.decision import Decision, Reason
from consent.html import Insertion, Rewriter, make_holder
from consent.html.fetching import FETCHING_RELS
from consent.html.srcset import urls
from consent.judge import PageJudge

FOLDER = os.environ.get("CONSENT_CORPUS", "")
PAGES = sorted(Path(FOLDER).glob("*/source.html")) if FOLDER else []
pytestmark = pytest.mark.skipif(not PAGES, reason="set CONSENT_CORPUS to a folder of real pages (NAME/source.html)")

HEAD, BODY = b"<style>h</style>", b"<section>b</section>"
KEYS = frozenset(category.key for category in STANDARD)
CHUNKS = (1, 2, 7, 61, 1000, 4096, 65536)
SMALL = 60_000
START_TAG, END_TAG, TEXT = 1, 2, 0


def judge_for(categories: frozenset[str], catalogue: Catalogue = Catalogue.bundled()) -> PageJudge:  # noqa: B008 - one
    decision = Decision(answered=True, reason=Reason.CHOSEN, categories=categories)
    return PageJudge(catalogue, decision, own=(), categories=KEYS)


NOTHING = judge_for(frozenset({"necessary"}))
HOLDER = make_holder(NOTHING)
FREE = make_holder(judge_for(KEYS))


def rewrite(page: bytes, holder, sizes=()) -> bytes:
    rewriter = Rewriter(holder, lambda language: Insertion(head=HEAD, body=BODY))
    out, at, pick = [], 0, random.Random(7)
    while sizes and at < len(page):
        size = pick.choice(sizes)
        out.append(rewriter.feed(page[at : at + size]))
        at += size
    return b"".join(out) + rewriter.finish(b"" if sizes else page)


@pytest.fixture(params=PAGES, ids=lambda path: path.parent.name)
def page(request) -> bytes:
    return request.param.read_bytes()


def test_with_everything_granted_only_the_insertions_change(page):
    out = rewrite(page, FREE)

    assert out.replace(HEAD, b"", 1).replace(BODY, b"", 1) == page
    assert (out.count(HEAD), out.count(BODY)) == (page.count(HEAD) + 1, page.count(BODY) + 1)


def test_any_chunking_gives_the_same_bytes(page):
    whole = rewrite(page, HOLDER)

    assert rewrite(page, HOLDER, CHUNKS[2:]) == whole
    assert rewrite(page, HOLDER, (4096,)) == whole
    if len(page) < SMALL:
        assert rewrite(page, HOLDER, (1,)) == whole


def test_no_markup_reference_that_the_catalogue_holds_is_left_live(page):
    live = [url for url in references(rewrite(page, HOLDER).decode("latin-1")) if NOTHING.url(url) is not None]

    assert live == []


SOURCES = {
    "script": ["src"], "iframe": ["src"], "frame": ["src"], "img": ["src", "srcset"], "source": ["src", "srcset"], "video": ["src", "poster"],
    "audio": ["src"], "track": ["src"], "embed": ["src"], "object": ["data"], "input": ["src"], "link": ["href", "imagesrcset"],
}  # fmt: skip


def references(text: str) -> Iterator[bytes]:
    """What another tokenizer finds to fetch: in the page, and in what a browser without scripting reads."""
    templates, noscript = 0, False
    for token in tokenize(text):
        kind = int(token.type)
        if token.tag == "template":
            templates += {START_TAG: 1, END_TAG: -1}.get(kind, 0)
        if token.tag == "noscript":
            noscript = kind == START_TAG
        if noscript and token.data:
            yield from references(token.data)
        if kind == START_TAG and not templates:
            yield from fetched(token.tag, dict(reversed(token.attrs)))


def fetched(tag: str, attributes: dict[str, str | None]) -> Iterator[bytes]:
    kind = (attributes.get("type") or "").strip().lower()
    if tag == "script" and kind and kind != "module" and "javascript" not in kind and "ecmascript" not in kind:
        return
    if tag == "link" and FETCHING_RELS.isdisjoint((attributes.get("rel") or "").lower().encode("latin-1").split()):
        return
    if tag == "input" and kind != "image":
        return
    for name in SOURCES.get(tag, ()):
        value = (attributes.get(name) or "").encode("utf-8")
        yield from urls(value) if name.endswith("srcset") else [value]
