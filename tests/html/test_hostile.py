"""The battery, without a browser: what is held is held whichever way the bytes come, and nothing else changes."""

import pytest

from consent.catalogue import Catalogue
from consent.decision import decide
from consent.html import Insertion, Rewriter, make_holder
from consent.judge import PageJudge
from consent.settings import Settings
from tests.html.hostile import BANNERS, CASES, LABEL, SERVICES, as_page
from tests.html.judges import without_marks

HEAD, BODY = b"{HEAD}", b"{BODY}"
SETTINGS = Settings.from_mapping(
    {
        "site": {"name": "Hostile", "domains": ["site.test"], "services": list(SERVICES)},
        "services": SERVICES,
        "holding": {"allow": ["cdn.test"]},
    }
)


def holder():
    catalogue: Catalogue = SETTINGS.catalogue
    decision = decide(SETTINGS.policy, None, None)
    judge = PageJudge(
        catalogue,
        decision,
        own=SETTINGS.site.domains,
        origin="www.site.test",
        allow=SETTINGS.holding.allow,
        categories=[category.key for category in SETTINGS.categories],
    )
    return make_holder(judge)


HOLDER = holder()


def rewrite(page: bytes, size: int = 0) -> tuple[bytes, set[bytes]]:
    rewriter = Rewriter(HOLDER, lambda _: Insertion(head=HEAD, body=BODY))
    pieces = [page[at : at + size] for at in range(0, len(page), size)] if size else []
    out = b"".join(map(rewriter.feed, pieces)) + rewriter.finish(b"" if size else page)
    return out, rewriter.held


@pytest.mark.parametrize("case", [case for case in CASES if case.label], ids=lambda case: case.name)
def test_it_is_held_and_nothing_is_lost(case):
    page = as_page(case.markup)
    out, labels = rewrite(page)

    assert case.label in labels
    assert without_marks(out.replace(HEAD, b"", 1).replace(BODY, b"", 1)) == without_marks(page)


@pytest.mark.parametrize("case", [case for case in CASES if not case.label], ids=lambda case: case.name)
def test_it_is_left_byte_for_byte(case):
    page = as_page(case.markup)
    out, labels = rewrite(page)

    assert labels == set()
    assert out.replace(HEAD, b"", 1).replace(BODY, b"", 1) == page


@pytest.mark.parametrize("size", [1, 2, 7])
def test_every_case_is_the_same_in_pieces(size):
    for case in CASES:
        page = as_page(case.markup)
        if size == 1 or len(page) < 50_000:
            assert rewrite(page, size) == rewrite(page), case.name


@pytest.mark.parametrize("name", BANNERS)
@pytest.mark.parametrize("size", [0, 1, 5])
def test_the_banner_stands_in_its_place(name, size):
    before, after = BANNERS[name]
    out, _ = rewrite(before + after, size)
    head, _, body = out.partition(BODY)

    assert (head.replace(HEAD, b"", 1), body) == (before, after)
    assert head.count(HEAD) == 1


def test_the_battery_is_large_and_every_name_is_one_case():
    assert len(CASES) == len({case.name for case in CASES}) >= 150
    assert sum(case.label == LABEL for case in CASES) >= 100
