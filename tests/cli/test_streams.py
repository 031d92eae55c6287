"""The command line with the outputs that shells give it: pipes that close, full disks, no output at all, old terminals."""

import os
import pty
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.test_records import SECRET, SHOWN, keep, site as site  # noqa: PLC0414 - a fixture, taken over by name

ROOT = Path(__file__).parents[2]
EVERY = (
    ["records", "list"],
    ["records", "stats"],
    ["records", "export"],
    ["records", "verify"],
    ["report"],
    ["doctor"],
    ["check"],
    ["--help"],
)


def start(*words, **given):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CONSENT_SECRET": SECRET, **given.pop("environment", {})}
    environment.pop("PYTHONUNBUFFERED", None)
    code = "import sys; from consent.cli import main; sys.exit(main())"
    streams = {"stderr": subprocess.PIPE, **given}
    return subprocess.Popen([sys.executable, "-c", code, *words], env=environment, text=True, **streams)


def ended(command):
    """Its exit status, and what it had to say."""
    told = command.communicate(timeout=60)[1]
    return command.returncode, told


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_who_reads_no_further_ends_a_command_without_a_word(words):
    reading, writing = os.pipe()
    os.close(reading)
    command = start(*words, stdout=writing)
    os.close(writing)
    assert ended(command) == (1, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_a_full_disk_behind_the_output_is_said(words):
    with Path("/dev/full").open("w") as full:
        command = start(*words, stdout=full)
        status, told = ended(command)
    assert (told.count("consent.E079"), told.count("\n"), status) == (1, 1, 1)


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_where_there_is_no_output_at_all_the_exit_status_tells(words):
    command = start(*words, preexec_fn=lambda: (os.close(1), os.close(2)))
    assert ended(command)[0] == 0


@pytest.mark.parametrize("words", [["records", "list"], ["check"], ["report"]], ids=" ".join)
def test_a_terminal_without_the_letters_of_a_name_gets_it_in_escapes(words):
    Path("consent.toml").write_text('[site]\nname = "Газета"\n', "utf-8")
    command = start(*words, stdout=subprocess.PIPE, environment={"PYTHONIOENCODING": "ascii:strict"})
    assert ended(command) == (0, "")


@pytest.mark.parametrize("kind", ["csv", "jsonl", "iso27560"])
def test_an_export_is_utf_8_whatever_the_terminal_is(kind):
    text = Path("consent.toml").read_text("utf-8").replace("Gazette Ltd", "ТОВ «Газета»")
    Path("consent.toml").write_text(text, "utf-8")
    command = start(
        "records", "export", "--format", kind, stdout=subprocess.PIPE, environment={"PYTHONIOENCODING": "ascii:strict"}
    )
    out = command.communicate(timeout=60)[0]
    assert command.returncode == 0
    assert ended(start("records", "export", "--format", kind, "--output", "file")) == (0, "")
    assert out == Path("file").read_text("utf-8")


def test_a_device_or_a_pipe_is_written_to_and_never_replaced(tmp_path):
    os.mkfifo("pipe")
    command = start("records", "export", "--output", "pipe")
    with Path("pipe").open(encoding="utf-8") as pipe:
        assert pipe.read().count("\n") == 5
    assert ended(command) == (0, "")
    assert Path("pipe").is_fifo()
    Path("link").symlink_to("target")
    assert ended(start("records", "export", "--output", "link")) == (0, "")
    assert (Path("link").is_symlink(), Path("target").stat().st_size > 0) == (True, True)


@pytest.mark.parametrize("words", [["verify"], ["export", "--output", "all"], ["purge", "--older-than", "1 day"]])
def test_ctrl_c_ends_a_long_command_and_leaves_everything_whole(words, make):
    keep(*(make(number, notice=SHOWN.hash) for number in range(5, 8_000)))
    ours, theirs = pty.openpty()
    command = start("records", *words, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    told = b""
    while b"[" not in told.replace(b"\x1b[K", b""):  # the bar
        told += os.read(ours, 1_000)
    command.send_signal(signal.SIGINT)
    with suppress(OSError):  # the end, on Linux
        while more := os.read(ours, 10_000):
            told += more
    os.close(ours)
    assert command.wait(timeout=60) == 130
    assert told.endswith(b"\r\x1b[Kconsent: stopped; what was done until then stands\r\n")
    assert not Path("all.part").exists()
    assert ended(start("records", "verify", stdout=subprocess.DEVNULL)) == (0, "")
