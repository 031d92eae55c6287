"""Which family of browsers a header belongs to, and its version in that family's own numbers.

An owner may set a floor for one family; and a family whose newest release stands on an old engine must not be turned
away altogether. Everything else is judged by the engine: brands count as they like (Opera for Android 104 is
Chromium 156, Opera 140 on a computer is 157).
"""

import re

from consent.engines import Engine, Found, Version

_NUMBER = rb"([0-9]{1,4})(?:\.([0-9]{1,4}))?(?=[. ;,)\]]|\Z)"
_BRANDS = (
    ("samsung", re.compile(rb"SamsungBrowser/" + _NUMBER)),
    ("edge", re.compile(rb"EdgA?/" + _NUMBER)),
    ("opera", re.compile(rb"OPR/" + _NUMBER)),
    ("yandex", re.compile(rb"YaBrowser/" + _NUMBER)),
    ("uc", re.compile(rb"UCBrowser/" + _NUMBER)),
    ("qq", re.compile(rb"MQQBrowser/" + _NUMBER)),
)
"""Families on Blink that say who they are."""
# Nothing else stands behind the engine: Chrome, and those that pass for it.
_CHROME = re.compile(rb"Chrome/[0-9.]+ (?:Mobile )?Safari/[0-9.]+\Z")
_OF_ENGINE = {
    Engine.GECKO: "firefox",
    Engine.WEBKIT: "safari",
    Engine.TRIDENT: "ie",
    Engine.EDGEHTML: "edgehtml",
    Engine.PRESTO: "presto",
}
OTHER = ""
"""The family of those on Blink that are none of ours."""

FAMILIES = ("chrome", "edge", "firefox", "safari", "opera", "opera-android", "samsung", "yandex", "uc", "qq", "ie")
"""Those for which an owner can set a floor."""


def family_of(header: bytes, found: Found) -> tuple[str, Version]:
    """The family behind ``header`` and its version; ``OTHER`` and the engine's version where it is none of ours."""
    if found.engine is not Engine.BLINK:
        return _OF_ENGINE[found.engine], found.version
    for family, pattern in _BRANDS:
        if match := pattern.search(header):
            if family == "opera" and b"Android" in header:
                family = "opera-android"  # noqa: PLW2901 - the same token, other numbers
            return family, (int(match[1]), int(match[2] or 0))
    return ("chrome" if _CHROME.search(header) else OTHER), found.version
