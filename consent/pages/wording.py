"""The sentences of one language that need grammar: lists, counts, durations, dates, and the notice itself."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from consent.categories import Category
from consent.languages import Counted, Forms, OwnTexts, Texts, forms, load, overlaid
from consent.pages.per_language import PerLanguage
from consent.policy import Policy
from consent.settings import Settings

_DURATION = re.compile(
    r"P(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)W)?(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)S)?)?",
    re.ASCII,
)
_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Texts of ``language``; a path that is not there is a mistake of ours and raises."""

    language: str
    texts: Texts
    forms: Forms
    """How the language writes numbers, dates and lists."""

    @classmethod
    def of(cls, language: str, own: OwnTexts = ()) -> "Wording":
        """The bundled texts of ``language``, with the site owner's ``own`` at their keys (``Settings.texts``)."""
        return cls(language=language, texts=overlaid(load(language), own), forms=forms(language))

    def text(self, *path: str, **values: str | int) -> str:
        """The text at ``path``, its braces filled in; a number is written as the language does."""
        text = self._find(path)
        if isinstance(text, str):
            return self._filled(text, values) if values else text
        raise LookupError(f"{self.language}: no text {'.'.join(path)}")

    def has(self, *path: str) -> bool:
        return self._find(path) is not None

    def keys(self, *path: str) -> tuple[str, ...]:
        """The names in the table at ``path``, in the order of the file."""
        table = self._find(path)
        return tuple(table) if isinstance(table, Mapping) else ()

    def counted(self, *path: str, count: int, **values: str) -> str:
        """The text for ``count`` things, in the plural form the language asks for."""
        found = self._find(path)
        if isinstance(found, tuple):
            return self._filled(found[self.forms.plural(count)], {"count": count, **values})
        raise LookupError(f"{self.language}: no text that counts: {'.'.join(path)}")

    def listed(self, items: Sequence[str]) -> str:
        """``a, b and c``."""
        return self.forms.listed(items)

    def duration(self, iso: str) -> str:
        """An ISO 8601 duration in words; what is none is shown as it stands."""
        if iso == "session":
            return self.text("preferences", "session")
        match = _DURATION.fullmatch(iso)
        if match is None:
            return iso
        pairs = zip(_UNITS, match.groups(), strict=True)
        return self.listed([self.forms.unit(unit, int(n)) for unit, n in pairs if n]) or iso

    def date(self, moment: date) -> str:
        return self.forms.day(moment)

    def percentage(self, value: float) -> str:
        """``67.15 %`` in the language's form; two decimals at most."""
        return self.forms.percentage(value, 2)

    def country(self, code: str) -> str:
        return self.forms.countries.get(code, code)

    def label(self, category: Category) -> str:
        """The owner's own word for a category, or ours."""
        return self._own(category.label) or self._bundled(category, "label") or _first(category.label) or category.key

    def description(self, category: Category) -> str:
        own = self._own(category.description) or self._bundled(category, "description")
        return own or _first(category.description)

    def notice(self, site: str, policy: Policy) -> str:
        """What the cookies are for and who else learns of it, by the categories this site asks for."""
        asked = [c for c in policy.categories if c.key in policy.asked]
        known = [key for key in self.keys("purposes") if any(c.key == key for c in asked)]
        purposes = [self.text("purposes", key) for key in known]
        purposes += [self.text("purposes", "own", label=self.label(c)) for c in asked if c.key not in known]
        if not purposes:
            return self.text("banner", "plain", site=site)
        uses = self.text("banner", "uses", site=site, purposes=self.listed(purposes))
        return self.sentences(uses, self.text("banner", "shared", partners=self._partners(policy)))

    def sentences(self, *texts: str) -> str:
        """One after another; a full stop of Chinese and Japanese takes up the space behind it."""
        return "".join(text if text.endswith("。") else f"{text} " for text in texts).rstrip()

    def _partners(self, policy: Policy) -> str:
        """Who learns of it: the number of partners declared, and of what kinds; else the kinds that are asked for."""
        services = [s for s in policy.services if s.category in policy.asked]
        categories = {s.category for s in services} or set(policy.asked)
        kinds = self.listed([self.text("kinds", key) for key in self.keys("kinds") if key in categories])
        # A group stands for organisations nobody counted: then no number is given rather than a wrong one.
        count = 0 if any(s.group for s in services) else len({s.partner.name for s in services})
        if count:
            return self.counted("partners", "counted_of_kinds" if kinds else "counted", count=count, kinds=kinds)
        return self.text("partners", "of_kinds" if kinds else "plain", kinds=kinds)

    def _own(self, pairs: Iterable[tuple[str, str]]) -> str:
        return dict(pairs).get(self.language, "")

    def _bundled(self, category: Category, name: str) -> str:
        path = ("categories", category.key, name)
        return self.text(*path) if self.has(*path) else ""

    def _filled(self, text: str, values: Mapping[str, str | int]) -> str:
        written = {name: self.forms.number(v) if isinstance(v, int) else v for name, v in values.items()}
        return text.format_map(written)

    def _find(self, path: Sequence[str]) -> "str | Counted | Texts | None":
        found: str | Counted | Texts = self.texts
        for name in path:
            if not isinstance(found, Mapping) or name not in found:
                return None
            found = found[name]
        return found


def wordings(settings: Settings) -> PerLanguage[Wording]:
    """The words of a site in each of its languages, its owner's in place of ours."""
    return PerLanguage(settings.site.languages, lambda tag: Wording.of(tag, settings.texts.get(tag, ())))


def _first(pairs: Sequence[tuple[str, str]]) -> str:
    return pairs[0][1] if pairs else ""
