"""The reader of .po files takes what ours hold, and says where it cannot."""

import pytest

from consent.errors import CatalogueError
from consent.languages.po import read_header, read_po

GOOD = """# Remark
msgid ""
msgstr ""
"Language: uk\\n"
"Plural-Forms: nplurals=2; plural=n != 1;\\n"

#. To translators
#, fuzzy, other
msgctxt "a.b"
msgid "One \\"quoted\\" "
"text"
msgstr "Один"

msgctxt "c"
msgid "{count} thing"
msgid_plural "{count} things"
msgstr[0] "{count} річ"
msgstr[1] "\\n\\t\\\\"

#~ msgctxt "gone"
#~ msgid "gone"
"""


def test_entries_keep_their_order_and_everything_in_them():
    first, second = read_po(GOOD, "x.po")
    assert (first.key, first.english, first.forms) == ("a.b", ('One "quoted" text',), ("Один",))
    assert first.flags == {"fuzzy", "other"}
    assert not first.translated
    assert not first.counted
    assert second.english == ("{count} thing", "{count} things")
    assert second.forms == ("{count} річ", "\n\t\\")
    assert second.counted
    assert second.translated


def test_the_header_is_read_field_by_field():
    assert read_header(GOOD, "x.po") == {"Language": "uk", "Plural-Forms": "nplurals=2; plural=n != 1;"}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("nothing", "x.po:1: not a line of an entry: nothing"),
        ('"text"', "x.po:1: not a line"),
        ('msgctxt "a"\nmsgctxt "b"', "x.po:2: not a line"),
        ('msgid "a" more\nmsgstr ""', "x.po:1: not a line"),
        ('msgid "a\nmsgstr ""', "x.po:1: not a line"),
        ('msgid "\\x"\nmsgstr ""', "x.po:1: no such escape"),
        ('msgctxt "a"\nmsgid "b"', "entry 'a' needs msgid with msgstr"),
        ('msgctxt "a"\nmsgstr "b"', "entry 'a' needs msgid with msgstr"),
        ('msgctxt "a"\nmsgid "b"\nmsgstr[0] "c"', "entry 'a' needs"),
        ('msgctxt "a"\nmsgid "b"\nmsgid_plural "c"\nmsgstr "d"', "entry 'a' needs"),
        ('msgctxt "a"\nmsgid "b"\nmsgid_plural "c"\nmsgstr[1] "d"', "entry 'a' leaves out a plural form"),
        ('msgctxt "a"\nmsgid "b"\nmsgstr ""\n\nmsgctxt "a"\nmsgid "b"\nmsgstr ""', "more than one entry for a"),
    ],
)
def test_what_is_no_entry_is_refused_with_its_place(source, said):
    with pytest.raises(CatalogueError) as caught:
        read_po(source, "x.po")
    assert said in str(caught.value)


def test_a_file_without_a_header_is_refused():
    with pytest.raises(CatalogueError, match=r"x\.po: no header"):
        read_header('msgctxt "a"\nmsgid "b"\nmsgstr ""', "x.po")
