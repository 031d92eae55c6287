"""What people are shown of ``records.url``."""

from pathlib import Path

import pytest

from consent.records.places import shown


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://me:s3cret@db/consent", "postgresql://db/consent"),
        ("postgresql://me:s3cret@one:5432,two:5433/consent", "postgresql://one:5432,two:5433/consent"),
        ("postgresql://db/consent?user=me&password=s3cret", "postgresql://db/consent"),
        ("postgres://me:s3@cret@[::1]:5432/consent#s3cret", "postgres://[::1]:5432/consent"),
        ("postgresql://me:s3cret@[db/consent", "postgresql"),
    ],
)
def test_a_server_is_shown_without_user_and_password(url, told):
    assert shown(url) == told


def test_a_file_is_shown_with_its_whole_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert shown("sqlite:///consent.db") == str(tmp_path / "consent.db")
    assert shown("sqlite:////var/lib/consent.db") == str(Path("/var/lib/consent.db"))
