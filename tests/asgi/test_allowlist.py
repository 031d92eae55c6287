"""The policy of ``holding.csp``: what stands in it, for whom, and what never does."""

import pytest
from hypothesis import given, strategies as st

from consent.asgi import allowlist as allowlist_module
from consent.asgi.places import FROM_REPORTS, REMEMBERED, Places
from consent.asgi.sources import place_of, read_entries, service_sources
from consent.catalogue import Catalogue, Partner, Service
from consent.html import pieces
from tests.asgi.driving import DOCUMENT, HTML, NAVIGATION, TRACKER, answering, body, drive, page, settings, start

CSP, REPORT_ONLY = b"content-security-policy", b"content-security-policy-report-only"


def service(key, *hosts, category="analytics"):
    return Service(key=key, name=key, partner=Partner(name=key), category=category, hosts=hosts)


def sources(response, name=CSP):
    """What the policy of ours allows; None where there is none."""
    policies = [value for value in response.all(name) if b"report-uri /consent/violations" in value]
    assert len(policies) <= 1
    if not policies:
        return None
    directive, _, rest = policies[0].partition(b";")
    assert directive.startswith(b"default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:")
    assert b"report-uri /consent/violations" in rest
    return directive.decode().split()[6:]


def enforcing(wrap, markup=b"", *, mode="enforce", more=(), **tables):
    holding = {"csp": mode, **tables.pop("holding", {})}
    return wrap(answering(*page(*more, data=DOCUMENT % markup)), holding=holding, **tables)


# Whether there is one


def test_switched_off_nothing_is_added(wrap):
    response = drive(enforcing(wrap, mode="off"))
    assert (response.all(CSP), response.all(REPORT_ONLY)) == ([], [])


def test_report_mode_reports_only(wrap):
    response = drive(enforcing(wrap, mode="report"))
    assert sources(response) is None
    assert sources(response, REPORT_ONLY) is not None


@pytest.mark.parametrize("destination", [b"document", b"iframe", b"embed"])
def test_documents_and_frames_have_it(wrap, destination):
    headers = ((b"accept", b"text/html"), (b"sec-fetch-dest", destination))
    assert sources(drive(enforcing(wrap), headers=headers)) is not None


def test_a_fragment_is_no_document_and_has_none(wrap):
    assert sources(drive(enforcing(wrap), headers=((b"sec-fetch-dest", b"empty"),))) is None


def test_where_nothing_is_held_nothing_is_forbidden(wrap, accepted):
    headers = (*NAVIGATION, accepted)
    assert sources(drive(enforcing(wrap), headers=headers)) is None
    assert sources(drive(enforcing(wrap, holding={"unknown": "hold"}), headers=headers)) is not None
    switched_off = enforcing(wrap, services={"youtube": {"enabled": False}}, site={"services": ["google-analytics"]})
    assert sources(drive(switched_off)) is not None


@pytest.mark.parametrize("destination", [b"worker", b"sharedworker", b"serviceworker"])
def test_a_workers_script_has_a_policy_of_its_own(wrap, destination):
    script = (start((b"content-type", b"text/javascript"), (b"etag", b'"a"')), body(b"1"))
    app = wrap(answering(*script), holding={"csp": "enforce"})
    assert sources(drive(app, headers=((b"sec-fetch-dest", destination),))) == sources(
        drive(app, headers=((b"sec-fetch-dest", destination),))
    )
    assert sources(drive(app, headers=((b"sec-fetch-dest", destination),))) is not None
    assert sources(drive(app, headers=((b"sec-fetch-dest", b"script"),))) is None
    assert drive(wrap(answering(*script)), headers=((b"sec-fetch-dest", destination),)).messages == list(script)


def test_the_apps_own_policies_stay_as_they_are_beside_it(wrap):
    own = (b"content-security-policy", b"img-src *")
    response = drive(enforcing(wrap, more=(own,)))
    assert response.all(CSP)[0] == own[1]
    assert len(response.all(CSP)) == 2


def test_head_says_what_get_would(wrap):
    app = enforcing(wrap)
    assert sources(drive(app, method="HEAD")) == sources(drive(app))


