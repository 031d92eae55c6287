"""What else a User-Agent header says of who sent it: a bot, a screen, an app, a phone, the system.

Bytes in, values out; nothing raises. In doubt a header is a bot's: that lets it in.
"""

import re
from functools import cache

_NUMBER = rb"([0-9]{1,4})(?:\.([0-9]{1,4}))?(?=[. ;,)\]]|\Z)"
_WINDOWS = re.compile(rb"Windows (?:NT )?" + _NUMBER, re.ASCII)
_MACOS = re.compile(rb"Mac OS X 10[._]([0-9]{1,4})()", re.ASCII)
_ANDROID = re.compile(rb"Android " + _NUMBER, re.ASCII)

# Looked for in the lower-cased header, and only when it would be turned away. Greedy on purpose: taking a person
# for a bot costs nothing here; turning away a bot costs a site its search results or its link previews.
_NOT_PEOPLE = tuple(
    b"bot|crawl|spider|slurp|http|www.|preview|lighthouse|google|pagespeed|speed insights|facebookexternalhit"
    b"|facebookcatalog|meta-external|whatsapp|telegram|slack|skype|discord|embedly|vkshare|archive|headless|phantom|prerender"
    b"|scanner|monitor|pingdom|uptime|gtmetrix|ptst/|validator|checker|feed|fetch|proxy|screenshot"
    b"|mediapartners|datanyze|wget|curl|python|java/|scrap|yahoo|nutch|site24|catchpoint|dareboost"
    b"|siteimprove|statuscake|snippet|capture|analyzer|awp/".split(b"|")
)
# Devices that cannot be given another browser, and show what they can.
_SCREENS = tuple(
    b"smart-tv|smarttv|smart_tv|tizen|web0s|webos|hbbtv|bravia|; aft|playstation|nintendo|xbox| tv |tv)|tv;|googletv"
    b"|appletv|netcast|viera|aquos|philips|inettvbrowser|ce-html|vidaa|mitv|roku|crkey|netflix|settop|dtv|kindle/|kobo".split(
        b"|"
    )
)

_NEVER_TURNED_AWAY = _NOT_PEOPLE + _SCREENS


_CRAWLING = (b"bot", b"crawler", b"spider", b"slurp", b"externalhit")
_CRAWLERS = re.compile(rb"(?:" + b"|".join(_CRAWLING) + rb")(?<!cubot)(?![a-z])")


def is_crawler(header: bytes) -> bool:
    """Whether ``header`` says itself that no person sent it. No phone does (Cubot makes phones)."""
    lowered = header.lower()
    return any(word in lowered for word in _CRAWLING) and _CRAWLERS.search(lowered) is not None


def is_exempt(header: bytes) -> bool:
    """Whether a bot, a preview, a measuring tool, a television or a console sent ``header``."""
    lowered = header.lower()
    if not lowered.startswith(_BROWSERS_BEGIN):
        return True
    if b"google" in lowered:
        for phone in _GOOGLES_PHONES:
            lowered = lowered.replace(phone, b"")
    return _one_of(_NEVER_TURNED_AWAY).search(lowered) is not None


@cache
def _one_of(tokens: tuple[bytes, ...]) -> re.Pattern[bytes]:
    """One pattern for all: half the time of looking for each. Compiled when first asked for, not at import."""
    return re.compile(b"|".join(re.escape(token) for token in tokens))


_BROWSERS_BEGIN = (b"mozilla/", b"opera/")
"""How the header of every browser begins that has an engine we know."""
_GOOGLES_PHONES = (b"google/google", b"google pixel", b"google; pixel")
"""Apps name the maker of the phone: that makes nobody a bot of Google's."""

_APPS = (
    b"FBAN", b"FBAV", b"FB_IAB", b"Instagram", b" Line/", b"MicroMessenger", b"Twitter", b"Snapchat", b"musical_ly",
    b"BytedanceWebview", b"Pinterest", b"LinkedInApp", b"GSA/", b"; wv)", b"Barcelona", b"Viber", b"KAKAOTALK",
)  # fmt: skip


def is_in_app(header: bytes, system: str) -> bool:
    """Whether the page stands inside an app, which no browser download changes."""
    if system == "ios" and b"Mobile/" in header and b"Safari/" not in header and b"Version/" not in header:
        return True
    return _one_of(_APPS).search(header) is not None


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


def _version(pattern: re.Pattern[bytes], header: bytes) -> tuple[int, int] | None:
    met = pattern.search(header)
    return (int(met[1]), int(met[2] or 0)) if met else None
