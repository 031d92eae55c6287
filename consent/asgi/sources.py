"""What a Content-Security-Policy can say of the catalogue's places: its source expressions (CSP Level 3, 2.3.1).

A policy knows hosts and paths, no deny list and no wildcard within a path: ``host/dir/`` allows whatever lies below,
``host/file`` that file alone. Where an entry cannot be said exactly it is said wider, up to the folder it lies in, but
never so wide that a held service's place would lie in it. Redirects are checked by host alone (CSP, 7.6). Pure.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from consent.catalogue import Catalogue, Service

_SAYABLE = re.compile(r"(?:/[A-Za-z0-9._~@+=-]*)+")
"""Paths that stand in a policy as they are: no semicolon, no comma, no escape."""
Allows = Callable[[Service], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One of ``Service.hosts`` as far as a policy can tell it from others."""

    host: str
    path: str
    """From its slash on up to the first ``*`` or ``?``; empty: the whole host."""
    whole: bool
    """Nothing was cut off: a path that ends here is the entry's."""
    service: Service

    def divides(self, folder: str) -> bool:
        """Whether ``folder``, with its slash at the end, may hold the entry's place beside others'."""
        return self.path.startswith(folder) or (not self.whole and folder.startswith(self.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class HostEntries:
    """A catalogue's entries by host."""

    at: Mapping[str, tuple[Entry, ...]]
    """What stands at a host."""
    below: Mapping[str, tuple[Entry, ...]]
    """What stands at hosts below one."""

    def covering(self, host: str) -> Iterator[Entry]:
        """The entries that a URL at ``host`` may meet: its own, then those above, down to one of a whole host."""
        while host:
            found = self.at.get(host, ())
            yield from found
            if any(not entry.path for entry in found):
                return
            host = host.partition(".")[2]

    def is_divided(self, host: str) -> bool:
        """Whether it depends on the path whose a URL at ``host`` is."""
        return any(entry.path for entry in self.covering(host))


@lru_cache(maxsize=8)
def read_entries(catalogue: Catalogue) -> HostEntries:
    """The entries of ``catalogue``."""
    at: dict[str, list[Entry]] = {}
    below: dict[str, list[Entry]] = {}
    for service in catalogue.services.values():
        for written in service.hosts:
            entry = _entry(written, service)
            at.setdefault(entry.host, []).append(entry)
            above = entry.host.partition(".")[2]
            while above:
                below.setdefault(above, []).append(entry)
                above = above.partition(".")[2]
    return HostEntries(
        at={host: tuple(entries) for host, entries in at.items()},
        below={host: tuple(entries) for host, entries in below.items()},
    )


def service_sources(service: Service, entries: HostEntries, allows: Allows) -> Iterator[str]:
    """The sources of an allowed ``service``; ``allows`` says which others are allowed beside it."""
    for entry in (_entry(written, service) for written in service.hosts):
        held = [other for other in entries.covering(entry.host) if not allows(other.service)]
        paths = list(_paths(entry, held))
        yield from (entry.host + path for path in paths)
        if all(allows(other.service) for other in entries.below.get(entry.host, ())):
            yield from (f"*.{entry.host}{path}" for path in paths)


def place_of(host: str, path: str, entries: HostEntries) -> str | None:
    """The source by which a URL at ``host`` is remembered: the host, or as much of its path as tells whose it is.

    ``path`` starts with ``/``. None where no source could say it without saying more.
    """
    if not entries.is_divided(host):
        return host
    divided = [entry for entry in entries.covering(host) if entry.path]
    end = path.find("/", 1)
    while end > 0:
        folder = path[: end + 1]
        if not any(entry.divides(folder) for entry in divided):
            return host + folder if _SAYABLE.fullmatch(folder) else None
        end = path.find("/", end + 1)
    return host + path if _SAYABLE.fullmatch(path) and not path.endswith("/") else None


def _entry(written: str, service: Service) -> Entry:
    host, slash, rest = written.partition("/")
    cut = re.split(r"[*?]", slash + rest, maxsplit=1)[0]
    whole = cut == slash + rest
    return Entry(host=host, path=cut.rstrip("/") if whole else cut, whole=whole, service=service)


def _paths(entry: Entry, held: list[Entry]) -> Iterator[str]:
    """What stands behind the host for ``entry`` where the places in ``held`` must not be allowed."""
    folder = entry.path.rpartition("/")[0]
    sayable = _SAYABLE.fullmatch(entry.path) is not None
    if not held:
        yield f"{folder}/" if folder and sayable else ""
    elif not entry.path or not sayable:
        return
    elif folder and not any(other.divides(f"{folder}/") or f"{folder}/".startswith(other.path) for other in held):
        yield f"{folder}/"
    elif entry.whole:
        yield entry.path
        if not any(other.divides(f"{entry.path}/") for other in held):
            yield f"{entry.path}/"