def test_reports_go_to_where_the_app_is_mounted(wrap):
    scope = {"root_path": "/shop", "path": "/shop/"}
    response = drive(enforcing(wrap), scope=scope)
    assert b"report-uri /shop/consent/violations" in response.all(CSP)[0]


def test_over_https_the_reporting_api_is_named_beside_the_apps_endpoints(wrap):
    own = (b"reporting-endpoints", b'own="/r"')
    response = drive(enforcing(wrap, more=(own,)), scope={"scheme": "https"})
    assert response.all(b"reporting-endpoints") == [own[1], b'consent-violations="/consent/violations"']
    assert b"; report-to consent-violations" in response.all(CSP)[0]
    plain = drive(enforcing(wrap, more=(own,)))
    assert plain.all(b"reporting-endpoints") == [own[1]]
    assert b"report-to" not in plain.all(CSP)[0]


# What it allows


def test_the_sites_own_and_the_owners_hosts_stand_in_it_with_what_lies_below(wrap):
    allowed = sources(drive(enforcing(wrap, holding={"allow": ["cdn.example.net"]})))
    assert {"example.org:*", "*.example.org:*", "ws://*.example.org:*"} <= set(allowed)
    assert {"cdn.example.net", "*.cdn.example.net", "wss://cdn.example.net"} <= set(allowed)


@pytest.mark.parametrize(
    "markup",
    [
        b'<script src="https://free.example.com/x.js"></script>',
        b"<style>a{background:url(//free.example.com/x.png)}</style>",
        b'<div style="background:url(https://free.example.com/x.png)">',
        b'<script>load("https://free.example.com/x.js")</script>',
        b'<script type="application/json">{"a":"https:\\/\\/free.example.com\\/x"}</script>',
        b'<img data-src="//free.example.com/x.png">',
        b'<link rel="stylesheet" href="https://free.example.com/x.css">',
        b'<img srcset="/a.png, https://free.example.com/x.png 2x">',
    ],
)
def test_a_free_host_that_the_page_names_may_be_fetched_from_at_once(wrap, markup):
    assert "free.example.com" in sources(drive(enforcing(wrap, markup)))


def test_with_a_port_and_as_a_socket_too(wrap):
    allowed = sources(
        drive(enforcing(wrap, b'<img src="//free.example.com:8443/x"><script>ws("wss://live.example.com/")'))
    )
    assert {"free.example.com:8443", "wss://live.example.com"} <= set(allowed)


@pytest.mark.parametrize(
    "markup",
    [
        b'<a href="https://link.example.com/">there</a>',
        b"<a href='http://link.example.com/'>there</a>",
        TRACKER,
        b'<script>load("https://www.google-analytics.com/x.js")</script>',
        b"<style>a{background:url(//www.google-analytics.com/x.png)}</style>",
    ],
)
def test_neither_what_a_link_names_nor_what_is_held_stands_in_it(wrap, markup):
    allowed = sources(drive(enforcing(wrap, markup)))
    assert [one for one in allowed if "example.org" not in one] == []


def test_an_unknown_host_that_is_to_be_held_does_not_either(wrap):
    markup = b'<img src="https://free.example.com/x.png">'
    allowed = sources(drive(enforcing(wrap, markup, holding={"unknown": "hold"})))
    assert "free.example.com" not in allowed


def test_a_declared_service_stands_in_it_once_it_is_allowed(wrap):
    app = enforcing(wrap, site={"services": ["google-analytics", "youtube"]})
    headers = ((b"content-type", b"application/x-www-form-urlencoded"), (b"sec-fetch-site", b"same-origin"))
    chosen = drive(app, method="POST", path="/consent", headers=headers, body=b"action=save&category=media")
    allowed = sources(drive(app, headers=(*NAVIGATION, (b"cookie", chosen.cookie))))
    assert "*.youtube-nocookie.com" in allowed
    assert not any("google-analytics" in one for one in allowed)
    assert not any("youtube" in one for one in sources(drive(app)))


