"""What is known of a host whatever the path, worked out once: most URLs of a page are judged by theirs alone."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from consent.address import path_pattern
from consent.catalogue import Catalogue, Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is known of every URL that begins with the same scheme and host."""

    host: str
    """Empty: the site's own."""
    verdict: bytes | None
    unless: Callable[[bytes, int], object] | None
    """The verdict stands unless this meets the path, which then has to be read. None: it stands whatever the path."""
    starts: tuple[bytes, ...] = ()
    """Nor where the path begins with one of these."""
    untold: str = ""
    """What the owner is told of when a path is met that is nobody else's; every path is read until then."""


@lru_cache(maxsize=8)
def host_entries(catalogue: Catalogue) -> dict[str, tuple[Service | None, tuple[bytes, ...]]]:
    """For each host with an entry: whose it is whatever the path, and how the paths begin that are somebody else's."""
    bare: dict[str, Service | None] = {}
    starts: dict[str, tuple[bytes, ...]] = {}
    for entry in (entry for service in catalogue.services.values() for entry in service.hosts):
        host, _, below = entry.partition("/")
        if below:
            start = re.split(r"[*?]", below, maxsplit=1)[0].rstrip("/")
            starts[host] = (*starts.get(host, ()), f"/{start}".encode())
        else:
            bare[host] = catalogue.find(host, "/")
    return {host: (bare.get(host), starts.get(host, ())) for host in bare | starts}


@lru_cache(maxsize=8)
def copies_pattern(catalogue: Catalogue) -> re.Pattern[bytes]:
    """What a path looks like that ``find_path`` may know; on any other it would find nothing."""
    return path_pattern(path for service in catalogue.services.values() for path in service.paths)
