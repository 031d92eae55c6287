"""``consent records``: what an owner does with the proof, on a real file."""

import asyncio
import csv
import io
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from consent.cli import main
from consent.records.base import Notice
from consent.records.chain import derive_key
from consent.records.making import make_record_id
from consent.records.spool import Spool
from consent.records.sqlite import SqliteStore
from tests.records.conftest import NOW

SECRET = "k" * 32
SHOWN = Notice.of(
    json.dumps(
        {
            "site": "The Gazette",
            "language": "en",
            "head": "<style>p{}</style><script>alert(1)</script>",
            "banner": "<p>May we?</p>",
            "preferences": "<!doctype html><html><head><title>t</title></head><body>second layer</body></html>",
        }
    ).encode()
)


@pytest.fixture(autouse=True)
def site(tmp_path, monkeypatch, make):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONSENT_SECRET", SECRET)
    Path("consent.toml").write_text(
        '[site]\nname = "The Gazette"\ncontroller = "Gazette Ltd, Kyiv"\nprivacy_policy = "/privacy"\nservices = ["youtube"]\n',
        "utf-8",
    )
    keep(*(make(number, notice=SHOWN.hash, services=(("youtube", True),)) for number in range(5)))


def keep(*records):
    store = SqliteStore(Path("consent.db").absolute(), derive_key(SECRET.encode()))

    async def all_of_them():
        await asyncio.gather(*(store.append(record, SHOWN) for record in records))

    asyncio.run(all_of_them())
    store.close()


def run(capsys, *words):
    status = main(["records", *words])
    out, err = capsys.readouterr()
    return status, out, err


def test_list_has_the_newest_first(capsys, make):
    status, out, _ = run(capsys, "list", "--limit", "2")
    assert status == 0
    lines = out.splitlines()
    assert [line.split()[0] for line in lines] == [make(4).record_id, make(3).record_id]
    assert lines[0].split()[1:] == ["2026-11-23", "10:00:00", "partial", "banner", "receipt-4", "analytics"]


def test_list_takes_a_receipt_an_event_and_days(capsys):
    assert len(run(capsys, "list", "--receipt", "receipt-3")[1].splitlines()) == 1
    assert run(capsys, "list", "--event", "withdraw")[1] == ""
    assert run(capsys, "list", "--since", "2026-11-24")[1] == ""
    assert len(run(capsys, "list", "--until", "2026-11-24")[1].splitlines()) == 5


def test_show_has_every_answer(capsys, make):
    status, out, _ = run(capsys, "show", make(2).record_id)
    assert status == 0
    assert "  yes  analytics\n  no   advertising\n" in out
    assert "receipt        receipt-2\n" in out
    assert "kept: see it with --html" in out


@pytest.mark.parametrize(("layer", "seen"), [("banner", "<p>May we?</p>"), ("preferences", "second layer")])
def test_show_replays_what_was_shown_and_lets_nothing_run(capsys, make, layer, seen):
    status, out, _ = run(capsys, "show", make(2).record_id, "--html", "--layer", layer)
    assert (status, seen in out) == (0, True)
    assert "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'" in out
    assert out.index("Content-Security-Policy") < out.index(seen)


def test_show_says_what_is_not_there(capsys):
    status, _, err = run(capsys, "show", "none")
    assert (status, err.startswith("consent.E077")) == (1, True)


def test_verify_is_content_with_what_was_written(capsys):
    status, out, _ = run(capsys, "verify")
    assert (status, out) == (0, "5 records and 0 tombstones in 1 chain, 1 notice: all is as it was written\n")


def test_verify_names_the_first_bad_row(capsys, make):
    with closing(sqlite3.connect("consent.db")) as connection:
        connection.execute("DROP TRIGGER consent_records_stand")
        connection.execute("UPDATE consent_records SET receipt = 'other' WHERE record_id = ?", (make(2).record_id,))
        connection.commit()
    status, out, _ = run(capsys, "verify")
    assert status == 1
    assert out.splitlines()[0] == f"consent.E076  chain 1, record 3 ({make(2).record_id}): it is not what was written"
    assert "1 finding" in out.splitlines()[-1]


def test_verify_keeps_an_anchor_and_holds_the_store_to_it(capsys, make):
    content = Path("consent.db").read_bytes()
    keep(make(7))
    assert run(capsys, "verify", "--anchor", "anchor.json")[0] == 0
    assert run(capsys, "verify", "--anchor", "anchor.json")[0] == 0
    Path("consent.db").write_bytes(content)
    status, out, _ = run(capsys, "verify", "--anchor", "anchor.json")
    assert (status, "the store was put back" in out) == (1, True)
    Path("anchor.json").write_text("?", "utf-8")
    assert run(capsys, "verify", "--anchor", "anchor.json")[0] == 1
    assert Path("anchor.json").read_text("utf-8") == "?"  # what cannot be read is not overwritten


def test_verify_with_another_key_says_so(capsys, monkeypatch):
    monkeypatch.setenv("CONSENT_SECRET", "another key that signs from now on")
    status, out, _ = run(capsys, "verify")
    assert (status, "consent.E074" in out) == (1, True)
    monkeypatch.setenv("CONSENT_RETIRED_SECRETS", SECRET)
    assert run(capsys, "verify")[0] == 0


