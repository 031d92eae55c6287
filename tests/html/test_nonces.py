"""A nonce, new in each response, decides nothing: what was met under another is known."""

import secrets

import pytest
from hypothesis import given, settings, strategies as st

from consent.html import make_holder, nonces
from tests.html.hostile import CASES, as_page
from tests.html.judges import TrackerJudge
from tests.html.soup import deep_soup
from tests.html.test_hostile import HOLDER
from tests.html.test_pieces import FILLED, rewrite, scanned, short_pieces

__all__ = ["scanned", "short_pieces"]  # fixtures: pieces are made short, and what is looked at is noted

LONG = st.from_regex(r"[A-Za-z0-9_-]{16,24}={0,2}", fullmatch=True).map(str.encode)


def test_a_page_that_differs_by_its_nonce_alone_is_not_looked_at_again(scanned):
    holder = make_holder(TrackerJudge())
    page = FILLED + b'<script nonce="%b">track(1)</script>' + FILLED + b'<script nonce="%b" src=//tracker/></script>'
    first, second = (secrets.token_urlsafe(16).encode() for _ in range(2))
    out = rewrite(page.replace(b"%b", first), holder, nonce=first)
    scanned.clear()

    assert rewrite(page.replace(b"%b", second), holder, nonce=second) == out.replace(first, second)
    assert b"".join(scanned) == b""


def test_the_page_keeps_its_own_nonce():
    nonce = secrets.token_urlsafe(16).encode()
    out = rewrite(b'<script nonce="%b">free()</script>' % nonce, make_holder(TrackerJudge()), nonce=nonce)

    assert b'<script nonce="%b">free()' % nonce in out


@pytest.mark.parametrize("nonce", [b"", b"src", b"track", b"a word in several", b"aaaaaaaaaaaaaaaa/src=", b"=" * 20])
def test_what_servers_do_not_make_as_nonces_stays_what_it_is(nonce):
    page = b'<b nonce="%b">' % nonce
    assert nonces.neutral(nonce)(page) is page


@given(pages=st.lists(deep_soup, min_size=2, max_size=4), nonce=LONG, size=st.integers(0, 30))
@settings(max_examples=300, deadline=None)
def test_a_page_comes_to_the_same_whether_its_nonce_is_known_or_not(pages, nonce, size):
    page = (b' nonce="%b"' % nonce).join(pages)
    holder = make_holder(TrackerJudge())

    assert rewrite(page, holder, size, nonce=nonce) == rewrite(page, make_holder(TrackerJudge()))


def test_every_hostile_case_comes_to_the_same_with_a_nonce_at_any_of_its_places():
    nonce, same = b"0123456789abcdef", b"n" * 16
    for case in CASES:
        page = as_page(case.markup)
        for at in range(0, min(len(page), 1_000), 23):
            mixed = page[:at] + b' nonce="%b"' % nonce + page[at:]
            known, unknown = rewrite(mixed, HOLDER, nonce=nonce), rewrite(mixed, HOLDER)
            # In a word of the author's on whom an element waits for, it may come to stand in the label.
            assert known.replace(nonce, same) == unknown.replace(nonce, same), (case.name, at)
