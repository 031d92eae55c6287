"""What the middleware does to a response, told by raw messages."""

import asyncio
import gzip
import re
import zlib

import pytest

from consent.asgi import page as page_module
from tests.asgi.driving import (
    DOCUMENT,
    HELD,
    HTML,
    NAVIGATION,
    PAGE,
    TRACKER,
    answering,
    body,
    drive,
    page,
    start,
)

BANNER = b'<section id="consent-banner"'
JSON = (b"content-type", b"application/json")


def test_a_page_comes_with_the_banner_and_its_tracker_held(wrap):
    response = drive(wrap(answering(*page())))
    assert response.status == 200
    assert HELD in response.body
    assert TRACKER not in response.body
    assert BANNER in response.body
    assert response.header(b"content-length") == b"%d" % len(response.body)
    assert response.header(b"cache-control") == b"private"
    assert b"Cookie" in response.header(b"vary")


def test_after_the_grant_the_page_is_the_apps_own_without_a_banner(wrap, accepted):
    response = drive(wrap(answering(*page())), headers=(*NAVIGATION, accepted))
    assert TRACKER in response.body
    assert BANNER not in response.body


@pytest.mark.parametrize("status", [200, 404, 410, 500])
def test_every_status_with_a_page_is_judged(wrap, status):
    assert HELD in drive(wrap(answering(*page(status=status)))).body


@pytest.mark.parametrize(
    "content_type", [b"text/html", b"TEXT/HTML", b"text/html;charset=iso-8859-1", b" text/html ; a=b"]
)
def test_html_is_html_however_it_is_written(wrap, content_type):
    app = answering(start((b"Content-Type", content_type)), body(PAGE))
    assert HELD in drive(wrap(app)).body


UNTOUCHED = {
    "json": (start(JSON, (b"x-a", b"b")), body(PAGE)),
    "xhtml": (start((b"content-type", b"application/xhtml+xml")), body(PAGE)),
    "an attachment": (start(HTML, (b"content-disposition", b"attachment; filename=a.html")), body(PAGE)),
    "no-transform": (start(HTML, (b"cache-control", b"no-transform")), body(PAGE)),
    "br": (start(HTML, (b"content-encoding", b"br")), body(b"\x0b\x02\x80")),
    "two codings": (start(HTML, (b"content-encoding", b"gzip, br")), body(b"\x0b\x02\x80")),
    "204": (start(HTML, status=204), body(b"")),
    "304": (start(HTML, (b"etag", b'"a"'), status=304), body(b"")),
    "206": (start(HTML, (b"content-range", b"bytes 0-1/2"), status=206), body(PAGE)),
    "a redirect": (start((b"location", b"/"), (b"content-length", b"0"), status=307), body(b"")),
    "an untyped file": (start(), body(b"\x89PNG"), body(b"more")),
    "events": (start((b"content-type", b"text/event-stream")), body(b"data: <html>\n\n", more=True), body(b"")),
    "an empty response": (start(status=200), body(b"")),
    "a start alone": (start(HTML),),
    "nothing": (),
}


@pytest.mark.parametrize("name", UNTOUCHED)
def test_what_is_no_page_passes_message_by_message(wrap, name):
    messages = [dict(message) for message in UNTOUCHED[name]]
    assert drive(wrap(answering(*messages))).messages == messages


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("no-transform", "consent.W013"),
        ("br", "consent.W012"),
        ("two codings", "consent.W012"),
        ("xhtml", "consent.W012"),
    ],
)
def test_a_page_that_passes_unread_is_logged_once(wrap, caplog, name, code):
    app = wrap(answering(*UNTOUCHED[name]))
    drive(app)
    drive(app)
    assert [record.getMessage()[:12] for record in caplog.records] == [code]


def test_an_untyped_page_is_judged_since_browsers_sniff(wrap):
    response = drive(wrap(answering(start(), body(b"", more=True), body(PAGE))))
    assert HELD in response.body


def test_a_path_begins_no_line_of_the_log(wrap, caplog):
    drive(wrap(answering(start(HTML, (b"cache-control", b"no-transform")), body(PAGE))), path="/a\nconsent.W020 b")
    assert "\n" not in caplog.records[0].getMessage()


def test_a_page_in_a_charset_that_cannot_be_read_is_inert(wrap, caplog):
    app = answering(start((b"content-type", b"text/html; charset=UTF-16LE")), body(PAGE.decode().encode("utf-16-le")))
    response = drive(wrap(app))
    assert b"script-src 'none'" in response.header(b"content-security-policy")
    assert caplog.records[0].getMessage().startswith("consent.W012")


