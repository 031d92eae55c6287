"""What browsers report of the policy: which host was stopped, read from bytes that anybody may have sent.

Both forms: one report under ``report-uri`` (CSP Level 3, 5.3), a list of them from the Reporting API (5.4). Of a report
only the blocked URL and the directive are read. Pure.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

REPORTS = 20
"""Reports read of one body; browsers send a few at a time."""
LONGEST_URL = 2000
MEDIA_TYPES = frozenset({b"application/csp-report", b"application/reports+json", b"application/json"})
_DIRECTIVES = frozenset(
    {"default-src", "script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem", "style-src-attr"}
    | {"img-src", "font-src", "connect-src", "media-src", "object-src", "frame-src", "child-src", "worker-src"}
    | {"manifest-src", "prefetch-src"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One fetch that the policy stopped, or would have."""

    url: bytes
    """Without its query and fragment: those are the visitor's."""
    directive: str


def parse_violations(body: bytes) -> tuple[Violation, ...]:
    """The fetches that ``body`` reports; empty where it makes no sense."""
    try:
        content: object = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    reports = content if isinstance(content, list) else [content]
    found = (_violation(report) for report in reports[:REPORTS])
    return tuple(violation for violation in found if violation)


def _violation(report: object) -> Violation | None:
    if not isinstance(report, Mapping):
        return None
    inner = report.get("csp-report", report.get("body"))
    if not isinstance(inner, Mapping):
        return None
    url = inner.get("blocked-uri", inner.get("blockedURL"))
    directive = inner.get("effective-directive", inner.get("effectiveDirective", inner.get("violated-directive")))
    if not isinstance(url, str) or not isinstance(directive, str) or len(url) > LONGEST_URL:
        return None
    name = directive.split(" ", 1)[0]
    # "inline", "eval", "data", "blob": nothing that a host could be told of
    if "://" not in url or name not in _DIRECTIVES:
        return None
    plain = url.partition("#")[0].partition("?")[0]
    return Violation(url=plain.encode("utf-8", "replace"), directive=name)
