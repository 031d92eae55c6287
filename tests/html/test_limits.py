"""Beyond a limit a page is held unread: nothing leaks, nothing raises, memory does not grow, and the log can say which."""

import re
import tracemalloc

import pytest

from consent.html import Insertion, Rewriter, limits, make_holder
from tests.html.judges import BODY, HEAD, TrackerJudge, held, rewrite

KEPT = 1000
PIXEL = b"<img src=//tracker/p>"
HELD_PIXEL = b'<img data-consent-held="analytics/stats" data-consent-src=//tracker/p>'


def streamed(page: bytes, *, size: int = 100, kept: int = KEPT, fragment: bool = True):
    """The page rewritten in pieces, and the limits it went beyond."""
    rewriter = Rewriter(
        make_holder(TrackerJudge()), None if fragment else lambda _: Insertion(head=HEAD, body=BODY), kept=kept
    )
    out = b"".join(rewriter.feed(page[at : at + size]) for at in range(0, len(page), size))
    return out + rewriter.finish(), rewriter.exceeded


UNENDING = [
    b'<img alt="',
    b"<img alt='",
    b"<img src=//tracker/",
    b'<p style="background:url(//tracker/a)" title="',
    b"<a ",
    b"</p ",
    b"<!x ",
    b"<?",
    b"<noscript>",
    b"<svg><style>",
    b"<svg><script>",
    b"<svg><![CDATA[",
    b"<svg><path d='",
    b"<math><mi title='",
    b"<template><img alt='",
]


@pytest.mark.parametrize("opening", UNENDING)
def test_a_tag_too_long_to_wait_for_is_made_a_comment_and_what_follows_is_judged(opening):
    filler = b"x" * (3 * KEPT)
    page = b"ok" + opening + filler + b">" + b"</script></style></noscript></template></svg></math>" + PIXEL
    out, exceeded = streamed(page)

    assert exceeded == [limits.TAG]
    assert out.count(b"<!consent.W050 ") == 1
    assert out.replace(b"!consent.W050 ", b"").replace(HELD_PIXEL, PIXEL) == page
    assert HELD_PIXEL in out


def test_what_a_quoted_value_hid_is_markup_behind_such_a_comment():
    out, _ = streamed(b'<p title="' + b"x" * (3 * KEPT) + b">" + PIXEL + b"<p>" * 400)

    assert b">" + HELD_PIXEL + b"<p>" in out


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        (b"<script>", b'<script type="text/plain" data-consent-held="-/unread-text">'),
        (
            b"<script type=module>",
            b'<script type="text/plain" data-consent-held="-/unread-text" data-consent-type=module>',
        ),
        (b"<style>", b'<style type="text/plain" data-consent-held="-/unread-text">x{}'),
        (b"<script type=application/json>", b"<script type=application/json>"),
        (b"<script src=/own.js>", b"<script src=/own.js>"),
        (b"<script data-consent=ignore>", b"<script data-consent=ignore>"),
    ],
)
def test_a_text_too_long_to_judge_is_inert_and_data_passes(opening, expected):
    name = opening[1:-1].split()[0]
    text = b"track(1); <img src=//tracker/no> " * 100
    out, exceeded = streamed(opening + text + b"</" + name + b">" + PIXEL)

    assert out == expected + text + b"</" + name + b">" + HELD_PIXEL
    assert exceeded == ([limits.TEXT] if b"unread" in expected else [])


@pytest.mark.parametrize("size", [1, 7, 100, 5000])
@pytest.mark.parametrize(
    "text",
    [
        b"<!--" + b"x" * 3000 + b"<script>" + b"y" * 3000 + b"</script>" + b"z" * 3000 + b"--></script>",
        b"<!--" + b"x" * 3000 + b"<script>--></script>",
        b"x" * 2000 + b"<!--></script>",
        b"x" * 2000 + b"<!-- </script>",
        b"x" * 2000 + b"</scripts></script >",
    ],
)
def test_the_end_of_an_unread_script_is_found_by_the_rules_of_scripts(text, size):
    out, _ = streamed(b"<script>" + text + PIXEL, size=size)

    assert out.endswith(text + HELD_PIXEL)