# Streams


def test_a_streams_chunk_goes_out_as_soon_as_it_is_judged(wrap):
    pieces = [b"<!doctype html><html lang=en><head></head><body><p>one</p>", b"<p>two</p>" + TRACKER, b"<p>three</p>"]
    sent_before = []

    async def app(scope, receive, send):
        await send(start(HTML, (b"content-length", b"5")))
        for number, piece in enumerate(pieces):
            await send(body(piece, more=True))
            sent_before.append((number, b"".join(response_of(send))))
        await send(body(b""))

    def response_of(send):
        return [m["body"] for m in send.__self__._send.__closure__[0].cell_contents.messages if "body" in m]

    response = drive(wrap(app))
    assert [text in so_far for (_, so_far), text in zip(sent_before, [b"one", b"two", b"three"], strict=True)] == [
        True
    ] * 3
    assert HELD in response.body
    assert response.header(b"content-length") is None
    assert response.messages[-1] == {"type": "http.response.body", "body": response.bodies[-1], "more_body": False}
    assert all(m["more_body"] for m in response.messages[1:-1])


def test_a_tag_cut_anywhere_is_held_all_the_same(wrap):
    messages = []

    async def app(scope, receive, send):
        for message in messages:
            await send(message)

    wrapped = wrap(app)
    for cut in range(1, len(PAGE)):
        messages[:] = [start(HTML), body(PAGE[:cut], more=True), body(PAGE[cut:])]
        assert HELD in drive(wrapped).body, cut


# HEAD and conditional requests


def test_head_has_the_headers_of_get_but_no_length_and_no_body(wrap):
    app = wrap(answering(*page((b"etag", b'"a"'))))
    got = dict(drive(app).start["headers"])
    del got[b"content-length"]
    for sent in (b"", PAGE):  # Starlette's responses are the same to HEAD, and leave it to the server
        response = drive(wrap(answering(page((b"etag", b'"a"'))[0], body(sent))), method="HEAD")
        assert dict(response.start["headers"]) == got
        assert response.bodies == [b""]


def test_etags_carry_the_state_and_dates_are_gone(wrap, accepted):
    app = wrap(answering(*page((b"etag", b'"abc"'), (b"last-modified", b"x"), (b"accept-ranges", b"bytes"))))
    before = drive(app)
    after = drive(app, headers=(*NAVIGATION, accepted))
    assert re.fullmatch(rb'W/"abc-c[0-9a-f]{10}"', before.header(b"etag"))
    assert before.header(b"etag") != after.header(b"etag")
    assert before.header(b"last-modified") is None
    assert before.header(b"accept-ranges") is None


def not_modified(seen):
    """An app that knows conditional requests: its page is ``"abc"``."""

    async def app(scope, receive, send):
        seen.append(scope)
        if dict(scope["headers"]).get(b"if-none-match") == b'"abc"':
            await send(
                start((b"etag", b'"abc"'), (b"vary", b"Origin"), (b"cache-control", b"public, max-age=5"), status=304)
            )
            await send(body(b""))
        else:
            for message in page((b"etag", b'"abc"')):
                await send(message)

    return app


def test_the_same_state_gets_304_with_our_tag_vary_and_cache_control(wrap):
    app = wrap(not_modified([]))
    first = drive(app)
    second = drive(app, headers=(*NAVIGATION, (b"if-none-match", first.header(b"etag"))))
    assert second.status == 304
    assert second.header(b"etag") == first.header(b"etag")
    assert second.header(b"vary") == b"Origin, Cookie"
    assert second.header(b"cache-control") == b"max-age=5, private"


def test_after_a_choice_the_old_page_is_never_confirmed(wrap, accepted):
    seen = []
    app = wrap(not_modified(seen))
    first = drive(app)
    second = drive(app, headers=(*NAVIGATION, accepted, (b"if-none-match", first.header(b"etag"))))
    assert second.status == 200
    assert b"if-none-match" not in dict(seen[-1]["headers"])


def test_a_fragments_tag_confirms_no_page(wrap):
    app = wrap(not_modified([]))
    fetched = drive(app, headers=((b"accept", b"*/*"), (b"sec-fetch-dest", b"empty")))
    assert drive(app, headers=(*NAVIGATION, (b"if-none-match", fetched.header(b"etag")))).status == 200


