"""An owner's own templates as pages: rendered when the site starts, for every language and state, and looked at.

One by which nobody can choose would take the choice from visitors, and one that makes Reject smaller than Accept would
take its freedom (GDPR Art. 4(11); EDPB Cookie Banner Taskforce, 8 and 14). What is inserted into pages of the site is
not judged as they are, so nothing that is held may stand in it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from consent.browsers import Outcome, Verdict
from consent.choices import Action, Choice, ConsentState, apply
from consent.decision import decide
from consent.errors import Problem, SettingsError
from consent.html import Holder, Rewriter, make_holder
from consent.pages import controls
from consent.pages.checking import problem
from consent.pages.embeds import FORM
from consent.pages.receipt import Entry
from consent.settings import Settings
from consent.settings.page_judge import make_judge

if TYPE_CHECKING:  # the pages try themselves
    from consent.pages import Pages

NOW = datetime(2000, 1, 1, tzinfo=UTC)
OUTDATED = Verdict(outcome=Outcome.OUTDATED, system="windows")
_FAIR = "Give it what a choice needs, Accept and Reject alike: refusing must be as easy as accepting"
_BROUGHT = "Put it into pages of the site, where it is held until it is allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a visitor would see."""

    templates: tuple[str, ...]
    """What it was made of, the nearest first."""
    markup: bytes
    missing: Iterable[str] = ()
    """What it lacks for somebody to choose by it."""
    guarded: bool = True
    """Whether a policy of ours stops what it must not fetch."""


def check_shown(shown: Iterable[Shown], settings: Settings, own: Path) -> None:
    """Raises SettingsError with all that is wrong with what the owner's templates in ``own`` show."""
    # What would be held of a visitor who has not chosen, wherever the page stands.
    holder = make_holder(make_judge(settings, decide(settings.policy, None, NOW)))
    found: dict[Problem, None] = {}
    for one in shown:
        place = next((own / name for name in one.templates if (own / name).is_file()), own)
        missing = one.missing if one.markup.strip() else ["it is empty"]
        found |= dict.fromkeys(problem("consent.E029", place, message, _FAIR) for message in missing)
        for label in () if one.guarded else _held(one.markup, holder):
            message = f"it brings {label.decode('ascii')} along, which nobody has allowed yet"
            found[problem("consent.E028", place, message, _BROUGHT)] = None
    if found:
        raise SettingsError(found)


def try_out(pages: "Pages", settings: Settings) -> Iterator[Shown]:
    """Render every page in every language, for a visitor who has not chosen and one who has.

    A template may fail in one language alone: on a word that it looks up, or in a branch.
    """
    for language, state in product(settings.site.languages, (None, _chosen(settings))):
        yield from _to_choose_by(pages, settings, language, state)
        yield from _to_read(pages, settings, language, state)
    for language in settings.site.languages:
        yield from _placeholders(pages, settings, language)
        yield from _outdated(pages, settings, language)


def _to_choose_by(pages: "Pages", settings: Settings, language: str, state: ConsentState | None) -> Iterator[Shown]:
    decision, mount = decide(settings.policy, state, NOW), settings.paths.mount
    banner = pages.banner.insertion(language=language, decision=decision).body
    missing = controls.missing_of_banner(banner.decode(), mount) if decision.ask else ()
    yield Shown(templates=("banner.html",), markup=banner, missing=missing, guarded=False)
    for embedded in (True, False):
        page = pages.preferences.render(
            language=language, decision=decision, state=state, return_to="/", embedded=embedded
        )
        missing = controls.missing_of_preferences(page.decode(), mount, settings.policy.asked)
        yield Shown(templates=("preferences.html", "base.html"), markup=page, missing=missing)
    page = pages.opt_out.render(language=language, decision=decision, return_to="/")
    missing = () if state else controls.missing_of_opt_out(page.decode(), mount)
    yield Shown(templates=("opt_out.html", "document.html", "base.html"), markup=page, missing=missing)


def _to_read(pages: "Pages", settings: Settings, language: str, state: ConsentState | None) -> Iterator[Shown]:
    answers = tuple((key, True) for key in settings.policy.asked)
    history = [Entry(at=NOW, event="partial", categories=answers, services=())] if state else ()
    decision = decide(settings.policy, state, NOW)
    receipt = pages.receipt.render(language=language, decision=decision, state=state, history=history, return_to="/")
    policy = pages.policy.render(language=language, return_to="/")
    error = pages.error.render(language=language, status=404, code="not-found", return_to="/")
    for name, page in (("receipt.html", receipt), ("policy.html", policy), ("error.html", error)):
        yield Shown(templates=(name, "document.html", "base.html"), markup=page)
    yield Shown(templates=("policy_body.html",), markup=pages.policy.fragment(language).encode())


def _placeholders(pages: "Pages", settings: Settings, language: str) -> Iterator[Shown]:
    for category in settings.policy.asked:
        placeholder = pages.embeds.placeholder(language, category.encode(), b'<iframe src="https://example.org/">')
        if placeholder:
            missing = controls.missing_of_placeholder(placeholder.decode(), FORM, "category", category)
            yield Shown(templates=("embed.html",), markup=placeholder, missing=missing, guarded=False)


def _outdated(pages: "Pages", settings: Settings, language: str) -> Iterator[Shown]:
    action = f"{settings.paths.mount}/browser"
    page = pages.browser.page(language, verdict=OUTDATED, return_to="/")
    bar = pages.browser.bar(language, return_to="/")
    for name, markup in (("browser.html", page), ("browser_notice.html", bar)):
        missing = controls.missing_of_outdated(markup.decode(), action)
        yield Shown(templates=(name,), markup=markup, missing=missing, guarded=False)


def _chosen(settings: Settings) -> ConsentState:
    return apply(
        Choice(action=Action.ACCEPT),
        policy=settings.policy,
        receipt="receipt",
        now=NOW,
        lifetimes=settings.lifetimes,
    )


def _held(markup: bytes, holder: Holder) -> list[bytes]:
    rewriter = Rewriter(holder, None)
    rewriter.finish(markup)
    return sorted(rewriter.held)
