"""The command ``consent``: one module a command.

It exits 0 when all is well, 1 when it found something wrong, 2 when it was called wrongly, 130 when it was stopped
(Ctrl-C, as shells have it).
"""

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn, Protocol

from consent.cli import browsers, check, doctor, records, report
from consent.cli.output import let_go_of_output, prepare_streams, unwritable
from consent.cli.site import add_settings
from consent.errors import SettingsError
from consent.records.base import StoreError
from consent.settings.faults import nearest


class Command(Protocol):
    """What a command's module holds."""

    SUMMARY: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, arguments: argparse.Namespace) -> int: ...


COMMANDS: dict[str, Command] = {
    "check": check,
    "browsers": browsers,
    "records": records,
    "report": report,
    "doctor": doctor,
}

RIGHT, WRONG, MISUSED, STOPPED = 0, 1, 2, 130
"""Exit statuses."""


class Misuse(Exception):  # noqa: N818 - it ends in an exit status, not in a traceback
    """The command was called wrongly."""


class Parser(argparse.ArgumentParser):
    """Raises where argparse would leave the process: ``main`` returns, so that it can be called from anywhere."""

    def error(self, message: str) -> NoReturn:
        raise Misuse(f"{message}\n{self.format_usage().rstrip()}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; ``argv`` is ``sys.argv[1:]`` where None."""
    prepare_streams()
    try:
        status = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()  # while something can still be said about it
    except KeyboardInterrupt:
        print("consent: stopped; what was done until then stands", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:  # whoever read our output has seen enough
        let_go_of_output()
        return WRONG
    except OSError as error:
        if error.filename is not None:
            raise
        let_go_of_output()
        print(unwritable("standard output", str(error.strerror)), file=sys.stderr)
        return WRONG
    return status


def _run(words: list[str]) -> int:
    try:
        arguments = _parse(words)
    except Misuse as misuse:
        print(f"consent: {misuse}", file=sys.stderr)
        return MISUSED
    except SystemExit:  # argparse has printed the help that was asked for
        return RIGHT
    command: str = arguments.command
    try:
        return COMMANDS[command].run(arguments)
    except SettingsError as error:
        print(*error.problems, sep="\n", file=sys.stderr)
    except StoreError as error:
        print(error, file=sys.stderr)
    return WRONG


def _parse(words: list[str]) -> argparse.Namespace:
    parser = Parser(prog="consent", description="Cookie consent for ASGI apps.")
    add_settings(parser, default="consent.toml")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, module in COMMANDS.items():
        module.add_arguments(commands.add_parser(name, help=module.SUMMARY, description=module.SUMMARY))
    if words and not words[0].startswith("-") and words[0] not in COMMANDS:
        guess = nearest(words[0], COMMANDS)
        remedy = f"did you mean {guess!r}?" if guess else "commands are: " + ", ".join(COMMANDS)
        raise Misuse(f"there is no command {words[0]!r}; {remedy}")
    return parser.parse_args(words)
