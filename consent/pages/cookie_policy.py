"""The cookie policy, out of the settings and the catalogue: as a page, and as a fragment for a page of the site's own.

The body says nothing of the visitor, so it is rendered once per language.
"""

from datetime import timedelta

import jinja2
from markupsafe import Markup

from consent.pages.declaration import category_rows, partner_rows, sold
from consent.pages.environment import shared_values
from consent.pages.page import Page, on_site
from consent.pages.per_language import PerLanguage
from consent.pages.wording import Wording
from consent.settings import Settings

_YEAR = 365


class CookiePolicy:
    """One site's cookie policy."""

    def __init__(self, settings: Settings, environment: jinja2.Environment) -> None:
        self._page = Page(settings, environment, "policy.html", style="document.css", script="document.js")
        self.csp = self._page.csp
        self._sold = bool(sold(settings.policy))
        template, wordings = environment.get_template("policy_body.html"), self._page.wordings
        self._bodies = PerLanguage(
            settings.site.languages,
            # Autoescaped, by our own environment.
            lambda tag: Markup(template.render(_values(settings, wordings[tag]))),  # noqa: S704 - see above
        )

    def fragment(self, language: str) -> Markup:
        """The policy without a page around it; headings begin at ``<h2>``."""
        return self._bodies[language]

    def render(self, *, language: str, return_to: str) -> bytes:
        """The policy as a page."""
        body, wording = self._bodies[language], self._page.wordings[language]
        return self._page.render(wording, body=body, sold=self._sold, return_to=on_site(return_to))


def _values(settings: Settings, wording: Wording) -> dict[str, object]:
    categories = category_rows(wording, settings)
    asked = tuple(category for category in categories if not category.necessary)
    kept = in_words(wording, settings.cookie.lifetime)
    if settings.records.url == "off":
        own = wording.text("policy", "own_cookie", duration=kept)
    else:
        retention = in_words(wording, settings.records.retention)
        own = wording.text("policy", "own", duration=kept, retention=retention)
    return {
        **shared_values(settings, wording),
        "asked": asked,
        "categories": categories,
        "partners": partner_rows(asked),
        "sold": bool(sold(settings.policy)),
        "own_cookie": own,
        "cookie_name": settings.cookie.name,
    }


def in_words(wording: Wording, span: timedelta) -> str:
    """A span of whole days: in years where that comes out even."""
    years, rest = divmod(span.days, _YEAR)
    return wording.duration(f"P{years}Y" if years and not rest else f"P{span.days}D")
