"""What a command writes: to standard output, whatever that leads to, and to files, whole or not at all."""

import io
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from consent.records.base import StoreError

OWNER = 0o600
"""Whoever may read the records is not everybody on the machine."""
EVERYBODY = 0o666
"""As the umask has it."""


def prepare_streams() -> None:
    """A shell may have closed both, and a terminal may lack letters: no command fails for either."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open for as long as the process
            setattr(sys, name, nowhere)
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def let_go_of_output() -> None:
    """Nobody reads it any more: what is still in its buffer goes nowhere, without a word at the end of the process."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def write_output(lines: Iterable[str]) -> None:
    """``lines`` to standard output as they would stand in a file: UTF-8, and their ends as they are."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="strict", newline="")
    sys.stdout.writelines(lines)


def write_file(name: str, lines: Iterable[str], mode: int = OWNER) -> None:
    """All of ``lines`` or nothing: a file cut short must not be taken for the whole. StoreError where it cannot be.

    What is no file, such as a pipe or a device, is written to as it stands.
    """
    path = Path(name).resolve()  # a link stays one
    if path.is_dir():
        raise unwritable(name, "it is a folder")
    try:
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", newline="") as file:
                file.writelines(lines)
        else:
            _replace(path, lines, mode)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable(name, error.strerror or str(error)) from error


def _replace(path: Path, lines: Iterable[str], mode: int) -> None:
    beside = path.with_name(f"{path.name}.part")
    try:
        os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode))
        with beside.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
        beside.replace(path)
    finally:
        with suppress(OSError):
            beside.unlink()


def unwritable(name: str, why: str) -> StoreError:
    """To be raised, or told where nothing more can be."""
    return StoreError(
        f"{name or '(no name)'} cannot be written: {why}", code="consent.E079", remedy="Name another place"
    )
