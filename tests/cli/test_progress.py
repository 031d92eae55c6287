"""The bar: on a terminal only, and gone afterwards."""

import fcntl
import io
import os
import pty
import struct
import termios

import pytest

from consent.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_nobody_looks_so_nothing_is_drawn():
    stream = io.StringIO()
    assert list(Progress("reading", 3, stream=stream).over([1, 2, 3])) == [1, 2, 3]
    assert stream.getvalue() == ""


def test_a_terminal_sees_how_far_it_is_and_then_a_clean_line():
    stream = Terminal()
    progress = Progress("reading", 4, stream=stream)
    progress.step(2)
    assert "reading [###############---------------] 2 of 4" in stream.getvalue()
    progress.close()
    assert stream.getvalue().endswith("\r\x1b[K")


def test_more_than_expected_is_no_mistake():
    stream = Terminal()
    Progress("reading", 0, stream=stream).step(9)
    assert "9 of 0" in stream.getvalue()


@pytest.mark.parametrize("columns", [10, 40, 80, 200])
def test_a_bar_never_reaches_the_edge_of_the_terminal(columns):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with (
        os.fdopen(theirs, "w", encoding="utf-8") as terminal,
        Progress("verifying", 10_000_000, stream=terminal) as bar,
    ):
        bar.step(1_234_567)
    drawn = os.read(ours, 10_000).decode().split("\r\x1b[K")[1]
    os.close(ours)
    assert 0 < len(drawn) < columns
    assert ("[###-" in drawn) == (columns > 80)
