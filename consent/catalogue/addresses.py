r"""Addresses written in a script: whose host a URL literal names.

Three forms count: a URL (``//host``, with or without scheme), a host with a path right after a quote
(``'ad.doubleclick.net/adj'``), and one joined to what stands before (``'.quantserve.com/x.js'``). Everything is found
at its slashes, the rarest sign they have; ``\/``, as JSON writes a slash, counts as one.

A host that a service lists among its signatures counts for that service. Any other host of an advertising or
analytics service counts too, unless it leads to the vendor's own pages, as links do. Hosts of other categories
stand in a page's state by the hundred: they count by listed signatures only (PRODUCT H2).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from consent.catalogue.expressions import any_of, tree
from consent.catalogue.hosts import MAX_HOST, HostIndex
from consent.catalogue.service import Service
from consent.catalogue.signatures import Signature
from consent.suffixes import registrable_domain

COUNTED = frozenset({"advertising", "analytics"})
"""Categories of which any host counts."""
VENDOR_PAGES = frozenset(
    {"www", "blog", "help", "support", "docs", "doc", "developer", "developers", "dev", "status", "community", "learn"}
    | {"academy", "kb", "knowledge", "privacy", "legal", "careers", "jobs", "investors", "investor", "press", "about"}
    | {"corp", "forum", "forums", "wiki", "marketing", "business"}
)
"""Labels under which a vendor has pages for people."""
_FILE = re.compile(r"\.(js|gif|php|ashx|xgi|cgi)(?![A-Za-z0-9])")
"""What a page loads from a vendor's bare name, and no link leads to."""
_QUOTES = frozenset(b"'\"`")
_DOT = ord(".")
_HOST_BACKWARDS = re.compile(rb"[A-Za-z0-9_.-]{1,%d}" % MAX_HOST)
_REST = re.compile(rb"(?:\\?/[^\s\"'`<>\\,;(){}|]*)+")
LONGEST_REST = 512
"""How much of a path and query is looked at."""
REMEMBERED = 4096
"""Hosts of which is known whether the catalogue has them; scripts name the same few again and again."""
_HOST, _FILE_NAME = 1, 2
"""Groups of the expression that finds slashes."""
LONGEST_ENDING = 4
"""Letters of a top-level domain before a path, where no ``//`` tells that a host comes."""
KEY = 4
"""Bytes behind a slash by which the names of files are found."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a host may lead to; most hosts lead to nothing and have none."""

    name: str
    places: tuple[int, ...]
    """Services that list the host, or one above it."""
    paths: tuple[tuple[int, bytes], ...]
    """Services that list it with a path."""
    counted: frozenset[int]
    """Services, of those of which any host counts, that it may be one of, by its path."""


