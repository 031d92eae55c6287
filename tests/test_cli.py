"""The command: 0 when all is well, 1 when something is wrong, 2 when it was called wrongly."""

from pathlib import Path

import pytest

from consent.cli import main


@pytest.fixture(autouse=True)
def _in_a_site(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONSENT_SECRET", "k" * 32)


def write(text: str, path: str = "consent.toml") -> None:
    Path(path).write_text(text, "utf-8")


GOOD = '[site]\nname = "The Gazette"\nlanguages = ["en", "uk"]\nservices = ["youtube"]\n'


def test_check_says_what_a_right_file_asks_for(capsys):
    write(GOOD)
    assert main(["check"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("consent.toml is right: The Gazette asks for 5 categories and 1 service in 2 languages.\n")
    assert "necessary, functional, analytics" in out
    assert "YouTube" in out
    assert "en, uk" in out


def test_check_reads_another_file(capsys):
    write(GOOD, "other.toml")
    assert main(["check", "--settings", "other.toml"]) == 0
    assert capsys.readouterr().out.startswith("other.toml is right")


@pytest.mark.parametrize(
    "words", [["--settings", "other.toml", "check"], ["--settings", "none.toml", "check", "--settings", "other.toml"]]
)
def test_the_file_may_be_named_before_the_command_and_the_last_word_counts(words, capsys):
    write(GOOD, "other.toml")
    assert main(words) == 0
    assert capsys.readouterr().out.startswith("other.toml is right")


@pytest.mark.parametrize(
    "words",
    [
        ["records", "--settings", "other.toml", "list"],
        ["--settings", "other.toml", "records", "list"],
        ["browsers", "--settings", "other.toml", "check", "UA"],
        ["browsers", "check", "UA", "--settings", "other.toml"],
    ],
)
def test_the_file_may_be_named_at_each_of_a_commands_words(words, capsys):
    write("[site]\nnmae = 1", "other.toml")
    assert main(words) == 1
    assert "consent.E011  other.toml: site.nmae" in "".join(capsys.readouterr())


def test_check_prints_every_mistake(capsys):
    write('[site]\nnmae = "X"\n[banner]\nposition = "botom"\n')
    assert main(["check"]) == 1
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines()] == [
        "consent.E010",
        "consent.E011",
        "consent.E013",
        "3",
    ]


def test_check_names_a_missing_file(capsys):
    assert main(["check"]) == 1
    assert "consent.E001  consent.toml: this file is not there" in capsys.readouterr().out


def test_check_misses_the_key_too(capsys, monkeypatch):
    monkeypatch.delenv("CONSENT_SECRET")
    write(GOOD)
    assert main(["check"]) == 1
    assert "consent.E061" in capsys.readouterr().out


def test_check_warns_of_a_short_key_once_and_goes_on(capsys, monkeypatch, caplog):
    monkeypatch.setenv("CONSENT_SECRET", "hunter2")
    write(GOOD)
    assert main(["check"]) == 0
    assert capsys.readouterr().err.startswith("consent.W001")
    assert caplog.records == []


def test_an_unknown_command_is_corrected(capsys):
    assert main(["chekc"]) == 2
    assert "there is no command 'chekc'; did you mean 'check'?" in capsys.readouterr().err


def test_a_command_like_no_other_brings_the_list(capsys):
    assert main(["zzz"]) == 2
    assert "commands are: " in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["check", "--nope"], ["check", "extra"], ["--nope"], ["check", "--settings"]])
def test_a_wrong_call_exits_with_two(words, capsys):
    assert main(words) == 2
    assert "usage: consent" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--help"], ["check", "--help"]])
def test_help_is_no_mistake(words, capsys):
    assert main(words) == 0
    assert "consent" in capsys.readouterr().out


def test_words_are_taken_from_the_command_line(monkeypatch, capsys):
    write(GOOD)
    monkeypatch.setattr("sys.argv", ["consent", "check"])
    assert main() == 0
    assert capsys.readouterr().out
