"""Texts, keys, names, versions and numbers as an owner writes them: the value, or what is wrong with it."""

import re
from collections.abc import Callable

from consent.languages import match_tag
from consent.settings.faults import Fault, did_you_mean, shown

KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
_COOKIE_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
_COOKIE_PATTERN = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~:]{1,128}", re.ASCII)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\u2028\u2029]")
_BLANK = re.compile("[\\s\u00ad\u115f\u1160\u200b-\u200f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]*")
"""Characters that leave nothing to be seen: a button with such a text is none."""
_VERSION = re.compile(r"([0-9]{1,4})(?:\.([0-9]{1,4}))?", re.ASCII)
_REGION = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?", re.ASCII)
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
INLINE_SHORTEST = 4
"""A shorter signature would hold inline scripts that have nothing to do with the service."""
TEXT_LIMIT = 4_000
RADIUS_LIMIT = 40


def prose(text: str) -> str | Fault:
    """Words shown to a visitor; more than one line is fine."""
    if _BLANK.fullmatch(text):
        return Fault(code="consent.E015", message="the text is empty", remedy="Write it, or take the key out")
    if len(text) > TEXT_LIMIT:
        return Fault(
            code="consent.E015",
            message=f"the text is {len(text)} characters long",
            remedy=f"Write at most {TEXT_LIMIT}",
        )
    if _UNPRINTABLE.search(text):
        return Fault(
            code="consent.E015",
            message="the text holds a character that cannot be shown",
            remedy="Take the control character out",
        )
    return text


def line(text: str) -> str | Fault:
    """As ``prose``, on one line."""
    if "\n" in text or "\t" in text:
        return Fault(code="consent.E015", message="the text runs over its line", remedy="Write it on one line, no tabs")
    return prose(text)


def key(text: str) -> str | Fault:
    """The key of a category or service: it goes into the cookie and into attributes."""
    if KEY.fullmatch(text):
        return text
    return Fault(
        code="consent.E033",
        message=f"{shown(text)} cannot be a key",
        remedy="Use lower-case letters, digits and hyphens, a letter or digit first, at most 64",
    )


def inline_signature(text: str) -> str | Fault:
    if len(text.strip()) >= INLINE_SHORTEST and not re.search("[\ud800-\udfff]", text):
        return text
    return Fault(
        code="consent.E039",
        message=f"{shown(text)} would be found in scripts of anybody",
        remedy=f'Write at least {INLINE_SHORTEST} characters only this service uses, like "ownStats("',
    )


def cookie_name(text: str) -> str | Fault:
    """The name of our own cookie; its prefix is put before it by itself."""
    if text.lower().startswith(("__host-", "__secure-", "__http-")):
        return Fault(
            code="consent.E040",
            message=f"{shown(text)} has a prefix already",
            remedy="Take the prefix off: it is put on where the connection allows it",
        )
    if _COOKIE_NAME.fullmatch(text):
        return text
    return Fault(
        code="consent.E040",
        message=f"{shown(text)} cannot be the name of a cookie",
        remedy="Use letters, digits, and . _ - only",
    )


def cookie_pattern(text: str) -> str | Fault:
    """The name of a service's cookie; ``*`` for any run of characters, but not for the whole name."""
    if _COOKIE_PATTERN.fullmatch(text) and text.strip("*"):
        return text
    return Fault(
        code="consent.E038",
        message=f"{shown(text)} cannot be the name of a cookie",
        remedy='Write the exact name, or its beginning and a star: "_own*"',
    )


def version(value: object) -> tuple[int, int] | Fault:
    """An engine's version: 107, or "16.4" in quotes (a TOML 16.10 would be read as 16.1)."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10_000:
        return value, 0
    if isinstance(value, str) and (match := _VERSION.fullmatch(value)):
        return int(match[1]), int(match[2] or 0)
    return Fault(
        code="consent.E043",
        message=f"{shown(value)} is not a version",
        remedy='Write 107, or "16.4" in quotes',
    )


def region(text: str) -> str | Fault:
    if _REGION.fullmatch(text):
        return text
    return Fault(
        code="consent.E044",
        message=f"{shown(text)} is not a country or region",
        remedy='Write its ISO 3166 code: "BR", or "US-CA" for California',
    )


def country(text: str) -> str | Fault:
    """ISO 3166-1 alpha-2, upper case."""
    return region(text) if len(text) == 2 else region("")


def header_name(text: str) -> str | Fault:
    if _HEADER.fullmatch(text):
        return text
    return Fault(
        code="consent.E045",
        message=f"{shown(text)} cannot be the name of a header",
        remedy='Write it like "CF-IPCountry"',
    )


def between(least: int, most: int) -> Callable[[int], int | Fault]:
    """A check that a number is in reach."""

    def check(number: int) -> int | Fault:
        if least <= number <= most:
            return number
        return Fault(
            code="consent.E014",
            message=f"{shown(number)} is out of reach",
            remedy=f"Write a number from {least} to {most}",
        )

    return check


_CONFUSED = {
    "ua": "uk",
    "cz": "cs",
    "dk": "da",
    "se": "sv",
    "gr": "el",
    "jp": "ja",
    "kr": "ko",
    "ee": "et",
    "cn": "zh-Hans",
}
"""Codes of countries that are written for the language spoken there."""


def language(known: tuple[str, ...]) -> Callable[[str], str | Fault]:
    """A check that a language is one of ``known``, by its tag."""

    def check(tag: str) -> str | Fault:
        if tag in known:
            return tag
        guess = match_tag(_CONFUSED.get(tag.lower(), tag), known) or next(
            (name for name in known if tag.lower().startswith(name.lower())), None
        )
        return Fault(
            code="consent.E030",
            message=f"there is no bundled language {shown(tag)}",
            remedy=f"Did you mean {guess!r}?" if guess else did_you_mean(tag, known),
        )

    return check


def named(known: tuple[str, ...], code: str, what: str) -> Callable[[str], str | Fault]:
    """A check that a name is one of ``known``."""

    def check(name: str) -> str | Fault:
        if name in known:
            return name
        return Fault(code=code, message=f"there is no {what} {shown(name)}", remedy=did_you_mean(name, known))

    return check
