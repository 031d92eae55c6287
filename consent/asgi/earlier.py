"""What visitors were asked who chose under an earlier policy: so that they can be told what is new.

Read from their own records. All who chose under one policy version were asked the same, for the version is a
fingerprint of that: so it is learned once for each version, and the pages of all others wait for no store.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from consent.asgi.reports import Reports
from consent.choices import ConsentState
from consent.decision import Decision, Reason
from consent.pages import Asked
from consent.records.base import Event, Record
from consent.records.keeper import RecordKeeper

VERSIONS = 64
"""How many are remembered; visitors cannot name others than the site has had, for cookies are signed."""
PAUSE = 60.0
"""Seconds until the store is asked again about a version of which it could not tell."""
LIMIT = 0.5
"""Seconds that a page waits for the store at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """One per site."""

    keeper: RecordKeeper
    reports: Reports
    seconds: Callable[[], float]
    _asked: dict[str, Asked] = field(default_factory=dict)
    _not_before: dict[str, float] = field(default_factory=dict)

    async def learn(self, decision: Decision, state: ConsentState | None) -> Asked | None:
        """What was asked of somebody who is asked anew; None for everybody else, and where no record tells."""
        if state is None or decision.reason is not Reason.POLICY_CHANGED:
            return None
        version, now = state.policy_version, self.seconds()
        if version in self._asked or self._not_before.get(version, now) > now:
            return self.known(state)
        if len(self._asked) + len(self._not_before) >= VERSIONS:
            self._asked.clear()
            self._not_before.clear()
        self._not_before[version] = now + PAUSE  # nobody else asks meanwhile
        try:
            records = await asyncio.wait_for(self.keeper.of_receipt(state.receipt), LIMIT)
        except Exception as error:  # noqa: BLE001 - whatever a store raises: the visitor is asked all the same
            self.reports.failed("who is asked again was not told what is new", error)
            return None
        if (found := _asked(records, version)) is not None:
            self._asked[version] = found
            del self._not_before[version]
        return found

    def known(self, state: ConsentState | None) -> Asked | None:
        """What has been learned of the policy that ``state`` was chosen under."""
        return None if state is None else self._asked.get(state.policy_version)


def _asked(records: Sequence[Record], version: str) -> Asked | None:
    """By the last choice under ``version``; that a choice ran out is noted with what is asked by then."""
    for record in reversed(records):
        if record.policy_version == version and record.event is not Event.EXPIRE:
            return Asked(
                categories=frozenset(key for key, _ in record.categories),
                services=frozenset(key for key, _ in record.services),
            )
    return None
