"""Millions of records in SQLite: ``python -m tests.bench.many FOLDER MILLIONS`` adds to the file there, then measures.

The records are made and sealed as a server does it; only the disk is not waited for while the file is filled.
"""

import json
import os
import random
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from consent.records import rows
from consent.records.base import make_record_id
from consent.records.chain import derive_key
from consent.records.sealing import seal_group
from consent.records.sqlite_schema import begin, keep, migrate

SECRET = "a key for measuring alone: nothing else"
GROUP = 20_000
STEP = 8.64
"""Seconds between two records: ten million are a thousand days."""
LANGUAGES = ("en", "uk", "de", "fr", "pl")
CATEGORIES = ("functional", "analytics", "advertising", "social", "media")
SITE = '[site]\nname = "Measured"\nlanguages = ["en"]\n'


def fill(path: Path, millions: float) -> None:
    import sqlite3  # noqa: PLC0415

    connection = sqlite3.connect(path / "consent.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -800000")
    key, chance = derive_key(SECRET.encode()), random.Random(os.urandom(8))
    migrate(connection, key)
    (already,) = connection.execute("SELECT coalesce(sum(length), 0) FROM consent_chains").fetchone()
    total, chain = int(millions * 1_000_000), None
    start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=already * STEP)
    services = json.dumps([["youtube", True], ["google-analytics", True], ["matomo", False]], separators=(",", ":"))
    answers = [
        ("grant", "accept", json.dumps([[key_, True] for key_ in CATEGORIES], separators=(",", ":"))),
        ("refuse", "reject", json.dumps([[key_, False] for key_ in CATEGORIES], separators=(",", ":"))),
        ("partial", "save", json.dumps([[key_, key_ == "analytics"] for key_ in CATEGORIES], separators=(",", ":"))),
    ]
    for first in range(0, total, GROUP):
        group = []
        for number in range(first, min(first + GROUP, total)):
            now = start + timedelta(seconds=number * STEP)
            event, action, categories = chance.choices(answers, (55, 35, 10))[0]
            at = rows.moment_text(now)
            group.append(
                {
                    "record_id": make_record_id(now, chance.randbytes(10)), "receipt": chance.randbytes(12).hex()[:16],
                    "at": at, "event": event, "action": action, "source": "banner", "categories": categories,
                    "services": services, "policy_version": "0123456789", "notice": "", "region": "", "model": "opt-in",
                    "language": chance.choice(LANGUAGES), "gpc": chance.random() < 0.1, "host": "example.org",
                    "browser": "blink", "expires_at": at, "reason": "first-visit", "waited": chance.randrange(90),
                }
            )  # fmt: skip
        connection.execute("BEGIN IMMEDIATE")
        chain = chain or begin(connection, key, "filled")
        sealed = seal_group(key, chain, [{**row, "gpc": int(row["gpc"])} for row in group])
        keep(connection, sealed)
        connection.execute("COMMIT")
        chain = sealed.chain
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def measure(path: Path, *words: str) -> None:
    """One command as an owner runs it: its time, and the most memory it had."""
    command = [sys.executable, "-m", "tests.bench.many", str(path), "--command", *words]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    took = time.perf_counter() - started
    memory = done.stderr.strip().splitlines()[-1]
    print(f"consent records {' '.join(words):<46}{took:>9.2f} s  {memory}  exit {done.returncode}", flush=True)


def main() -> int:
    path = Path(sys.argv[1]).absolute()
    os.environ["CONSENT_SECRET"] = SECRET
    if sys.argv[2] == "--command":
        from consent.cli import main as command  # noqa: PLC0415

        os.chdir(path)
        status = command(["records", *sys.argv[3:]])
        print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB", file=sys.stderr)
        return status
    path.mkdir(exist_ok=True)
    (path / "consent.toml").write_text(SITE, "utf-8")
    started = time.perf_counter()
    fill(path, float(sys.argv[2]))
    print(
        f"filled in {time.perf_counter() - started:.0f} s, {(path / 'consent.db').stat().st_size / 1e9:.2f} GB",
        flush=True,
    )
    if len(sys.argv) > 3:
        measure(path, "stats", "--json")
        measure(path, "list", "--limit", "20")
        measure(path, "list", "--receipt", "0123456789abcdef")
        measure(
            path,
            "export",
            "--format",
            "jsonl",
            "--output",
            "/dev/null/x" if os.name == "nt" else str(path / "out.jsonl"),
        )
        measure(path, "verify")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
