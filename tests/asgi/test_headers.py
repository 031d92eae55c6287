"""What becomes of headers: tables."""

import pytest

from consent.asgi import headers as h

CACHE = b"cache-control"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, b"private"),
        (b"public, max-age=60", b"max-age=60, private"),
        (b"s-maxage=600", b"private"),
        (b"PUBLIC, S-MaxAge=5, immutable", b"immutable, private"),
        (b"no-store", b"no-store"),
        (b"private", b"private"),
        (b"no-cache, must-revalidate", b"no-cache, must-revalidate, private"),
        (b'private="set-cookie", max-age=5', b'private="set-cookie", max-age=5, private'),
        (b'no-cache="a, b"', b'no-cache="a, b", private'),
    ],
)
def test_a_page_of_one_visitor_is_kept_by_no_shared_cache(before, after):
    given = [(CACHE, before)] if before else []
    assert h.make_private(given) == [(CACHE, after)]


@pytest.mark.parametrize("name", [b"cdn-cache-control", b"surrogate-control"])
def test_what_surrogates_would_obey_before_it_goes_too(name):
    assert h.make_private([(name, b"max-age=600")]) == [(CACHE, b"private")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], [b"Cookie, Accept-Language"]),
        ([b"Accept-Encoding"], [b"Accept-Encoding, Cookie, Accept-Language"]),
        ([b"cookie"], [b"cookie, Accept-Language"]),
        ([b"Origin", b"Cookie"], [b"Origin, Cookie, Accept-Language"]),
        ([b"*"], [b"*"]),
        ([b"Accept, *"], [b"Accept, *"]),
        ([b"cookie, accept-language"], [b"cookie, accept-language"]),
    ],
)
def test_vary_is_added_to_and_never_replaced(before, after):
    merged = h.merge_vary([(b"vary", value) for value in before], [b"Cookie", b"Accept-Language"])
    assert [value for _, value in merged] == after


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        (b"text/html", True),
        (b"Text/HTML ; charset=utf-8", True),
        (b"text/html;level=1", True),
        (b"text/html charset=utf-8", True),
        (b"text/html (x)", True),
        (b"text/htmlx", False),
        (b"application/xhtml+xml", False),
        (b"application/json; a=text/html", False),
        (b"", False),
    ],
)
def test_html_is_known_by_its_media_type(content_type, expected):
    assert h.is_html(content_type) is expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (b"<!doctype html>", True),
        (b"\xef\xbb\xbf  \n<HTML>", True),
        (b"<script>", True),
        (b"<!-- x -->", True),
        (b"<iframe src=x>", True),
        (b'{"a": "<html>"}', False),
        (b"hello <b>you</b>", False),
        (b"", False),
        (b"\x89PNG", False),
    ],
)
def test_an_untyped_body_is_a_page_if_a_browser_would_think_so(start, expected):
    assert h.sniffs_as_html(start) is expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], b""),
        ([b"identity"], b""),
        ([b"GZIP"], b"gzip"),
        ([b"gzip, br"], b"gzip, br"),
        ([b"gzip", b"br"], b"gzip, br"),
    ],
)
def test_content_encodings_are_read_from_every_header(values, expected):
    assert h.content_encoding([(b"content-encoding", value) for value in values]) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"attachment", True),
        (b'Attachment; filename="a"', True),
        (b"inline", False),
        (b"inline; filename=attachment", False),
    ],
)
def test_a_download_is_told_from_a_page(value, expected):
    assert h.is_attachment([(b"content-disposition", value)]) is expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [(200, True), (404, True), (500, True), (204, False), (304, False), (206, False), (103, False)],
)
def test_only_some_statuses_carry_a_page(status, expected):
    assert h.has_body(status) is expected


def test_what_was_said_of_the_apps_own_bytes_is_taken_back():
    stale = [b"content-length", b"last-modified", b"accept-ranges", b"content-md5", b"digest", b"repr-digest"]
    given = [
        (b"content-type", b"text/html"),
        *((name, b"x") for name in stale),
        (b"etag", b'"a"'),
        (b"set-cookie", b"a=1"),
        (b"set-cookie", b"b=2"),
    ]
    assert h.for_rewritten(given, etag=b'W/"b"', vary=[b"Cookie"]) == [
        (b"content-type", b"text/html"),
        (b"set-cookie", b"a=1"),
        (b"set-cookie", b"b=2"),
        (b"etag", b'W/"b"'),
        (b"vary", b"Cookie"),
        (b"cache-control", b"private"),
    ]


@pytest.mark.parametrize("charset", [b"iso-2022-jp", b"csISO2022JP", b"UTF-16", b"hz-gb-2312"])
def test_a_charset_in_which_a_less_than_sign_may_be_a_letter_is_not_read(charset):
    assert not h.is_ascii_compatible(b"text/html; charset=" + charset)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], (b"", False)),
        ([(b"content-type", b"text/html")], (b"text/html", False)),
        ([(b"content-type", b"application/json"), (b"etag", b"x")], None),
        ([(b"Content-Type", b"text/html"), (b"Set-Cookie", b"a=1")], (b"text/html", True)),
        ([(b"set-cookie", b"a=1"), (b"content-type", b"application/json")], (None, True)),
        ([(b"content-type", b"application/json"), (b"content-type", b"text/html")], (b"text/html", False)),
        ([(b"content-type", b"text/html"), (b"content-type", b"application/json")], (b"text/html", False)),
        ([(b"content-type", b"image/png"), (b"content-type", b"nothing")], (b"", False)),
    ],
)
def test_type_and_cookies_are_read_in_one_go(headers, expected):
    assert h.read_kind(headers) == expected