def test_a_stream_has_what_is_known_when_it_begins_and_the_next_page_the_rest(wrap):
    first, later = b'<img src="//first.example.com/x">', b'<img src="//later.example.com/x">'
    pieces = [body(b"<!doctype html><head></head><body>" + first, more=True), body(later)]
    app = wrap(answering(start(HTML), *pieces), holding={"csp": "enforce"})
    assert [one for one in sources(drive(app)) if "example.com" in one] == ["first.example.com"]
    assert {one for one in sources(drive(app)) if "example.com" in one} == {"first.example.com", "later.example.com"}


def test_a_site_that_uses_more_than_there_is_room_for_has_at_least_this_page(wrap, caplog):
    def app_of(count):
        return b"".join(b'<img src="//n%d.some-long-name.example.com/x">' % n for n in range(count))

    hosts = iter([app_of(400), b'<img src="//this.example.com/x">', b'<img src="//n0.some-long-name.example.com/x">'])

    async def app(scope, receive, send):
        for message in page(data=DOCUMENT % next(hosts)):
            await send(message)

    wrapped = wrap(app, holding={"csp": "enforce"})
    for wanted in ("n0.some-long-name.example.com", "this.example.com", "n0.some-long-name.example.com"):
        response = drive(wrapped)
        assert wanted in sources(response)
        assert len(response.all(CSP)[0]) <= allowlist_module.BUDGET
    assert caplog.text.count("consent.W063") == 1


def test_on_a_hit_nothing_is_made_anew(wrap, monkeypatch):
    app = enforcing(wrap, b'<img src="//free.example.com/x">')
    first = sources(drive(app))
    monkeypatch.setattr(allowlist_module, "_write", None)
    assert sources(drive(app)) == first


def test_other_settings_are_another_page_to_a_browser_that_kept_it(wrap):
    tags = {
        drive(enforcing(wrap, mode=mode, holding={"allow": allow}, more=((b"etag", b'"a"'),))).header(b"etag")
        for mode, allow in [("off", []), ("report", []), ("enforce", []), ("enforce", ["cdn.example.net"])]
    }
    assert len(tags) == 4


def test_after_a_grant_the_page_is_loaded_anew_since_it_stays_under_its_policy(wrap):
    headers = ((b"content-type", b"application/json"), (b"sec-fetch-site", b"same-origin"))
    for mode, reload in (("enforce", b'"reload":true'), ("report", b'"reload":false')):
        answer = drive(
            enforcing(wrap, mode=mode), method="POST", path="/consent", headers=headers, body=b'{"action":"accept"}'
        )
        assert reload in answer.body


def test_a_host_header_that_is_no_host_gets_into_no_policy(wrap):
    app = enforcing(wrap)
    response = drive(app, headers=(*NAVIGATION, (b"host", b"x; script-src *")))
    assert b"script-src" not in response.all(CSP)[0]


# Paths: a policy says folders and files, no more

TWO = Catalogue(
    [
        service("free", "cdn.test/free", category="necessary"),
        service("held", "cdn.test/held", "cdn.test/free/held", "all.test", "sub.open.test", "star.test/*/pixel"),
        service("open", "open.test", "all.test/open/x.js", "cdn.test/a/b.js", category="necessary"),
    ]
)
MAP = read_entries(TWO)


def allows(one):
    return one.category == "necessary"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("free", ["cdn.test/free", "*.cdn.test/free"]),  # below /free/ something is held
        ("open", ["open.test", "all.test/open/x.js", "all.test/open/x.js/", "*.all.test/open/x.js", "*.all.test/open/x.js/", "cdn.test/a/", "*.cdn.test/a/"]),
    ],
)  # fmt: skip
def test_an_entry_is_said_so_that_no_held_place_lies_in_it(key, expected):
    assert list(service_sources(TWO.services[key], MAP, allows)) == expected


def test_where_nothing_is_held_the_folder_of_an_entry_will_do():
    assert list(service_sources(TWO.services["held"], MAP, lambda _: True)) == [
        *("cdn.test", "*.cdn.test"),
        *("cdn.test/free/", "*.cdn.test/free/"),
        *("all.test", "*.all.test"),
        *("sub.open.test", "*.sub.open.test"),
        *("star.test", "*.star.test"),
    ]


