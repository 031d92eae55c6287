"""A choice as its record: what the step from one state to the next meant, and under what it was taken. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from consent.choices import Action, ConsentState
from consent.decision import Reason
from consent.policy import Policy
from consent.records.base import Event, Record, Source

RANDOM_BYTES = 10
"""Of a record's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Under what a choice was made: everything a record says beside the choice itself."""

    source: Source
    language: str
    host: str
    browser: str = ""
    region: str = ""
    model: str = "opt-in"
    gpc: bool | None = None
    notice: str = ""
    reason: Reason | None = None
    waited: int | None = None


def make_record_id(now: datetime, random: bytes) -> str:
    """A UUIDv7 (RFC 9562, 5.7): milliseconds of ``now``, and ten random bytes."""
    if len(random) != RANDOM_BYTES:
        raise ValueError(f"{RANDOM_BYTES} random bytes are needed, not {len(random)}")
    milliseconds = int(now.timestamp() * 1000)
    value = bytearray(milliseconds.to_bytes(6, "big") + random)
    value[6] = 0x70 | value[6] & 0x0F  # version 7
    value[8] = 0x80 | value[8] & 0x3F  # the variant of RFC 9562
    digits = value.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def event_for(
    before: ConsentState | None, after: ConsentState, action: Action, *, asked: Collection[str] = ()
) -> Event:
    """What the step from ``before`` (None: no valid choice) to ``after`` meant.

    Taking everything back is a withdrawal by whichever button it is done. ``asked`` are the keys of all categories:
    with them a save that allows every one counts as a grant.
    """
    granted_before = before is not None and before.granted
    if action is Action.WITHDRAW or (granted_before and not after.granted):
        return Event.WITHDRAW
    if not after.granted:
        return Event.REFUSE
    if before is not None and granted_before and _allowed(before) != _allowed(after):
        return Event.CHANGE
    everything = action is Action.ACCEPT or (bool(asked) and after.categories >= frozenset(asked))
    return Event.GRANT if everything else Event.PARTIAL


def make_record(  # noqa: PLR0913 - each is a fact of its own, and all but three are named
    before: ConsentState | None,
    after: ConsentState,
    action: Action,
    *,
    policy: Policy,
    circumstances: Circumstances,
    now: datetime,
    random: bytes,
) -> Record:
    """The record of one choice; ``random`` are ten random bytes."""
    return Record(
        record_id=make_record_id(now, random),
        receipt=after.receipt,
        at=now,
        event=event_for(before, after, action, asked=policy.asked),
        action=action,
        source=circumstances.source,
        categories=tuple([(key, key in after.categories) for key in policy.asked]),
        services=tuple(
            [
                (service.key, service.category in after.categories or service.key in after.services)
                for service in policy.services
            ]
        ),
        policy_version=after.policy_version,
        notice=circumstances.notice,
        language=circumstances.language,
        region=circumstances.region,
        model=circumstances.model,
        gpc=circumstances.gpc,
        host=circumstances.host,
        browser=circumstances.browser,
        reason=circumstances.reason,
        waited=circumstances.waited,
        expires_at=after.expires_at,
    )


def expiry_of(
    before: ConsentState, *, policy: Policy, circumstances: Circumstances, now: datetime, random: bytes
) -> Record:
    """The record of a choice that had run out when its visitor came back to choose anew."""
    return Record(
        record_id=make_record_id(now, random),
        receipt=before.receipt,
        at=now,
        event=Event.EXPIRE,
        action=None,
        source=Source.SITE,
        categories=tuple((key, False) for key in policy.asked),
        services=tuple((service.key, False) for service in policy.services),
        policy_version=before.policy_version,
        language=circumstances.language,
        region=circumstances.region,
        model=circumstances.model,
        gpc=circumstances.gpc,
        host=circumstances.host,
        browser=circumstances.browser,
        reason=Reason.EXPIRED,
        expires_at=before.expires_at,
    )


def _allowed(state: ConsentState) -> tuple[frozenset[str], frozenset[str]]:
    return state.categories, state.services
