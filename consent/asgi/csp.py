"""The app's Content-Security-Policy and what we insert: its nonce is used; without one, our hashes are added.

A policy is never loosened otherwise: nothing is added where the inline pieces run already, and what is added allows
exactly our own bytes (CSP Level 3, 6.7.2.3 and 8.4). Pure.
"""

import re
from collections.abc import Iterable, Sequence

from consent.asgi._types import Headers

NAMES = (b"content-security-policy", b"content-security-policy-report-only")

_NONCE = re.compile(rb"'nonce-([A-Za-z0-9+/_=-]+)'", re.IGNORECASE)
_SCRIPT = (b"script-src-elem", b"script-src", b"default-src")
_STYLE = (b"style-src-elem", b"style-src", b"default-src")

_HEAD = 64 * 1024
"""Bytes of a page in which its head is looked for: a policy stands near the beginning, or stops little."""

Directive = tuple[bytes, bytes]


def nonce_of(headers: Headers) -> bytes:
    """The nonce the app allows scripts by; empty where there is none."""
    for policy in _policies(headers):
        directives = _parse(policy)
        name = _governing(directives, _SCRIPT)
        if name and (match := _NONCE.search(_sources(directives, name))):
            return match[1]
    return b""


def with_inserted(headers: Headers, *, nonce: bytes, scripts: Sequence[bytes], styles: Sequence[bytes]) -> Headers:
    """``headers`` whose policies, enforced and report-only, let our inline script and style run."""
    return [
        (name, _allow_in_all(value, nonce, scripts, styles)) if name in NAMES else (name, value)
        for name, value in headers
    ]


def may_stand_in(page: bytes) -> bool:
    """Whether ``page``, or its beginning, may bear a policy of its own: ``<meta http-equiv>`` (HTML, 4.2.5.3).

    Such a policy governs what comes after it, so what we insert first in the head runs (CSP, 3.3).
    """
    body = page.find(b"<body", 0, _HEAD)
    return NAMES[0] in page[: body if body >= 0 else _HEAD].lower()


def _policies(headers: Headers) -> Iterable[bytes]:
    for wanted in NAMES:  # the enforced ones first
        for name, value in headers:
            if name == wanted:
                yield from value.split(b",")


def _allow_in_all(value: bytes, nonce: bytes, scripts: Sequence[bytes], styles: Sequence[bytes]) -> bytes:
    # A header may hold several policies, and every one of them must allow (CSP, 2.2.2).
    return b",".join(_allow(policy, nonce, scripts, styles) for policy in value.split(b","))


def _allow(policy: bytes, nonce: bytes, scripts: Sequence[bytes], styles: Sequence[bytes]) -> bytes:
    directives = _parse(policy)
    changed = _add(_add(directives, _SCRIPT, nonce, scripts), _STYLE, nonce, styles)
    if changed == directives:
        return policy  # untouched, byte for byte
    return b"; ".join(b" ".join(part for part in directive if part) for directive in changed)


def _add(
    directives: list[Directive], family: Sequence[bytes], nonce: bytes, hashes: Sequence[bytes]
) -> list[Directive]:
    governing = _governing(directives, family)
    if governing is None:
        return directives  # no directive, no restriction
    sources = _sources(directives, governing)
    if _allows(sources, nonce, hashes):
        return directives
    # 'none' counts only alone (CSP, 2.3.1): beside a hash it would be ignored with a warning.
    kept = [source for source in sources.split() if source.lower() != b"'none'"]
    widened = b" ".join([*kept, *(value for value in hashes if value not in kept)])
    if governing == b"default-src":  # the family gets a directive of its own; the default stays as it is
        return [*directives, (family[1], widened)]
    return [(name, widened if name == governing else value) for name, value in directives]


def _allows(sources: bytes, nonce: bytes, hashes: Sequence[bytes]) -> bool:
    """Whether our inline pieces run under ``sources`` (CSP, 6.7.3.3: does element match source list)."""
    words = sources.split()
    if nonce and b"'nonce-" + nonce + b"'" in words:
        return True
    if all(value in words for value in hashes):
        return True
    folded = [word.lower() for word in words]
    strict = any(word.startswith((b"'nonce-", b"'sha")) or word == b"'strict-dynamic'" for word in folded)
    return b"'unsafe-inline'" in folded and not strict


def _governing(directives: list[Directive], family: Sequence[bytes]) -> bytes | None:
    names = {name for name, _ in directives}
    return next((name for name in family if name in names), None)


def _sources(directives: list[Directive], wanted: bytes) -> bytes:
    return next(value for name, value in directives if name == wanted)


def _parse(policy: bytes) -> list[Directive]:
    """Names in lower case; of a name that comes twice only the first counts (CSP, 2.2.1)."""
    directives: dict[bytes, bytes] = {}
    for part in policy.split(b";"):
        name, _, value = part.strip().partition(b" ")
        if name:
            directives.setdefault(name.lower(), value.strip())
    return list(directives.items())
