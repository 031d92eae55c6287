"""A notice as the page the visitor saw: its bytes as they were, behind a policy that runs and sends nothing. Pure."""

import json
import re
from html import escape

from consent.records.base import Notice, StoreError
from consent.records.rows import Row

LAYERS = ("banner", "preferences")
"""The pages of a notice that can be shown again; the first unless another is asked for."""

# Nothing of an old page may act today: no script runs, no form is sent, nothing is fetched.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"


_TOLD = ("site", "language", "head", "banner", "preferences")
_HEAD = re.compile(r"(<head(?:\s[^>]*)?>)", re.IGNORECASE)


def replay(notice: Notice, row: Row, layer: str) -> str:
    """An HTML document with the ``layer`` a visitor saw; StoreError where the notice is not what its hash says."""
    if Notice.of(notice.content).hash != notice.hash:
        raise _spoilt(notice)
    try:
        told = {name: str(json.loads(notice.content)[name]) for name in _TOLD}
    except (ValueError, TypeError, KeyError) as error:
        raise _spoilt(notice) from error
    policy = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    facts = escape(f"record {row['record_id']} of {row['at']}, notice {notice.hash}")
    if layer == "preferences":
        *before, rest = _HEAD.split(told["preferences"], maxsplit=1)  # without a tag: what comes first is in the head
        return f"{''.join(before)}{policy}<!-- {facts} -->{rest}"
    language = escape(told["language"])
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">{policy}<!-- {facts} -->'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(told['site'])}: {facts}</title>{told['head']}</head><body>{told['banner']}</body></html>"
    )


def _spoilt(notice: Notice) -> StoreError:
    return StoreError(
        f"notice {notice.hash} is not what was shown", code="consent.E076", remedy="Run consent records verify"
    )