@pytest.mark.parametrize(
    ("host", "path", "expected"),
    [
        ("nobody.test", "/a/b", "nobody.test"),
        ("open.test", "/a/b", "open.test"),
        ("cdn.test", "/images/2024/a.png", "cdn.test/images/"),
        ("cdn.test", "/free/x/y.js", "cdn.test/free/x/"),
        ("cdn.test", "/free/y.js", "cdn.test/free/y.js"),
        ("cdn.test", "/x.js", "cdn.test/x.js"),
        ("cdn.test", "/", None),
        ("cdn.test", "/a;b/c", None),
        ("cdn.test", "/a,b", None),
        ("a.cdn.test", "/images/x", "a.cdn.test/images/"),
        ("star.test", "/a/b/c.js", "star.test/a/b/c.js"),
    ],
)
def test_a_place_is_remembered_as_widely_as_it_is_one_owners(host, path, expected):
    assert place_of(host, path, MAP) == expected


@given(st.sampled_from(["cdn.test", "all.test", "star.test", "open.test", "x.test"]), st.text(max_size=30))
def test_no_path_gets_more_than_one_source_into_a_policy(host, path):
    found = place_of(host, "/" + path, MAP)
    assert found is None or not set(found) & set(" ;,\t\n'\"*")


def test_of_bundled_entries_none_allows_a_held_one():
    """What a source allows, by CSP's own matching, is never a place of a service that is held."""
    catalogue = settings().catalogue
    places = read_entries(catalogue)
    for granted in ("analytics", "social", "functional"):

        def allowed(one, granted=granted):
            return one.category in {"necessary", granted}

        given_sources = {
            source
            for one in catalogue.services.values()
            if allowed(one)
            for source in service_sources(one, places, allowed)
        }
        held = {
            entry
            for one in catalogue.services.values()
            if not allowed(one)
            for entry in one.hosts
            if "?" not in entry and "*" not in entry
        }
        leaks = [
            entry for entry in held if covered(entry, given_sources) and not allowed(catalogue.find(*split(entry)))
        ]
        assert leaks == []


def split(entry):
    host, slash, path = entry.partition("/")
    return host, slash + path or "/"


def covered(entry, given_sources):
    host, path = split(entry)
    hosts = [host] + [f"*.{host.split('.', n)[n]}" for n in range(1, host.count(".") + 1)]
    paths = ["", path] + [path[: at + 1] for at, sign in enumerate(path) if sign == "/"]
    return any(one + way in given_sources for one in hosts for way in paths)


# Bounds


def test_the_place_not_met_for_longest_is_forgotten_first():
    places = Places(MAP)
    for n in range(REMEMBERED):
        places.note(b"https://h%d.test/" % n)
    places.note(b"https://h0.test/")
    places.note(b"https://new.test/")
    kept = list(places)
    assert len(kept) == REMEMBERED
    assert kept[:2] == ["new.test", "h0.test"]
    assert "h1.test" not in kept


def test_what_strangers_report_crowds_nothing_out():
    places = Places(MAP)
    places.note(b"https://met.test/")
    told = [places.report(b"https://r%d.test/" % n) for n in range(FROM_REPORTS + 10)]
    assert told == [True] * FROM_REPORTS + [False] * 10
    assert next(iter(places)) == "met.test"
    assert places.report(b"https://met.test/") is False


@given(st.binary(max_size=80))
def test_no_bytes_of_a_page_raise_or_get_out_of_their_source(text):
    places = Places(MAP)
    places.note(text)
    places.read(b"//a.test/" + text + b"//" + text)
    for place in places:
        assert not set(place) & set(" ;,\t\n'\"*")


def test_a_page_names_the_same_places_read_in_pieces(monkeypatch):
    page = b"".join(
        b'<div><a href="https://link%d.test/">x</a><img src=//img%d.test/a.png></div><script>"https:\\/\\/cdn%d.test"</script>'
        % (n, n, n)
        for n in range(30)
    )
    whole = Places(MAP).read(page)
    monkeypatch.setattr(pieces, "LEAST", 40)
    monkeypatch.setattr(pieces, "MOST", 80)
    places = Places(MAP)

    assert [sorted(places.read(page)), sorted(places.read(page))] == [sorted(whole)] * 2
