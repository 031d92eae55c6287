"""What was met before comes to the same as what was not. Pieces are made short here, so that small pages have several."""

from html import escape

import pytest
from hypothesis import given, settings, strategies as st

from consent.html import Insertion, Rewriter, editing, limits, make_holder, pieces, texts
from consent.html.holding import BASES
from tests.html.hostile import CASES, as_page
from tests.html.judges import BODY, HEAD, LABEL, GrantingJudge, TrackerJudge
from tests.html.soup import deep_soup
from tests.html.test_hostile import HOLDER

FILLED = b"<p>some words</p>" * 4
TRACKED = b"<script>track(1);function tell(){}</script>"
CALLING = b"<script>tell('somebody')</script>"


@pytest.fixture(autouse=True)
def short_pieces(monkeypatch):
    set_lengths(monkeypatch, 24)


def set_lengths(monkeypatch, least: int) -> None:
    monkeypatch.setattr(pieces, "LEAST", least)
    monkeypatch.setattr(pieces, "MOST", 2 * least)
    monkeypatch.setattr(pieces, "SHORTEST", 0)
    monkeypatch.setattr(texts, "SHORT", 0)


def rewrite(page: bytes, holder, size: int = 0, beside=None, nonce: bytes = b"") -> bytes:
    rewriter = Rewriter(holder, lambda _: Insertion(head=HEAD, body=BODY), beside=beside, nonce=nonce)
    size = size or len(page) or 1
    return b"".join(rewriter.feed(page[at : at + size]) for at in range(0, len(page), size)) + rewriter.finish()


@pytest.fixture
def scanned(monkeypatch) -> list[bytes]:
    """What is looked at, not taken from memory."""
    found: list[bytes] = []
    scan = editing.Scanner.scan

    def noting(self, page, *, final):
        found.append(page)
        return scan(self, page, final=final)

    monkeypatch.setattr(editing.Scanner, "scan", noting)
    return found


def test_of_a_page_met_before_nothing_is_looked_at_again(scanned):
    holder = make_holder(TrackerJudge())
    page = FILLED + b"<img src=//tracker/1>" + FILLED + TRACKED + FILLED
    first = rewrite(page, holder)
    scanned.clear()

    assert rewrite(page, holder) == first
    assert b"".join(scanned) == b""


def test_of_a_page_changed_in_one_place_only_that_is_looked_at(scanned):
    holder = make_holder(TrackerJudge())
    page = b"".join(b"<div><img src=//tracker/%d>%s</div>" % (n, b"<p>" + b"x" * n + b"</p>") for n in range(40))
    rewrite(page, holder)
    scanned.clear()
    changed = page.replace(b"//tracker/20>", b"//tracker/twenty>")

    assert b"//tracker/twenty" in rewrite(changed, holder)
    assert len(b"".join(scanned)) < 400


@pytest.mark.parametrize("size", [0, 11])
@pytest.mark.parametrize("least", [8, 40])
def test_every_hostile_case_comes_to_the_same_when_met_again(monkeypatch, least, size):
    for case in CASES:
        page = as_page(case.markup)
        if len(page) < 20_000:
            set_lengths(monkeypatch, 10**9)
            whole = rewrite(page, HOLDER)
            set_lengths(monkeypatch, least)
            assert rewrite(page, HOLDER, size) == whole, case.name
            assert rewrite(page, HOLDER, size) == whole, case.name


@given(pages=st.lists(deep_soup, min_size=2, max_size=4), size=st.integers(0, 30), least=st.integers(1, 60))
@settings(max_examples=300, deadline=None)
def test_whatever_was_met_before_a_page_comes_to_the_same(pages, size, least):
    with pytest.MonkeyPatch.context() as monkeypatch:
        holder = make_holder(TrackerJudge())
        set_lengths(monkeypatch, least)
        out = [rewrite(page, holder, size) for page in [*pages, b"".join(pages), *pages]]
        set_lengths(monkeypatch, 10**9)
        assert out == [rewrite(page, make_holder(TrackerJudge())) for page in [*pages, b"".join(pages), *pages]]