def test_a_files_tag_reaches_the_app_unless_a_page_is_wanted(wrap):
    seen = []
    app = wrap(answering(start(JSON), body(b"{}"), seen=seen))
    drive(app, headers=((b"accept", b"*/*"), (b"if-none-match", b'"file", W/"x"')))
    drive(app, headers=(*NAVIGATION, (b"if-none-match", b'"file"')))
    assert [dict(scope["headers"]).get(b"if-none-match") for scope in seen] == [b'"file", W/"x"', None]


def test_the_app_is_asked_for_a_whole_plain_undated_page(wrap):
    seen = []
    hiding = (
        (b"accept-encoding", b"gzip"),
        (b"range", b"bytes=0-"),
        (b"if-range", b'"a"'),
        (b"if-modified-since", b"x"),
    )
    app = wrap(answering(*page(), seen=seen))
    drive(app, headers=(*NAVIGATION, *hiding))
    drive(app, headers=((b"accept", b"*/*"), *hiding))
    assert [len(scope["headers"]) for scope in seen] == [3, 6]


def test_the_servers_scope_is_left_alone(wrap):
    headers = [(b"host", b"example.org"), *NAVIGATION, (b"accept-encoding", b"gzip")]
    scope = {"headers": headers}
    drive(wrap(answering(*page())), scope=scope)
    assert len(headers) == 4
    assert "consent" not in scope


# Encoded inside of us


@pytest.mark.parametrize(
    ("coding", "encoded"),
    [
        (b"gzip", gzip.compress(PAGE)),
        (b"x-gzip", gzip.compress(PAGE[:50]) + gzip.compress(PAGE[50:])),
        (b"deflate", zlib.compress(PAGE)),
        (b"deflate", zlib.compress(PAGE)[2:-4]),
    ],
)
def test_an_inner_gzip_hides_nothing(wrap, coding, encoded):
    whole = drive(wrap(answering(start(HTML, (b"content-encoding", coding)), body(encoded))))
    chunks = [body(encoded[i : i + 1], more=True) for i in range(len(encoded))]
    streamed = drive(wrap(answering(start(HTML, (b"content-encoding", coding)), *chunks, body(b""))))
    assert HELD in whole.body
    assert whole.header(b"content-encoding") is None
    assert whole.header(b"content-length") == b"%d" % len(whole.body)
    assert streamed.body == whole.body


# Fragments and frames


@pytest.mark.parametrize(
    "headers",
    [
        ((b"accept", b"text/html"), (b"hx-request", b"true")),
        ((b"accept", b"*/*"), (b"sec-fetch-dest", b"empty")),
    ],
)
def test_in_a_fragment_held_stays_held_and_nothing_is_inserted(wrap, headers):
    response = drive(wrap(answering(*page())), headers=headers)
    assert response.body == PAGE.replace(TRACKER, HELD)
    assert b"Sec-Fetch-Dest" in response.header(b"vary")


@pytest.mark.parametrize("whole", [b"hx-boosted", b"hx-history-restore-request"])
def test_htmx_asks_for_whole_pages_too(wrap, whole):
    headers = ((b"hx-request", b"true"), (whole, b"true"), (b"sec-fetch-dest", b"empty"))
    assert BANNER in drive(wrap(answering(*page())), headers=headers).body


@pytest.mark.parametrize("destination", [b"iframe", b"frame", b"embed", b"object"])
def test_a_frame_gets_the_script_but_no_banner(wrap, destination):
    response = drive(wrap(answering(*page())), headers=((b"accept", b"text/html"), (b"sec-fetch-dest", destination)))
    assert HELD in response.body
    assert response.body.count(b"<script ") == 2
    assert BANNER not in response.body


# Order of messages


def test_unknown_messages_pass_in_their_order(wrap):
    hint = {"type": "http.response.early_hint", "links": [b"</a.css>; rel=preload"]}
    debug = {"type": "http.response.debug", "info": {"template": 1}}
    between = {"type": "http.response.push", "path": "/x", "headers": []}
    trailers = {"type": "http.response.trailers", "headers": [(b"x", b"y")], "more_trailers": False}
    first, last = page()
    response = drive(wrap(answering(hint, debug, {**first, "trailers": True}, between, last, trailers)))
    assert response.types == ["early_hint", "debug", "start", "push", "body", "trailers"]
    assert response.start["trailers"] is True


