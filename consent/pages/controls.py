"""What a page must hold for somebody to choose by it, whoever wrote its template: a form, its fields, its buttons.

Read as a browser without scripts reads it. Pure: markup in, sentences about what is missing out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser

_VOID = frozenset({"input", "br", "img", "hr", "path"})
_ALIKE = "its buttons Accept and Reject are not alike"
Attributes = dict[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A field or a button."""

    tag: str
    name: str
    value: str
    form: str
    """Where its form sends a choice; empty where it stands in none, or in one that does not POST."""
    submits: bool
    within: tuple[str, ...]
    """The elements that are open around it."""
    others: frozenset[tuple[str, str | None]]
    """Its attributes but for value and id."""


def missing_of_banner(markup: str, mount: str) -> Iterator[str]:
    """Accept and Reject have to be there, and alike but for their value and their words."""
    controls = _Reader(markup).controls
    yield from _missing_buttons(controls, mount, ("accept", "reject"))
    accept, reject = _button(controls, "accept"), _button(controls, "reject")
    if accept and reject and (accept.tag, accept.within, accept.others) != (reject.tag, reject.within, reject.others):
        yield _ALIKE


def missing_of_preferences(markup: str, mount: str, categories: Iterable[str]) -> Iterator[str]:
    """Every category can be switched, and saved, and all of them accepted or refused."""
    controls = _Reader(markup).controls
    yield from _missing_buttons(controls, mount, ("save", "accept", "reject"))
    fields = {control.value for control in controls if control.name == "category" and control.form == mount}
    for key in categories:
        if key not in fields:
            yield f'it has no field name="category" value="{key}" in a form that POSTs to {mount}'


def missing_of_opt_out(markup: str, mount: str) -> Iterator[str]:
    """It can be done."""
    yield from _missing_buttons(_Reader(markup).controls, mount, ("save",))


def missing_of_placeholder(markup: str, form: str, name: str, value: str) -> Iterator[str]:
    """What it stands for can be allowed; the button belongs to ``form``, an id."""
    for control in _Reader(markup).controls:
        if (control.name, control.value) == (name, value) and ("form", form) in control.others:
            return
    yield f'it has no button form="{form}" name="{{{{ field }}}}" value="{{{{ key }}}}"'


def missing_of_outdated(markup: str, action: str) -> Iterator[str]:
    """One can go on all the same."""
    if not any(control.submits and control.form == action for control in _Reader(markup).controls):
        yield f"it has no button in a form that POSTs to {action}"


def _missing_buttons(controls: Iterable[Control], mount: str, values: Iterable[str]) -> Iterator[str]:
    there = {c.value for c in controls if c.name == "action" and c.submits and c.form == mount}
    for value in values:
        if value not in there:
            yield f'it has no button name="action" value="{value}" in a form that POSTs to {mount}'


def _button(controls: Iterable[Control], value: str) -> Control | None:
    return next((c for c in controls if c.submits and (c.name, c.value) == ("action", value)), None)


class _Reader(HTMLParser):
    """The controls of ``markup``."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self._controls: list[Control] = []
        self._forms: dict[str, str] = {}
        """By id, where each sends a choice: a control may name its form."""
        self._open: list[str] = []
        self._form = ""
        self.feed(markup)
        self.close()

    @property
    def controls(self) -> list[Control]:
        return [replace(control, form=self._forms.get(control.form, control.form)) for control in self._controls]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values: Attributes = dict(reversed(attrs))  # the first of a name counts (HTML 13.2.5.33)
        if tag == "form":
            posts = (values.get("method") or "").lower() == "post"
            self._form = (values.get("action") or "") if posts else ""
            self._forms[f"#{values.get('id')}"] = self._form
        elif tag in {"button", "input"}:
            self._on_control(tag, values)
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = ""
        if tag in self._open:
            del self._open[len(self._open) - 1 - self._open[::-1].index(tag) :]

    def _on_control(self, tag: str, values: Attributes) -> None:
        kind = (values.get("type") or ("submit" if tag == "button" else "text")).lower()
        self._controls.append(
            Control(
                tag=tag,
                name=values.get("name") or "",
                value=values.get("value") or "",
                form=f"#{values['form']}" if values.get("form") else self._form,
                submits=kind in {"submit", "image"},
                within=tuple(self._open),
                others=frozenset(pair for pair in values.items() if pair[0] not in {"value", "id"}),
            )
        )
