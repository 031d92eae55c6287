"""The spool keeps what the store did not take: on the disk, in order, within its size."""

import asyncio
import resource

import pytest

from consent.records.base import StoreError
from consent.records.spool import Spool, parse_line


@pytest.fixture
def spool(tmp_path):
    return Spool(tmp_path / "consent.db.spool")


def records(spool: Spool):
    return [parse_line(line) for line in spool.read().splitlines(keepends=True)]


def test_what_goes_in_comes_out_in_order(spool, make):
    assert not spool.waiting()
    for number in range(10):
        asyncio.run(spool.append(make(number)))
    assert spool.waiting()
    assert [make(number) for number in range(10)] == records(spool)


def test_nothing_in_it_is_nothing_to_read(spool):
    assert spool.read() == b""
    spool.remove(b"")
    spool.remove(b"something")
    assert not spool.path.exists()


def test_a_torn_last_line_costs_that_line_only(spool, make):
    asyncio.run(spool.append(make(1)))
    with spool.path.open("ab") as file:
        file.write(b'{"record_id":"019a')
    assert [make(1), None] == records(spool)
    asyncio.run(spool.append(make(2)))
    assert [make(1), None, make(2)] == records(spool)


def test_lines_that_hold_no_record_are_passed_over(spool):
    for line in (b"", b"\n", b"null", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"record_id": 3}'):
        assert parse_line(line) is None


def test_it_never_grows_beyond_its_size(tmp_path, make):
    spool = Spool(tmp_path / "spool")
    asyncio.run(spool.append(make(0)))
    limit = spool.path.stat().st_size * 7 // 2
    spool = Spool(spool.path, limit=limit)
    asyncio.run(spool.append(make(1)))
    asyncio.run(spool.append(make(2)))
    with pytest.raises(StoreError, match="is full"):
        asyncio.run(spool.append(make(3)))
    assert spool.path.stat().st_size <= limit
    assert [make(0), make(1), make(2)] == records(spool)


def test_where_the_disk_is_full_nothing_stays_of_what_nobody_was_told_is_kept(spool, make):
    asyncio.run(spool.append(make(0)))
    before = spool.path.read_bytes()

    async def several():
        return await asyncio.gather(*(spool.append(make(number)) for number in range(1, 6)), return_exceptions=True)

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) * 5 // 2, limits[1]))
    try:
        answers = asyncio.run(several())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [type(answer) for answer in answers] == [StoreError] * 5
    assert spool.path.read_bytes() == before


def test_what_was_drained_goes_and_what_came_meanwhile_stays(spool, make):
    asyncio.run(spool.append(make(1)))
    asyncio.run(spool.append(make(2)))
    read = spool.read()
    asyncio.run(spool.append(make(3)))
    spool.remove(read)
    assert [make(3)] == records(spool)
    asyncio.run(spool.append(make(4)))
    spool.remove(read)  # another process has done so before: nothing more is taken
    assert [make(3), make(4)] == records(spool)
    spool.remove(spool.read())
    assert not spool.waiting()


def test_only_the_owner_may_read_it(spool, make):
    asyncio.run(spool.append(make(1)))
    assert spool.path.stat().st_mode & 0o077 == 0
