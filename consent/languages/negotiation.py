"""Which language a page speaks.

A visitor's bytes never raise: a header or a ``lang`` that makes no sense asks for nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

RANGES = 32
"""Language ranges read from one header; no browser sends as many, and the rest of a long one is noise."""

_RENAMED = {"no": "nb", "iw": "he", "in": "id", "ji": "yi", "mo": "ro", "sh": "sr"}
"""Languages that browsers send under another subtag than texts stand under (IANA registry: Preferred-Value)."""

_NEAR = {"nn": "nb", "nb": "nn"}
"""Where neither is there, the other is read as easily: both are Norwegian."""

_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})
"""Subtags that mean Chinese in the traditional script; without one it is the simplified (CLDR, likely subtags)."""


LONGEST_TAG = 35
"""Characters of a tag that is looked at (RFC 5646, 4.4.1): looking a tag up takes a step for each subtag."""

_KEPT = 1024
"""Answers kept, of tags and of headers: browsers send few different ones."""
_LONGEST_KEPT = 200
"""Characters of a header whose answer is kept, so that a stranger's long ones take no memory."""


def negotiate(accept_language: str, offered: Sequence[str], *, ranked: bool = True) -> str:
    """The offered language a visitor likes best (RFC 9110, 12.5.4); the first one if they name none of them.

    ``ranked``: whether the order of ``offered`` says which of two comes first. Where it is no more than the alphabet's,
    ``*`` and a mere "not this one" (``q=0``) get the first all the same, instead of one that nobody asked for.
    """
    find = _negotiated if len(accept_language) <= _LONGEST_KEPT else _negotiated.__wrapped__
    return find(accept_language, tuple(offered), ranked)


def match_tag(tag: str, offered: Sequence[str]) -> str | None:
    """The offered language for one tag, such as the one in ``<html lang>`` (RFC 4647, 3.4: look-up)."""
    return _matched(tag, tuple(offered)) if len(tag) <= LONGEST_TAG else None


@lru_cache(_KEPT)
def _negotiated(accept_language: str, offered: tuple[str, ...], ranked: bool) -> str:  # noqa: FBT001 - a key of the cache
    ranges = sorted(_ranges(accept_language), key=lambda item: -item[1])  # stable: equals stay in their order
    refused = {tag for tag, quality in ranges if quality == 0}
    left = tuple(language for language in offered if not _is_any(language.lower(), refused))
    named = {match_tag(tag, left) for tag, _ in ranges}
    any_other = next((language for language in left if language not in named), None) if ranked else offered[0]
    for tag, quality in ranges:
        if quality == 0:
            break
        if tag == "*":
            if any_other is not None:
                return any_other
        elif (match := match_tag(tag, left)) is not None:
            return match
    return left[0] if left and ranked else offered[0]


@lru_cache(_KEPT)
def _matched(tag: str, offered: tuple[str, ...]) -> str | None:
    wanted = _canonical(tag.strip().lower().replace("_", "-"))
    if not _is_tag(wanted):
        return None
    by_tag = {_canonical(language.lower()): language for language in reversed(offered)}
    for candidate in _shorter(wanted):
        if candidate in by_tag:
            return by_tag[candidate]
    primary = wanted.partition("-")[0]
    if primary == "zh":  # a reader of one Chinese script is not served by the other
        return None
    near = next((known for key, known in by_tag.items() if key.startswith(f"{primary}-")), None)
    return near or by_tag.get(_NEAR.get(primary, ""))


def _ranges(header: str) -> Iterator[tuple[str, int]]:
    """Language ranges with their quality in thousandths; what breaks the grammar is left out."""
    for item in header.split(",", RANGES)[:RANGES]:
        tag, _, parameter = item.partition(";")
        name, mark, value = parameter.strip().partition("=")
        tag = tag.strip().lower()
        quality = _quality(value.strip()) if mark and name.strip().lower() == "q" else None
        if not parameter.strip():
            quality = 1000
        if quality is not None and (tag == "*" or _is_tag(tag)):
            yield tag, quality


def _quality(text: str) -> int | None:
    """``0.8`` as 800 (RFC 9110, 12.4.2: at most three decimals, at most 1)."""
    whole, _, decimals = text.partition(".")
    if whole not in {"0", "1"} or len(decimals) > 3 or not all(c in "0123456789" for c in decimals):
        return None
    quality = int(whole) * 1000 + int(decimals.ljust(3, "0"))
    return quality if quality <= 1000 else None


def _is_tag(text: str) -> bool:
    """``1*8ALPHA *("-" 1*8alphanum)`` (RFC 4647, 2.1)."""
    first, *others = text.split("-")
    return text.isascii() and first.isalpha() and all(p.isalnum() and len(p) <= 8 for p in [first, *others])


def _is_any(language: str, tags: Iterable[str]) -> bool:
    """Whether one of ``tags`` is the language or a prefix of it."""
    return any(language == tag or language.startswith(f"{tag}-") for tag in tags)


def _canonical(tag: str) -> str:
    """The tag under which texts for ``tag`` (lower case) would stand."""
    primary, *others = tag.split("-")
    if primary == "zh":
        simplified = "hans" in others or _TRADITIONAL.isdisjoint(others)  # a named script says more than a country
        return "zh-hans" if simplified else "zh-hant"
    return "-".join([_RENAMED.get(primary, primary), *others])


def _shorter(tag: str) -> Iterator[str]:
    """The tag, then the tag with one subtag less, down to the language alone."""
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]
