"""User-Agent, and the client hints beside it -> the engine and its version.

Bytes in, values out; nothing raises. Patterns ask for four ASCII digits at most and an end that belongs there, so
"Chrome/1e9" and "Chrome/99999" say nothing. A header with an engine's name but no version we can read is unknown.
"""

import re
from dataclasses import dataclass
from enum import Enum

Version = tuple[int, int]


class Engine(Enum):
    """The engines told apart."""

    BLINK = "blink"
    GECKO = "gecko"
    WEBKIT = "webkit"
    TRIDENT = "trident"
    EDGEHTML = "edgehtml"
    PRESTO = "presto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An engine met in a header."""

    engine: Engine
    version: Version
    exact: bool = True
    """False: the version is a lower bound."""


_NUMBER = rb"([0-9]{1,4})(?:\.([0-9]{1,4}))?(?=[. ;,)\]]|\Z)"
# To its very end: what goes on with a letter was put together by somebody else ("Chrome/105.0.0.0MQQBrowser").
_CHROME = re.compile(
    rb"(?:Chrom(?:e|ium)|CrMo)/([0-9]{1,4})(?:\.([0-9]{1,4})(?:\.[0-9]{1,5}){0,2})?(?=[ ;,)\]]|\Z)", re.ASCII
)
_FIREFOX = re.compile(rb"Firefox/" + _NUMBER, re.ASCII)
_SAFARI = re.compile(rb"Version/" + _NUMBER, re.ASCII)
_EDGE = re.compile(rb"Edge/" + _NUMBER, re.ASCII)
_TRIDENT = re.compile(rb"Trident/" + _NUMBER, re.ASCII)
_MSIE = re.compile(rb"MSIE " + _NUMBER, re.ASCII)
_OPERA = re.compile(rb"(?:Presto/|Opera[/ ])" + _NUMBER, re.ASCII)
_IOS = re.compile(rb"(?:iPhone|CPU) OS ([0-9]{1,4})(?:[_.]([0-9]{1,4}))?(?=[_. ;)]|\Z)", re.ASCII)
_WEBKIT = re.compile(rb"AppleWebKit/" + _NUMBER, re.ASCII)
_HINT = re.compile(rb'"Chromium" *; *v="([0-9]{1,4})(?:\.([0-9]{1,4}))?(?:\.[0-9.]{0,20})?"', re.ASCII)

# Since Safari 26 an iPhone says "OS 18_6" or "18_7" for good; the true version stands in Version/, if anywhere.
_FROZEN_IOS = ((18, 6), (18, 7))
# The first Edge on Blink was 79; it and all after it say "Edg/".
_FIRST_BLINK_EDGE = 79
# Internet Explorer in compatibility mode lies in MSIE, not in Trident: Trident/7 is 11.
_TRIDENT_TO_IE = 4
# Android's own WebKit ended below 537; 537.36 without Chrome/ is some app we know nothing of.
_NOT_ANDROIDS_WEBKIT = (537, 0)
# The builds of WebKit that Safari versions came with, oldest first. From 605 on every header says 605.1.15, and 537
# is what Blink says for good, so neither tells anything; 538 was Qt's.
_SAFARI_OF_BUILD = (
    (0, (1, 0)),
    (420, (3, 0)),
    (531, (4, 0)),
    (533, (5, 0)),
    (536, (6, 0)),
    (538, (7, 0)),
    (601, (9, 0)),
)
_SILENT_BUILDS = frozenset({537})
_FROZEN_BUILD = 605


def recognise(header: bytes) -> Found | None:
    """The engine behind ``header``, or None: no engine we know, or no version we can read."""
    if b"Chrome/" not in header:
        old = _trident(header) or _presto(header)
        if old:
            return old
    elif b"Edge/" in header and (edge := _version(_EDGE, header)) and edge[0] < _FIRST_BLINK_EDGE:
        return Found(engine=Engine.EDGEHTML, version=edge)
    if b"like Mac OS X" in header:  # every browser on iOS is its WebKit, whatever it calls itself
        return _ios(header)
    if b"Chrom" in header or b"CrMo/" in header:
        return _found(Engine.BLINK, _version(_CHROME, header))
    if b"Goanna" in header:  # a fork of Gecko with numbers of its own, and an old "Firefox/" for compatibility
        return None
    if b"Firefox/" in header:
        return _found(Engine.GECKO, _version(_FIREFOX, header))
    return _webkit(header)


def read_hints(hints: bytes) -> Version | None:
    """The version of Chromium in ``Sec-CH-UA`` (User-Agent Client Hints, 3.1): None where none is named."""
    return _version(_HINT, hints)


def _trident(header: bytes) -> Found | None:
    if b"Mozilla/" not in header:
        return None
    if trident := _version(_TRIDENT, header):
        return Found(engine=Engine.TRIDENT, version=(trident[0] + _TRIDENT_TO_IE, 0))
    return _found(Engine.TRIDENT, _version(_MSIE, header)) if b"Opera" not in header else None


def _presto(header: bytes) -> Found | None:
    return _found(Engine.PRESTO, _version(_OPERA, header))


def _ios(header: bytes) -> Found | None:
    system = _version(_IOS, header)
    own = _version(_SAFARI, header)
    if own is None and system in _FROZEN_IOS:
        return Found(engine=Engine.WEBKIT, version=system, exact=False)
    return _found(Engine.WEBKIT, max(filter(None, (system, own)), default=None))


def _webkit(header: bytes) -> Found | None:
    build = _version(_WEBKIT, header)
    if build is None:
        return None
    own = _version(_SAFARI, header)
    if own is None:
        return _of_build(build[0])
    if b"Android" in header and build >= _NOT_ANDROIDS_WEBKIT:
        return None
    return Found(engine=Engine.WEBKIT, version=own)


def _of_build(build: int) -> Found | None:
    """The WebKit of a header that names no version of its own: Safari before 3, and the many that embedded it."""
    if build in _SILENT_BUILDS or build >= _FROZEN_BUILD:
        return None
    return Found(engine=Engine.WEBKIT, version=max(safari for first, safari in _SAFARI_OF_BUILD if first <= build))


def _found(engine: Engine, version: Version | None) -> Found | None:
    return Found(engine=engine, version=version) if version else None


def _version(pattern: re.Pattern[bytes], header: bytes) -> Version | None:
    """The highest version the pattern meets: a header with two is given the benefit of the doubt."""
    met = pattern.findall(header)
    if not met:
        return None
    if len(met) == 1:  # nearly always, and quicker
        return int(met[0][0]), int(met[0][1] or 0)
    return max((int(major), int(minor or 0)) for major, minor in met)
