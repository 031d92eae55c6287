"""``scope["consent"]``: what the app may ask about this visitor. Decided on the first question, not before."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from consent.asgi._types import Scope
from consent.asgi.visit import Visit
from consent.categories import NECESSARY
from consent.decision import Decision, Reason

if TYPE_CHECKING:  # the site makes these objects
    from consent.asgi.site import Site

NOTHING = Decision(answered=False, reason=Reason.FIRST_VISIT, categories=frozenset({NECESSARY}))
"""What is decided where deciding failed."""


class Consent:
    """One visitor's answer, as it stands at this request. Made for every request: it only remembers whom to ask."""

    # On the class, so that making one sets no more than two names; ``cached_property`` would take a lock.
    _decision: Decision | None = None
    _visit: Visit | None = None
    aside: bool = False
    """Whether the middleware leaves this request to the app: one inside of it may have its say."""

    def __init__(self, scope: Scope, site: "Site") -> None:
        self._scope = scope
        self.site = site

    def allows(self, name: str) -> bool:
        """Whether a category (``"analytics"``), or a service by its key, may run now for this visitor."""
        if self.decision.allows(name):
            return True
        if service := self.site.catalogue.services.get(name):
            return self.decision.allows_service(service)
        if name not in self.site.categories:
            self.site.reports.unknown_name(name)
        return False

    def cookie_policy(self, language: str = "") -> Markup:
        """The cookie policy for a page of the site's own, safe to be put into a template as it is.

        ``language``: a tag; without it the visitor's own. Headings begin at ``<h2>``.
        """
        policy = self.site.pages.policy.fragment(self.site.language(self.visit, language))
        return Markup(self.site.at_root(policy.encode(), self.visit).decode())  # noqa: S704 - markup of our own

    @property
    def answered(self) -> bool:
        """Whether the visitor has chosen under the policy in force."""
        return self.decision.answered

    @property
    def language(self) -> str:
        """The bundled language this visitor is spoken to in; set it to the page's own where the app knows better."""
        return self.site.language(self.visit)

    @language.setter
    def language(self, tag: str) -> None:
        self.visit.said_language = tag

    @property
    def decision(self) -> Decision:
        if self._decision is None:
            try:
                self._decision = self.site.decide(self.site.read_state(self.visit))
            except Exception as error:  # noqa: BLE001 - our fault must neither grant anything nor end the app's answer
                self.site.reports.failed("nothing is allowed in it", error)
                self._decision = NOTHING
        return self._decision

    @property
    def visit(self) -> Visit:
        if self._visit is None:
            self._visit = Visit(self._scope)
        return self._visit

    def __repr__(self) -> str:
        return f"<Consent answered={self.answered} categories={sorted(self.decision.categories)}>"


def cookie_policy(request: Any, language: str = "") -> Markup:  # noqa: ANN401 - whatever request the framework has
    """A global for templates, to be called with the request: the cookie policy for a page of the site's own.

    ``request``: a framework's request, by its ``scope``, or a scope. Raises LookupError outside the middleware.
    """
    scope = getattr(request, "scope", request)
    consent = scope.get("consent") if isinstance(scope, Mapping) else None
    if not isinstance(consent, Consent):
        raise LookupError("this request did not come through ConsentMiddleware")  # noqa: TRY004 - the type is right
    return consent.cookie_policy(language)
