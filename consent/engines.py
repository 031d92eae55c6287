"""What a User-Agent header says: the engine and its version, the system, and who never gets turned away.

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
_CHROME = re.compile(rb"Chrom(?:e|ium)/" + _NUMBER, re.ASCII)
_FIREFOX = re.compile(rb"Firefox/" + _NUMBER, re.ASCII)
_SAFARI = re.compile(rb"Version/" + _NUMBER, re.ASCII)
_EDGE = re.compile(rb"Edge/" + _NUMBER, re.ASCII)
_TRIDENT = re.compile(rb"Trident/" + _NUMBER, re.ASCII)
_MSIE = re.compile(rb"MSIE " + _NUMBER, re.ASCII)
_OPERA = re.compile(rb"(?:Presto/|Opera[/ ])" + _NUMBER, re.ASCII)
_IOS = re.compile(rb"(?:iPhone|CPU) OS ([0-9]{1,4})(?:[_.]([0-9]{1,4}))?(?=[_. ;)]|\Z)", re.ASCII)
_WEBKIT = re.compile(rb"AppleWebKit/" + _NUMBER, re.ASCII)
_WINDOWS = re.compile(rb"Windows (?:NT )?" + _NUMBER, re.ASCII)
_MACOS = re.compile(rb"Mac OS X 10[._]([0-9]{1,4})()", re.ASCII)
_ANDROID = re.compile(rb"Android " + _NUMBER, re.ASCII)

# Since Safari 26 an iPhone says "OS 18_6" or "18_7" for good; the true version stands in Version/, if anywhere.
_FROZEN_IOS = ((18, 6), (18, 7))
# The first Edge on Blink was 79; it and all after it say "Edg/".
_FIRST_BLINK_EDGE = 79
# Internet Explorer in compatibility mode lies in MSIE, not in Trident: Trident/7 is 11.
_TRIDENT_TO_IE = 4
# Android's own WebKit ended below 537; 537.36 without Chrome/ is some app we know nothing of.
_NOT_ANDROIDS_WEBKIT = (537, 0)


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
    if b"Chrom" in header:
        return _found(Engine.BLINK, _version(_CHROME, header))
    if b"Goanna" in header:  # a fork of Gecko with numbers of its own, and an old "Firefox/" for compatibility
        return None
    if b"Firefox/" in header:
        return _found(Engine.GECKO, _version(_FIREFOX, header))
    return _webkit(header)


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
    own = _version(_SAFARI, header) if b"AppleWebKit/" in header else None
    if own is None:
        return None
    if b"Android" in header and (_version(_WEBKIT, header) or _NOT_ANDROIDS_WEBKIT) >= _NOT_ANDROIDS_WEBKIT:
        return None
    return Found(engine=Engine.WEBKIT, version=own)


def _found(engine: Engine, version: Version | None) -> Found | None:
    return Found(engine=engine, version=version) if version else None


def _version(pattern: re.Pattern[bytes], header: bytes) -> Version | None:
    """The highest version the pattern meets: a header with two is given the benefit of the doubt."""
    met = pattern.findall(header)
    if not met:
        return None
    return max((int(major), int(minor or 0)) for major, minor in met)


# Looked for in the lower-cased header, and only when it would be turned away. Greedy on purpose: taking a person
# for a bot costs nothing here; turning away a bot costs a site its search results or its link previews.
_NOT_PEOPLE = tuple(
    b"bot|crawl|spider|slurp|http|www.|preview|lighthouse|google|pagespeed|speed insights|facebookexternalhit"
    b"|facebookcatalog|meta-external|whatsapp|telegram|slack|skype|discord|embedly|vkshare|archive|headless|phantom|prerender"
    b"|scanner|monitor|pingdom|uptime|gtmetrix|ptst/|validator|checker|feed|fetch|proxy|screenshot"
    b"|mediapartners|datanyze|wget|curl|python|java/|scrap|yahoo|nutch|site24|catchpoint|dareboost"
    b"|siteimprove|statuscake|snippet|capture|analyzer".split(b"|")
)
# Devices that cannot be given another browser, and show what they can.
_SCREENS = tuple(
    b"smart-tv|smarttv|smart_tv|tizen|web0s|webos|hbbtv|bravia|; aft|playstation|nintendo|xbox| tv |tv)|tv;|googletv"
    b"|appletv|netcast|viera|aquos|philips|inettvbrowser|ce-html|vidaa|mitv|roku|crkey|netflix|settop|dtv".split(b"|")
)


def is_exempt(header: bytes) -> bool:
    """Whether a bot, a preview, a measuring tool, a television or a console sent ``header``."""
    lowered = header.lower()
    return any(token in lowered for token in _NOT_PEOPLE) or any(token in lowered for token in _SCREENS)


_APPS = (
    b"FBAN", b"FBAV", b"FB_IAB", b"Instagram", b" Line/", b"MicroMessenger", b"Twitter", b"Snapchat", b"musical_ly",
    b"BytedanceWebview", b"Pinterest", b"LinkedInApp", b"GSA/", b"; wv)", b"Barcelona", b"Viber", b"KAKAOTALK",
)  # fmt: skip


def is_in_app(header: bytes, system: str) -> bool:
    """Whether the page stands inside an app, which no browser download changes."""
    if system == "ios" and b"Mobile/" in header and b"Safari/" not in header and b"Version/" not in header:
        return True
    return any(token in header for token in _APPS)


def is_mobile(header: bytes) -> bool:
    return b"Mobi" in header or b"iPhone" in header or b"Opera Mini" in header or b"Windows Phone" in header


def system_of(header: bytes) -> str:
    """``windows``, ``macos``, ``linux``, ``android``, ``ios``; ``other`` for those with no browser to get."""
    if b"Windows" in header:
        return "other" if b"Windows Phone" in header or b"Windows CE" in header else "windows"
    if b"Android" in header:
        return "android"
    if b"like Mac OS X" in header or b"iPhone" in header:
        return "ios"
    if b"Macintosh" in header:
        return "macos"
    if b"CrOS" in header or b"KAIOS" in header:
        return "other"
    return "linux" if b"Linux" in header or b"X11" in header else "other"


def is_stuck(header: bytes, system: str) -> bool:
    """Whether the system itself is too old for the newest browsers, so that a download would not start.

    Windows before 10, macOS before 10.15 (all later ones say 10.15), Android before 8, and every iOS: there the
    browser is a part of the system.
    """
    if system == "windows":
        return (_version(_WINDOWS, header) or (10, 0)) < (10, 0) or b"Windows 98" in header
    if system == "macos":
        return (_version(_MACOS, header) or (15, 0)) < (15, 0)
    if system == "android":
        return (_version(_ANDROID, header) or (8, 0)) < (8, 0)
    return system in ("ios", "other")
