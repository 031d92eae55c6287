"""Which names and domains a withdrawn cookie is expired under, and which Set-Cookie merely ends one."""

from datetime import UTC, datetime

import pytest

from consent.asgi.expiry import CANDIDATES, LEVELS, expiring_headers, setter, withdrawn_cookies
from consent.catalogue import Catalogue
from consent.categories import STANDARD
from consent.decision import decide
from consent.policy import make_policy

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
BUNDLED = Catalogue.bundled()
REFUSED = decide(make_policy(STANDARD, ()), None, NOW)
ENDED = b"_ga=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"


def domains_of(host, *domains):
    """The Domain attributes that are tried; the first header has none."""
    first, *rest = expiring_headers(["_ga"], host=host, domains=domains)
    assert first == ENDED
    assert all(value.startswith(ENDED + b"; Domain=") for value in rest)
    return [value.rpartition(b"=")[2].decode() for value in rest]


@pytest.mark.parametrize(
    ("host", "domains", "tried"),
    [
        ("example.org", ["example.org"], ["example.org"]),
        ("example.org", [], ["example.org"]),
        ("www.example.org", ["example.org"], ["www.example.org", "example.org"]),
        ("www.example.org", [], ["www.example.org", "example.org"]),
        ("www.example.org", ["other.org", "ample.org"], ["www.example.org", "example.org"]),
        ("a.shop.example.org", ["shop.example.org"], ["a.shop.example.org", "shop.example.org", "example.org"]),
        ("www.example.co.uk", [], ["www.example.co.uk", "example.co.uk"]),
        ("me.github.io", [], ["me.github.io"]),
        ("localhost", [], []),
        ("127.0.0.1", [], []),
        ("::1", ["example.org"], []),
    ],
)
def test_a_cookie_is_expired_on_the_host_and_on_what_lies_above_it(host, domains, tried):
    assert domains_of(host, *domains) == tried


def test_of_a_host_of_many_labels_the_domains_next_to_the_site_are_tried():
    tried = domains_of("a.b.c.d.e.f.g.example.org")
    assert (len(tried), tried[0], tried[-1]) == (LEVELS, "d.e.f.g.example.org", "example.org")


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("__Host-x", [b"; Secure"]),
        ("__Secure-x", [b"; Secure", b"; Secure; Domain=example.org"]),
        ("x", [b"", b"; Domain=example.org"]),
    ],
)
def test_a_prefixed_name_is_expired_as_a_browser_will_have_it(name, headers):
    found = expiring_headers([name], host="example.org", domains=())
    assert found == [ENDED.replace(b"_ga", name.encode()) + rest for rest in headers]


def test_without_a_name_there_is_nothing_to_expire():
    assert expiring_headers([], host="example.org", domains=["example.org"]) == []


@pytest.mark.parametrize(
    ("attributes", "ends"),
    [
        (b"Max-Age=0", True),
        (b"Max-Age=000", True),
        (b"Max-Age=-5", True),
        (b"max-age = 0", True),
        (b"Max-Age=1", False),
        (b"Max-Age=0; Max-Age=1", False),
        (b"Max-Age=1; Max-Age=0", True),
        (b"Max-Age=soon", False),
        (b"Max-Age=soon; Expires=Thu, 01 Jan 1970 00:00:00 GMT", True),
        (b"Max-Age=5; Expires=Thu, 01 Jan 1970 00:00:00 GMT", False),
        (b"Expires=Thu, 01-Jan-1970 00:00:00 GMT", True),
        (b"Expires=Thu, 01 Jan 1970 00:00:00", True),
        (b"Expires=Mon, 23 Nov 2026 10:00:00 GMT", True),
        (b"Expires=Mon, 23 Nov 2026 10:00:01 GMT", False),
        (b"Expires=Thu, 01 Jan 1970 00:00:00 GMT; Expires=Mon, 23 Nov 2026 10:00:01 GMT", False),
        (b"Expires=long ago", False),
        (b"Expires=\xff", False),
        (b"Expires", False),
        (b"0=Max-Age; Path=0", False),
        (b"", False),
    ],
)
def test_what_ends_a_cookie_at_once_is_told_from_what_sets_it(attributes, ends):
    assert (setter(b"_ga=1; " + attributes, BUNDLED, REFUSED, NOW) is None) is ends


def test_withdrawn_cookies_are_named_once_and_others_not_at_all():
    headers = [b"session=1; _ga=2; =3;;", b"_ga=4; _fbp=5; _g\xe4=6"]
    assert withdrawn_cookies(headers, BUNDLED, REFUSED) == ["_ga", "_fbp"]


@pytest.mark.parametrize(("before", "found"), [(CANDIDATES - 1, ["_ga"]), (CANDIDATES, [])])
def test_no_more_cookies_are_looked_at_than_browsers_keep(before, found):
    header = b"; ".join([*(b"c%d=1" % number for number in range(before)), b"_ga=1"])
    assert withdrawn_cookies([header], BUNDLED, REFUSED) == found
