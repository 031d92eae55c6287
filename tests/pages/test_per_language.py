"""Once for each language, and not before it is needed."""

from consent.pages.per_language import PerLanguage


def test_the_first_is_made_at_start_and_others_once_when_they_are_asked_for():
    made = []

    def make(language):
        made.append(language)
        return language.upper()

    table = PerLanguage(["en", "uk", "de"], make)
    assert made == ["en"]
    assert [table[tag] for tag in ("uk", "uk", "en", "uk")] == ["UK", "UK", "EN", "UK"]
    assert made == ["en", "uk"]


def test_a_language_the_site_does_not_speak_gets_the_first_and_is_not_kept():
    table = PerLanguage(["en", "uk"], str.upper)
    assert [table[tag] for tag in ("xx", "", "EN")] == ["EN", "EN", "EN"]
    assert table._made == {"en": "EN"}