def test_a_comment_before_the_body_is_not_waited_for_and_the_banner_comes_first():
    page = b"<html><head><title>t</title></head><!--" + b"x" * (3 * KEPT) + b"--><body>" + PIXEL
    out, exceeded = streamed(page, fragment=False)

    assert exceeded == [limits.BEGINNING]
    assert out.startswith(b"<html><head>{HEAD}<title>t</title></head>{BODY}<!--xxx")
    assert out.endswith(b"--><body>" + HELD_PIXEL)


def test_a_script_before_the_body_is_not_waited_for_without_end():
    out, exceeded = streamed(b"<html><head><script>" + b"track(1);" * KEPT + b"</script>" + PIXEL, fragment=False)

    assert sorted(limit.code for limit in exceeded) == ["consent.W051", "consent.W052"]
    assert b'<script type="text/plain" data-consent-held="-/unread-text">track(' in out
    assert out.endswith(HELD_PIXEL)


def test_what_comes_whole_just_in_time_is_judged():
    page = b"<img alt='" + b"x" * (KEPT - 50) + b"' src=//tracker/p>" + PIXEL
    out, exceeded = streamed(page, size=50)

    assert (exceeded, out.count(b'data-consent-held="analytics/stats"')) == ([], 2)


MANY = b"".join(b" a%d" % n for n in range(limits.ATTRIBUTES.most + 1))


@pytest.mark.parametrize(
    ("tag", "first"),
    [
        (b"<img%b src=//own/a src=//tracker/p>", [b'src=""', b'srcset=""']),
        (b"<script%b src=//tracker/p></script>", [b'type="text/plain"', b'src=""']),
        (b"<link%b rel=preload href=//tracker/p>", [b'rel=""', b'href=""']),
        (b"<iframe%b src=//tracker/p srcdoc='<img src=//tracker/p>'></iframe>", [b'src=""', b'srcdoc=""']),
        (b"<div%b style='background:url(//tracker/p)'></div>", [b'style=""']),
        (b"<meta%b http-equiv=refresh content='0;//tracker/p'>", [b'http-equiv=""', b'content=""']),
        (b"<base%b href=//tracker/>", [b'href=""']),
        (b"<svg><set%b attributename=href to=//tracker/p></svg>", [b'attributename=""', b'to=""']),
    ],
)
def test_too_many_attributes_are_shadowed_by_empty_ones(tag, first):
    page = tag % MANY
    rewriter = Rewriter(make_holder(TrackerJudge()), None)
    out = rewriter.finish(page)
    inserted = out[: out.index(b" a0")]

    assert rewriter.exceeded == [limits.ATTRIBUTES]
    assert all(b" " + attribute in inserted for attribute in first)
    assert re.sub(rb' (?:[a-z:-]+="[^"]*")', b"", inserted) + out[len(inserted) :] == page


def test_as_many_attributes_as_may_be_are_read():
    page = b"<img%b src=//tracker/p>" % b"".join(b" a%d" % n for n in range(limits.ATTRIBUTES.most - 1))

    assert b"data-consent-src=//tracker/p" in held(page)


@pytest.mark.parametrize(
    "page",
    [
        b"<svg>" * 65 + b"</svg>" * 63 + b"<style>" + PIXEL + b"</style>",
        b"<svg>" * 100 + b"<image href=//tracker/p />",
        b"<svg><desc>" * 33 + b"<svg a='>" + PIXEL + b"'>" + PIXEL,
        b"<svg>" * 64 + b"<svg a='><rect style=fill:url(//tracker/p)>'>",
    ],
)
def test_drawings_too_deep_to_follow_are_made_comments(page):
    rewriter = Rewriter(make_holder(TrackerJudge()), None)
    out = rewriter.finish(page)

    assert limits.DRAWINGS in rewriter.exceeded
    assert b"<!consent.W056 svg" in out
    assert (
        page.count(b"//tracker/p") == out.count(b"data-consent-") - out.count(b"data-consent-held")
        or b"[consent:" in out
    )


