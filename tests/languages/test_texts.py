"""Every language says everything, in plain text, with the same blanks."""

import pytest

from consent import ConsentMiddleware, Settings
from consent.errors import CatalogueError
from consent.languages import bundled, load, message_paths
from consent.languages.texts import overlaid
from consent.pages.wording import Wording
from tools import texts as tool

LANGUAGES = bundled()
OTHERS = [tag for tag in LANGUAGES if tag != "en"]


def test_english_comes_first_and_ukrainian_is_there():
    assert LANGUAGES[0] == "en"
    assert "uk" in LANGUAGES
    assert len(set(LANGUAGES)) == len(LANGUAGES)


def test_an_unknown_language_has_no_texts():
    with pytest.raises(LookupError, match="no texts for 'xx': bundled are en, "):
        load("xx")


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_says_everything_with_the_same_blanks_and_all_plural_forms(language):
    assert list(tool.problems(language)) == []


@pytest.mark.parametrize("entry", tool.read("consent.pot"), ids=lambda entry: entry.key)
def test_the_english_is_plain_and_its_braces_pair(entry):
    for text in entry.english:
        assert tool.fields(text) is not None
        assert not set(text) & set("<>&")
        assert text == text.strip()


def test_no_key_is_hidden_by_a_method_of_tables():
    """In templates ``t.receipt.copy`` would be the method and not the text."""
    names = {name for key in message_paths() for name in key.split(".")}
    assert sorted(names & set(dir(dict))) == ["get"]  # of the page for outdated browsers, which has no such table


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_calls_a_site_compliant(language):
    words = " ".join(_texts_of(load(language))).lower()
    assert not [word for word in ("complian", "gdpr", "rgpd", "dsgvo", "відповідає вимогам") if word in words]


def _texts_of(table):
    for value in table.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from value
        else:
            yield from _texts_of(value)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("banner.title = Your choice about cookies", "is the English"),
        ("banner.plain = Cookies.", "its blanks are [], in English ['site']"),
        ("banner.plain = {site} {other} cookies.", "its blanks are ['other', 'site'], in English ['site']"),
        ("banner.plain = {site", "braces that don't pair"),
        ("banner.plain = <b>{site}</b>.", "no markup"),
        ("banner.plain = {site}: https://example.org.", "no address"),
        ("banner.plain = {site} и", "without a full stop"),
        ("banner.title = Файли.", "ends with a full stop"),
        ("counted.services = {count} раз | {count} рази", "2 forms; the language has 3: one, few, many"),
        ("actions.reject = Прийняти все", "two of the three buttons say the same"),
        ("actions.reject = Ні, я рішуче відмовляюся від усього", "accept and reject are of unequal length"),
        ("actions.settings = Налаштувати кожну категорію окремо", "the three buttons are of unequal length"),
        ("banner.nothing = Нічого", "not `key = text` with a key of consent.pot"),
    ],
)
def test_a_mistake_in_a_translation_is_found(line, wrong, tmp_path, monkeypatch):
    for name in ("consent.pot", "uk.po"):
        (tmp_path / name).write_bytes((tool.TEXTS / name).read_bytes())
    monkeypatch.setattr(tool, "TEXTS", tmp_path)
    found = [*tool.fill("uk", line), *tool.problems("uk")]
    assert [problem for problem in found if wrong in problem]


def test_what_the_template_has_anew_is_missed_and_other_english_makes_a_translation_stale(tmp_path, monkeypatch):
    for name in ("consent.pot", "uk.po"):
        text = (tool.TEXTS / name).read_text("utf-8")
        if name == "consent.pot":
            text = (
                text.replace('msgid "Accept all"', 'msgid "Allow all"')
                + '\n\nmsgctxt "banner.new"\nmsgid "New"\nmsgstr ""\n'
            )
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.setattr(tool, "TEXTS", tmp_path)
    assert list(tool.problems("uk")) == [
        "uk: actions.accept is a translation of other English: Accept all",
        "uk: banner.new is missing",
    ]
    tool.main(["merge"])
    assert list(tool.problems("uk")) == ["uk: actions.accept: not translated", "uk: banner.new: not translated"]