def test_what_the_app_raises_is_the_servers_to_see(wrap):
    async def app(scope, receive, send):
        await send(start(HTML))
        raise RuntimeError("the app's own")

    with pytest.raises(RuntimeError, match="the app's own"):
        drive(wrap(app))


# Links and hints

TAG_MANAGER = b"<https://www.googletagmanager.com/gtm.js>"
LINKS = {
    b"</a.css>; rel=preload; as=style": b"</a.css>; rel=preload; as=style",
    TAG_MANAGER + b"; rel=preload; as=script": None,
    TAG_MANAGER + b'; as="script"; REL="Foo PreConnect"': None,
    TAG_MANAGER + b"; rel=canonical": TAG_MANAGER + b"; rel=canonical",
    TAG_MANAGER: TAG_MANAGER,
    b'</a,b>;rel=preload,%b;rel=preload , </c>; rel=next; title=","'
    % TAG_MANAGER: b'</a,b>;rel=preload, </c>; rel=next; title=","',
    b"</matomo.js>; rel=preload": None,
    b'</a>; rel=preload; imagesrcset="/a.png 1x, https://www.google-analytics.com/b.png 2x"': None,
    b"</a>; rel=preload, junk %b; rel=preload" % TAG_MANAGER: b"</a>; rel=preload",
    b'</a>; rel=preload; title=", %b; rel=preload' % TAG_MANAGER: b"</a>; rel=preload; title=",
    b"": b"",
}


def links_of(response):
    """The Link of every start, the informational ones too."""
    starts = [message for message in response.messages if message["type"] == "http.response.start"]
    return [next((v for k, v in message["headers"] if k.lower() == b"link"), None) for message in starts]


@pytest.mark.parametrize("link", LINKS)
def test_links_and_hints_to_held_hosts_are_left_out(wrap, accepted, link):
    hint = {"type": "http.response.early_hint", "links": [link, b"</x>; rel=preload"]}
    early = start((b"Link", link), status=103)
    app = wrap(answering(hint, early, start(HTML, (b"Link", link)), body(PAGE)))
    response = drive(app)
    assert links_of(response) == [LINKS[link] or None] * 2
    assert response.messages[0]["links"] == [kept for kept in (LINKS[link], b"</x>; rel=preload") if kept]
    if link.startswith(TAG_MANAGER):
        granted = drive(app, headers=(*NAVIGATION, accepted))
        assert links_of(granted) == [link] * 2


def test_a_hint_of_nothing_but_held_hosts_is_not_sent(wrap):
    hint = {"type": "http.response.early_hint", "links": [TAG_MANAGER + b"; rel=preconnect"]}
    assert drive(wrap(answering(hint, *page()))).types == ["start", "body"]


def test_after_the_grant_links_pass(wrap, accepted):
    link = (b"link", b"<https://www.google-analytics.com/analytics.js>; rel=preload")
    app = wrap(answering(*page(link)))
    assert drive(app).header(b"link") is None
    assert drive(app, headers=(*NAVIGATION, accepted)).header(b"link") == link[1]


def test_rules_for_prefetching_are_read_from_the_site_alone(wrap):
    rules = (b"speculation-rules", b'"/rules.json", "https://www.google-analytics.com/rules.json"')
    assert drive(wrap(answering(*page(rules)))).header(b"speculation-rules") == b'"/rules.json"'


def test_a_304_leads_nowhere_either(wrap):
    link = (b"link", TAG_MANAGER + b"; rel=preload")
    app = wrap(answering(start((b"etag", b'"abc"'), link, status=304), body(b"")))
    tag = drive(wrap(answering(*page((b"etag", b'"abc"'))))).header(b"etag")
    assert drive(app, headers=(*NAVIGATION, (b"if-none-match", tag))).header(b"link") is None


# Apps that keep to no protocol: what they send reaches the server, which judges it; no page gets through unjudged


