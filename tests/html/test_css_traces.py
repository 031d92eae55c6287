"""The law of traces: no function that fetches is spelt without one."""

import html
import re

import pytest
from hypothesis import given, strategies as st

from consent.html.css_traces import traces

NAMES = ["url", "src", "image-set", "-webkit-image-set", "URL", "Src", "iMaGe-SeT"]


@st.composite
def in_css(draw, character: str) -> str:
    """A character of a name, as it stands or escaped."""
    code = f"{ord(character):0{draw(st.integers(2, 6))}{draw(st.sampled_from('xX'))}}"
    bare = [] if character in "abcdefABCDEF" else ["\\" + character]
    return draw(st.sampled_from([character, character, "\\" + code + draw(st.sampled_from(" \t\n\f")), *bare]))


@st.composite
def in_attribute(draw, character: str) -> str:
    """A character of a value, as it stands or referred to."""
    zeros = "0" * draw(st.integers(0, 9))
    named = {"(": ["&lpar;"], "\\": ["&bsol;"], "\t": ["&Tab;"], "\n": ["&NewLine;"]}.get(character, [])
    numbers = [f"&#{zeros}{ord(character)};", f"&#x{zeros}{ord(character):x};", f"&#X{zeros}{ord(character):X};"]
    return draw(st.sampled_from([character] * 5 + numbers + named))


@st.composite
def spellings(draw) -> bytes:
    name = "".join(draw(in_css(character)) for character in draw(st.sampled_from(NAMES)))
    return "".join(draw(in_attribute(character)) for character in name + "(").encode()


@given(spelling=spellings(), before=st.binary(max_size=9), after=st.binary(max_size=9))
def test_no_spelling_of_a_fetching_function_is_without_a_trace(spelling, before, after):
    page = before + spelling + after
    inside = [at for at in traces(page, 0, len(page)) if len(before) <= at < len(before + spelling)]

    assert inside


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        (b"url(a)", [3]),
        (b"a{background:URL(a) Src(b)}", [16, 23]),
        (b"image-set('a' 1x)", [9]),
        (b"u\\72l(a)", [1]),
        (b"url&#40;a)", [3]),
        (b"url&#x0028a)", []),  # one number: U+28A
        (b"url&#x0028;a)", [3]),
        (b"url&lpar;a)", [3]),
        (b"&#117rl(a)", [0]),
        (b"url&bsol;28 a)", [3]),
        (b"calc(1px) var(--a) rgb(0,0,0)", []),
        (b"say &amp; do &lt;&#39;it&#8217;s&#160;", []),
        (b"C:\\\\x\\", []),
        (b"(", []),
        (b"&", []),
    ],
)
def test_traces_are_few_where_nothing_fetches(css, expected):
    assert expected == traces(css, 0, len(css))


def test_only_what_lies_in_the_range_is_told():
    page = b"url(a) u\\72l(b) url&#40;c) url(d)"

    assert traces(page, 4, len(page) - 6) == [8, 19]
    assert traces(page, 0, 3) == []


def test_every_name_for_what_a_function_is_spelt_with_is_known():
    """References without a semicolon, such as ``&amp``, are for letters that no name has."""
    spelt = set("urlsrcimage-set(\\") | set("URLSRCIMAGE-SET")
    named = {name for name, text in html.entities.html5.items() if set(text) & spelt}

    assert {name for name in named if not re.fullmatch(r"[a-zA-Z]+;", name)} == set()
    assert {name for name in named if not traces(f"&{name}".encode(), 0, len(name) + 1)} == {"fjlig;"} & named
