"""Response headers by which a browser contacts somebody by itself: those of held places are taken out (H1).

``Link`` and ``Speculation-Rules`` fetch, ``Refresh`` goes there, ``Report-To``, ``NEL``, ``Reporting-Endpoints`` and
the ``report-uri`` of a policy send reports. ``Location`` is left alone: where a redirect leads is the page the visitor
asked for. Untouched values keep their bytes. Pure; nothing here raises on an app's bytes.
"""

import json
import re
from collections.abc import Callable, Iterator

from consent.asgi._types import Headers
from consent.asgi.headers import members
from consent.html import srcset
from consent.html.fetching import FETCHING_RELS

Passes = Callable[[bytes], bool]
"""Says of a URL whether this visitor's browser may be led there."""

_LINK = re.compile(rb'[\s,]*+<([^<>]*+)>((?:[^",]|"(?:[^"\\]|\\.)*+")*+)')
"""One link of a Link header: its target and its parameters (RFC 8288, 3)."""
_PARAMETER = re.compile(rb';\s*(rel|imagesrcset)\s*=\s*(?:"((?:[^"\\]|\\.)*+)"|([^\s;,"]*))', re.IGNORECASE)
_REFRESH = re.compile(rb"[\s0-9.]*+[;,\s]*+(?:url\s*+=\s*+)?+['\"]?+([^'\"]*+)", re.IGNORECASE)
"""Seconds, and where to (HTML, shared declarative refresh steps)."""
_ENDPOINT = re.compile(rb'[A-Za-z*][A-Za-z0-9_.*-]*\s*=\s*"([^"]*)"')
_POLICIES = (b"content-security-policy", b"content-security-policy-report-only")


def hold_fetching(headers: Headers, passes: Passes, *, advertising: bool) -> Headers:
    """``headers`` without what would lead a browser to a held place; ``advertising``: whether that is allowed."""
    dropped: set[str] = set()
    kept: Headers = []
    for name, value in headers:
        held = _held(name, value, passes, dropped)
        # Topics are what the browser tells advertisers of a visitor (Topics API, 3).
        if held is not None and (advertising or name != b"observe-browsing-topics"):
            kept.append((name, held))
    if not dropped:
        return kept
    return [(name, value) for name, value in kept if name != b"nel" or not _reports_to(value, dropped)]


def held_link(value: bytes, passes: Passes) -> bytes:
    """A Link header's value without what would fetch from a held place; untouched where there is no such thing."""
    links = list(_LINK.finditer(value))
    kept = [link for link in links if all(passes(target) for target in _fetched(link))]
    parted = b"".join(link[0] for link in links)
    if len(kept) == len(links) and not value.removeprefix(parted).strip(b" \t,"):
        return value
    # What does not read as a link is left out with the rest: another reader might make one of it.
    return b", ".join(link[0].strip(b" \t,") for link in kept)


def _held(name: bytes, value: bytes, passes: Passes, dropped: set[str]) -> bytes | None:
    if name == b"link":
        return held_link(value, passes) or None
    if name == b"speculation-rules":  # a list of strings, each the URL of a rule set
        return _members_that(value, lambda part: passes(part.strip(b'"')))
    if name == b"refresh":
        target = _REFRESH.match(value)
        return value if target is None or not target[1].strip() or passes(target[1].strip()) else None
    if name == b"reporting-endpoints":
        return _members_that(value, lambda part: (e := _ENDPOINT.match(part)) is None or passes(e[1]))
    if name == b"report-to":
        return _held_groups(value, passes, dropped)
    if name in _POLICIES and b"report-uri" in value.lower():
        return b",".join(_held_policy(policy, passes) for policy in value.split(b","))
    return value


def _members_that(value: bytes, stays: Callable[[bytes], bool]) -> bytes | None:
    parts = members(value)
    kept = [part for part in parts if stays(part)]
    return value if len(kept) == len(parts) else b", ".join(kept) or None


def _held_groups(value: bytes, passes: Passes, dropped: set[str]) -> bytes | None:
    """Report-To: JSON objects joined by commas, each a group of endpoints (Reporting API of 2018, 3.1)."""
    try:
        groups: object = json.loads(b"[" + value + b"]")
    except (ValueError, RecursionError):
        return None  # a browser reads none either
    kept = []
    for group in groups if isinstance(groups, list) else []:
        endpoints = group.get("endpoints") if isinstance(group, dict) else None
        if not isinstance(endpoints, list):
            continue  # "endpoints" missing or of another type: the group is skipped (3.2, step 3)
        left = [one for one in endpoints if isinstance(one, dict) and passes(str(one.get("url", "")).encode())]
        if left:
            kept.append({**group, "endpoints": left})
        else:
            dropped.add(str(group.get("group", "default")))
    if kept == groups:
        return value
    return b", ".join(json.dumps(group).encode("ascii") for group in kept) or None


def _reports_to(nel: bytes, groups: set[str]) -> bool:
    """Whether Network Error Logging would report to one of ``groups`` (NEL, 4.1); unread: yes."""
    try:
        content: object = json.loads(nel)
    except (ValueError, RecursionError):
        return True
    return not isinstance(content, dict) or str(content.get("report_to", "default")) in groups


def _held_policy(policy: bytes, passes: Passes) -> bytes:
    """A policy whose ``report-uri`` names no held place; its other directives as they were."""
    parts = policy.split(b";")
    kept = [part for part in (_held_directive(part, passes) for part in parts) if part is not None]
    return policy if kept == parts else b";".join(kept)


def _held_directive(directive: bytes, passes: Passes) -> bytes | None:
    name, *urls = directive.split() or [b""]
    if name.lower() != b"report-uri":
        return directive
    kept = [url for url in urls if passes(url)]
    if len(kept) == len(urls):
        return directive
    return b" " + b" ".join([name, *kept]) if kept else None


def _fetched(link: re.Match[bytes]) -> Iterator[bytes]:
    """The targets for which a browser contacts a host by itself."""
    parameters = [(m[1].lower(), m[3] if m[2] is None else m[2]) for m in _PARAMETER.finditer(link[2])]
    rels = {word for name, value in parameters if name == b"rel" for word in value.lower().split()}
    if FETCHING_RELS.isdisjoint(rels):
        return
    yield link[1]
    for name, value in parameters:
        if name == b"imagesrcset":
            yield from srcset.urls(value)
