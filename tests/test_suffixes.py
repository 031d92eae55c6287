"""What a registry gives away, by the Public Suffix List."""

from importlib.resources import files

import pytest
from hypothesis import given, strategies as st

from consent.suffixes import is_public_suffix, parse_rules, registrable_domain


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("example.org", "example.org"),
        ("a.b.example.org", "example.org"),
        ("shop.example.co.uk", "example.co.uk"),
        ("me.github.io", "me.github.io"),
        ("a.me.github.io", "me.github.io"),
        ("a.xn--55qx5d.cn", "a.xn--55qx5d.cn"),  # the list writes it in Chinese
        ("a.b.ck", "a.b.ck"),  # *.ck
        ("x.www.ck", "www.ck"),  # !www.ck
        ("x.city.kawasaki.jp", "city.kawasaki.jp"),
        ("a.site.unlisted", "site.unlisted"),  # the prevailing rule is "*"
        ("co.uk", None),
        ("github.io", None),
        ("org", None),
        ("localhost", None),
        ("127.0.0.1", None),
        ("[::1]", None),
        ("", None),
        (".", None),
        ("a..org", None),
        ("a." * 200 + "org", None),
    ],
)
def test_the_registered_part_of_a_host(host, expected):
    assert registrable_domain(host) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("com", True),
        ("co.uk", True),
        ("github.io", True),
        ("b.ck", True),
        ("www.ck", False),
        ("localhost", False),
        ("example.org", False),
        ("127.0.0.1", False),
        ("", False),
    ],
)
def test_only_what_the_list_names_is_a_suffix(host, expected):
    assert is_public_suffix(host) is expected


@given(st.text(alphabet="ab.-[]:1\x00é", max_size=40))
def test_any_text_has_an_answer_that_it_ends_with(host):
    found = registrable_domain(host)
    assert found is None or host == found or host.endswith(f".{found}")


def test_comments_and_blank_lines_are_no_rules():
    rules = parse_rules(["// a comment", "", "  ", "co.uk and what follows", "*.ck", "!www.ck"])
    assert (rules.suffixes, rules.parents, rules.exceptions) == ({"co.uk"}, {"ck"}, {"www.ck"})


def test_the_list_says_whose_it_is_and_of_when():
    text = files("consent").joinpath("data/public_suffix_list.dat").read_text("utf-8")
    assert "Mozilla Public\n// License, v. 2.0" in text[:200]
    assert "// VERSION: 20" in text[:1000]