def test_merging_changes_nothing_where_nothing_is_new(tmp_path, monkeypatch):
    for name in ("consent.pot", *(f"{tag}.po" for tag in OTHERS)):
        (tmp_path / name).write_bytes((tool.TEXTS / name).read_bytes())
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setattr(tool, "TEXTS", tmp_path)
    tool.main(["merge"])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_own_texts_stand_in_for_ours_and_leave_ours_as_they_are():
    texts = overlaid(load("en"), [("actions.accept", "Fine"), ("partners.counted", ("one", "{count}"))])
    assert texts["actions"]["accept"] == "Fine"
    assert texts["actions"]["reject"] == "Reject all"
    assert texts["partners"]["counted"] == ("one", "{count}")
    assert load("en")["actions"]["accept"] == "Accept all"
    with pytest.raises(LookupError):
        overlaid(load("en"), [("actions.accept.more", "x")])


def test_a_broken_catalogue_is_an_error_of_its_own():
    assert issubclass(CatalogueError, Exception)


@pytest.mark.parametrize("language", [tag for tag in LANGUAGES if tag != "en"])
def test_the_sentence_of_the_notice_reads_with_any_partners(language):
    """No blank is left, whatever the site asks for."""
    wording = Wording.of(language)
    for count in (0, 1, 2, 3, 5, 11, 21, 100):
        for kinds in ([], ["social"], ["social", "advertising", "analytics"]):
            listed = wording.listed([wording.text("kinds", kind) for kind in kinds])
            key = "counted_of_kinds" if kinds else "counted"
            partners = wording.counted("partners", key, count=count, kinds=listed)
            assert "{" not in wording.text("banner", "shared", partners=partners)
            assert listed in partners


def test_the_days_of_the_browser_page_stand_in_every_language():
    for language in LANGUAGES:
        wording = Wording.of(language)
        days = {"30", wording.forms.number(30)}
        for key in ("continue_note", "notice_hide"):
            assert [day for day in days if day in wording.text("browser", key)], f"{language}: browser.{key}"


def test_a_site_that_speaks_every_language_reads_only_its_first_when_it_starts(monkeypatch):
    monkeypatch.setenv("CONSENT_SECRET", "a key for this test alone")
    settings = Settings.from_mapping({"site": {"name": "The Gazette"}, "records": {"url": "off"}})
    load.cache_clear()
    ConsentMiddleware(None, settings=settings)
    assert len(settings.site.languages) == len(LANGUAGES)
    assert load.cache_info().currsize == 1


OFFICIAL = [
    "bg",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "es",
    "et",
    "fi",
    "fr",
    "ga",
    "hr",
    "hu",
    "it",
    "lt",
    "lv",
    "mt",
    "nl",
    "pl",
    "pt",
    "ro",
    "sk",
    "sl",
    "sv",
]
OTHER = [
    "uk",
    "nb",
    "is",
    "tr",
    "sr",
    "sq",
    "ka",
    "hy",
    "ar",
    "he",
    "fa",
    "ur",
    "hi",
    "bn",
    "th",
    "vi",
    "id",
    "ja",
    "ko",
    "zh-Hans",
    "zh-Hant",
    "pt-BR",
]


def test_all_official_languages_of_the_union_and_the_promised_others_are_bundled():
    assert [tag for tag in (*OFFICIAL, *OTHER) if tag not in LANGUAGES] == []


def test_chinese_and_japanese_sentences_follow_each_other_without_a_space():
    for language in ("ja", "zh-Hans", "zh-Hant"):
        wording = Wording.of(language)
        assert wording.sentences(wording.text("state", "accepted"), wording.text("banner", "choice")).count("。 ") == 0
    assert Wording.of("en").sentences("One.", "Two.") == "One. Two."


@pytest.mark.parametrize("command", ["new", "check", "todo", "merge", "fill"])
def test_a_tag_that_is_none_is_told_with_what_comes_first(command, capsys):
    assert tool.main([command, "xx", *(["lines.txt"] if command == "fill" else [])]) == 2
    assert capsys.readouterr().out.startswith("xx: not in consent/data/cldr.json. Put it into TAGS of tools/cldr.py")
