"""URL to service: the host label by label from most to fewest, on each level the longest path first.

Matching keeps to boundaries: ``notdoubleclick.net`` is not ``doubleclick.net``, and ``google.com/ads`` is not met by
``/adsense`` (PRODUCT H3). No regular expression runs here, and what a URL can cost is bounded by its length.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from consent.catalogue.service import Service

MAX_HOST = 255
"""A name beyond this cannot be resolved (RFC 1035, 2.3.4); only its tail is judged, so a long one costs no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRule:
    """One entry of ``Service.hosts`` below its host."""

    path: str
    """Literal start of the path; with ``segments`` only for the order."""
    segments: tuple[str, ...]
    """The path cut at ``/`` where it holds a ``*``; else empty."""
    parameter: str
    """``id=AW-``: the start of a query parameter, wherever it stands; empty: any query."""
    service: Service

    def meets(self, path: str, query: str) -> bool:
        if not (_meets_segments(self.segments, path) if self.segments else starts_path(path, self.path)):
            return False
        return not self.parameter or _has_parameter(query, self.parameter)

    @property
    def rank(self) -> tuple[int, int]:
        """The longest first: letters of the path, then of the parameter."""
        return (-len(self.path.replace("*", "")), -len(self.parameter))


class HostIndex:
    """Every host entry of a catalogue. Later services win on equal entries, so the owner's come last."""

    __slots__ = ("_rules",)

    def __init__(self, services: Iterable[Service]) -> None:
        entries = {entry: service for service in services for entry in service.hosts}
        rules: dict[str, list[HostRule]] = {}
        for entry, service in entries.items():
            host, rule = parse_host(entry, service)
            rules.setdefault(host, []).append(rule)
        self._rules = {host: tuple(sorted(found, key=lambda r: r.rank)) for host, found in rules.items()}

    def find(self, host: str, path: str, query: str) -> Service | None:
        met = self.locate(host, path, query)
        return met[1].service if met else None

    def locate(self, host: str, path: str, query: str) -> tuple[str, HostRule] | None:
        """The entry that a URL meets, and the host it stands at."""
        if len(host) > MAX_HOST:
            host = host[-MAX_HOST:].partition(".")[2]
        if "%" in path:
            path = unquote(path, errors="replace")
        rules_of = self._rules.get
        while True:
            if (rules := rules_of(host)) is not None:
                for rule in rules:
                    if rule.meets(path, query):
                        return host, rule
            dot = host.find(".")
            if dot < 0:
                return None
            host = host[dot + 1 :]

    def covers(self, host: str) -> bool:
        """Whether ``host``, or a name above it, is in the catalogue, with whatever path."""
        labels = host.split(".")
        return any(".".join(labels[i:]) in self._rules for i in range(len(labels)))

    def services(self, host: str) -> Iterator[Service]:
        """Every service that has an entry at ``host`` or above it, whatever the path."""
        labels = host.split(".") if len(host) <= MAX_HOST else []
        for i in range(len(labels)):
            for rule in self._rules.get(".".join(labels[i:]), ()):
                yield rule.service

    def endings(self) -> frozenset[str]:
        """The last label of every host."""
        return frozenset(host.rpartition(".")[2] for host in self._rules)


def parse_host(entry: str, service: Service) -> tuple[str, HostRule]:
    """``host/path?key=prefix`` as the host and what must stand below it."""
    host, slash, rest = entry.partition("/")
    path, _, parameter = rest.partition("?")
    path = slash + path.rstrip("/")
    segments = tuple(path[1:].split("/")) if "*" in path else ()
    return host, HostRule(path=path, segments=segments, parameter=parameter, service=service)


def starts_path(path: str, start: str) -> bool:
    """Whether ``path`` starts with ``start`` and no word is cut: ``/ads`` meets ``/ads.js``, not ``/adsense``."""
    if not path.startswith(start):
        return False
    following = path[len(start) : len(start) + 1]
    return not following.isalnum() or not start[-1:].isalnum()


def meets_segment(segment: str, pattern: str) -> bool:
    """``*`` stands for any run of characters within one segment."""
    if "*" not in pattern:
        return segment == pattern
    head, _, tail = pattern.partition("*")
    return len(segment) >= len(head) + len(tail) and segment.startswith(head) and segment.endswith(tail)


def _meets_segments(patterns: tuple[str, ...], path: str) -> bool:
    found = path.split("/", len(patterns) + 1)[1:]
    return len(found) >= len(patterns) and all(map(meets_segment, found, patterns))


def _has_parameter(query: str, start: str) -> bool:
    # A parameter may stand anywhere, and be escaped: gtag/js?l=layer&id=%41W-1 is the ads tag as well.
    if query.startswith(start):
        return True
    if "%" in query:
        query = "&".join(map(unquote, query.split("&")))
    return query.startswith(start) or f"&{start}" in query
