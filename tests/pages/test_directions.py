"""Languages that are written from right to left are marked so, on everything a visitor sees."""

import gzip
from dataclasses import replace

import brotli
import pytest

from consent.decision import Reason, decide
from consent.languages import bundled, forms
from consent.pages import Asked, Pages
from consent.settings import Settings
from tests.pages.test_banner import BUDGET, NOW, Tags

SETTINGS = Settings.from_mapping({"site": {"name": "The Gazette", "services": ["google-analytics", "youtube"]}})
PAGES = Pages(SETTINGS)
BROTLI = 6 * 1024
"""All before the click, as a server with brotli sends it."""


@pytest.mark.parametrize("language", bundled())
def test_banner_and_preferences_bear_language_and_direction_and_stay_small(language):
    decision = decide(SETTINGS.policy, None, NOW)
    insertion = PAGES.banner.insertion(language=language, decision=decision, nonce=b"r4nd0m")
    assert len(gzip.compress(insertion.head + insertion.body, 9)) <= BUDGET
    assert len(brotli.compress(insertion.head + insertion.body)) <= BROTLI
    # Whoever is asked again reads more, and gets no more than that.
    before = Asked(categories=frozenset(), services=frozenset())
    changed = replace(decision, reason=Reason.POLICY_CHANGED)
    again = PAGES.banner.insertion(language=language, decision=changed, nonce=b"r4nd0m", since=NOW, before=before)
    assert len(brotli.compress(again.head + again.body)) <= BROTLI
    marked = {"lang": language, "dir": forms(language).direction}
    banner = Tags(PAGES.banner.insertion(language=language, decision=decision).body)
    assert marked.items() <= banner.all("section")[0].items()
    page = PAGES.preferences.render(language=language, decision=decision, state=None, return_to="/", embedded=False)
    assert marked.items() <= Tags(page).all("html")[0].items()


def test_arabic_hebrew_persian_and_urdu_are_right_to_left():
    assert {tag for tag in bundled() if forms(tag).direction == "rtl"} == {"ar", "fa", "he", "ur"}