def test_a_script_waits_for_what_a_piece_met_before_declares():
    holder = make_holder(TrackerJudge())
    page = FILLED + TRACKED + FILLED + CALLING
    out = rewrite(page, holder)

    assert out.count(b'data-consent-held="%s"' % LABEL) == 2
    assert rewrite(page, holder) == out


def test_a_script_that_called_what_was_held_runs_where_nothing_is():
    holder = make_holder(TrackerJudge())
    rewrite(FILLED + TRACKED + FILLED + CALLING + FILLED, holder)

    assert b"held" not in rewrite(FILLED + FILLED + CALLING + FILLED, holder)


def test_a_piece_behind_a_base_is_judged_by_where_it_leads():
    holder = make_holder(TrackerJudge())
    page = FILLED + FILLED + b"<img src=a.gif>"
    assert b"held" not in rewrite(page, holder)

    assert rewrite(b"<base href=//tracker/>" + page, holder).count(b"<img data-consent-held=") == 1
    assert rewrite(b"<base href=//tracker/>" + page, holder).count(b"<img data-consent-held=") == 1
    assert b"held" not in rewrite(page, holder)


def test_holders_that_share_what_was_met_judge_for_themselves():
    shared = texts.Texts(), texts.Texts()
    page = FILLED + b"<img src=//tracker/1>" + FILLED
    outs = [rewrite(page, make_holder(judge, *shared)) for judge in (TrackerJudge(), GrantingJudge(), TrackerJudge())]

    assert [b"held=" in out for out in outs] == [True, False, True]


def test_what_is_too_deep_in_one_page_is_read_where_it_stands_in_another():
    holder = make_holder(TrackerJudge())
    inner = b"<iframe srcdoc='%s'></iframe>" % escape("<iframe srcdoc='<b>'></iframe>").encode()
    page = inner
    for _ in range(limits.DOCUMENTS.most - 1):
        page = b"<iframe srcdoc='%s'></iframe>" % escape(page.decode()).encode()

    assert limits.DOCUMENTS.label in rewrite(page, holder)
    assert b"held=" not in rewrite(inner, holder)


def test_of_a_page_that_comes_in_drops_none_is_remembered(monkeypatch):
    monkeypatch.setattr(pieces, "SHORTEST", 100)
    holder = make_holder(TrackerJudge())
    rewrite(FILLED * 9, holder, size=40)

    assert holder.pieces._size == 0


def test_of_pages_with_ever_new_bases_nothing_is_remembered_for_long():
    holder = make_holder(TrackerJudge())
    page = b"<base href=//tracker/%d/>" + FILLED * 3 + b"<img src=a.gif>"
    outs = [rewrite(page % n, holder).count(b"<img data-consent-held") for n in range(200)]

    assert outs == [1] * 200
    assert len({context.holder for context, _ in holder.pieces._found}) <= BASES + 1


def test_what_stands_beside_a_frame_is_asked_for_each_time():
    holder = make_holder(TrackerJudge())
    page = FILLED + b"<iframe src=//tracker/f></iframe>" + FILLED
    outs = [rewrite(page, holder, beside=lambda labels, tag, n=n: b"[%d]" % n) for n in range(3)]

    assert [b"[%d]<iframe data-consent-held" % n in out for n, out in enumerate(outs)] == [True] * 3


def test_one_page_has_no_more_remembered_than_its_share(monkeypatch):
    monkeypatch.setattr(pieces, "NEW", 200)
    holder = make_holder(TrackerJudge())
    page = b"".join(b"<p>paragraph %d</p>" % n for n in range(1000))
    rewrite(page, holder)

    assert len(holder.pieces._alike) < 10


def test_a_page_that_ends_where_another_goes_on_is_read_to_its_end():
    holder = make_holder(TrackerJudge())
    page = FILLED + b"<img src=//tracker/1 alt='"

    assert rewrite(page + b"'>", holder).count(b"held=") == 1
    assert rewrite(page, holder) == rewrite(page, make_holder(TrackerJudge()))
    assert rewrite(page + b"'>", holder).count(b"held=") == 1
