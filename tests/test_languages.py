"""Which language a visitor gets, and that every language says everything."""

import string

import pytest

from consent.languages import RANGES, bundled, load, match_tag, negotiate, plural

OFFERED = ("en", "uk")


def test_english_and_ukrainian_come_with_the_package_english_first():
    assert bundled() == ("en", "uk")


def test_an_unknown_language_has_no_texts():
    with pytest.raises(LookupError, match="no texts for 'xx': bundled are en, uk"):
        load("xx")


def texts_of(table, path=()):
    for key, value in table.items():
        if isinstance(value, str):
            yield (*path, key), value
        else:
            yield from texts_of(value, (*path, key))


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


PLURALS = {"one", "few", "many", "other"}


@pytest.mark.parametrize("language", bundled())
def test_every_language_says_the_same_things_with_the_same_blanks(language):
    english = dict(texts_of(load("en")))
    own = dict(texts_of(load(language)))
    assert {p for p in own if p[-1] not in PLURALS} == {p for p in english if p[-1] not in PLURALS}
    assert {p for p in own if p[-1] == "other"} == {p for p in english if p[-1] == "other"}
    for path, text in own.items():
        like = english[path] if path[-1] not in PLURALS else english[*path[:-1], "other"]
        missing = fields(like) - fields(text) - {"count"}
        assert not missing, f"{language}: {'.'.join(path)} leaves out {missing}"
        assert fields(text) <= fields(like)
        assert not set(text) & set("<>&"), "texts are plain"


@pytest.mark.parametrize("language", bundled())
def test_no_text_calls_a_site_compliant(language):
    words = " ".join(text for _, text in texts_of(load(language))).lower()
    assert not [word for word in ("complian", "gdpr", "відповідає вимогам") if word in words]


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
        ("zh", ("zh-Hant", "zh-Hans"), "zh-Hans"),
        ("zh-TW", ("zh-Hans",), None),
        ("pt-BR", ("en", "pt"), "pt"),
        ("pt", ("en", "pt-BR"), "pt-BR"),
        ("pt-PT", ("en", "pt-BR"), "pt-BR"),
        ("pt-BR", ("pt", "pt-BR"), "pt-BR"),
        ("no", ("en", "nb"), "nb"),
        ("nb-NO", ("en", "no"), "no"),
        ("iw", ("en", "he"), "he"),
    ],
)
def test_a_tag_finds_the_nearest_language(tag, offered, expected):
    assert match_tag(tag, offered) == expected


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", {"one": [1], "other": [0, 2, 21]}),
        ("uk", {"one": [1, 21, 101], "few": [2, 3, 24, 102], "many": [0, 5, 11, 12, 14, 111, 112]}),
    ],
)
def test_plural_forms_follow_the_language(language, forms):
    assert {form: [plural(language, count) for count in counts] for form, counts in forms.items()} == {
        form: [form] * len(counts) for form, counts in forms.items()
    }


def test_a_tag_too_long_to_be_one_is_not_looked_up():
    assert match_tag("en" + "-a" * 30_000, ["en", "uk"]) is None
    assert negotiate("en" + "-a" * 30_000, ["uk", "en"]) == "uk"
