"""What a visitor was shown, as one document that a record can refer to (CNIL recommendation 2020-092, para. 48).

Made once for a language and policy: the bytes that were put into the page (style, script, first layer), the second
layer as it stands before a choice, and in words and numbers what was asked: categories, services, partners, cookies.
"""

import hashlib
import json
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from consent.decision import Decision
from consent.pages import Pages
from consent.pages.environment import BUNDLED, template_root
from consent.records.base import Notice
from consent.settings import Settings

FORMAT = 1
_NOT_SHOWN = ("browser", "report")
"""Templates of pages on which nobody is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """One per site; a notice is made at the first choice in its language."""

    settings: Settings
    pages: Pages
    asking: Decision
    """Of a visitor who has not chosen: what is shown to them is what is kept."""
    _made: dict[str, Notice] = field(default_factory=dict)

    def of(self, language: str) -> Notice:
        """The notice in ``language``, one of the site's."""
        if (made := self._made.get(language)) is None:
            content = json.dumps(self._content(language), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            made = self._made[language] = Notice.of(content.encode("utf-8", "replace"))
        return made

    def _content(self, language: str) -> dict[str, object]:
        settings = self.settings
        insertion = self.pages.banner.insertion(language=language, decision=self.asking)
        preferences = self.pages.preferences.render(
            language=language, decision=self.asking, state=None, return_to="/", embedded=False
        )
        return {
            "format": FORMAT,
            "product": _version(),
            "language": language,
            "site": settings.site.name,
            "controller": settings.site.controller,
            "privacy_policy": settings.site.privacy_policy,
            "policy_version": settings.policy.version,
            "lifetimes": {
                "consent": int(settings.lifetimes.consent.total_seconds()),
                "refusal": int(settings.lifetimes.refusal.total_seconds()),
            },
            "head": insertion.head.decode("ascii"),
            "banner": insertion.body.decode("ascii"),
            "preferences": preferences.decode("ascii"),
            "templates": template_hashes(settings.site.templates),
            "categories": [
                {"key": one.key, "necessary": one.necessary, "enabled": one.enabled}
                for one in settings.policy.categories
            ],
            "services": [
                {
                    "key": one.key,
                    "name": one.name,
                    "category": one.category,
                    "partner": {
                        "name": one.partner.name,
                        "country": one.partner.country,
                        "privacy_policy": one.partner.privacy_policy,
                    },
                    "cookies": [
                        {"name": c.name, "duration": c.duration, "purpose": c.purpose, "party": c.party}
                        for c in one.cookies
                    ],
                }
                for one in settings.policy.services
            ],
        }


def _version() -> str:
    try:
        return version("asgi-consent")
    except PackageNotFoundError:  # a checkout that was never installed
        return ""


def template_hashes(own: Path | None) -> dict[str, str]:
    """The templates the pages were made of, by their hashes; what they made stands in the notice itself.

    ``own``: the owner's folder. A bundled template whose place is taken stands under its other name, ``consent/NAME``.
    """
    found = {path.name: path for path in template_root().glob("*.html")}
    owned = {path.relative_to(own).as_posix(): path for path in own.rglob("*.html")} if own is not None else {}
    for name, path in owned.items():
        if name in found:
            found[f"{BUNDLED}/{name}"] = found[name]
        found[name] = path
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in sorted(found.items())
        if not path.name.startswith(_NOT_SHOWN)
    }
