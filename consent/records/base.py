"""Record: one visitor's choice, as it can be shown to a regulator; Notice: what the visitor was shown. Pure values,
and the contract of a store.

What a record never holds: an IP address, a full User-Agent, a query string (GDPR Art. 5(1)(c), data minimisation).
Every category and service stands in it explicitly, allowed or not.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from consent.choices import Action
from consent.decision import Reason
from consent.errors import ConsentError

Answers = tuple[tuple[str, bool], ...]
"""Pairs of a key and whether it was allowed, in the order they were shown."""


class Event(Enum):
    """What a choice meant, seen from the one before."""

    GRANT = "grant"
    REFUSE = "refuse"
    PARTIAL = "partial"
    CHANGE = "change"
    WITHDRAW = "withdraw"
    SIGNAL = "signal"
    """A signal of the browser decided (Global Privacy Control), not a button."""
    EXPIRE = "expire"
    """The choice before had run out when the visitor chose anew."""


class Source(Enum):
    """Where the choice was made."""

    BANNER = "banner"
    PREFERENCES = "preferences"
    PLACEHOLDER = "placeholder"
    OPT_OUT = "opt-out"
    API = "api"
    SIGNAL = "signal"
    SITE = "site"
    """Nobody's doing: the site itself noted that something ran out."""


class StoreError(ConsentError):
    """A store did not keep, or cannot show, what it was asked for.

    ``code`` (docs/codes.md) and ``remedy`` say what an owner can do; both are empty where a store merely failed.
    """

    def __init__(self, message: str, *, code: str = "", remedy: str = "") -> None:
        self.message = message
        self.code = code
        self.remedy = remedy
        super().__init__(f"{code}  {message}. {remedy}" if code else message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a visitor was shown, whole: kept once, under its hash."""

    hash: str
    """SHA-256 of ``content``, in hex."""
    content: bytes
    """Canonical JSON; see ``consent.asgi.notices`` for what is in it."""

    @classmethod
    def of(cls, content: bytes) -> "Notice":
        return cls(hash=hashlib.sha256(content).hexdigest(), content=content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One choice."""

    record_id: str
    """UUIDv7: sorts by time."""
    receipt: str
    """Ties the visitor's cookie to their records; says nothing about the person."""
    at: datetime
    """Aware, UTC."""
    event: Event
    action: Action | None
    """The button that was pressed; None where no button was."""
    source: Source
    categories: Answers
    services: Answers
    policy_version: str
    notice: str = ""
    """Hash of what the visitor was shown (``Notice``); empty where it was not kept."""
    language: str
    region: str = ""
    model: str = "opt-in"
    gpc: bool | None = None
    """Whether ``Sec-GPC: 1`` came with the request; None where it was not looked at."""
    host: str
    browser: str = ""
    """The engine's name, such as ``blink``; never the header."""
    reason: Reason | None = None
    """Why the visitor was asked; ``chosen`` where they changed an answer in force. None in records of version 0.1."""
    waited: int | None = None
    """Seconds the page had been open, as the page's script tells; None where it tells nothing."""
    expires_at: datetime
    """Aware, UTC: when the visitor is asked again."""


class RecordStore(Protocol):
    """Keeps records for good. Appending the same record twice keeps it once."""

    async def append(self, record: Record, notice: Notice | None = None) -> None:
        """Returns when the record would survive a power cut; raises otherwise, and then it may still be kept.

        ``notice`` is kept with it, once, if the store does not have it yet.
        """

    async def of_receipt(self, receipt: str) -> Sequence[Record]:
        """Every record of one visitor, oldest first: what they may ask to see (GDPR Art. 15)."""

    def close(self) -> None:
        """Finish what is under way and let go of everything; a later append opens again."""
