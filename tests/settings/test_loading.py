"""The file itself: there, readable, TOML; and the keys, from the environment only."""

import logging

import pytest

from consent.errors import SettingsError
from consent.settings import Settings, keys_from_environment

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
