"""An owner's own templates as programs: each compiles, takes a place that there is, and renders, or the start fails.

One that failed for a visitor would take the choice from them. What they come to is tried in ``trying``.
"""

import re
import traceback
from collections.abc import Iterator
from pathlib import Path

import jinja2
import jinja2.nodes

from consent.errors import Problem, SettingsError
from consent.languages import message_paths
from consent.pages.environment import BUNDLED, NAMES, bundled_templates
from consent.settings.faults import did_you_mean, nearest

PARTIAL = "_"
"""A file that begins so is the owner's own, to be included."""
KEY = "site.templates"
_MISSING = re.compile("has no attribute '(.+)'$|^'(.+)' is undefined$")


class UnfitError(Exception):
    """A template that renders, and cannot be used as it is."""

    def __init__(self, template: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.template, self.message, self.remedy = template, message, remedy


def check_templates(own: Path, environment: jinja2.Environment) -> None:
    """Compile every file in ``own``. Raises SettingsError with all that is wrong."""
    known = bundled_templates()
    problems: list[Problem] = []
    for path in sorted(own.rglob("*.html")):
        name = path.relative_to(own).as_posix()
        if name not in known and "/" not in name and not name.startswith(PARTIAL):
            remedy = f"{did_you_mean(name, known)} A file to be included begins with {PARTIAL!r}"
            problems.append(problem("consent.E028", path, "takes no template's place", remedy))
        try:
            environment.get_template(name)
            problems += _unknown_blocks(path, name, environment)
        except jinja2.TemplateSyntaxError as error:
            where = Path(error.filename or path)
            message = f"line {error.lineno}: {error.message or 'it does not compile'}"
            problems.append(problem("consent.E028", where, message, "Mend that line; templates are Jinja2"))
        except (OSError, UnicodeDecodeError) as error:
            message = f"it cannot be read ({type(error).__name__})"
            problems.append(problem("consent.E028", path, message, "Make it a text file in UTF-8"))
    if problems:
        raise SettingsError(problems)


def _unknown_blocks(path: Path, name: str, environment: jinja2.Environment) -> Iterator[Problem]:
    """Blocks that replace none: Jinja2 leaves them out without a word."""
    tree = environment.parse(path.read_text("utf-8"), name, str(path))
    parents = [
        node.template.value
        for node in tree.find_all(jinja2.nodes.Extends)
        if isinstance(node.template, jinja2.nodes.Const)
    ]
    known = {block for parent in parents for block in _blocks(str(parent), environment)}
    for node in tree.body if parents else ():
        if isinstance(node, jinja2.nodes.Block) and node.name not in known:
            message = (
                f"line {node.lineno}: there is no block {node.name!r} in {parents[0]}, so that it is shown nowhere"
            )
            yield problem("consent.E028", path, message, did_you_mean(node.name, sorted(known)))


def _blocks(name: str, environment: jinja2.Environment) -> Iterator[str]:
    """The blocks of a template and of those that it extends; none where it is not there, which rendering tells."""
    try:
        source = environment.loader.get_source(environment, name)[0] if environment.loader else ""
    except jinja2.TemplateNotFound:
        return
    tree = environment.parse(source)
    yield from (block.name for block in tree.find_all(jinja2.nodes.Block))
    for node in tree.find_all(jinja2.nodes.Extends):
        if isinstance(node.template, jinja2.nodes.Const) and node.template.value != name:
            yield from _blocks(str(node.template.value), environment)


def rendering_problem(error: Exception, own: Path) -> SettingsError:
    """What is wrong where a template of ``own`` raised while it was tried."""
    if isinstance(error, UnfitError):
        return SettingsError([problem("consent.E028", own / error.template, error.message, error.remedy)])
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(own)]
    path, line = (Path(frames[-1].filename), f"line {frames[-1].lineno}: ") if frames else (own, "")
    message = f"{line}it cannot be rendered ({type(error).__name__}: {error})"
    return SettingsError([problem("consent.E028", path, message, _remedy(error))])


def _remedy(error: Exception) -> str:
    """The name that was meant, if one is like it."""
    guess = None
    if isinstance(error, RecursionError):
        return f'A bundled template stands under its folder: {{% extends "{BUNDLED}/banner.html" %}}'
    if isinstance(error, jinja2.TemplateNotFound):
        guess = nearest(str(error.name), [f"{BUNDLED}/{name}" for name in bundled_templates()])
    elif isinstance(error, jinja2.UndefinedError) and (missing := _MISSING.search(str(error))):
        keys = [key.split(".") for key in message_paths()]
        known = {part for key in keys for part in key} if missing[1] else set(NAMES)
        is_table = missing[2] in {key[0] for key in keys}
        guess = f"t.{missing[2]}" if is_table else nearest(missing[1] or missing[2], known)
    return f"Did you mean {guess!r}?" if guess else "Use the names that docs/templates.md lists"


def problem(code: str, path: Path, message: str, remedy: str) -> Problem:
    return Problem(code=code, where=str(path), key=KEY, message=message, remedy=remedy)
