"""Groups: what comes in one turn of an event loop is written together, and everybody is told."""

import asyncio

import pytest

from consent.records.base import StoreError
from consent.records.groups import LARGEST, GroupWriter


class Disk:
    """Remembers what was written together."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.groups: list[list[str]] = []
        self._fault = fault

    def write(self, group) -> None:
        if self._fault is not None:
            raise self._fault
        self.groups.append([str(one.row["record_id"]) for one in group])

    def close(self) -> None:
        pass


def append(writer: GroupWriter, records) -> list[BaseException | None]:
    async def keep():
        return await asyncio.gather(*(writer.append(one, None) for one in records), return_exceptions=True)

    answers = asyncio.run(asyncio.wait_for(keep(), 10))
    writer.close()
    return answers


def test_what_comes_in_one_turn_is_one_group_in_its_order(make):
    disk, records = Disk(), [make(number) for number in range(LARGEST)]
    assert append(GroupWriter(lambda: disk), records) == [None] * LARGEST
    assert disk.groups == [[one.record_id for one in records]]


def test_a_flood_in_one_turn_is_several_groups(make):
    disk, records = Disk(), [make(number) for number in range(LARGEST * 3 + 1)]
    assert append(GroupWriter(lambda: disk), records) == [None] * len(records)
    assert [name for group in disk.groups for name in group] == [one.record_id for one in records]
    assert max(map(len, disk.groups)) < LARGEST * 2


def test_a_group_that_fails_fails_for_each(make):
    answers = append(GroupWriter(lambda: Disk(OSError("no room"))), [make(number) for number in range(3)])
    assert [str(one) for one in answers] == ["OSError: no room"] * 3
    assert len({id(one) for one in answers}) == 3


def test_where_no_thread_can_be_had_nobody_waits_for_one(make):
    def none() -> Disk:
        raise RuntimeError("can't start new thread")

    answers = append(GroupWriter(none), [make(1), make(2)])
    assert all(isinstance(one, StoreError) for one in answers)


@pytest.mark.parametrize("turns", [3])
def test_a_writer_goes_on_from_loop_to_loop(make, turns):
    disk = Disk()
    writer = GroupWriter(lambda: disk)
    for turn in range(turns):
        assert append(writer, [make(turn)]) == [None]
    assert disk.groups == [[make(turn).record_id] for turn in range(turns)]