@pytest.mark.parametrize(
    "messages",
    [
        (start(HTML), start(HTML), body(PAGE)),
        (start(HTML), body(PAGE), start(HTML)),
        (body(b""), start(HTML), body(PAGE)),
        (start(status=103), start(HTML), body(PAGE)),
        (start(HTML, status=100), start(HTML), body(PAGE)),
        (start(HTML), {"type": "http.response.body", "body": PAGE}),
        (start(HTML), {"type": "http.response.body", "body": memoryview(PAGE)}),
        (start(HTML), {"type": "http.response.body", "body": None, "more_body": True}, body(PAGE)),
        (
            start(HTML),
            body(b"", more=True),
            body(b"", more=True),
            body(PAGE, more=True),
            body(b"", more=True),
            body(b""),
        ),
    ],
)
def test_a_page_is_judged_whatever_comes_around_it(wrap, messages):
    response = drive(wrap(answering(*messages)))
    assert HELD in response.body
    assert TRACKER not in response.body
    assert response.types.count("start") == sum(m["type"] == "http.response.start" for m in messages)


def test_what_comes_after_a_page_is_the_servers_to_refuse(wrap):
    response = drive(wrap(answering(*page(), body(b"more"))))
    assert response.bodies[1:] == [b"more"]


def test_text_for_a_body_raises_as_in_a_server(wrap):
    with pytest.raises(TypeError):
        drive(wrap(answering(start(HTML), {"type": "http.response.body", "body": "text"})))


@pytest.mark.parametrize("kind", [b"application/json", b"text/html"])
def test_headers_may_be_an_iterator(wrap, kind):
    async def app(scope, receive, send):
        headers = iter([(b"content-type", kind), (b"x-a", b"b")])
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send(body(PAGE))

    response = drive(wrap(app))
    assert response.header(b"x-a") == b"b"
    assert (HELD in response.body) is (kind == b"text/html")


@pytest.mark.parametrize(
    "content_type",
    [
        b"application/json, text/html",
        b"text/html, application/json",
        b"text/html;;;charset==\xff",
        b"text/html\t;a",
        b"",
        b"html",
        b"junk",
        b"*/*",
        b"Unknown/Unknown; a=b",
    ],
)
def test_what_a_browser_may_take_for_html_is_judged(wrap, content_type):
    assert HELD in drive(wrap(answering(start((b"content-type", content_type)), body(PAGE)))).body


def test_an_app_that_stops_in_the_middle_is_the_servers_to_end(wrap):
    sent = []

    async def app(scope, receive, send):
        await send(start(HTML))
        await send(body(PAGE[:120], more=True))
        raise RuntimeError("gone")

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "scheme": "http", "path": "/", "headers": [*NAVIGATION]}
    with pytest.raises(RuntimeError, match="gone"):
        asyncio.run(wrap(app)(scope, None, send))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[-1]["more_body"] is True


# Files


def test_a_page_sent_as_a_path_is_read_and_judged(wrap, tmp_path):
    file = tmp_path / "page.html"
    for data in (PAGE, DOCUMENT % (b"x" * 700_000 + TRACKER), DOCUMENT % (b"y" * (256 * 1024 - len(DOCUMENT) + 2))):
        file.write_bytes(data)
        head = start(HTML, (b"content-length", b"%d" % len(data)))
        response = drive(wrap(answering(head, {"type": "http.response.pathsend", "path": str(file)})))
        assert BANNER in response.body
        assert TRACKER not in response.body
        assert response.types[0] == "start"
        assert set(response.types[1:]) == {"body"}
        length = response.header(b"content-length")
        assert length in {None, b"%d" % len(response.body)}


def test_any_other_file_is_left_to_the_server(wrap):
    messages = [start((b"content-type", b"image/png")), {"type": "http.response.pathsend", "path": "/no/such"}]
    assert drive(wrap(answering(*messages))).messages == messages


def test_a_page_sent_as_a_descriptor_is_read_and_judged(wrap, tmp_path):
    file = tmp_path / "page.html"
    file.write_bytes(b"junk" + PAGE + b"junk")
    with file.open("rb") as opened:
        message = {"type": "http.response.zerocopysend", "file": opened, "offset": 4, "count": len(PAGE)}
        response = drive(wrap(answering(start(HTML), {**message, "more_body": True}, body(b"<p>end</p>"))))
    assert HELD in response.body
    assert response.body.endswith(b"</html><p>end</p>")
    assert b"junk" not in response.body


# Content-Security-Policy


def test_the_apps_nonce_is_on_what_is_inserted(wrap):
    policy = (b"content-security-policy", b"script-src 'nonce-r4nd0m'; style-src 'nonce-r4nd0m'")
    response = drive(wrap(answering(*page(policy))))
    assert response.body.count(b'nonce="r4nd0m"') == 2
    assert response.header(b"content-security-policy") == policy[1]


