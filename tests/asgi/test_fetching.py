"""Response headers by which a browser contacts somebody by itself."""

import pytest
from hypothesis import given, strategies as st

from consent.asgi import fetching
from consent.asgi.fetching import held_link, hold_fetching

HELD = b"https://held.example/"


def passes(url):
    return b"held.example" not in url


def held(name, value, *, advertising=False):
    return [v for _, v in hold_fetching([(name, value)], passes, advertising=advertising)]


FETCHING = [
    "preload",
    "modulepreload",
    "prefetch",
    "preconnect",
    "dns-prefetch",
    "prerender",
    "next",
    "stylesheet",
    "icon",
    "apple-touch-icon",
    "manifest",
    "compression-dictionary",
    "import",
]


@pytest.mark.parametrize("rel", [*FETCHING, "PreConnect", '"author preconnect"', '"preload"'])
@pytest.mark.parametrize("form", ["<%s>; rel=%s", "<%s>;rel=%s;as=script", '<%s> ; title="a, b; c" ; REL = %s'])
def test_a_link_that_fetches_from_a_held_place_is_left_out(rel, form):
    link = (form % (HELD.decode(), rel)).encode()
    assert held(b"link", link) == []
    assert held(b"link", b"</own.css>; rel=preload, " + link + b", </b>; rel=next") == [
        b"</own.css>; rel=preload, </b>; rel=next"
    ]


@pytest.mark.parametrize("rel", [b"canonical", b"author", b"alternate", b"license", b"prev", b"me"])
def test_a_link_that_fetches_nothing_stays(rel):
    link = b"<https://held.example/>; rel=" + rel
    assert held(b"link", link) == [link]


def test_every_link_header_is_read_for_itself():
    headers = [(b"link", b"<https://held.example/a>; rel=preload"), (b"x", b"y"), (b"link", b"</b>; rel=preload")]
    assert hold_fetching(headers, passes, advertising=False) == [(b"x", b"y"), (b"link", b"</b>; rel=preload")]


def test_a_candidate_of_a_preloaded_picture_counts():
    link = b'</a.png>; rel=preload; as=image; imagesrcset="/b.png 1x, https://held.example/b.png 2x"'
    assert held(b"link", link) == []


@pytest.mark.parametrize("value", [b"<" * 60_000, b'", "' * 30_000, b"<a>" * 20_000])
def test_hostile_links_take_linear_steps(value):
    assert len(list(fetching._LINK.finditer(value))) <= len(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"5; url=https://held.example/x", []),
        (b"0;URL='https://held.example/x'", []),
        (b"0,https://held.example/", []),
        (b"0 https://held.example/", []),
        (b"1; https://held.example/", []),
        (b"5", [b"5"]),
        (b"5; url=/own", [b"5; url=/own"]),
        (b"", [b""]),
    ],
)
def test_a_refresh_leads_to_no_held_place(value, expected):
    assert held(b"refresh", value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b'a="https://held.example/r", b="/own"', [b'b="/own"']),
        (b'a="https://held.example/r"', []),
        (b'a="/own", b="https://free.example/"', [b'a="/own", b="https://free.example/"']),
    ],
)
def test_endpoints_for_reports_at_held_places_are_left_out(value, expected):
    assert held(b"reporting-endpoints", value) == expected


GROUP = b'{"group":"cf","max_age":60,"endpoints":[{"url":"https://held.example/r"},{"url":"/own"}]}'
LOST = b'{"group":"nel","max_age":60,"endpoints":[{"url":"https://held.example/r"}]}'
OWN = b'{"max_age":60,"endpoints":[{"url":"/own"}]}'


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (OWN, [OWN]),
        (LOST, []),
        (GROUP, [b'{"group": "cf", "max_age": 60, "endpoints": [{"url": "/own"}]}']),
        (LOST + b", " + OWN, [b'{"max_age": 60, "endpoints": [{"url": "/own"}]}']),
        (b"no JSON https://held.example/", []),
        (b'{"endpoints": 5}', []),
        (b"[" * 5000, []),
    ],
)
def test_groups_for_reports_keep_their_own_endpoints(value, expected):
    assert held(b"report-to", value) == expected


@pytest.mark.parametrize(
    ("group", "nel", "stays"),
    [
        (LOST, b'{"report_to":"nel","max_age":60}', False),
        (OWN, b'{"report_to":"nel","max_age":60}', True),
        (LOST, b'{"report_to":"other","max_age":60}', True),
        (LOST, b"no JSON", False),
        (LOST, b"[]", False),
    ],
)
def test_network_errors_are_reported_to_no_group_that_is_gone(group, nel, stays):
    kept = hold_fetching([(b"nel", nel), (b"report-to", group)], passes, advertising=False)
    assert ((b"nel", nel) in kept) is stays


@pytest.mark.parametrize("name", [b"content-security-policy", b"content-security-policy-report-only"])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"script-src 'self'; report-uri https://held.example/r", b"script-src 'self'"),
        (b"report-uri https://held.example/r /own; img-src *", b" report-uri /own; img-src *"),
        (b"img-src https://held.example/", b"img-src https://held.example/"),
        (b"img-src *, report-uri https://held.example/", b"img-src *,"),
    ],
)
def test_violations_are_reported_to_no_held_place(name, value, expected):
    assert held(name, value) == [expected]


def test_topics_are_observed_only_where_advertising_is_allowed():
    assert held(b"observe-browsing-topics", b"?1") == []
    assert held(b"observe-browsing-topics", b"?1", advertising=True) == [b"?1"]


@pytest.mark.parametrize("name", [b"clear-site-data", b"location", b"set-cookie", b"x-anything", b"sourcemap"])
def test_all_else_keeps_its_bytes(name):
    assert held(name, b'"https://held.example/"') == [b'"https://held.example/"']


@given(
    st.sampled_from(
        [
            b"link",
            b"refresh",
            b"report-to",
            b"nel",
            b"reporting-endpoints",
            b"speculation-rules",
            b"content-security-policy",
        ]
    ),
    st.binary(max_size=120),
)
def test_no_bytes_raise_and_what_has_no_held_host_gains_nothing(name, value):
    assert all(len(kept) <= len(value) + 40 for kept in held(name, value))
    assert held_link(value, lambda _: True) is not None
