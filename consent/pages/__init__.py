"""What visitors see: Jinja2 over templates/, rendered when a site starts wherever that can be.

The page for an outdated browser is a function of its own (``consent.pages.browser``): it is shown before there is a
decision.
"""

from collections.abc import Mapping

import jinja2

from consent.pages.assets import Asset as Asset
from consent.pages.banner import Banner
from consent.pages.browser import BrowserPage
from consent.pages.changes import Asked as Asked, since as since
from consent.pages.checking import check_templates, rendering_problem
from consent.pages.cookie_policy import CookiePolicy
from consent.pages.embeds import Embeds
from consent.pages.environment import make_environment
from consent.pages.error import ErrorPage
from consent.pages.opt_out import OptOut
from consent.pages.preferences import Preferences
from consent.pages.receipt import Receipt
from consent.pages.trying import check_shown, try_out
from consent.settings import Settings


class Pages:
    """Every page and insertion of one site.

    Raises SettingsError with every mistake in the owner's own templates (``site.templates``).
    """

    def __init__(self, settings: Settings) -> None:
        own = settings.site.templates
        environment = make_environment(own)
        if own is None:
            self._prepare(settings, environment)
            return
        check_templates(own, environment)
        try:
            self._prepare(settings, environment)
            shown = [*try_out(self, settings)]
        except Exception as error:
            raise rendering_problem(error, own) from error
        check_shown(shown, settings, own)

    def _prepare(self, settings: Settings, environment: jinja2.Environment) -> None:
        self.embeds = Embeds(settings, environment)
        self.banner = Banner(settings, environment, self.embeds)
        self.preferences = Preferences(settings, environment)
        self.policy = CookiePolicy(settings, environment)
        self.receipt = Receipt(settings, environment)
        self.opt_out = OptOut(settings, environment)
        self.error = ErrorPage(settings, environment)
        self.browser = BrowserPage(settings, environment)
        self.languages: tuple[str, ...] = settings.site.languages
        self.script_hashes: tuple[bytes, ...] = self.banner.script_hashes
        """CSP sources of the script, the inline part and the other: ``'sha256-...'``."""
        self.assets: Mapping[str, Asset] = {asset.name: asset for asset in (self.banner.choice,)}
        """What stands below the mount, in ``/assets``, by file name."""
        self.style_hashes: tuple[bytes, ...] = (*self.banner.style_hashes, self.embeds.style_hash)
        self.version: str = self.banner.version
        """A short hash of everything inserted: part of a page's ETag."""
