"""What stands beside a held frame: before its start tag, in any chunking, and nowhere else."""

from hypothesis import given, strategies as st

from consent.html import Rewriter, make_holder
from tests.html.judges import LABEL, TrackerJudge

PAGE = (
    b"<html><body><p>a <iframe src='//tracker.example/1' width=9></iframe> b</p><noscript><iframe src=//tracker.example/2></iframe></noscript>"
    b"<img src=//tracker.example/3><!-- <iframe src=//tracker.example/4> --><iframe src=/own></iframe>"
    b"<svg><iframe src=//tracker.example/5></iframe></svg><iframe srcdoc='<img src=//tracker.example/6>'></iframe></body>"
)


def rewrite(page, sizes=()):
    asked = []

    def beside(labels, tag):
        asked.append((labels, tag))
        return b"[HERE]"

    rewriter = Rewriter(make_holder(TrackerJudge()), None, beside=beside)
    out, at = b"", 0
    for size in sizes:
        out += rewriter.feed(page[at : at + size])
        at += size
    return out + rewriter.finish(page[at:]), asked


def test_it_stands_before_each_frame_that_is_held():
    out, asked = rewrite(PAGE)
    assert out.count(b"[HERE]<iframe data-consent-held=") == out.count(b"[HERE]") == len(asked)
    assert asked[0] == (LABEL, b"<iframe src='//tracker.example/1' width=9>")
    assert b"<noscript><iframe data-consent-held" in out, "in a noscript nothing is put beside it"
    assert b"<iframe src=/own>" in out


@given(st.lists(st.integers(1, 40), max_size=40))
def test_any_chunking_gives_the_same(sizes):
    assert rewrite(PAGE, sizes)[0] == rewrite(PAGE)[0]


def test_without_it_the_page_is_what_it_would_be():
    out, _ = rewrite(PAGE)
    rewriter = Rewriter(make_holder(TrackerJudge()), None)
    assert rewriter.finish(PAGE) == out.replace(b"[HERE]", b"")
