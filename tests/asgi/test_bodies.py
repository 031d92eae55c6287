"""Bodies in pieces: decoders, files, and the cookies a request names."""

import asyncio
import gzip
import zlib

import pytest
from hypothesis import given, strategies as st

from consent.asgi.decoding import DECODERS
from consent.asgi.expiry import expiring_headers, withdrawn_cookies
from consent.asgi.files import CHUNK, descriptor_chunks, path_chunks
from consent.catalogue import Catalogue, Cookie, Partner, Service
from consent.decision import Decision, Reason

ENCODERS = {b"gzip": gzip.compress, b"deflate": zlib.compress}


@given(data=st.binary(max_size=300), coding=st.sampled_from([*ENCODERS]), size=st.integers(1, 50))
def test_any_cut_decodes_to_the_whole(data, coding, size):
    encoded = ENCODERS[coding](data)
    decoder = DECODERS[coding]()
    pieces = [decoder.feed(encoded[i : i + size]) for i in range(0, len(encoded), size)]
    assert b"".join(pieces) + decoder.finish() == data


@pytest.mark.parametrize("coding", [*ENCODERS])
def test_what_is_not_encoded_is_told(coding):
    with pytest.raises(zlib.error):
        DECODERS[coding]().feed(b"<html> is no encoded stream at all")


def collect(chunks):
    async def run():
        return [chunk async for chunk in chunks]

    return asyncio.run(run())


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_a_file_is_read_to_its_end_and_the_last_piece_known(tmp_path, size):
    file = tmp_path / "page.html"
    file.write_bytes(b"x" * size)
    pieces = collect(path_chunks({"path": str(file)}))
    assert sum(len(piece) for piece, _ in pieces) == size
    assert [more for _, more in pieces] == [True] * (len(pieces) - 1) + [False]
    assert len(pieces) == max(1, -(-size // CHUNK))


@pytest.mark.parametrize(
    ("offset", "count", "more", "expected"),
    [
        (None, None, False, [(b"0123456789", True), (b"", False)]),
        (2, 3, False, [(b"234", False)]),
        (2, 3, True, [(b"234", True)]),
        (8, 9, False, [(b"89", True), (b"", False)]),
        (0, 0, False, [(b"", False)]),
    ],
)
def test_a_descriptor_is_read_from_its_offset_as_far_as_told(tmp_path, offset, count, more, expected):
    file = tmp_path / "page.html"
    file.write_bytes(b"0123456789")
    with file.open("rb") as opened:
        for handle in (opened, opened.fileno()):
            opened.seek(0)
            message = {"file": handle, "offset": offset, "count": count, "more_body": more}
            assert collect(descriptor_chunks(message)) == expected


def service(key, category, *cookies):
    return Service(key=key, name=key, partner=Partner(name="P"), category=category, cookies=cookies)


def cookie(name, party="first"):
    return Cookie(name=name, duration="P1Y", purpose="x", party=party)


CATALOGUE = Catalogue(
    [
        service("stats", "analytics", cookie("_st"), cookie("_st_*")),
        service("ads", "advertising", cookie("uid", "third")),
        service("needed", "necessary", cookie("csrf")),
    ]
)


def decision(*categories):
    allowed = frozenset({"necessary", *categories})
    return Decision(answered=True, reason=Reason.CHOSEN, categories=allowed)


@pytest.mark.parametrize(
    ("headers", "allowed", "expected"),
    [
        ([b"_st=1; _st_ABC=2; own=3"], [], ["_st", "_st_ABC"]),
        ([b"_st=1"], ["analytics"], []),
        ([b"_st=1; _st=2", b"_st=3"], [], ["_st"]),
        ([b"uid=1"], [], []),  # a partner's own, elsewhere: here it is the site's
        ([b"csrf=1"], [], []),
        ([b"_st_\r\nx=1; _st_\xff=1; _st_ y=1"], [], []),
        ([b";;=;=_st"], [], []),
        ([], [], []),
    ],
)
def test_cookies_of_services_not_allowed_are_found(headers, allowed, expected):
    assert withdrawn_cookies(headers, CATALOGUE, decision(*allowed)) == expected


@given(st.lists(st.binary(max_size=80), max_size=4))
def test_no_cookie_header_raises_or_breaks_a_header(headers):
    for value in expiring_headers(withdrawn_cookies(headers, CATALOGUE, decision()), host="h", domains=[]):
        assert not set(value) & set(b"\r\n\0")


@pytest.mark.parametrize(
    ("name", "host", "domains", "expected"),
    [
        ("_st", "example.org", ["example.org"], [b"", b"; Domain=example.org"]),
        ("_st", "a.b.example.org", ["example.org", "other.test"],
         [b"", b"; Domain=a.b.example.org", b"; Domain=b.example.org", b"; Domain=example.org"]),
        ("_st", "localhost", ["example.org"], [b""]),
        ("_st", "notexample.org", ["example.org"], [b"", b"; Domain=notexample.org"]),
        ("_st", "a.shop.co.uk", [], [b"", b"; Domain=a.shop.co.uk", b"; Domain=shop.co.uk"]),
        ("_st", "me.github.io", [], [b"", b"; Domain=me.github.io"]),
        ("_st", "co.uk", [], [b""]),
        ("_st", "127.0.0.1", [], [b""]),
        ("_st", "[::1]", [], [b""]),
        ("_st", "x;y.example.net", [], [b"", b"; Domain=example.net"]),
        ("_st", "a.b.c.d.e.f.example.net", [],
         [b"", *(b"; Domain=%b.example.net" % below for below in (b"c.d.e.f", b"d.e.f", b"e.f", b"f")), b"; Domain=example.net"]),
        ("__Secure-st", "localhost", [], [b"; Secure"]),
        ("__Host-st", "example.org", ["example.org"], [b"; Secure"]),
    ],
)  # fmt: skip
def test_a_cookie_is_expired_on_the_host_and_what_it_lies_in(name, host, domains, expected):
    values = expiring_headers([name], host=host, domains=domains)
    start = f"{name}=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT".encode()
    assert [value.removeprefix(start) for value in values] == expected
