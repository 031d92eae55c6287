"""Attributes, character references, sets of sources."""

import pytest
from hypothesis import given, strategies as st

from consent.html.srcset import urls
from consent.html.tags import attributes, is_self_closing, resolve


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"a", b"a"),
        (b"//a?b=1&amp;c=2", b"//a?b=1&c=2"),
        (b"&#47;&#x2f;&#X2F;a", b"///a"),
        (b"&#47/a", b"//a"),
        (b"&sol;&period;", b"/."),
        (b"?a=1&copy=2", b"?a=1&copy=2"),
        (b"?a=1&copyx", b"?a=1&copyx"),
        (b"&amp", b"&"),
        (b"&unknown;", b"&unknown;"),
        (b"\xff&amp;\xfe", b"\xff&\xfe"),
        (b"&#55296;", "�".encode()),
        (b"&#99999999999;", "�".encode()),
        (b"&", b"&"),
        (b"&;&#;&#x;", b"&;&#;&#x;"),
    ],
)
def test_references_are_resolved_as_in_attributes(value, expected):
    assert expected == resolve(value)


@given(st.binary(max_size=60))
def test_resolving_never_raises(value):
    resolve(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"a", [b"a"]),
        (b"a 1x, b 2x", [b"a", b"b"]),
        (b" ,, a , b", [b"a", b"b"]),
        (b"a,b 2x", [b"a,b"]),
        (b"a, b", [b"a", b"b"]),
        (b"a,, b", [b"a", b"b"]),
        (b"a (x, y) 1x, b", [b"a", b"b"]),
        (b"a (x, y", [b"a"]),
        (b"data:image/png,x 1x, //b 2x", [b"data:image/png,x", b"//b"]),
        (b"", []),
        (b"a 100w,b 200w", [b"a", b"b"]),
    ],
)
def test_every_candidate_of_a_source_set_is_seen(value, expected):
    assert expected == list(urls(value))


@given(st.binary(max_size=60))
def test_source_sets_never_raise(value):
    assert all(urls(value))


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        (b"<a b=c d>", [(b"b", b"c"), (b"d", b"")]),
        (b"<a B='1' b=2>", [(b"b", b"1")]),
        (b"<a/b/c=d/>", [(b"b", b""), (b"c", b"d/")]),
        (b"<a =b=c>", [(b"=b", b"c")]),
        (b"<a b = c>", [(b"b", b"c")]),
        (b"<a b=>", [(b"b", b"")]),
        (b'<a b="x"c=y>', [(b"b", b"x"), (b"c", b"y")]),
        (b"<a b='>'>", [(b"b", b">")]),
        (b"<a\nb\t=\r'c'>", [(b"b", b"c")]),
        (b"<a>", []),
    ],
)
def test_attributes_are_read_as_the_tokenizer_reads_them(tag, expected):
    assert expected == [(a.name, a.value) for a in attributes(tag, 0, len(tag))]


@pytest.mark.parametrize(
    ("tag", "expected"),
    [(b"<a/>", True), (b"<a />", True), (b"<a>", False), (b"<a b=c/>", False), (b"<a b='c'/>", True)],
)
def test_a_slash_closes_a_tag_unless_a_value_owns_it(tag, expected):
    assert expected is is_self_closing(tag, 0, len(tag))
