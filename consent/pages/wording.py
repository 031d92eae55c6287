"""The sentences of one language that need grammar: lists, counts, durations, dates, and the notice itself."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from consent.categories import Category
from consent.languages import Texts, load, plural
from consent.policy import Policy

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

    @classmethod
    def of(cls, language: str) -> "Wording":
        return cls(language=language, texts=load(language))

    def text(self, *path: str, **values: str | int) -> str:
        """The text at ``path``, its braces filled in."""
        text = self._find(path)
        if isinstance(text, str):
            return text.format_map(values) if values else text
        raise LookupError(f"{self.language}: no text {'.'.join(path)}")

    def has(self, *path: str) -> bool:
        return self._find(path) is not None

    def keys(self, *path: str) -> tuple[str, ...]:
        """The names in the table at ``path``, in the order of the file."""
        table = self._find(path)
        return () if table is None or isinstance(table, str) else tuple(table)

    def counted(self, *path: str, count: int, **values: str) -> str:
        """The text for ``count`` things, in the plural form the language asks for."""
        form = plural(self.language, count)
        return self.text(*path, form if self.has(*path, form) else "other", count=count, **values)

    def listed(self, items: Sequence[str]) -> str:
        """``a, b and c``."""
        if len(items) < 2:
            return "".join(items)
        return self.text("list", "separator").join(items[:-1]) + self.text("list", "last") + items[-1]

    def duration(self, iso: str) -> str:
        """An ISO 8601 duration in words; what is none is shown as it stands."""
        if iso == "session":
            return self.text("preferences", "session")
        match = _DURATION.fullmatch(iso)
        if match is None:
            return iso
        pairs = zip(_UNITS, match.groups(), strict=True)
        return self.listed([self.counted("durations", unit, count=int(n)) for unit, n in pairs if n]) or iso

    def date(self, moment: datetime) -> str:
        month = self.text("dates", "months", str(moment.month))
        return self.text("dates", "format", day=moment.day, month=month, year=moment.year)

    def country(self, code: str) -> str:
        return self.text("countries", code) if self.has("countries", code) else code

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
        return uses + " " + self.text("banner", "shared", partners=self._partners(policy))

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

    def _find(self, path: Sequence[str]) -> "str | Texts | None":
        found: str | Texts = self.texts
        for name in path:
            if isinstance(found, str) or name not in found:
                return None
            found = found[name]
        return found


def _first(pairs: Sequence[tuple[str, str]]) -> str:
    return pairs[0][1] if pairs else ""