class AddressIndex:
    """Hosts and paths that mark a script. ``services`` are looked for, each by its place."""

    __slots__ = ("_counted", "_files", "_hosts", "_known", "_listed", "_stops")

    def __init__(self, services: Iterable[Service], hosts: HostIndex) -> None:
        self._hosts = hosts
        self._listed: dict[str, list[tuple[int, bytes]]] = {}
        self._files: dict[bytes, list[tuple[int, Signature]]] = {}
        self._counted: Mapping[str, int] = {
            service.key: place
            for place, service in enumerate(services)
            if service.category in COUNTED and not service.house
        }
        self._known: dict[bytes, Known | None] = {}
        self._stops: Callable[[bytes], Iterator[re.Match[bytes]]]

    def add(self, place: int, signature: str) -> None:
        """A listed signature: ``host`` or ``host/path``."""
        host, slash, path = signature.lstrip(".").partition("/")
        self._listed.setdefault(host, []).append((place, (slash + path).encode()))

    def add_path(self, place: int, signature: Signature) -> bool:
        """Take in a signature that is the name of a file, such as ``/gtm.js``; it may stand behind any host."""
        literal = signature.literal
        if literal[:1] != b"/" or len(literal) <= KEY:
            return False
        self._files.setdefault(literal[1 : KEY + 1], []).append((place, signature))
        return True

    def close(self) -> None:
        """All are in: make the expression that finds slashes."""
        self._stops = re.compile(_stops(self._hosts.endings(), self._files)).finditer

    def find(self, text: bytes, found: set[int]) -> None:
        """Add the places of the services whose addresses stand in ``text``."""
        known = self._known
        for stop in self._stops(text):
            kind = stop.lastindex
            if kind == _HOST:
                host = stop[_HOST]
                try:
                    leads = known[host]
                except KeyError:
                    leads = self._learn(host)
                if leads is not None:
                    self._judge(text, leads, stop.end(1), joined=False, url=True, found=found)
                if host[:KEY] in self._files:  # ``///gtm.js``: a file that could be a host
                    self._file(text, stop.start(1) - 1, host[:KEY], found)
            else:
                self._before(text, stop.start(), found)
                if kind == _FILE_NAME:
                    self._file(text, stop.start(), stop[_FILE_NAME], found)

    def _file(self, text: bytes, slash: int, key: bytes, found: set[int]) -> None:
        for place, signature in self._files[key]:
            end = slash + len(signature.literal)
            if text.startswith(signature.literal, slash) and signature.counts(text, slash, end):
                found.add(place)

    def _learn(self, host: bytes) -> Known | None:
        name = host.strip(b".").decode("ascii").lower()
        if len(name) > MAX_HOST:
            name = name[-MAX_HOST:].partition(".")[2]
        level = name
        listed: list[tuple[int, bytes]] = []
        while level:
            listed += self._listed.get(level, ())
            level = level.partition(".")[2]
        leads = Known(
            name=name,
            places=tuple(place for place, path in listed if not path),
            paths=tuple((place, path) for place, path in listed if path),
            counted=frozenset(self._counted[s.key] for s in self._hosts.services(name) if s.key in self._counted),
        )
        answer = leads if listed or leads.counted else None
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        if len(host) <= MAX_HOST:
            self._known[host] = answer
        return answer

    def _before(self, text: bytes, slash: int, found: set[int]) -> None:
        """The host that ends at ``slash``."""
        backwards = _HOST_BACKWARDS.match(text[max(0, slash - MAX_HOST) : slash][::-1])
        if backwards is None:
            return
        host = backwards[0][::-1]
        leads = self._known[host] if host in self._known else self._learn(host)
        if leads is not None:
            start = slash - len(host)
            url = start > 0 and text[start - 1] in _QUOTES
            self._judge(text, leads, slash, joined=host[0] == _DOT, url=url, found=found)

    def _judge(self, text: bytes, leads: Known, end: int, *, joined: bool, url: bool, found: set[int]) -> None:  # noqa: PLR0913 - hot
        for place, start in leads.paths:
            if place not in found and _starts(text, end, start):
                found.add(place)
        if not url:
            return
        found.update(leads.places)
        if leads.counted <= found:
            return
        rest = _REST.match(text, end, end + LONGEST_REST)
        path, _, query = rest[0].decode("latin-1").replace("\\/", "/").partition("?") if rest else ("/", "", "")
        if met := self._hosts.locate(leads.name, path, query):
            level, rule = met
            counted = self._counted.get(rule.service.key)
            if counted is not None and (rule.path or joined or not _is_vendors_page(leads.name, level, path)):
                found.add(counted)


def _stops(endings: Iterable[str], files: Iterable[bytes]) -> bytes:
    """A slash that a host stands behind (group 1), that starts a listed path (group 2), or that ends a host."""
    keys = dict.fromkeys(files, b"")
    # Three looks at single bytes turn nearly all away before the tree is entered.
    gate = b"".join(any_of({key[i : i + 1] for key in keys}) for i in range(3)) if keys else b""
    name = b"(?=" + gate + b")" + tree(keys)
    # The slash behind a host is passed over with it, unless it starts a listed path.
    url = rb"(?<=[/\\]/)(?:(?<=//)|(?<=/\\/))([A-Za-z0-9][A-Za-z0-9_.-]*)(?:\\?/(?!" + name + rb"))?"
    lengths = sorted({len(ending) for ending in endings if len(ending) <= LONGEST_ENDING})
    end = b"|".join(b"(?<=\\.[a-z]{%d}/)" % length for length in lengths) or b"(?!)"
    return b"/(?:" + url + b"|(" + name + b")|(?<=[a-z][a-z]/)(?:" + end + b"))"


def _starts(text: bytes, at: int, path: bytes) -> bool:
    r"""Whether ``path`` stands at ``at``, plain or with ``\/``, and ends no word short."""
    if not text.startswith(path, at):
        path = path.replace(b"/", b"\\/")
        if not text.startswith(path, at):
            return False
    return not path[-1:].isalnum() or not text[at + len(path) : at + len(path) + 1].isalnum()


def _is_vendors_page(name: str, level: str, path: str) -> bool:
    """Whether a URL leads to pages for people: a bare name, or one such as ``blog.``, without a file to load."""
    below = name.removesuffix(level).rstrip(".")
    pages = below.partition(".")[0] in VENDOR_PAGES if below else registrable_domain(level) in {level, None}
    return pages and _FILE.search(path) is None
