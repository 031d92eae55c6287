"""Which family of browsers a header belongs to, and its version in that family's own numbers.

An owner may set a floor for one family; and a family whose newest release stands on an old engine must not be turned
away altogether. Everything else is judged by the engine: brands count as they like (Opera for Android 104 is
Chromium 156, Opera 140 on a computer is 157).
"""

import re

from consent.browsers.engines import Engine, Found, Version

_BRAND = re.compile(
    rb"(SamsungBrowser|EdgA?|OPR|YaBrowser|UCBrowser|MQQBrowser)/([0-9]{1,4})(?:\.([0-9]{1,4}))?(?=[. ;,)\]]|\Z)"
)
_FAMILY_OF = {
    b"SamsungBrowser": "samsung",
    b"Edg": "edge",
    b"EdgA": "edge",
    b"OPR": "opera",
    b"YaBrowser": "yandex",
    b"UCBrowser": "uc",
    b"MQQBrowser": "qq",
}
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
    if match := _BRAND.search(header):
        family = _FAMILY_OF[match[1]]
        if family == "opera" and b"Android" in header:  # the same token, other numbers
            family = "opera-android"
        return family, (int(match[2]), int(match[3] or 0))
    return ("chrome" if _CHROME.search(header) else OTHER), found.version
