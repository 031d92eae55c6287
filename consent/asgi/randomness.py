"""Random bytes and ids, asked of the system in larger pieces: a system call for each would cost as much as all else.

The bytes are the system's own (``os.urandom``), handed out once each; after a fork a child begins with none.
"""

import base64
import os
import threading

PIECE = 4_096
"""Bytes asked for at a time."""

_lock = threading.Lock()
_left = bytearray()


def take(size: int) -> bytes:
    """``size`` random bytes that nobody else gets."""
    with _lock:
        if len(_left) < size:
            _left[:] = os.urandom(max(PIECE, size))
        taken = bytes(_left[-size:])
        del _left[-size:]
        return taken


def new_receipt() -> str:
    """A visitor's receipt id: 96 random bits, so that nobody meets another's, which say nothing about the person."""
    # A letter first: a hyphen would make it an option to a command and a formula to a spreadsheet.
    return "r" + base64.urlsafe_b64encode(take(12)).decode("ascii")


def _forget() -> None:
    """In a child after a fork: parent and child must never hand out the same bytes, nor wait for the other's lock."""
    global _lock  # noqa: PLW0603 - a lock held during the fork would stay held for ever
    _lock = threading.Lock()
    _left.clear()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_forget)
