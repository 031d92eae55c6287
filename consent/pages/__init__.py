"""What visitors see: Jinja2 over templates/, rendered when a site starts wherever that can be.

The page for an outdated browser is a function of its own (``consent.pages.browser``): it is shown before there is a
decision.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import product

import jinja2

from consent.choices import Action, Choice, apply
from consent.decision import decide
from consent.pages.assets import Asset as Asset
from consent.pages.banner import Banner
from consent.pages.changes import Asked as Asked, since as since
from consent.pages.checking import check_buttons, check_templates, rendering_problem
from consent.pages.cookie_policy import CookiePolicy
from consent.pages.embeds import Embeds
from consent.pages.environment import make_environment
from consent.pages.error import ErrorPage
from consent.pages.opt_out import OptOut
from consent.pages.preferences import Preferences
from consent.pages.receipt import Entry, Receipt
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
            self._try_out(settings)
        except Exception as error:
            raise rendering_problem(error, own) from error
        for language in settings.site.languages:
            check_buttons(self.banner.asking(language), own)

    def _prepare(self, settings: Settings, environment: jinja2.Environment) -> None:
        self.embeds = Embeds(settings, environment)
        self.banner = Banner(settings, environment, self.embeds)
        self.preferences = Preferences(settings, environment)
        self.policy = CookiePolicy(settings, environment)
        self.receipt = Receipt(settings, environment)
        self.opt_out = OptOut(settings, environment)
        self.error = ErrorPage(settings, environment)
        self.languages: tuple[str, ...] = settings.site.languages
        self.script_hashes: tuple[bytes, ...] = self.banner.script_hashes
        """CSP sources of the script, the inline part and the other: ``'sha256-...'``."""
        self.assets: Mapping[str, Asset] = {asset.name: asset for asset in (self.banner.choice,)}
        """What stands below the mount, in ``/assets``, by file name."""
        self.style_hashes: tuple[bytes, ...] = (*self.banner.style_hashes, self.embeds.style_hash)
        self.version: str = self.banner.version
        """A short hash of everything inserted: part of a page's ETag."""

    def _try_out(self, settings: Settings) -> None:
        """Render every page in every language, for a visitor who has not chosen and one who has.

        A template may fail in one language alone: on a word that it looks up, or in a branch.
        """
        now = datetime(2000, 1, 1, tzinfo=UTC)
        chosen = apply(
            Choice(action=Action.ACCEPT),
            policy=settings.policy,
            receipt="receipt",
            now=now,
            lifetimes=settings.lifetimes,
        )
        answers = tuple((key, True) for key in settings.policy.asked)
        history = [Entry(at=now, event="partial", categories=answers, services=())]
        for language, state in product(settings.site.languages, (None, chosen)):
            decision = decide(settings.policy, state, now)
            self.banner.insertion(language=language, decision=decision)
            for embedded in (True, False):
                self.preferences.render(
                    language=language, decision=decision, state=state, return_to="/", embedded=embedded
                )
            self.receipt.render(
                language=language, decision=decision, state=state, history=history if state else (), return_to="/"
            )
            self.opt_out.render(language=language, decision=decision, return_to="/")
        for language in settings.site.languages:
            self.policy.render(language=language, return_to="/")
            self.embeds.placeholder(language, b"media/youtube", b"<iframe>")
            self.error.render(language=language, status=404, code="not-found", return_to="/")
