"""Records in forms others read: CSV, JSON lines, and the shape of ISO/IEC TS 27560:2023. Pure, row by row.

The standard's shape is followed as the W3C Data Privacy Vocabulary's guide describes it (guides/consent-27560). What
only the controller knows (where data is stored, under which law) is left null: an owner fills it in.
"""

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from consent.records.base import StoreError
from consent.records.rows import COLUMNS, Row

STATES = {
    "grant": "given",
    "partial": "given",
    "change": "given",
    "refuse": "refused",
    "withdraw": "withdrawn",
    "expire": "expired",
    "signal": "refused",
}
"""Our events as the standard's event states."""
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Controller:
    """Who answers for the records, as far as the settings say."""

    site: str
    controller: str | None
    privacy_policy: str | None
    withdrawal: str
    """Path of the page on which consent is withdrawn."""
    retention: timedelta
    services: tuple[tuple[str, str, str], ...]
    """Key, category and partner of each declared service."""


def csv_lines(rows: Iterable[Row]) -> Iterator[str]:
    """A header and a line for each record (RFC 4180); what a spreadsheet would compute gets an apostrophe in front."""
    yield _csv_line(COLUMNS)
    for row in rows:
        yield _made(row, lambda one: _csv_line([_cell(one, column) for column in COLUMNS]))


def json_lines(rows: Iterable[Row]) -> Iterator[str]:
    """One JSON object for each record."""
    for row in rows:
        yield _made(row, lambda one: _json_line(_plain(one)))


def iso_lines(rows: Iterable[Row], of: Controller) -> Iterator[str]:
    """One consent record of ISO/IEC TS 27560 for each of ours, as JSON lines."""
    for row in rows:
        yield _made(row, lambda one: _json_line(iso_record(one, of)))


def formats(of: Controller) -> dict[str, Callable[[Iterable[Row]], Iterator[str]]]:
    """What ``--format`` takes."""
    return {"csv": csv_lines, "jsonl": json_lines, "iso27560": lambda rows: iso_lines(rows, of)}


def plain(row: Row) -> dict[str, object]:
    """A row with its answers as objects; StoreError where somebody changed it beyond reading."""
    _made(row, lambda one: _json_line(_plain(one)))
    return _plain(row)


def _made(row: Row, make: Callable[[Row], str]) -> str:
    """What ``make`` makes of ``row``, as text that can be written."""
    try:
        line = make(row)
        line.encode()
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError(
            f"record {row['record_id']!r} is not as it was written: it cannot be read ({error})",
            code="consent.E076",
            remedy="Run consent records verify",
        ) from error
    return line


def _json_line(content: dict[str, object]) -> str:
    return _encode(content) + "\n"


def _plain(row: Row) -> dict[str, object]:
    told: dict[str, object] = dict(row)
    for column in ("categories", "services"):
        told[column] = _answers(row, column)
    told["gpc"] = None if row["gpc"] is None else bool(row["gpc"])
    return told


def iso_record(row: Row, of: Controller) -> dict[str, object]:
    categories = _answers(row, "categories")
    services = _answers(row, "services")
    return {
        "schema_version": "ISO/IEC TS 27560:2023",
        "record_id": row["record_id"],
        "pii_principal_id": row["receipt"],
        "processing": {
            "privacy_notice": {"sha256": row["notice"] or None, "uri": _absolute(row, of.privacy_policy)},
            "language": row["language"],
            "purposes": [
                {
                    "purpose": key,
                    "consented": allowed,
                    "services": [
                        {"service": name, "consented": services[name]}
                        for name, category, _ in of.services
                        if category == key and name in services
                    ],
                }
                for key, allowed in categories.items()
            ],
            "lawful_basis": "consent",
            "pii_information": [
                {"pii_type": "data that the named services read from or store in the browser", "pii_optional": True}
            ],
            "pii_controllers": ["controller"],
            "collection_method": row["source"],
            "storage_locations": None,
            "retention_period": f"P{of.retention.days}D",
            "service": of.site,
            "jurisdiction": row["region"] or None,
            "recipient_third_parties": sorted({partner for name, _, partner in of.services if name in services}),
            "withdrawal_method": _absolute(row, of.withdrawal),
        },
        "party_identification": [
            {
                "party_id": "controller",
                "name": of.controller or of.site,
                "address": of.controller,
                "contact": of.controller,
                "type": "pii_controller",
            }
        ],
        "event": {
            "event_time": row["at"],
            "validity_duration": _validity(row),
            "entity_id": row["receipt"],
            "event_type": "explicit" if row["action"] else "implicit",
            "event_state": STATES.get(str(row["event"]), str(row["event"])),
        },
    }


def _absolute(row: Row, url: str | None) -> str | None:
    """A path of the site's own as a URL, where the record says on which host."""
    return f"https://{row['host']}{url}" if url and url.startswith("/") and row["host"] else url


def _validity(row: Row) -> str:
    span = datetime.fromisoformat(str(row["expires_at"])) - datetime.fromisoformat(str(row["at"]))
    return f"PT{max(0, math.ceil(span.total_seconds()))}S"  # an event's moment has parts of a second, its end none


def _answers(row: Row, column: str) -> dict[str, bool]:
    return dict(_read_answers(str(row[column])))


@lru_cache(1_024)  # visitors of one site give few different answers
def _read_answers(text: str) -> dict[str, bool]:
    return {str(key): allowed is True for key, allowed in json.loads(text)}


def _cell(row: Row, column: str) -> str:
    if column in {"categories", "services"}:
        return " ".join(f"{key}={'yes' if allowed else 'no'}" for key, allowed in _answers(row, column).items())
    value = row[column]
    if column == "gpc":
        return "" if value is None else "yes" if value else "no"
    text = "" if value is None else str(value)
    # A Host header is a stranger's text: no spreadsheet may take it for a formula.
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
