"""ETags that carry the visitor's state."""

import pytest
from hypothesis import given, strategies as st

from consent.asgi.validators import ask_app, ours, state_tag, theirs
from consent.asgi.visit import Kind
from consent.decision import Decision, Reason

STATE = b"0123456789"
OTHER = b"abcdef0123"


@pytest.mark.parametrize(
    ("etag", "expected"),
    [
        (b'"abc"', b'W/"abc-c0123456789"'),
        (b'W/"abc"', b'W/"abc-w0123456789"'),
        (b'""', b'W/"-c0123456789"'),
        (b"abc", None),
        (b'"a"b"', None),
    ],
)
def test_a_tag_is_weakened_and_told_the_state(etag, expected):
    assert ours(etag, STATE) == expected


@given(opaque=st.binary(max_size=20).filter(lambda b: b'"' not in b), weak=st.booleans())
def test_a_tag_comes_back_to_the_app_as_it_left_it(opaque, weak):
    etag = (b"W/" if weak else b"") + b'"' + opaque + b'"'
    assert theirs([ours(etag, STATE)], STATE, page=True) == [etag]


@pytest.mark.parametrize("page", [True, False])
def test_a_tag_of_another_state_never_reaches_the_app(page):
    assert theirs([ours(b'"abc"', OTHER)], STATE, page=page) == []
    assert theirs([ours(b'"abc"', OTHER)], None, page=page) == []


def test_a_tag_without_a_state_is_no_pages_but_may_be_a_files():
    assert theirs([b'"abc"', b"*"], STATE, page=True) == []
    assert theirs([b'"abc"', b"*"], STATE, page=False) == [b'"abc"', b"*"]


def test_a_request_with_no_tag_left_asks_nothing():
    assert ask_app([(b"if-none-match", b"x"), (b"accept", b"y")], []) == [(b"accept", b"y")]
    assert ask_app([(b"if-none-match", b"x")], [b'"a"', b'"b"']) == [(b"if-none-match", b'"a", "b"')]


def test_whatever_changes_the_page_changes_the_state():
    def tag(pages="v", language="en", kind=Kind.PAGE, **decision):
        base = {"answered": True, "reason": Reason.CHOSEN, "categories": frozenset({"necessary"})}
        return state_tag(Decision(**{**base, **decision}), pages=pages, language=language, kind=kind)

    tags = [
        tag(),
        tag(answered=False),
        tag(categories=frozenset({"necessary", "analytics"})),
        tag(services=frozenset({"analytics"})),
        tag(declared=frozenset()),
        tag(declared=frozenset({"x"})),
        tag(pages="w"),
        tag(language="uk"),
        tag(kind=Kind.FRAGMENT),
        tag(kind=Kind.FRAME),
    ]
    assert len(set(tags)) == len(tags)
    assert tag() == tag(reason=Reason.FIRST_VISIT)  # the reason does not show
