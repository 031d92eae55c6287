"""The measurements run, and measure what they say they do."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import pages, rewriting, serving
from tests.bench.pages import Sample

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def article():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSENT_SECRET", "a key for this test alone")
        data = pages.article_page()
        return Sample(name="article", data=data, site=pages.make_site(), host="gazette.example")


def test_the_article_is_the_same_each_time_and_as_long_as_said(article, monkeypatch):
    monkeypatch.setenv("CONSENT_SECRET", "a key for this test alone")
    assert pages.article_page() == article.data
    assert 140_000 < len(article.data) < 170_000


def test_every_service_of_the_article_is_met_and_held(article):
    holder = rewriting.holder_of(article, rewriting.unanswered(article.site))
    written = rewriting.rewrite(
        article.data, holder, rewriting._inserting(article.site, rewriting.unanswered(article.site))
    )
    labels = {f"{article.site.catalogue.services[key].category}/{key}".encode() for key in pages.SERVICES}
    assert {label for label in labels if label not in written} == set()


def test_nothing_of_the_article_is_held_once_everything_is_granted(article):
    allowed = rewriting.accepted(article.site)
    holder = rewriting.holder_of(article, allowed)
    written = rewriting.rewrite(article.data, holder, rewriting._inserting(article.site, allowed))
    # Behind the head: the script in it says how held elements are marked.
    assert b"data-consent-held" not in written.partition(b"</script>")[2]


def test_at_first_sight_nothing_is_remembered(article):
    asked = rewriting.unanswered(article.site)
    before = rewriting.holder_of(article, asked)
    rewriting.forget(article.site)
    assert rewriting.holder_of(article, asked) is not before
    assert len(article.site.catalogue.inline.memory) == 0


def test_a_stream_that_is_not_rewritten_is_no_measurement(article, monkeypatch):
    monkeypatch.setenv("CONSENT_SECRET", "a key for this test alone")
    monkeypatch.setattr(serving, "wrap", lambda _site, app: app)
    with pytest.raises(AssertionError, match="not rewritten"):
        serving.stream_memory(article.site, 1)


def test_the_table_is_printed():
    command = [sys.executable, "-m", "tests.bench", "--quick"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout
    heads = [
        "rewriting a page",
        "goal 20%, met",
        "added by ConsentMiddleware",
        "browser verdict",
        "importing the browser check",
        "ua-parser, the name alone",
        "KB gzip",
        "peak extra",
    ]
    assert [head for head in heads if head not in said] == []
