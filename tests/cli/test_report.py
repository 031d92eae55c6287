"""``consent report`` and ``consent doctor`` on a real file."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from consent.cli import main
from consent.records.chain import derive_key
from consent.records.spool import Spool
from consent.records.sqlite import SqliteStore

SECRET = "k" * 32


@pytest.fixture(autouse=True)
def site(tmp_path, monkeypatch, make):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONSENT_SECRET", SECRET)
    Path("consent.toml").write_text('[site]\nname = "The Gazette"\n', "utf-8")
    store = SqliteStore(Path("consent.db").absolute(), derive_key(SECRET.encode()))

    async def keep():
        await asyncio.gather(*(store.append(make(number)) for number in range(30)))

    asyncio.run(keep())
    store.close()


def run(capsys, *words):
    status = main(list(words))
    out, err = capsys.readouterr()
    return status, out, err


def test_report_writes_one_file(capsys):
    assert run(capsys, "report")[:2] == (0, "consent-report.html: 30 choices\n")
    html = Path("consent-report.html").read_text("utf-8")
    assert "Consent at The Gazette" in html
    assert '<th scope="row">analytics</th><td>30</td><td>30</td>' in html


def test_report_takes_days_and_a_place(capsys):
    words = ("report", "--since", "2027-01-01", "--output", "other.html")
    assert run(capsys, *words)[:2] == (0, "other.html: 0 choices\n")
    assert "Records from 2027-01-01 to the last" in Path("other.html").read_text("utf-8")
    status, _, err = run(capsys, "report", "--output", "no/where.html")
    assert (status, err.startswith("consent.E079")) == (1, True)


def test_report_without_records_says_so(capsys):
    Path("consent.db").unlink()
    assert run(capsys, "report")[2].startswith("consent.E070")
    assert run(capsys, "report", "--settings", "no.toml")[0] == 1


def test_doctor_is_content_with_a_site_that_runs(capsys):
    status, out, _ = run(capsys, "doctor")
    assert status == 0
    assert [line.split()[1] for line in out.splitlines()] == [
        "settings", "keys", "store", "chain", "spool", "catalogue", "browsers", "suffixes",
    ]  # fmt: skip
    assert f"ok  store      {Path.cwd() / 'consent.db'}\n" in out
    assert "1 chain, 30 records" in out


def test_doctor_shows_what_waits_and_what_is_wrong(capsys, make, monkeypatch):
    asyncio.run(Spool(Path("consent.db.spool").absolute()).append(make(99)))
    status, out, _ = run(capsys, "doctor")
    assert (status, "!!  spool" in out) == (1, True)
    Path("consent.db.spool").unlink()
    monkeypatch.setenv("CONSENT_SECRET", "another key that is long enough")
    status, out, _ = run(capsys, "doctor")
    assert (status, "consent.E074" in out) == (1, True)
    monkeypatch.setenv("CONSENT_SECRET", f"short,{SECRET}")
    assert "consent.W001" in run(capsys, "doctor")[1]


def test_doctor_shows_a_store_that_cannot_be_used(capsys):
    with closing(sqlite3.connect("consent.db")) as connection:
        connection.execute("INSERT INTO consent_migrations (version) VALUES (99)")
        connection.commit()
    status, out, _ = run(capsys, "doctor")
    assert (status, "consent.E071" in out) == (1, True)


def test_doctor_never_shows_a_password(capsys):
    Path("consent.toml").write_text(
        '[site]\nname = "G"\n[records]\nurl = "postgresql://me:s3cret@127.0.0.1:1/consent"\n', "utf-8"
    )
    status, out, err = run(capsys, "doctor")
    assert (status, "does not answer" in out, "s3cret" in out + err) == (1, True, False)
    Path("consent.toml").write_text('[site]\nname = "G"\n[records]\nurl = "off"\n', "utf-8")
    assert "switched off" in run(capsys, "doctor")[1]
    assert run(capsys, "doctor", "--settings", "no.toml")[0] == 1