def test_export_as_json_lines_has_answers_as_objects(capsys):
    _, out, _ = run(capsys, "export")
    told = [json.loads(line) for line in out.splitlines()]
    assert [one["receipt"] for one in told] == [f"receipt-{number}" for number in range(5)]
    assert told[0]["categories"] == {"analytics": True, "advertising": False}


def test_export_as_csv_can_be_read_back_and_computes_nothing(capsys, make):
    keep(make(8, host='=HYPERLINK("//evil.test")', gpc=True))
    _, out, _ = run(capsys, "export", "--format", "csv")
    told = list(csv.DictReader(io.StringIO(out)))
    assert len(told) == 6
    assert told[5]["host"] == '\'=HYPERLINK("//evil.test")'
    assert (told[5]["gpc"], told[5]["categories"]) == ("yes", "analytics=yes advertising=no")


def test_export_in_the_shape_of_the_standard_has_its_mandatory_fields(capsys):
    _, out, _ = run(capsys, "export", "--format", "iso27560", "--receipt", "receipt-1")
    (told,) = [json.loads(line) for line in out.splitlines()]
    assert {"schema_version", "record_id", "pii_principal_id", "processing", "party_identification", "event"} == set(
        told
    )
    mandatory = {
        "privacy_notice", "language", "purposes", "pii_information", "pii_controllers", "collection_method",
        "storage_locations", "retention_period", "jurisdiction", "recipient_third_parties", "withdrawal_method",
    }  # fmt: skip
    assert mandatory <= set(told["processing"])
    assert {"event_time", "validity_duration", "entity_id", "event_type", "event_state"} == set(told["event"])
    assert {"party_id", "name", "address", "contact", "type"} == set(told["party_identification"][0])
    assert told["event"]["event_state"] == "given"
    assert told["event"]["validity_duration"] == "PT15552000S"  # half a year; only the moment has parts of a second
    assert told["processing"]["recipient_third_parties"] == ["Google LLC"]
    assert told["processing"]["privacy_notice"]["uri"] == "https://example.org/privacy"
    assert told["processing"]["withdrawal_method"] == "https://example.org/consent"


def test_export_to_a_file_is_for_its_owner_alone(capsys):
    status, out, _ = run(capsys, "export", "--output", "out.jsonl")
    assert (status, out, len(Path("out.jsonl").read_text("utf-8").splitlines())) == (0, "", 5)
    assert Path("out.jsonl").stat().st_mode & 0o077 == 0
    assert not Path("out.jsonl.part").exists()
    status, _, err = run(capsys, "export", "--output", "no/where.jsonl")
    assert (status, err.startswith("consent.E079")) == (1, True)


def test_erase_takes_a_visitors_records_even_out_of_the_spool(capsys, make):
    asyncio.run(
        Spool(Path("consent.db.spool"), keys=[derive_key(SECRET.encode())]).append(make(9, receipt="receipt-2"))
    )
    assert run(capsys, "erase", "receipt-2")[:2] == (0, "2 records erased\n")
    assert run(capsys, "list", "--receipt", "receipt-2")[1] == ""
    assert run(capsys, "erase", "receipt-2")[:2] == (1, "there is no record of this receipt\n")
    assert run(capsys, "verify")[0] == 0
    assert b"receipt-2" not in Path("consent.db.spool").read_bytes()


def test_purge_takes_what_is_older_than_the_retention(capsys, make):
    old = datetime.now(UTC) - timedelta(days=4 * 365)
    keep(*(make(number, at=old, record_id=make_record_id(old, number.to_bytes(10, "big"))) for number in (20, 21)))
    assert run(capsys, "purge", "--dry-run")[:2] == (0, "2 records older than 1,095 days\n")
    assert run(capsys, "purge")[:2] == (0, "2 records older than 1,095 days purged\n")
    assert run(capsys, "verify")[0] == 0
    if datetime.now(UTC) > NOW:
        assert run(capsys, "purge", "--older-than", "1 second")[:2] == (0, "5 records older than 0 days purged\n")


def test_stats_add_up(capsys):
    status, out, _ = run(capsys, "stats")
    assert status == 0
    assert "5 records, 5 choices" in out
    assert "analytics                        5 of 5 (100.0 %)" in out
    told = json.loads(run(capsys, "stats", "--json")[1])
    assert told["categories"]["advertising"] == {"part": 0, "whole": 5, "percent": 0.0}
    assert told["events"] == {"partial": 5}
    assert json.loads(run(capsys, "stats", "--json", "--since", "2027-01-01")[1])["records"] == 0


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["lits"],
        ["show"],
        ["list", "--since", "soon"],
        ["list", "--limit", "0"],
        ["purge", "--older-than", "x"],
        ["export", "--format", "xml"],
    ],
)
def test_a_wrong_call_exits_with_two(words, capsys):
    assert main(["records", *words]) == 2
    assert capsys.readouterr().err


def test_mistakes_in_the_settings_and_missing_records_exit_with_one(capsys, monkeypatch):
    assert run(capsys, "list", "--settings", "no.toml")[0] == 1
    Path("consent.db").unlink()
    status, _, err = run(capsys, "verify")
    assert (status, err.startswith("consent.E070"), Path("consent.db").exists()) == (1, True, False)
    Path("consent.toml").write_text('[site]\nname = "G"\n[records]\nurl = "off"\n', "utf-8")
    assert run(capsys, "stats")[2].startswith("consent.E070  records are switched off")
    monkeypatch.delenv("CONSENT_SECRET")
    assert "consent.E061" in run(capsys, "stats")[2]
