"""What a visitor is told who got no further: in their language, that nothing was allowed, and where to go on."""

from http import HTTPStatus

import jinja2

from consent.pages.page import Page, on_site
from consent.settings import Settings

SENTENCES = {
    "not-found": "not_found",
    "method-not-allowed": "not_allowed",
    "cross-site": "cross_site",
    "unknown-action": "bad_request",
    "malformed": "bad_request",
    "unsupported-media-type": "bad_request",
    "too-long": "too_large",
    "too-many": "too_many",
    "internal-error": "internal",
}
"""Codes of answers, and the texts ``errors.*`` that say what they mean to a visitor."""


AGAIN = frozenset({"bad_request", "cross_site", "too_large", "internal"})
"""Those after which the choice can be made anew."""


class ErrorPage:
    """Renders the page."""

    def __init__(self, settings: Settings, environment: jinja2.Environment) -> None:
        self._page = Page(settings, environment, "error.html", style="document.css")
        self.csp = self._page.csp

    def render(self, *, language: str, status: int, code: str, return_to: str) -> bytes:
        """The page for an answer of ``status`` with ``code``."""
        wording, said = self._page.wordings[language], SENTENCES.get(code, "bad_request")
        return self._page.render(
            wording,
            status=f"{status} {HTTPStatus(status).phrase}",
            code=code,
            sentence=wording.text("errors", said),
            again=said in AGAIN,
            return_to=on_site(return_to),
        )
