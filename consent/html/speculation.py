"""Where ``<script type=speculationrules>`` may lead: every text in its JSON, whatever key it stands under.

Read as texts, not as rules, so that no new kind of rule and no malformed one is a way past.
"""

import json
import re
from collections.abc import Iterator

_TEXT = re.compile(rb'"(?:[^"\\]++|\\[\s\S])*+"')


def texts(rules: bytes) -> Iterator[bytes]:
    """Each text of the rules, its escapes resolved."""
    for text in _TEXT.findall(rules):
        try:
            read = json.loads(text, strict=False)
        except ValueError:
            continue  # no JSON: a browser drops all the rules
        yield str(read).encode("utf-8", "replace")
