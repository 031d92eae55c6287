"""Who may choose for a visitor, and where they are sent afterwards."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given, strategies as st

from consent.asgi.origin import is_local_path, refusal, same_host_path
from consent.asgi.visit import Visit


def visit(*headers, host=b"example.org"):
    return Visit({"type": "http", "headers": [(b"host", host), *headers]})


@pytest.mark.parametrize("site", [b"same-origin", b"none"])
def test_the_sites_own_pages_and_the_visitor_may_choose(site):
    assert refusal(visit((b"sec-fetch-site", site))) is None


@pytest.mark.parametrize("site", [b"cross-site", b"same-site", b"", b"same-origin "])
def test_other_sites_may_not_even_sister_subdomains(site):
    assert refusal(visit((b"sec-fetch-site", site), (b"origin", b"https://example.org"))) is not None


@pytest.mark.parametrize(
    ("origin", "host", "passes"),
    [
        (b"https://example.org", b"example.org", True),
        (b"http://example.org", b"example.org", True),
        (b"https://example.org", b"example.org:443", True),
        (b"http://example.org:8000", b"example.org:8000", True),
        (b"http://[::1]:8000", b"[::1]:8000", True),
        (b"https://EXAMPLE.org", b"example.ORG", True),
        (b"http://example.org", b"example.org:8000", False),
        (b"https://example.org.evil.test", b"example.org", False),
        (b"https://example.org@evil.test", b"example.org", False),
        (b"https://user@example.org", b"example.org", False),
        (b"null", b"example.org", False),
        (b"", b"example.org", False),
        (b"https://", b"", False),
        (b"http://", b":80", False),
        (b"https://example.org:x", b"example.org", False),
        (b"https://[", b"example.org", False),
        (b"\xff\xfe", b"example.org", False),
        (b"file://example.org", b"example.org", False),
    ],
)
def test_without_fetch_metadata_the_origin_must_be_this_host(origin, host, passes):
    assert (refusal(visit((b"origin", origin), host=host)) is None) is passes


def test_what_sends_neither_is_no_browser():
    assert refusal(visit()) is None


@given(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=60))
def test_no_bytes_of_a_visitor_raise(origin, host, referer):
    refusal(visit((b"origin", origin), host=host))
    same_host_path(referer, host.decode("latin-1"))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (b"https://example.org/a/b?c=d#e", "/a/b?c=d"),
        (b"http://example.org", "/"),
        (b"https://evil.test/a", None),
        (b"https://example.org.evil.test/a", None),
        (b"https://example.org:99999/a", None),
        (b"/a", None),
        (b"", None),
        (b"https://example.org//evil.test", "//evil.test"),  # refused by is_local_path
    ],
)
def test_a_referer_gives_its_path_if_it_is_of_this_host(url, expected):
    assert same_host_path(url, "example.org") == expected


@pytest.mark.parametrize("path", ["/", "/a?b=c", "/a/b#c", "/a//b", "/a?u=https://x.test"])
def test_a_path_is_local(path):
    assert is_local_path(path)


@pytest.mark.parametrize(
    "path",
    ["", "a", "//evil.test", "/\\evil.test", "\\/evil.test", "/\t/evil.test", "/\n/evil.test", "https://evil.test", " /a",
     "/a b", "/é", "/a\r\nset-cookie: x=1", "/a\\b", "/" + "a" * 2000, "javascript:alert(1)", "/\x00", "/\x7f"],
)  # fmt: skip
def test_a_path_that_could_leave_the_site_is_not(path):
    assert not is_local_path(path)


@given(st.text(alphabet=st.sampled_from("/\\ \t\n\r.:@?#ab%0"), max_size=12))
def test_no_local_path_leads_to_another_host(text):
    if is_local_path(text):
        joined = urljoin("https://example.org/consent", text)
        assert urlsplit(joined).netloc == "example.org"


def test_an_old_browser_without_origin_is_known_by_its_referer():
    assert refusal(visit((b"referer", b"https://evil.example/x"))) is not None
    assert refusal(visit((b"referer", b"https://example.org/article"))) is None
