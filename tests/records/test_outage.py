"""A real server whose disk is full, or whose database goes away, while visitors choose: what it acknowledged is there."""

import asyncio
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from consent.records.chain import derive_key
from consent.records.ledger import Selection
from consent.records.opening import open_keeper, open_ledger
from consent.records.verifying import verify
from tests.postgres import VARIABLE, server, standby
from tests.records.conftest import SECRET
from tests.records.served import Served
from tests.waiting import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="disks are mounted, and limits set, as Linux has it")

VISITORS = 8
LONGEST = 15
"""Seconds that a visitor waits at most: the limit is 2, and a test's machine is shared."""


def found_afterwards(url, spool=None):
    """The receipts of all records in the order of their places, once what waited is drained; the chain is whole."""
    keeper = open_keeper(url, [SECRET], spool)
    until(lambda: asyncio.run(keeper.drain()))
    keeper.close()
    with closing(open_ledger(url, [SECRET])) as ledger:
        assert [str(found) for found in verify(ledger, [derive_key(SECRET)])] == []
        return list(ledger.rows(Selection())), [
            one.row for chain in ledger.chains() for one in ledger.sealed(chain.chain)
        ]


def check_kept(served: Served, what: str) -> None:
    """Some were told to come again, none got an error, and of those acknowledged none is missing."""
    told = Counter(served.statuses)
    receipts = {row["receipt"] for row in found_afterwards(served.records)[0]}
    assert set(told) == {200, 503}
    assert set(served.acknowledged) - receipts == set()
    assert served.slowest < LONGEST
    print(f"{what}: {dict(told)}, {len(receipts)} kept")


@contextmanager
def small_disk(folder: Path, kilobytes: int):
    """A file system of its own; skipped, loudly, for who may mount none."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", folder],
        check=False,
        capture_output=True,
        text=True,
    )
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_a_disk_that_is_full_costs_no_acknowledged_choice_and_no_500(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root mounts a disk")
    with small_disk(tmp_path / "disk", 4_096) as disk:
        ballast = disk / "ballast"
        served = Served(tmp_path, records=f"sqlite:///{disk}/consent.db")
        served.start()
        try:
            served.come(VISITORS)
            until(lambda: len(served.acknowledged) > 20)
            with ballast.open("wb", buffering=0) as file:  # whatever is left, but for half a megabyte
                free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
                file.write(bytes(max(0, free - 512 * 1024)))
            until(lambda: served.statuses.count(503) > 20)
            ballast.unlink()
            before = len(served.acknowledged)
            until(lambda: len(served.acknowledged) > before + 20)
        finally:
            served.stop()
        check_kept(served, "a full disk")


def test_files_that_may_not_grow_cost_no_acknowledged_choice_and_no_500(tmp_path):
    served = Served(tmp_path, records=f"sqlite:///{tmp_path}/consent.db", largest=600_000)
    served.start()
    try:
        served.come(VISITORS)
        until(lambda: served.statuses.count(503) > 20)
        served.limit(resource.RLIM_INFINITY)
        before = len(served.acknowledged)
        until(lambda: len(served.acknowledged) > before + 20)
    finally:
        served.stop()
    check_kept(served, "files that may not grow")


def test_postgres_stopped_and_started_costs_no_choice_no_order_and_no_500(postgres, tmp_path):
    if postgres.binaries is None:
        pytest.skip("a server that was not started here is not stopped")
    with postgres.database() as url:
        served = Served(tmp_path, records=url)
        served.start()
        try:
            served.come(VISITORS, pause=0.01, returning=True)
            until(lambda: len(served.acknowledged) > 50)
            postgres.stop()
            try:
                before = len(served.acknowledged)
                until(lambda: len(served.acknowledged) > before + 100)
                time.sleep(0.5)
            finally:
                postgres.start()
            before = len(served.acknowledged)
            until(lambda: len(served.acknowledged) > before + 100)
        finally:
            served.stop()
        rows, placed = found_afterwards(url, next(tmp_path.glob("*spool*"), None))
    check_in_order(served, rows, placed, "PostgreSQL stopped and started")


def test_a_primary_that_dies_costs_no_choice_no_order_and_no_500_where_its_standby_takes_over(tmp_path):
    if os.environ.get(VARIABLE):
        pytest.skip("a server that was not started here is not killed")
    with server() as primary:
        if isinstance(primary, str):
            pytest.skip(primary)
        if not (primary.binaries / "pg_basebackup").exists():
            pytest.skip("these programs of PostgreSQL make no standby")
        with standby(primary) as second:
            url = f"postgresql://consent@127.0.0.1:{primary.port},127.0.0.1:{second.port}/postgres"
            url += "?target_session_attrs=read-write"
            served = Served(tmp_path, records=url)
            served.start()
            try:
                served.come(VISITORS, pause=0.01, returning=True)
                until(lambda: len(served.acknowledged) > 100)
                primary.kill()
                second.ask("SELECT pg_promote()")
                before = len(served.acknowledged)
                until(lambda: len(served.acknowledged) > before + 200)
            finally:
                served.stop()
            rows, placed = found_afterwards(url, next(tmp_path.glob("*spool*"), None))
    check_in_order(served, rows, placed, "a primary that died")


def check_in_order(served: Served, rows, placed, what: str) -> None:
    """All were told yes, each record is there once, and each visitor's in the order of their choices."""
    assert set(served.statuses) == {200}
    assert Counter(row["receipt"] for row in rows) == Counter(served.acknowledged)
    assert len(set(served.acknowledged)) == VISITORS
    for receipt in set(served.acknowledged):
        mine = [row["record_id"] for row in placed if row["receipt"] == receipt]
        assert mine == sorted(mine)
    assert served.slowest < LONGEST
    print(f"{what}: {len(served.acknowledged)} acknowledged, {len(rows)} kept")
