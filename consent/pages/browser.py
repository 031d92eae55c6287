"""For a browser below the floor: which browsers to get, and a button to go on all the same; as a page, or as a bar.

Both have to be readable in the very browsers they are for, Internet Explorer 6 among them: no other file, plain markup
and CSS of 1998, and no script. The bar stands in a page that is not ours: it has no style sheet, which a policy of the
page could refuse, but the attributes of HTML 4.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache

import jinja2

from consent.browsers import Outcome, Verdict
from consent.browsers.facts import Browser, BrowserFacts, Edition
from consent.errors import CatalogueError
from consent.languages import OwnTexts, bundled, forms, load, overlaid
from consent.pages.assets import to_ascii
from consent.pages.environment import make_environment
from consent.settings import Settings

FALLBACK = "en"
SYSTEM_NAMES = {"windows": "Windows", "macos": "macOS", "linux": "Linux", "android": "Android"}
_COMPUTERS = frozenset({"windows", "macos", "linux"})
_PHONES = frozenset({"android"})
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserTexts:
    """The page's words in one language: the texts ``browser.*``."""

    language: str
    direction: str
    title: str
    heading: str
    lead: str
    lead_without: str
    """Where no cards follow."""
    phone: str
    in_app: str
    ios: str
    stuck: str
    share: str
    systems: str
    version: str
    get: str
    continue_button: str
    continue_note: str
    notice_link: str
    notice_hide: str
    attribution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One browser as it is shown."""

    name: str
    share: str
    part: int
    """The share as a whole number, for a bar."""
    systems: str
    version: str
    get: str
    """What the link to ``url`` says."""
    url: str


class BrowserPage:
    """The page and the bar of one site, in every bundled language."""

    def __init__(self, settings: Settings, environment: jinja2.Environment | None = None) -> None:
        self._environment = environment or make_environment(settings.site.templates)
        self._settings = settings

    def page(self, language: str, *, verdict: Verdict, return_to: str) -> bytes:
        """The whole page for one visitor; ``return_to``: the path that they came for."""
        settings, texts = self._settings, self._texts(language)
        data = settings.browser_facts
        page = self._environment.get_template("browser.html").render(
            texts=texts,
            site_name=settings.site.name,
            outdated=verdict.outcome is Outcome.OUTDATED,
            advice=_advice(texts, verdict),
            mobile=verdict.mobile,
            cards=[_card(browser, edition, texts) for browser, edition in _offered(data, verdict)],
            data=data,
            counted=_dated(texts.attribution, forms(texts.language).day(data.shares_as_of)),
            return_to=return_to,
            action=f"{settings.paths.mount}/browser",
        )
        return page.encode("utf-8", "replace")

    def bar(self, language: str, *, return_to: str) -> bytes:
        """The bar, to be inserted into a page in whatever ASCII-compatible charset."""
        template = self._environment.get_template("browser_notice.html")
        mount = self._settings.paths.mount
        markup = template.render(texts=self._texts(language), mount=mount, return_to=return_to)
        return to_ascii(markup.replace("\n", ""))

    def _texts(self, language: str) -> BrowserTexts:
        return browser_texts(language, self._settings.texts.get(language, ()))


@cache
def browser_texts(language: str, own: OwnTexts = ()) -> BrowserTexts:
    """The bundled texts in ``language``, or in English where there are none, with the owner's in place of some."""
    tag = language if language in bundled() else FALLBACK
    table = overlaid(load(tag), own)["browser"]
    expected = {field.name for field in fields(BrowserTexts)} - {"language", "direction"}
    if not isinstance(table, Mapping):
        raise CatalogueError(f"{tag}: no texts for the page")
    texts = {key: text for key, text in table.items() if key in expected and isinstance(text, str)}
    return BrowserTexts(language=tag, direction=forms(tag).direction, **texts)


def share_text(share: float, language: str) -> str:
    """``67.15 %``, ``9,6 %``: two decimals at most, in the language's digits and with its sign where it puts it.

    Between number and sign stands a space that no line breaks at (ISO 80000-1, 7.4), unless the sign is another's.
    """
    how = forms(language)
    return how.percent.replace("{0}%", f"{{0}}{_NO_BREAK_SPACE}%").replace("{0}", how.number(share, 2))


def _dated(text: str, day: str) -> str:
    """``text`` with the day in it; an abbreviation at its end, as in Ukrainian, ends the sentence too."""
    return text.replace("{date}.", f"{day.removesuffix('.')}.").replace("{date}", day)


def _advice(texts: BrowserTexts, verdict: Verdict) -> str:
    """What somebody can do whom a download does not help."""
    if verdict.in_app:
        return texts.in_app
    if verdict.system == "ios":
        return texts.ios
    return texts.stuck if verdict.stuck else ""


def _offered(data: BrowserFacts, verdict: Verdict) -> list[tuple[Browser, Edition]]:
    """What to get: for a computer the editions for computers, for a phone those for phones, the visitor's first."""
    if verdict.in_app or verdict.system == "ios":  # nothing to download would be used
        return []
    wanted = _PHONES if verdict.system == "android" else _COMPUTERS
    offered = list(_editions(data, wanted))
    return sorted(offered, key=lambda pair: verdict.system in wanted and verdict.system not in pair[1].systems)


def _editions(data: BrowserFacts, systems: frozenset[str]) -> Iterator[tuple[Browser, Edition]]:
    for browser in data.browsers:
        for edition in browser.editions:
            if systems & set(edition.systems):
                yield browser, edition


def _card(browser: Browser, edition: Edition, texts: BrowserTexts) -> Card:
    return Card(
        name=browser.name,
        share=share_text(browser.share, texts.language),
        part=max(1, min(100, round(browser.share))),
        systems=texts.systems.replace("{systems}", ", ".join(SYSTEM_NAMES[system] for system in edition.systems)),
        version=texts.version.replace("{version}", edition.version),
        get=texts.get.replace("{name}", browser.name),
        url=edition.url,
    )
