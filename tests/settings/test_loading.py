"""The file itself: there, readable, TOML; and the keys, from the environment only."""

import logging

import pytest
from hypothesis import given, strategies as st

from consent.errors import SettingsError
from consent.settings import Settings, keys_from_environment, toml

LONG = "k" * 32


def refused(path) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.from_toml(path)
    assert len(caught.value.problems) == 1
    return str(caught.value.problems[0])


def test_a_file_gives_the_same_settings_as_its_mapping(tmp_path):
    path = tmp_path / "consent.toml"
    path.write_text('[site]\nname = "Газета"\nservices = ["youtube"]\n[banner]\nposition = "left"\n', "utf-8")
    mapping = {"site": {"name": "Газета", "services": ["youtube"]}, "banner": {"position": "left"}}
    found, same = Settings.from_toml(path), Settings.from_mapping(mapping)
    assert (found.site, found.banner, found.policy) == (same.site, same.banner, same.policy)


def test_a_path_may_be_a_text(tmp_path):
    (tmp_path / "consent.toml").write_text('[site]\nname = "X"\n')
    assert Settings.from_toml(str(tmp_path / "consent.toml")).site.name == "X"


def test_a_missing_file_is_named_with_a_remedy(tmp_path):
    message = refused(tmp_path / "consent.toml")
    assert message.startswith("consent.E001  ")
    assert "consent.toml: this file is not there" in message


def test_a_folder_cannot_be_read(tmp_path):
    assert refused(tmp_path).startswith("consent.E002")


def test_a_file_that_is_not_utf_8_cannot_be_read(tmp_path):
    (tmp_path / "c.toml").write_bytes(b'[site]\nname = "\xff"\n')
    assert "not UTF-8" in refused(tmp_path / "c.toml")


def test_a_path_with_a_null_byte_cannot_be_read():
    assert refused("a\0b").startswith("consent.E002")


def test_broken_toml_is_shown_with_line_and_column(tmp_path):
    (tmp_path / "c.toml").write_text("[site]\nname = The Gazette\n")
    message = refused(tmp_path / "c.toml")
    assert message.startswith("consent.E003")
    assert "at line 2, column 8" in message


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    (tmp_path / "c.toml").write_bytes(b'\xef\xbb\xbf[site]\r\nname = "X"\r\n')
    assert Settings.from_toml(tmp_path / "c.toml").site.name == "X"


def test_utf_16_is_told_by_its_name(tmp_path):
    (tmp_path / "c.toml").write_bytes('[site]\nname = "X"\n'.encode("utf-16"))
    message = refused(tmp_path / "c.toml")
    assert message.startswith("consent.E002  ")
    assert message.endswith("this file cannot be read (UTF-16). Save it as text in UTF-8")


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("name = “The Gazette”", "Write straight quotation marks"),
        ("name = «Газета»", "Write straight quotation marks"),
        ("name: The Gazette", "This looks like YAML"),
        ("- name", "This looks like YAML"),
        ("name = The Gazette", 'Put the text in quotes: name = "The Gazette"'),
        ('name = "X";', "Take the semicolon out"),
        ("// my site", "Begin a comment with #"),
        ("guard = True", "Write true"),
        ("guard = yes # please", "Write true"),
        ("guard = no", "Write false"),
        ("csp = off", 'or in quotes what is a word: "off"'),
        ("controller = None", "Write a value, or take the line out"),
        ("controller =", "Write a value, or take the line out"),
        (r'url = "sqlite:///C:\Users\me\consent.db"', "put the text in single quotes"),
        ("домени = []", "Write the keys as docs/settings.md names them"),
        ('name = "X', "Put the closing quotation mark"),
        ('domains = ["a.org" "b.org"]', "Put a comma between two values"),
        ("<site>", "This looks like XML"),
        ("???", "Mend that line"),
    ],
)
def test_what_was_probably_meant_is_said_and_the_line_is_not_repeated(tmp_path, line, remedy):
    (tmp_path / "c.toml").write_text(f"[site]\n{line}\n", "utf-8")
    message = refused(tmp_path / "c.toml")
    assert message.startswith("consent.E003  ")
    assert "(at line 2, column " in message
    assert remedy in message
    assert "me" + "\\consent.db" not in message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"site": {"name": "X"}}', "This looks like JSON"),
        ('[site]\nname = "X"\nname = "Y"\n', "this key stands here for the second time (at line 3"),
        ('[site]\nname = "X"\n[site]\n', "this table stands here for the second time (at line 3"),
        ('[site]\nname = "X"\ndomains = ["a.org",\n[holding]\n', "Close the list above with ]"),
        ('[site]\rname = "X"\r', "line ends"),
        (f"rate = {'9' * 5000}", "a number is too long"),
        ('name = """X', "Put the closing quotation mark"),
    ],
)
def test_a_file_that_is_no_toml_is_told_what_it_is(tmp_path, content, message):
    (tmp_path / "c.toml").write_bytes(content.encode())
    assert message in refused(tmp_path / "c.toml")


@given(st.binary() | st.text().map(str.encode))
def test_no_bytes_raise_and_what_is_wrong_has_a_remedy(content):
    found = toml.parse(content)
    assert isinstance(found, dict) or (found.message and found.remedy)


def test_a_file_nested_beyond_reason_cannot_be_read(tmp_path):
    (tmp_path / "c.toml").write_text(f"a = {'[' * 5000}{']' * 5000}")
    assert refused(tmp_path / "c.toml").startswith("consent.E00")


def test_a_table_written_twice_is_not_toml(tmp_path):
    (tmp_path / "c.toml").write_text('[site]\nname = "X"\n[site]\n')
    assert refused(tmp_path / "c.toml").startswith("consent.E003")


# keys


def test_keys_come_newest_first():
    assert keys_from_environment({"CONSENT_SECRET": f"new{LONG}, old{LONG} ,,"}) == (
        f"new{LONG}".encode(),
        f"old{LONG}".encode(),
    )


@pytest.mark.parametrize("environ", [{}, {"CONSENT_SECRET": ""}, {"CONSENT_SECRET": " , "}])
def test_no_key_is_refused_with_a_command_that_makes_one(environ):
    with pytest.raises(SettingsError) as caught:
        keys_from_environment(environ)
    problem = caught.value.problems[0]
    assert problem.code == "consent.E061"
    assert "secrets.token_urlsafe(32)" in problem.remedy


def test_a_short_key_is_taken_with_a_warning_that_does_not_show_it(caplog):
    with caplog.at_level(logging.WARNING, logger="consent"):
        assert keys_from_environment({"CONSENT_SECRET": f"{LONG},hunter2"}) == (LONG.encode(), b"hunter2")
    assert [record.getMessage().split()[0] for record in caplog.records] == ["consent.W001"]
    assert "key 2" in caplog.text
    assert "hunter2" not in caplog.text


def test_a_long_key_is_taken_without_a_word(caplog):
    keys_from_environment({"CONSENT_SECRET": LONG})
    assert caplog.records == []


def test_a_key_need_not_be_ascii():
    assert keys_from_environment({"CONSENT_SECRET": "ключ\udcff" * 8})
