"""How much of a URL a verdict hangs on: for most hosts the host alone, so that one answer does for all that lies there.

What is said here is a page's to keep (``consent.asgi.verdicts``), so it errs towards the whole URL.
"""

import re
from enum import Enum
from functools import lru_cache

from consent.catalogue import Catalogue
from consent.judge.places import host_entries


class Extent(Enum):
    """The part of a URL that decides."""

    HOST = "host"
    PATH = "path"
    QUERY = "query"


def extent(catalogue: Catalogue, host: str, path: str) -> Extent:
    """What decides about ``path`` at ``host``, both as in ``consent.address.Address``."""
    entries = host_entries(catalogue)
    queried = _queried(catalogue)
    found = Extent.PATH if odd_paths(catalogue).search(path) else Extent.HOST
    name = host
    while name:
        if name in queried:
            return Extent.QUERY
        bare, below = entries.get(name, (None, ()))
        if below:
            found = Extent.PATH
        elif bare is not None and found is Extent.HOST:
            return found
        name = name.partition(".")[2]
    return found


@lru_cache(maxsize=8)
def odd_paths(catalogue: Catalogue) -> re.Pattern[str]:
    """Meets every path that may be somebody's wherever it is served from, and others; JavaScript reads it alike."""
    names = {path.rstrip("/").rpartition("/")[2] for service in catalogue.services.values() for path in service.paths}
    # An escape may stand for any letter of a name.
    patterns = ["%", *sorted("/" + re.escape(name).replace(r"\*", "[^/]*").replace(r"\-", "-") for name in names)]
    return re.compile("|".join(pattern.replace("/", r"\/") if pattern != "%" else pattern for pattern in patterns))


@lru_cache(maxsize=8)
def _queried(catalogue: Catalogue) -> frozenset[str]:
    entries = (entry for service in catalogue.services.values() for entry in service.hosts)
    return frozenset(entry.partition("/")[0] for entry in entries if "?" in entry)
