"""A page that nobody could judge: bytes in, bytes as many out, no hint among them."""

import asyncio

import pytest
from hypothesis import given, strategies as st

from consent.asgi.inert import inert_sender, inert_start


def through(*pieces):
    sent = []

    async def send(message):
        sent.append(message)

    async def run():
        sender = inert_sender(send)
        for piece in pieces:
            await sender({"type": "http.response.body", "body": piece, "more_body": True})
        await sender({"type": "http.response.body"})

    asyncio.run(run())
    assert [message["more_body"] for message in sent][-1] is False
    return b"".join(message["body"] for message in sent)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (b'<link rel="preconnect" href="//x">', b'<meta rel="preconnect" href="//x">'),
        (b"<LINK/rel=dns-prefetch>", b"<meta/rel=dns-prefetch>"),
        (b"<link\nrel=icon>", b"<meta\nrel=icon>"),
        (b'<link rel="stylesheet" href="/own.css">', b'<link rel="stylesheet" href="/own.css">'),
        (b'<link rel="stylesheet preconnect" href="/">', b'<meta rel="stylesheet preconnect" href="/">'),
        (b'<link rel="style&#115;heet" href="/">', b'<meta rel="style&#115;heet" href="/">'),
        (b'<link rel="stylesheet"', b'<meta rel="stylesheet"'),
        (b'<iframe src="//x"></iframe>', b'<ixrame src="//x"></iframe>'),
        (b"<frameset><FRAME src=x>", b"<frameset><xRAME src=x>"),
        (b"<linked> &lt;link> link <p>", b"<linked> &lt;link> link <p>"),
        (b"a < b", b"a < b"),
        ("<link rel=preconnect>".encode("utf-16-le"), "<meta rel=preconnect>".encode("utf-16-le")),
        ("é<link rel=preconnect>".encode("utf-16-be"), "é<meta rel=preconnect>".encode("utf-16-be")),
    ],
)
def test_hints_and_frames_are_written_otherwise_in_as_many_bytes(page, expected):
    assert through(page) == expected
    assert len(page) == len(expected)
    assert through(*(page[at : at + 1] for at in range(len(page)))) == expected


@given(
    st.lists(
        st.sampled_from([b"<", b"l", b"ink", b"<LiNk ", b"\0", b" rel=pre>", b">", b"<ifr", b"ame ", b"x"]), max_size=12
    )
)
def test_however_it_is_cut_no_byte_is_lost_and_no_hint_left(pieces):
    whole = b"".join(pieces)
    written = through(*pieces)
    assert len(written) == len(whole)
    assert b"<link rel=pre" not in written.lower()


def test_messages_of_other_types_pass():
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(inert_sender(send)({"type": "http.response.trailers", "headers": []}))
    assert sent == [{"type": "http.response.trailers", "headers": []}]


def test_headers_that_contact_somebody_are_gone_and_nothing_is_stored():
    dropped = [b"link", b"refresh", b"nel", b"report-to", b"reporting-endpoints", b"speculation-rules", b"etag"]
    start = {"type": "http.response.start", "status": 200, "headers": [(name, b"x") for name in [*dropped, b"x-own"]]}
    headers = inert_start(start)["headers"]
    assert [name for name, _ in headers] == [
        b"x-own",
        b"cache-control",
        b"content-security-policy",
        b"x-dns-prefetch-control",
    ]


def test_a_tag_that_never_ends_is_not_waited_for():
    assert len(through(b"<link " + b"x" * 10_000, b"y")) == 10_007
