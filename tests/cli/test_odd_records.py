"""``consent records`` over rows that somebody changed, days that nobody lived, and notices that are none."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from consent.records.base import Notice
from consent.records.replay import replay
from tests.cli.test_records import SHOWN, run, site  # noqa: F401 - a fixture, taken over by name


def edit(statement, *values):
    with closing(sqlite3.connect("consent.db")) as connection, connection:
        connection.execute("DROP TRIGGER IF EXISTS consent_records_stand")
        assert connection.execute(statement, values).rowcount > 0


@pytest.mark.parametrize("day", ["1960-01-01", "0001-01-01", "0001-01-01T00:00+14:00", "9999-12-31T23:00-14:00"])
@pytest.mark.parametrize("option", ["--since", "--until"])
def test_a_day_before_or_after_all_records_is_a_day(capsys, day, option):
    status, out, err = run(capsys, "list", option, day)
    assert (status, err) == (0, "")
    assert len(out.splitlines()) == (5 if (day < "1970") is (option == "--since") else 0)


@pytest.mark.parametrize("spoilt", ["no json", "[1,2]", "[[1]]", "null"])
@pytest.mark.parametrize(
    "words", [["list"], ["export"], ["export", "--format", "csv"], ["export", "--format", "iso27560"], ["show", "ID"]]
)
def test_a_row_changed_beyond_reading_is_named_and_nothing_raised(capsys, make, words, spoilt):
    name = make(2).record_id
    edit("UPDATE consent_records SET categories = ? WHERE record_id = ?", spoilt, name)
    status, _, err = run(capsys, *[name if word == "ID" else word for word in words])
    assert status == 1
    assert err.startswith("consent.E076")
    assert name in err


def test_text_that_is_no_unicode_is_named_too(capsys, make, tmp_path):
    name = make(2).record_id
    edit("UPDATE consent_records SET host = CAST(x'ff41' AS TEXT) WHERE record_id = ?", name)
    for words in (
        ["export", "--output", "out.jsonl"],
        ["export", "--format", "csv", "--output", "o.csv"],
        ["show", name],
    ):
        status, _, err = run(capsys, *words)
        assert (status, err[:12], name in err) == (1, "consent.E076", True)
    assert not Path("out.jsonl").exists()


@pytest.mark.parametrize("head", ['<head prefix="og: x">', "<HEAD>", ""])
def test_an_old_page_runs_nothing_whatever_its_head(head):
    page = f"<!doctype html><html>{head}<script>alert(1)</script></html>"
    notice = Notice.of(json.dumps({**json.loads(SHOWN.content), "preferences": page}).encode())
    replayed = replay(notice, {"record_id": "r", "at": "a"}, "preferences")
    assert 0 <= replayed.find("Content-Security-Policy") < replayed.find("<script>")


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff"])
def test_a_notice_that_is_none_is_said_to_be_none(capsys, make, content):
    forged = Notice.of(content)
    edit("INSERT INTO consent_notices VALUES (?, ?)", forged.hash, content)
    edit("UPDATE consent_records SET notice = ? WHERE record_id = ?", forged.hash, make(2).record_id)
    status, _, err = run(capsys, "show", make(2).record_id, "--html")
    assert (status, err[:12]) == (1, "consent.E076")