def test_without_a_nonce_exactly_our_bytes_are_allowed(wrap):
    app = wrap(answering(*page((b"content-security-policy", b"default-src 'self'"))))
    policy = drive(app).header(b"content-security-policy")
    for value in (*app.site.pages.script_hashes, *app.site.pages.style_hashes):
        assert value in policy
    fragment = drive(app, headers=((b"sec-fetch-dest", b"empty"),))
    assert fragment.header(b"content-security-policy") == b"default-src 'self'"


# Our own faults


class Broken:
    """A rewriter that fails at a word."""

    exceeded = ()

    def __init__(self, judge, insert, **_):
        pass

    def feed(self, chunk):
        if b"boom" in chunk:
            raise RuntimeError("boom")
        return chunk

    def finish(self):
        return b""


def test_a_page_that_breaks_us_at_once_is_inert_not_bare(wrap, monkeypatch, caplog):
    monkeypatch.setattr(page_module, "Rewriter", Broken)
    response = drive(wrap(answering(start(HTML, (b"link", b"<x>")), body(b"boom ", more=True), body(b"rest"))))
    assert response.body == b"boom rest"
    assert b"script-src 'none'" in response.header(b"content-security-policy")
    assert response.header(b"cache-control") == b"no-store"
    assert response.header(b"link") is None
    assert "consent.W014" in caplog.text
    assert "Traceback" in caplog.text


def test_a_page_that_breaks_us_later_ends_there(wrap, monkeypatch, caplog):
    monkeypatch.setattr(page_module, "Rewriter", Broken)
    trailers = {"type": "http.response.trailers", "headers": []}
    app = answering(start(HTML), body(b"fine ", more=True), body(b"boom", more=True), body(b"rest"), trailers)
    response = drive(wrap(app))
    assert response.body == b"fine "
    assert response.messages[-2]["more_body"] is False
    assert response.types == ["start", "body", "body", "trailers"]
    assert "consent.W014" in caplog.text


def test_headers_that_break_us_are_inert_for_head_too(wrap, monkeypatch):
    def broken(*_):
        raise RuntimeError

    app = wrap(answering(*page()))
    monkeypatch.setattr(page_module, "for_rewritten", broken)
    response = drive(app, method="HEAD")
    assert b"script-src 'none'" in response.header(b"content-security-policy")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_a_page_whose_first_bytes_say_utf_16_goes_out_inert_and_whole(wrap, codec):
    sent = ("\ufeff" + PAGE.decode()).encode(codec)
    response = drive(
        wrap(answering(start((b"content-type", b"text/html; charset=utf-8")), body(sent))), headers=NAVIGATION
    )

    assert response.body == sent
    assert b"script-src 'none'" in response.header(b"content-security-policy")


SHIFTED = b'<meta charset=iso-2022-jp><p title="\x1b$Bx"\x1b(By="><img src=https://www.google-analytics.com/collect>">'
UNLABELLED = (b"content-type", b"text/html")


def test_a_page_that_turns_out_to_be_in_iso_2022_jp_is_inert(wrap, caplog):
    response = drive(wrap(answering(start(UNLABELLED), body(DOCUMENT % SHIFTED))))
    assert b"script-src 'none'" in response.header(b"content-security-policy")
    assert caplog.records[0].getMessage().startswith("consent.W012")


def test_a_stream_that_turns_out_to_be_in_iso_2022_jp_ends_there(wrap):
    response = drive(wrap(answering(start(UNLABELLED), body(DOCUMENT % b"one", more=True), body(SHIFTED))))
    assert b"google-analytics" not in response.body
    assert b"one" in response.body


def test_what_the_header_says_of_the_charset_holds(wrap):
    response = drive(wrap(answering(*page(data=DOCUMENT % (SHIFTED + TRACKER)))))
    assert HELD in response.body


VIDEO = b'<iframe src="https://www.youtube.com/embed/x"></iframe>'


@pytest.mark.parametrize("policy", [b'<meta http-equiv="Content-Security-Policy" content="style-src \'self\'">', b""])
def test_a_placeholders_style_comes_before_a_policy_in_the_markup_and_once(wrap, policy):
    sent = DOCUMENT.replace(b"<head>", b"<head>" + policy) % (VIDEO * 2)
    told = drive(wrap(answering(*page(data=sent)))).body
    style = told.index(b"inline-grid")
    assert told.count(b"inline-grid") == 1
    assert (style < told.index(b"<title>")) is bool(policy)
