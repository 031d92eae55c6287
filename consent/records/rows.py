"""A record as a flat row of plain values and back: what a table's columns and a spool's lines hold.

The law of old rows: a column may be added with a default, none changes its meaning, so that every version reads
what an earlier one wrote. A chain is sealed over the columns of its format, so that a new column needs a new format.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

from consent.choices import Action
from consent.decision import Reason
from consent.records.base import Answers, Event, Record, Source

Value = str | int | None
Row = dict[str, Value]

COLUMNS = (
    "record_id", "receipt", "at", "event", "action", "source", "categories", "services", "policy_version", "notice",
    "language", "region", "model", "gpc", "host", "browser", "expires_at", "reason", "waited",
)  # fmt: skip
_encode = json.JSONEncoder(separators=(",", ":")).encode
FORMATS: dict[int, tuple[str, ...]] = {1: COLUMNS, 2: COLUMNS}
"""The columns that a chain of each format seals, in their order. ``Chain.origin`` has what came with the second."""
FORMAT = 2
"""What is written."""


def to_row(record: Record) -> Row:
    """``record`` as plain values under ``COLUMNS``."""
    row: Row = {
        "record_id": record.record_id,
        "receipt": record.receipt,
        "at": moment_text(record.at),
        "event": record.event.value,
        "action": record.action.value if record.action else "",
        "source": record.source.value,
        "categories": _answers(record.categories),
        "services": _answers(record.services),
        "policy_version": record.policy_version,
        "notice": record.notice,
        "language": record.language,
        "region": record.region,
        "model": record.model,
        "gpc": None if record.gpc is None else int(record.gpc),
        "host": record.host,
        "browser": record.browser,
        "expires_at": _second_text(record.expires_at),
        "reason": record.reason.value if record.reason else "",
        "waited": record.waited,
    }
    # What is no word of ours, in one look: nearly always it can be kept as it is.
    texts = (
        f"{record.record_id}{record.receipt}{record.policy_version}{record.notice}"
        f"{record.language}{record.region}{record.model}{record.host}{record.browser}"
    )
    if texts.isascii() and "\0" not in texts:
        return row
    # Half a surrogate pair has no UTF-8: one odd Host header must not fail the transaction it shares with others.
    return {column: _storable(value) if isinstance(value, str) else value for column, value in row.items()}


def from_row(row: Mapping[str, Value]) -> Record:
    """The record of a row; KeyError, TypeError or ValueError where it is not one."""
    gpc, waited = row["gpc"], row.get("waited")
    action, reason = row["action"], row.get("reason")
    return Record(
        record_id=_text(row, "record_id"),
        receipt=_text(row, "receipt"),
        at=_aware(_text(row, "at")),
        event=Event(row["event"]),
        action=Action(action) if action else None,
        source=Source(row["source"]),
        categories=_pairs(_text(row, "categories")),
        services=_pairs(_text(row, "services")),
        policy_version=_text(row, "policy_version"),
        notice=_text(row, "notice"),
        language=_text(row, "language"),
        region=_text(row, "region"),
        model=_text(row, "model"),
        gpc=None if gpc is None else bool(gpc),
        host=_text(row, "host"),
        browser=_text(row, "browser"),
        expires_at=_aware(_text(row, "expires_at")),
        reason=Reason(reason) if reason else None,
        waited=None if waited is None else int(waited),
    )


def _text(row: Mapping[str, Value], column: str) -> str:
    value = row[column]
    if not isinstance(value, str):
        raise TypeError(f"{column} must be a text")
    return value


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")  # PostgreSQL keeps no NUL in a text


def moment_text(moment: datetime) -> str:
    """Sorts as text: always UTC, always microseconds."""
    universal = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return universal.isoformat(timespec="microseconds")


_second_text = lru_cache(64)(moment_text)
"""For times to live: of a whole second, and the same for all who choose within it."""


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"no time zone: {text}")
    return moment


@lru_cache(1_024)  # visitors of one site give few different answers
def _answers(answers: Answers) -> str:
    return _encode(answers)


def _pairs(text: str) -> Answers:
    pairs: list[list[str | bool]] = json.loads(text)
    return tuple((str(key), allowed is True) for key, allowed in pairs)
