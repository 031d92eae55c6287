"""Which language a visitor gets."""

import pytest

from consent.languages import RANGES, bundled, match_tag, negotiate, negotiation

OFFERED = ("en", "uk")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "en"),
        ("uk", "uk"),
        ("UK-ua", "uk"),
        ("en-GB,en;q=0.9,uk;q=0.8", "en"),
        ("uk;q=0.9, en;q=0.8", "uk"),
        ("en;q=0.8, uk;q=0.9", "uk"),
        ("uk, en", "uk"),
        ("de, uk;q=0.001", "uk"),
        ("*", "en"),
        ("de, *;q=0.5", "en"),
        ("en;q=0.5, *;q=0.7", "uk"),
        ("en, uk;q=0.5, *;q=0", "en"),
        ("uk;q=0.1, en;q=0.05, *;q=0.9", "uk"),
        ("en;q=0", "uk"),
        ("en;q=0, *", "uk"),
        ("en;q=0, uk;q=0", "en"),
        ("uk;q=1.000", "uk"),
        ("uk ; Q=0.5 , en ; q=0.4", "uk"),
    ],
)
def test_the_language_liked_best_is_chosen(header, expected):
    assert negotiate(header, OFFERED) == expected


@pytest.mark.parametrize("header", ["en;q=0", "*;q=0", "en;q=0, *", "en;q=0, *;q=0", "en;q=0.1, *", "xx, *", "*", ""])
def test_the_alphabet_chooses_no_language_for_anybody(header):
    assert negotiate(header, bundled(), ranked=False) == "en"


def test_a_language_that_was_named_is_spoken_whatever_order_they_stand_in():
    assert negotiate("en;q=0, *;q=0.1, uk;q=0.2", bundled(), ranked=False) == "uk"
    assert negotiate("en;q=0, uk;q=0.1, *;q=0", bundled(), ranked=False) == "uk"


@pytest.mark.parametrize(
    "header",
    [
        "uk;q=1.001",
        "uk;q=2",
        "uk;q=0.1234",
        "uk;q=",
        "uk;q=-1",
        "uk;q=½",
        "uk;x=1",
        "uk;level",
        ";;,,=",
        "\x00\xff",
        "u\x00k",
        "українська",
        "toolonglanguage",
        "1uk",
        "-uk",
        "uk-",
        "," * 100_000,
        "a" * 100_000,
        "de," * RANGES + "uk",
    ],
)
def test_bad_bytes_ask_for_nothing_and_never_raise(header):
    assert negotiate(header, OFFERED) == "en"


@pytest.mark.parametrize(
    ("tag", "offered", "expected"),
    [
        ("uk", OFFERED, "uk"),
        ("uk-UA", OFFERED, "uk"),
        ("en_GB", OFFERED, "en"),
        (" EN ", OFFERED, "en"),
        ("de", OFFERED, None),
        ("", OFFERED, None),
        ("zh-TW", ("zh-Hans", "zh-Hant"), "zh-Hant"),
        ("zh-Hant-HK", ("zh-Hans", "zh-Hant"), "zh-Hant"),
        ("zh-CN", ("zh-Hant", "zh-Hans"), "zh-Hans"),
        ("zh-Hans-TW", ("zh-Hant", "zh-Hans"), "zh-Hans"),
        ("zh", ("zh-Hant", "zh-Hans"), "zh-Hans"),
        ("zh-TW", ("zh-Hans",), None),
        ("pt-BR", ("en", "pt"), "pt"),
        ("pt", ("en", "pt-BR"), "pt-BR"),
        ("pt-PT", ("en", "pt-BR"), "pt-BR"),
        ("pt-BR", ("pt", "pt-BR"), "pt-BR"),
        ("no", ("en", "nb"), "nb"),
        ("nb-NO", ("en", "no"), "no"),
        ("iw", ("en", "he"), "he"),
        ("zh-HK", ("zh-Hans", "zh-Hant"), "zh-Hant"),
        ("zh-MO", ("zh-Hans", "zh-Hant"), "zh-Hant"),
        ("zh-SG", ("zh-Hant", "zh-Hans"), "zh-Hans"),
        ("pt-BR", ("en", "pt", "pt-BR"), "pt-BR"),
        ("pt-AO", ("en", "pt", "pt-BR"), "pt"),
        ("sr-Latn-RS", ("en", "sr"), "sr"),
        ("sh", ("en", "sr"), "sr"),
        ("nn-NO", ("en", "nb"), "nb"),
        ("nn", ("en", "nb", "nn"), "nn"),
        ("no", ("en", "nn"), "nn"),
        ("de-CH-1996", ("en", "de"), "de"),
        ("mo", ("en", "ro"), "ro"),
        ("es-419", ("en", "es"), "es"),
    ],
)
def test_a_tag_finds_the_nearest_language(tag, offered, expected):
    assert match_tag(tag, offered) == expected


def test_a_tag_too_long_to_be_one_is_not_looked_up():
    assert match_tag("en" + "-a" * 30_000, ["en", "uk"]) is None
    assert negotiate("en" + "-a" * 30_000, ["uk", "en"]) == "uk"


def test_answers_to_long_headers_are_not_kept():
    negotiation._negotiated.cache_clear()
    assert negotiate("xx," * 100 + "uk", OFFERED) == "en"
    assert negotiate("uk" + " " * 300, OFFERED) == "uk"
    assert negotiation._negotiated.cache_info().currsize == 0
    assert negotiate("uk", OFFERED) == "uk"
    assert negotiation._negotiated.cache_info().currsize == 1
