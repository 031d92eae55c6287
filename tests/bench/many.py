"""Millions of records in SQLite: ``python -m tests.bench.many FOLDER MILLIONS [measure] [verify]`` adds to the file there,
measures what an owner's commands take, and verifies every record (a third of a minute for each million).

The records are made and sealed as a server does it; only the disk is not waited for while the file is filled.
"""

import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from consent.records import rows
from consent.records.chain import derive_key
from consent.records.making import make_record_id
from consent.records.sealing import seal_group
from consent.records.sqlite_schema import begin, keep, migrate

SECRET = "a key for measuring alone: nothing else"
GROUP = 20_000
WRITERS = 2
STEP = 8.64
"""Seconds between two records: ten million are a thousand days."""
LANGUAGES = ("en", "uk", "de", "fr", "pl")
CATEGORIES = ("functional", "analytics", "advertising", "social", "media")
SITE = '[site]\nname = "Measured"\nlanguages = ["en"]\n'


def fill(path: Path, millions: float) -> None:
    """Two writers, each with a chain of its own: while one has the file, the other makes records."""
    with closing(sqlite3.connect(path / "consent.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection, derive_key(SECRET.encode()))
        (already,) = connection.execute("SELECT coalesce(sum(length), 0) FROM consent_chains").fetchone()
        each = int(millions * 1_000_000) // WRITERS
        command = [sys.executable, "-m", "tests.bench.many", str(path), "--write"]
        writers = [
            subprocess.Popen([*command, str(each), str(already + number)], stdin=subprocess.DEVNULL)
            for number in range(WRITERS)
        ]
        assert [writer.wait() for writer in writers] == [0] * WRITERS
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def write(path: Path, total: int, first: int) -> None:
    """``total`` records, every second one of those from ``first`` on."""
    connection = sqlite3.connect(path / "consent.db", timeout=600, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -500000")
    key, chance, chain = derive_key(SECRET.encode()), random.Random(os.urandom(8)), None
    start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=first * STEP)
    services = json.dumps([["youtube", True], ["google-analytics", True], ["matomo", False]], separators=(",", ":"))
    answers = [
        ("grant", "accept", json.dumps([[key_, True] for key_ in CATEGORIES], separators=(",", ":"))),
        ("refuse", "reject", json.dumps([[key_, False] for key_ in CATEGORIES], separators=(",", ":"))),
        ("partial", "save", json.dumps([[key_, key_ == "analytics"] for key_ in CATEGORIES], separators=(",", ":"))),
    ]
    for begun in range(0, total, GROUP):
        group = []
        numbers = range(begun, min(begun + GROUP, total))
        chosen = chance.choices(answers, (55, 35, 10), k=len(numbers))
        languages = chance.choices(LANGUAGES, k=len(numbers))
        for number, (event, action, categories), language in zip(numbers, chosen, languages, strict=True):
            now = start + timedelta(seconds=number * WRITERS * STEP)
            at, drawn = rows.moment_text(now), chance.randbytes(20)
            group.append(
                {
                    "record_id": make_record_id(now, drawn[:10]), "receipt": drawn[10:18].hex(), "at": at,
                    "event": event, "action": action, "source": "banner", "categories": categories,
                    "services": services, "policy_version": "0123456789", "notice": "", "language": language,
                    "region": "", "model": "opt-in", "gpc": int(drawn[18] < 26), "host": "example.org",
                    "browser": "blink", "expires_at": at, "reason": "first-visit", "waited": drawn[19] % 90,
                }
            )  # fmt: skip
        connection.execute("BEGIN IMMEDIATE")
        chain = chain or begin(connection, key, "filled")
        connection.execute("COMMIT")
        sealed = seal_group(key, chain, group)  # out of the lock: the other writer's turn
        connection.execute("BEGIN IMMEDIATE")
        keep(connection, sealed)
        connection.execute("COMMIT")
        chain = sealed.chain
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
    path, task, *rest = Path(sys.argv[1]).absolute(), *sys.argv[2:]
    os.environ["CONSENT_SECRET"] = SECRET
    if task == "--command":
        from consent.cli import main as command  # noqa: PLC0415 - its memory is measured, and nothing else's

        os.chdir(path)
        status = command(["records", *rest])
        print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB", file=sys.stderr)
        return status
    if task == "--write":
        write(path, int(rest[0]), int(rest[1]))
        return 0
    path.mkdir(exist_ok=True)
    (path / "consent.toml").write_text(SITE, "utf-8")
    started = time.perf_counter()
    fill(path, float(task))
    print(
        f"filled in {time.perf_counter() - started:.0f} s, {(path / 'consent.db').stat().st_size / 1e9:.2f} GB",
        flush=True,
    )
    if "measure" in rest:
        measure(path, "stats", "--json")
        measure(path, "list", "--limit", "20")
        measure(path, "list", "--receipt", "0123456789abcdef")
        # Constant memory: the first hundred days take as much of it as all.
        export = ("export", "--format", "jsonl", "--output", str(path / "out.jsonl"))
        measure(path, *export, "--until", "2024-04-10")
        measure(path, *export)
    if "verify" in rest:
        measure(path, "verify")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
