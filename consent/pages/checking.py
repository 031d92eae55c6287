"""An owner's own templates are tried when the site starts: what does not compile, render or stay fair is refused then.

A template is a program: one that fails for a visitor would take the choice from them, and one that makes Reject smaller
than Accept would take its freedom (GDPR Art. 4(11); EDPB Cookie Banner Taskforce, 8 and 14).
"""

import re
import traceback
from html.parser import HTMLParser
from pathlib import Path

import jinja2

from consent.errors import Problem, SettingsError
from consent.languages import message_paths
from consent.pages.environment import BUNDLED, NAMES, bundled_templates
from consent.settings.faults import did_you_mean, nearest

PARTIAL = "_"
"""A file that begins so is the owner's own, to be included."""
KEY = "site.templates"
_MISSING = re.compile("has no attribute '(.+)'$|^'(.+)' is undefined$")


def check_templates(own: Path, environment: jinja2.Environment) -> None:
    """Compile every file in ``own``. Raises SettingsError with all that is wrong."""
    known = bundled_templates()
    problems: list[Problem] = []
    for path in sorted(own.rglob("*.html")):
        name = path.relative_to(own).as_posix()
        if name not in known and "/" not in name and not name.startswith(PARTIAL):
            remedy = f"{did_you_mean(name, known)} A file to be included begins with {PARTIAL!r}"
            problems.append(_problem("consent.E028", path, "takes no template's place", remedy))
        try:
            environment.get_template(name)
        except jinja2.TemplateSyntaxError as error:
            where = Path(error.filename or path)
            message = f"line {error.lineno}: {error.message or 'it does not compile'}"
            problems.append(_problem("consent.E028", where, message, "Mend that line; templates are Jinja2"))
        except (OSError, UnicodeDecodeError) as error:
            message = f"it cannot be read ({type(error).__name__})"
            problems.append(_problem("consent.E028", path, message, "Make it a text file in UTF-8"))
    if problems:
        raise SettingsError(problems)


def rendering_problem(error: Exception, own: Path) -> SettingsError:
    """What is wrong where a template of ``own`` raised while it was tried."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(own)]
    path, line = (Path(frames[-1].filename), f"line {frames[-1].lineno}: ") if frames else (own, "")
    message = f"{line}it cannot be rendered ({type(error).__name__}: {error})"
    return SettingsError([_problem("consent.E028", path, message, _remedy(error))])


def _remedy(error: Exception) -> str:
    """The name that was meant, if one is like it."""
    guess = None
    if isinstance(error, jinja2.TemplateNotFound):
        guess = nearest(str(error.name), [f"{BUNDLED}/{name}" for name in bundled_templates()])
    elif isinstance(error, jinja2.UndefinedError) and (missing := _MISSING.search(str(error))):
        known = {*NAMES, *(part for key in message_paths() for part in key.split("."))}
        guess = nearest(missing[1] or missing[2], known)
    return f"Did you mean {guess!r}?" if guess else "Use the names that docs/templates.md lists"


def check_buttons(markup: str, own: Path) -> None:
    """Accept and Reject have to be there, and alike but for their value and their words."""
    buttons = _Buttons(markup).by_value
    accept, reject = buttons.get("accept"), buttons.get("reject")
    if accept is None or reject is None:
        message = "it has no button " + " and none ".join(
            f'name="action" value="{value}"' for value in ("accept", "reject") if value not in buttons
        )
    elif accept != reject:
        message = "its buttons Accept and Reject are not alike"
    else:
        return
    remedy = "Give both the same element and attributes: refusing must be as easy as accepting"
    raise SettingsError([_problem("consent.E029", own / "banner.html", message, remedy)])


class _Buttons(HTMLParser):
    """The buttons that choose: what each is, but for its value."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.by_value: dict[str, tuple[str, tuple[str, ...], frozenset[tuple[str, str | None]]]] = {}
        self._open: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("name") == "action" and (value := values.get("value")):
            others = frozenset((name, text) for name, text in attrs if name not in {"value", "id"})
            self.by_value[value] = (tag, tuple(self._open), others)
        if tag not in {"input", "br", "img", "hr", "path"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            del self._open[len(self._open) - 1 - self._open[::-1].index(tag) :]


def _problem(code: str, path: Path, message: str, remedy: str) -> Problem:
    return Problem(code=code, where=str(path), key=KEY, message=message, remedy=remedy)
