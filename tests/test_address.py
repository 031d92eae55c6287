"""URLs as a browser reads them."""

import pytest
from hypothesis import given, strategies as st

from consent.address import read_addresses, read_host

GOOGLE = "www.google-analytics.com"


def places(value):
    return [(a.host, a.path, a.query) for a in read_addresses(value)]


@pytest.mark.parametrize(
    "value",
    [
        b"https://www.google-analytics.com/a.js",
        b"HTTPS://WWW.Google-Analytics.COM/a.js",
        b"//www.google-analytics.com/a.js",
        b"  \x00https://www.google-analytics.com/a.js\n ",
        b"ht\ntps://www.goo\tgle-analytics.com/a.js",
        b"https:\\\\www.google-analytics.com\\a.js",
        b"\\\\www.google-analytics.com/a.js",
        b"/\\www.google-analytics.com/a.js",
        b"/\n/www.google-analytics.com/a.js",
        b"https:////www.google-analytics.com/a.js",
        b"///www.google-analytics.com/a.js",
        b"https://user:pass@www.google-analytics.com:443/a.js",
        b"https://example.org@www.google-analytics.com/a.js",
        b"https://a@b@www.google-analytics.com/a.js",
        b"https://www.google-analytics.com./a.js",
        b"https://www%2egoogle-analytics.com/a.js",
        b"https://%77ww.google-analytics.com/a.js",
        "https://ｗｗｗ.google-analytics。com/a.js".encode(),
        "https://www.goo\u00adgle-analytics.com/a.js".encode(),
        b"wss://www.google-analytics.com/a.js",
        b"https://www.google-analytics.com/x/../a.js",
        b"https://www.google-analytics.com/x/%2e%2E/./a.js",
        b"https://www.google-analytics.com/%61.js",
        b"https://www.google-analytics.com/../../a.js",
    ],
)
def test_every_spelling_of_a_place_is_that_place(value):
    assert places(value) == [(GOOGLE, "/a.js", "")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"/a.js?b=c#d", ("", "/a.js", "b=c")),
        (b"a.js", ("", "/a.js", "")),
        (b"../a.js", ("", "/a.js", "")),
        (b"./x/a.js", ("", "/x/a.js", "")),
        (b"", ("", "/", "")),
        (b"?x", ("", "/", "x")),
        (b"#x", ("", "/", "")),
        (b"/", ("", "/", "")),
        (b"https://h", ("h", "/", "")),
        (b"https://h?q", ("h", "/", "q")),
        (b"https://h#q?r", ("h", "/", "")),
        (b"https://h/a/..", ("h", "/", "")),
        (b"https://h/a?x=//www.google-analytics.com/", ("h", "/a", "x=//www.google-analytics.com/")),
        (b"https://h:8000/a", ("h", "/a", "")),
        (b"https://[::1]:80/a", ("[::1]", "/a", "")),
        ("https://пример.укр/a".encode(), ("xn--e1afmkfd.xn--j1amh", "/a", "")),
        (b"1x://h/a", ("", "/1x://h/a", "")),
    ],
)
def test_a_url_is_cut_where_a_browser_cuts_it(value, expected):
    assert places(value) == [expected]


@pytest.mark.parametrize(
    "value",
    [b"data:text/html,x", b"javascript:x()", b"blob:https://www.google-analytics.com/1", b"about:blank", b"mailto:a@b.c",
     b"https://", b"//", b"https:///?x", b"JavaScript:x", b" d\nata:x"],
)  # fmt: skip
def test_what_fetches_nothing_leads_nowhere(value):
    assert places(value) == []


@pytest.mark.parametrize("value", [b"https:h/a.js", b"http:/h/a.js", b"https:\\h/a.js"])
def test_what_hangs_on_the_pages_scheme_may_lead_to_either(value):
    assert places(value)[0] == ("h", "/a.js", "")
    assert places(value)[1][0] == ""


@given(st.binary(max_size=200))
def test_no_bytes_raise(value):
    for address in read_addresses(value):
        assert address.path.startswith("/")
        assert address.host == address.host.lower()


PIECES = [
    b"http",
    b"s",
    b":",
    b"/",
    b"\\",
    b"@",
    b"%2e",
    b"..",
    b"?",
    b"#",
    b"\t",
    b"[",
    b"xn--",
    "ü".encode(),
    b"\xff",
    b"a.b",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map(b"".join))
def test_no_url_raises(value):
    assert all(a.path.startswith("/") for a in read_addresses(value))


@given(st.text(max_size=80))
def test_no_host_raises(text):
    assert read_host(text).isascii()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("3405803783", "203.0.113.7"),
        ("0xcb007107", "203.0.113.7"),
        ("0xCB.0.113.7", "203.0.113.7"),
        ("0313.0.0161.07", "203.0.113.7"),
        ("203.28935", "203.0.113.7"),
        ("203.0.28935.", "203.0.113.7"),
        ("0x", "0.0.0.0"),
        ("256.1.1.1", "256.1.1.1"),
        ("1.2.3.4.5", "1.2.3.4.5"),
        ("4294967296", "4294967296"),
        ("08", "08"),
        ("a.1", "a.1"),
        ("1.example", "1.example"),
    ],
)
def test_an_ipv4_address_is_one_however_it_is_written(written, read):
    assert read_host(written) == read
