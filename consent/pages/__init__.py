"""What visitors see: Jinja2 over templates/, rendered when a site starts wherever that can be."""

from consent.browser_facts import bundled_browser_facts
from consent.browsers import Verdict
from consent.choices import ConsentState
from consent.decision import Decision
from consent.html.injection import Insertion
from consent.pages.banner import Banner
from consent.pages.browser import render_browser
from consent.pages.environment import make_environment
from consent.pages.preferences import Preferences
from consent.settings import Settings


class Pages:
    """Every page and insertion of one site."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._environment = make_environment()
        self._browser_facts = bundled_browser_facts()
        self._banner = Banner(settings, self._environment)
        self._preferences = Preferences(settings, self._environment)
        self.languages: tuple[str, ...] = settings.site.languages
        self.script_hashes: tuple[bytes, ...] = self._banner.script_hashes
        """CSP sources of the inline script: ``'sha256-...'``."""
        self.style_hashes: tuple[bytes, ...] = self._banner.style_hashes
        self.preferences_csp: bytes = self._preferences.csp
        """The Content-Security-Policy of the preferences page: it runs no script and fetches nothing."""
        self.version: str = self._banner.version
        """A short hash of everything inserted: part of a page's ETag."""

    def insertion(self, *, language: str, decision: Decision, nonce: bytes = b"") -> Insertion:
        """What goes into one page; ``nonce`` is the page's own, out of its Content-Security-Policy."""
        return self._banner.insertion(language=language, decision=decision, nonce=nonce)

    def preferences(
        self, *, language: str, decision: Decision, state: ConsentState | None, return_to: str, embedded: bool
    ) -> bytes:
        """The preferences page; ``embedded``: its ``<main>`` goes into a dialog, and can be closed there."""
        return self._preferences.render(
            language=language, decision=decision, state=state, return_to=return_to, embedded=embedded
        )

    def browser(self, *, language: str, verdict: Verdict, return_to: str) -> bytes:
        """The page for a browser that is too old for the site."""
        return render_browser(
            self._environment,
            language=language,
            verdict=verdict,
            data=self._browser_facts,
            return_to=return_to,
            site_name=self._settings.site.name,
            mount=self._settings.paths.mount,
        )
