"""Which language a page is spoken to in: the app's word, the page's, the path's, the visitor's."""

import pytest

from consent.languages import bundled
from tests.asgi.driving import NAVIGATION, answering, drive, page


def spoken(wrap, *, html=b"", path="/", accept=b"", said="", key="", languages=("en", "uk"), **tables):
    """The language of the banner."""
    inner = answering(*page(data=b"<html%s><body>x</body></html>" % (b" lang=" + html if html else b"")))

    async def app(scope, receive, send):
        if said:
            scope["consent"].language = said
        await inner(scope, receive, send)

    wrapped = wrap(app, site={"languages": list(languages)}, **tables)
    headers = (*NAVIGATION, (b"accept-language", accept)) if accept else NAVIGATION
    body = drive(wrapped, path=path, headers=headers, scope={"consent.language": key} if key else {}).body.decode()
    return body.partition('id="consent-banner"')[2].partition('lang="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "en"),
        ({"accept": b"uk"}, "uk"),
        ({"html": b"uk", "accept": b"en"}, "uk"),
        ({"html": b"fi", "accept": b"uk"}, "uk"),
        ({"said": "uk", "html": b"en"}, "uk"),
        ({"said": "fi", "html": b"uk"}, "uk"),
        ({"said": "uk-UA"}, "uk"),
        ({"key": "uk", "html": b"en"}, "uk"),
        ({"key": "en", "said": "uk"}, "uk"),
        ({"path": "/uk/news", "accept": b"en"}, "en"),
        ({"path": "/uk/news", "accept": b"en", "paths": {"language": True}}, "uk"),
        ({"path": "/UK", "paths": {"language": True}}, "uk"),
        ({"path": "/uk-UA/x", "paths": {"language": True}}, "uk"),
        ({"path": "/ukraine/x", "paths": {"language": True}}, "en"),
        ({"path": "/uk/x", "html": b"en", "paths": {"language": True}}, "en"),
        ({"path": "/2026/x", "accept": b"uk", "paths": {"language": True}}, "uk"),
    ],
)
def test_the_first_that_the_site_speaks_counts(wrap, given, expected):
    assert spoken(wrap, **given) == expected


def test_the_app_can_ask_which_language_the_visitor_is_spoken_to_in(wrap):
    seen = []
    wrapped = wrap(answering(*page(), seen=seen), site={"languages": ["en", "uk"]})
    drive(wrapped, headers=(*NAVIGATION, (b"accept-language", b"uk;q=0.3")))
    assert seen[0]["consent"].language == "uk"


def test_the_products_own_page_is_in_the_language_of_the_link_whatever_stands_around(wrap):
    wrapped = wrap(answering(*page()), site={"languages": ["en", "uk"]})
    answer = drive(wrapped, path="/consent?lang=uk", scope={"consent.language": "en"})
    assert b'<html lang="uk"' in answer.body


@pytest.mark.parametrize(("accept", "expected"), [(b"en;q=0, *", "en"), (b"*;q=0", "en"), (b"en;q=0, fi;q=0.1", "fi")])
def test_a_site_that_speaks_them_all_speaks_none_by_the_alphabet(wrap, accept, expected):
    assert spoken(wrap, accept=accept, languages=bundled()) == expected
