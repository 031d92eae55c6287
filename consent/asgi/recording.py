"""A choice put on record: what it changed, and under what it was made. Awaited before the cookie is set."""

from dataclasses import dataclass
from datetime import datetime

from consent.asgi.forms import Submission
from consent.asgi.gate import Gate
from consent.asgi.mount import Mount
from consent.asgi.origin import same_host_path
from consent.asgi.site import Site
from consent.asgi.visit import Visit, known_host
from consent.choices import Action, Choice, ConsentState
from consent.decision import Decision, Reason
from consent.records.base import Notice, Source
from consent.records.making import RANDOM_BYTES, Circumstances, expiry_of, make_record


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A choice that was taken: from one state to another, and what came with it."""

    before: ConsentState | None
    """None: the visitor had not chosen."""
    earlier: Decision
    """What ``before`` came to."""
    after: ConsentState
    choice: Choice
    submission: Submission
    visit: Visit
    now: datetime
    """The moment that the cookie bears too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One per middleware."""

    site: Site
    gate: Gate
    mount: Mount

    async def keep(self, step: Step) -> bool | None:
        """As ``RecordKeeper.append``: None where the record is lost. Never raises for a store."""
        site, policy = self.site, self.site.settings.policy
        language = site.language(step.visit, asked=step.submission.language)
        notice = site.notices.of(language)
        circumstances = self._circumstances(step, language, notice)
        if step.before is not None and step.earlier.reason is Reason.EXPIRED:
            expiry = expiry_of(
                step.before, policy=policy, circumstances=circumstances, now=step.now, random=site.random(RANDOM_BYTES)
            )
            await site.keeper.append(expiry)
        record = make_record(
            step.before if step.earlier.answered else None,
            step.after,
            step.choice.action,
            policy=policy,
            circumstances=circumstances,
            now=step.now,
            random=site.random(RANDOM_BYTES),
        )
        return await site.keeper.append(record, notice)

    def _circumstances(self, step: Step, language: str, notice: Notice) -> Circumstances:
        engine = self.gate.judge(step.visit).engine
        return Circumstances(
            source=self._source(step.choice, step.visit),
            language=language,
            gpc=step.visit.sends_gpc,
            notice=notice.hash,
            reason=step.earlier.reason,
            waited=step.submission.waited,
            host=known_host(step.visit.host),
            browser=engine.value if engine else "",
        )

    def _source(self, choice: Choice, visit: Visit) -> Source:
        """Where the choice was made, as far as the request tells."""
        if not visit.is_of_browser:
            return Source.API
        if choice.action is Action.SAVE or choice.action is Action.WITHDRAW:
            return Source.PREFERENCES  # the banner has neither switches nor anything to take back
        referer = same_host_path(visit.headers.get(b"referer", b""), visit.authority)
        return Source.PREFERENCES if referer and self.mount.is_ours(referer, visit) else Source.BANNER
