"""What visitors see: Jinja2 over templates/, rendered when a site starts wherever that can be.

The page for an outdated browser is a function of its own (``consent.pages.browser``): it is shown before there is a
decision.
"""

from collections.abc import Mapping

from consent.choices import ConsentState
from consent.decision import Decision
from consent.html.injection import Insertion
from consent.pages.assets import Asset as Asset
from consent.pages.banner import Banner
from consent.pages.environment import make_environment
from consent.pages.preferences import Preferences
from consent.settings import Settings


class Pages:
    """Every page and insertion of one site."""

    def __init__(self, settings: Settings) -> None:
        environment = make_environment()
        self._banner = Banner(settings, environment)
        self._preferences = Preferences(settings, environment)
        self.languages: tuple[str, ...] = settings.site.languages
        self.script_hashes: tuple[bytes, ...] = self._banner.script_hashes
        """CSP sources of the script, the inline part and the other: ``'sha256-...'``."""
        self.assets: Mapping[str, Asset] = {asset.name: asset for asset in (self._banner.choice,)}
        """What stands below the mount, in ``/assets``, by file name."""
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
