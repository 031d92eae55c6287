r"""Addresses written in a script: whose host a URL literal names.

Three forms count: a URL (``//host``, with or without scheme), a host with a path right after a quote
(``'ad.doubleclick.net/adj'``), and one joined to what stands before (``'.quantserve.com/x.js'``). Everything is found
at its slashes, the rarest sign they have; ``\/``, as JSON writes a slash, counts as one.

A host that a service lists among its signatures counts for that service. Any other host of an advertising or
analytics service counts too, unless it leads to the vendor's own pages, as links do. Hosts of other categories
stand in a page's state by the hundred: they count by listed signatures only (PRODUCT H2).
"""

import re
from collections.abc import Iterable, Mapping

from consent.catalogue.hosts import MAX_HOST, HostIndex
from consent.catalogue.service import Service

COUNTED = frozenset({"advertising", "analytics"})
"""Categories of which any host counts."""
VENDOR_PAGES = frozenset(
    "www blog help support docs doc developer developers dev status community learn academy kb knowledge privacy legal "
    "careers jobs investors investor press about corp forum forums wiki marketing business".split()
)
"""Labels under which a vendor has pages for people."""
_SECOND_LEVEL = frozenset({"co", "com", "ne", "or", "ac", "net", "org", "gov", "go"})
_FILE = re.compile(r"\.(js|gif|php|ashx|xgi|cgi)(?![A-Za-z0-9])")
"""What a page loads from a vendor's bare name, and no link leads to."""
_QUOTES = frozenset(b"'\"`")
_DOT, _BACKSLASH = b".\\"
_HOST_BACKWARDS = re.compile(rb"[A-Za-z0-9_.-]{1,%d}" % MAX_HOST)
_REST = re.compile(rb"(?:\\?/[^\s\"'`<>\\,;(){}|]*)+")
LONGEST_REST = 512
"""How much of a path and query is looked at."""
REMEMBERED = 4096
"""Hosts of which is known whether the catalogue has them; scripts name the same few again and again."""


class AddressIndex:
    """Hosts that mark a script. ``services`` are looked for, each by its place."""

    __slots__ = ("_hosts", "_known", "_listed", "_places", "_stops")

    def __init__(self, services: Iterable[Service], hosts: HostIndex) -> None:
        self._hosts = hosts
        self._listed: dict[str, list[tuple[int, bytes]]] = {}
        self._places: Mapping[str, int] = {
            service.key: place
            for place, service in enumerate(services)
            if service.category in COUNTED and not service.house
        }
        self._known: dict[bytes, bool] = {}
        self._stops = re.compile(_stops(hosts.endings())).finditer

    def add(self, place: int, signature: str) -> None:
        """A listed signature: ``host`` or ``host/path``."""
        host, slash, path = signature.lstrip(".").partition("/")
        self._listed.setdefault(host, []).append((place, (slash + path).encode()))

    def find(self, text: bytes, found: set[int]) -> None:
        """Add the places of the services whose addresses stand in ``text``."""
        known = self._known
        for stop in self._stops(text):
            if host := stop[1]:
                if known.get(host) is not False and self._knows(host):
                    self._judge(text, host, stop.end(1), url=True, found=found)
            else:
                self._before(text, stop.start(), found)

    def _knows(self, host: bytes) -> bool:
        if (known := self._known.get(host)) is None:
            known = self._hosts.covers(_name(host))
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            if len(host) <= MAX_HOST:
                self._known[host] = known
        return known

    def _before(self, text: bytes, slash: int, found: set[int]) -> None:
        """The host that ends at ``slash``."""
        end = slash - 1 if text[slash - 1] == _BACKSLASH else slash
        backwards = _HOST_BACKWARDS.match(text[max(0, end - MAX_HOST) : end][::-1])
        if backwards is None:
            return
        host = backwards[0][::-1]
        if self._knows(host):
            start = end - len(host)
            self._judge(text, host, end, url=start > 0 and text[start - 1] in _QUOTES, found=found)

    def _judge(self, text: bytes, host: bytes, end: int, *, url: bool, found: set[int]) -> None:
        name = level = _name(host)
        while level:
            for place, path in self._listed.get(level, ()):
                if _starts(text, end, path) if path else url:
                    found.add(place)
            level = level.partition(".")[2]
        if not url:
            return
        rest = _REST.match(text, end, end + LONGEST_REST)
        path, _, query = rest[0].decode("latin-1").replace("\\/", "/").partition("?") if rest else ("/", "", "")
        if met := self._hosts.locate(name, path, query):
            level, rule = met
            place = self._places.get(rule.service.key)
            if place is None or place in found:
                return
            if rule.path or host[0] == _DOT or not _is_vendors_page(name, level, path):
                found.add(place)


def _stops(endings: Iterable[str]) -> bytes:
    """A slash that a host stands behind (group 1) or before."""
    by_length: dict[int, list[bytes]] = {}
    for ending in sorted(set(endings)):
        by_length.setdefault(len(ending), []).append(re.escape(ending.encode()))
    behind = [
        b"(?<=\\." + b"(?:" + b"|".join(found) + b")" + slash + b")"
        for _, found in sorted(by_length.items())
        for slash in (b"/", b"\\\\/")
    ]
    return (
        rb"/(?:(?:(?<=//)|(?<=/\\/))([A-Za-z0-9][A-Za-z0-9_.-]*)(?:\\?/)?"
        rb"|(?<=[a-z\\]/)(?:" + b"|".join(behind or [b"(?!)"]) + rb"))"
    )


def _name(host: bytes) -> str:
    return host.strip(b".").decode("ascii").lower()


def _starts(text: bytes, at: int, path: bytes) -> bool:
    """Whether ``path`` stands at ``at``, plain or with ``\\/``, and ends no word short."""
    if not text.startswith(path, at):
        path = path.replace(b"/", b"\\/")
        if not text.startswith(path, at):
            return False
    return not path[-1:].isalnum() or not text[at + len(path) : at + len(path) + 1].isalnum()


def _is_vendors_page(name: str, level: str, path: str) -> bool:
    """Whether a URL leads to pages for people: a bare name, or one such as ``blog.``, without a file to load."""
    below = name.removesuffix(level).rstrip(".")
    if below:
        pages = below.partition(".")[0] in VENDOR_PAGES
    else:
        labels = level.split(".")
        pages = len(labels) - (labels[-2] in _SECOND_LEVEL) <= 2
    return pages and _FILE.search(path) is None
