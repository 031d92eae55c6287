"""What a site's settings make of a page: the judge of what stands in it."""

from consent.decision import Decision
from consent.judge import PageJudge, Tell, tell_nobody
from consent.settings.loading import Settings


def make_judge(settings: Settings, decision: Decision, *, origin: str = "", met: Tell = tell_nobody) -> PageJudge:
    """The judge of pages on ``origin`` (a host; empty: wherever they stand), for visitors with this ``decision``.

    ``met`` hears of those whom it comes across and the settings do not name.
    """
    return PageJudge(
        settings.catalogue,
        decision,
        own=settings.site.domains,
        origin=origin,
        allow=settings.holding.allow,
        categories=frozenset(category.key for category in settings.categories),
        unknown=settings.holding.unknown,
        declared=frozenset(service.key for service in settings.policy.services),
        met=met,
    )