def test_documents_too_deep_in_documents_are_held():
    page = b"<img src=/own>"
    for _ in range(limits.DOCUMENTS.most + 2):
        page = b'<iframe srcdoc="' + page.replace(b"&", b"&amp;").replace(b'"', b"&quot;") + b'"></iframe>'
    rewriter = Rewriter(make_holder(TrackerJudge()), None)

    assert b'data-consent-held="-/unread-documents"' in rewriter.finish(page)
    assert rewriter.exceeded == [limits.DOCUMENTS]


def test_sheets_too_deep_in_sheets_are_held():
    sheet = b"p{}"
    for _ in range(limits.SHEETS.most + 2):
        sheet = b'@import "data:text/css,' + sheet.replace(b"%", b"%25").replace(b'"', b"%22") + b'"'
    rewriter = Rewriter(make_holder(TrackerJudge()), None)

    assert b"//[consent:-/unread-sheets]data:" in rewriter.finish(b"<style>" + sheet + b"</style>")
    assert rewriter.exceeded == [limits.SHEETS]


@pytest.mark.parametrize(
    "page",
    [
        b"<img srcset='" + b"/own 1x, " * (limits.CANDIDATES.most + 1) + b"//tracker/p 2x'>",
        b"<a href=/ ping='" + b"/own " * (limits.CANDIDATES.most + 1) + b"//tracker/p'>",
    ],
)
def test_too_many_candidates_are_held(page):
    rewriter = Rewriter(make_holder(TrackerJudge()), None)

    assert b'data-consent-held="-/unread-candidates"' in rewriter.finish(page)
    assert rewriter.exceeded == [limits.CANDIDATES]


URLS = b"background:url(/own);" * (limits.REFERENCES.most + 1) + b"background:url(//tracker/p)"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (b"<style>p{" + URLS + b"}</style>", b'<style type="text/plain" data-consent-held="-/unread-references">x{}p{'),
        (b"<p style='" + URLS + b"'>", b'<p data-consent-held="-/unread-references" style="" style='),
    ],
)
def test_styles_with_too_many_urls_are_held(page, expected):
    rewriter = Rewriter(make_holder(TrackerJudge()), None)

    assert rewriter.finish(page).startswith(expected)
    assert rewriter.exceeded == [limits.REFERENCES]


@pytest.mark.parametrize(
    "opening",
    [b'<img alt="', b"<!--", b"<script>", b"<script><!--<script>", b"<style>", b"<noscript>", b"<p class=", b"<!x", b"<svg><!--", b"<svg><style>"],
)  # fmt: skip
@pytest.mark.parametrize("fragment", [True, False])
def test_memory_is_bounded_whatever_never_ends(opening, fragment):
    kept = 256 * 1024
    rewriter = Rewriter(
        make_holder(TrackerJudge()), None if fragment else lambda _: Insertion(head=HEAD, body=BODY), kept=kept
    )
    chunk = b"x" * 65536
    rewriter.feed(opening)
    tracemalloc.start()
    try:
        for _ in range(320):  # 20 MB
            rewriter.feed(chunk)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 8 * kept


def test_a_page_of_only_own_limits_goes_beyond_none():
    page = b"<!doctype html><html><body><p title=x>text</p><script>own()</script>" + PIXEL
    rewriter = Rewriter(make_holder(TrackerJudge()), None)
    rewriter.finish(page)

    assert rewriter.exceeded == []
    assert rewrite(page, sizes=[3]) == rewrite(page)


def test_so_many_bases_are_held_that_no_more_are_followed():
    page = b"<base href=/a/>" * (limits.BASES.most + 1) + PIXEL
    rewriter = Rewriter(make_holder(TrackerJudge()), None)
    out = rewriter.finish(page)

    assert out.count(b'<base data-consent-held="-/unread-bases" data-consent-href=/a/>') == 1
    assert out.endswith(HELD_PIXEL)
    assert rewriter.exceeded == [limits.BASES]
