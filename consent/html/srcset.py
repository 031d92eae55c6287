"""The URLs of a ``srcset`` (HTML 4.8.4.2.2, "parse a srcset attribute")."""

import re
from collections.abc import Iterator

_SKIP = re.compile(rb"[\t\n\f\r ,]*+")
_URL = re.compile(rb"[^\t\n\f\r ]++")
_DESCRIPTORS = re.compile(rb"(?:[^(),]++|\([^)]*+\)?+|\))*+")
"""Up to the comma that ends a candidate; commas in parentheses belong to it."""


def urls(value: bytes) -> Iterator[bytes]:
    """The URL of each candidate, without descriptors. A comma within a URL stays; trailing ones end it."""
    at = 0
    while True:
        skipped = _SKIP.match(value, at)
        url = _URL.match(value, skipped.end() if skipped else at)
        if url is None:
            return
        at = url.end()
        if url[0].endswith(b","):
            yield url[0].rstrip(b",")
            continue
        yield url[0]
        descriptors = _DESCRIPTORS.match(value, at)
        at = descriptors.end() if descriptors else at
