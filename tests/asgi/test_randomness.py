"""Random bytes are handed out once, in a child after a fork too."""

import os

import pytest

from consent.asgi import randomness


def test_no_bytes_come_twice():
    taken = [randomness.take(12) for _ in range(2_000)]
    assert {len(one) for one in taken} == {12}
    assert len(set(taken)) == 2_000


def test_more_than_a_piece_can_be_taken():
    assert len(randomness.take(10_000)) == 10_000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_child_gets_others_than_its_parent():
    randomness.take(1)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, randomness.take(16))
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 16) != randomness.take(16)
    os.close(read)
    os.close(write)
