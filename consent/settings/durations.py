"""Durations: ``180 days``, ``3 years`` or ISO 8601 (``P180D``); a month counts 30 days, a year 365."""

import re
from datetime import timedelta

from consent.settings.faults import Fault, shown

_WORDS = re.compile(r"([0-9]{1,6}) ?(second|minute|hour|day|week|month|year)s?", re.ASCII)
_ISO = re.compile(
    r"P(?=[0-9T])(?:([0-9]{1,6})Y)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})W)?(?:([0-9]{1,6})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})S)?)?",
    re.ASCII,
)
_SECONDS = {
    "year": 365 * 86_400,
    "month": 30 * 86_400,
    "week": 7 * 86_400,
    "day": 86_400,
    "hour": 3_600,
    "minute": 60,
    "second": 1,
}
_ISO_FORM = {
    "year": "P{}Y",
    "month": "P{}M",
    "week": "P{}W",
    "day": "P{}D",
    "hour": "PT{}H",
    "minute": "PT{}M",
    "second": "PT{}S",
}
COOKIE_LIMIT = timedelta(days=400)
"""Browsers cut a longer Max-Age down to this (RFC 6265bis, 5.5)."""
RETENTION_LIMIT = timedelta(days=100 * 365)
"""Longer than any limitation period; keeps the purge date within the calendar."""


def duration(text: str) -> timedelta | Fault:
    """The time ``text`` names, longer than none."""
    seconds = _seconds(text)
    if seconds is None:
        return Fault(
            code="consent.E016",
            message=f"{shown(text)} is not a duration",
            remedy='Write it like "180 days", "6 months", "3 years" or "P180D"',
        )
    if seconds == 0:
        return Fault(code="consent.E017", message="a duration of nothing is of no use", remedy='Write "180 days"')
    return timedelta(seconds=seconds)


def cookie_duration(text: str) -> timedelta | Fault:
    """As ``duration``, at most what browsers keep a cookie for."""
    return _at_most(duration(text), COOKIE_LIMIT, "browsers keep no cookie longer than 400 days")


def retention(text: str) -> timedelta | Fault:
    return _at_most(duration(text), RETENTION_LIMIT, "a century is the most")


def iso_duration(text: str) -> str | Fault:
    """How long a service's cookie lives, as the catalogue writes it: ISO 8601, or ``session``."""
    if text == "session":
        return text
    result = duration(text)
    if isinstance(result, Fault):
        return result
    words = _WORDS.fullmatch(text)
    return _ISO_FORM[words[2]].format(int(words[1])) if words else text


def _seconds(text: str) -> int | None:
    if words := _WORDS.fullmatch(text):
        return int(words[1]) * _SECONDS[words[2]]
    if iso := _ISO.fullmatch(text):
        return sum(int(count or 0) * unit for count, unit in zip(iso.groups(), _SECONDS.values(), strict=True))
    return None


def _at_most(result: timedelta | Fault, limit: timedelta, why: str) -> timedelta | Fault:
    if isinstance(result, Fault) or result <= limit:
        return result
    return Fault(
        code="consent.E017",
        message=f"{result.days} days is too long: {why}",
        remedy=f'Write at most "{limit.days} days"',
    )
