"""Decision + Catalogue -> the verdicts the rewriter asks for: under which label something is held, or None.

The order is the law: the site's own hosts and the owner's ``allow`` first, then the catalogue, then what is in
no entry. A URL that may lead to several places is held if one of them is. Pure: what an owner ought to know is
told through ``met``, once a judge; who logs it and how often is not decided here.
"""

import re
from collections.abc import Callable, Collection, Sequence
from enum import Enum

from consent.address import ODD_PATH, PLAIN_ORIGIN, Address, is_under, read_addresses, read_host, read_path
from consent.catalogue import Catalogue, Service
from consent.decision import Decision
from consent.html import Judge, Use
from consent.judge.based import BasedJudge
from consent.judge.places import Place, copies_pattern, host_entries

UNKNOWN_LABEL = b"-/unknown"
REMEMBERED = 2048
"""Hosts, and URLs read the long way, whose verdict one judge keeps; then it starts anew."""
_LONG = 512
"""Longer values are not kept: they are mostly met once, and memory is bounded by both."""
_RELATIVE = re.compile(rb"[A-Za-z0-9_-][A-Za-z0-9_.-]*(?:[/?#]|\Z)")
"""The start of a path below the page's own: no scheme, no dot segment."""
_SLASH = (b"/", b"\\")
_NOWHERE = (b"", b"#")
"""The start of what leads to the page itself."""
_ANYTHING = re.compile(b"").match
_NO_ENTRY: tuple[None, tuple[bytes, ...]] = (None, ())
_UNCLEAN = re.compile(rb"[^A-Za-z0-9_.-]+")


class Met(Enum):
    """What a judge came across that the owner's settings do not name."""

    UNDECLARED = "undeclared"
    """A catalogued service that is not in ``site.services``: its key."""
    UNKNOWN = "unknown"
    """A third party in no entry: its host."""


Tell = Callable[[Met, str], None]
"""Hears of whom a judge comes across, and its name."""


def tell_nobody(kind: Met, name: str) -> None:
    """For a judge whose look at a page is no visitor's."""


class PageJudge:
    """One per Decision and set of own hosts; implements ``consent.html.Judge``.

    Called for every URL of every page, so a host is read and walked once, and a path not at all where it can be seen
    at a glance that it is no service's.
    """

    def __init__(  # noqa: PLR0913 - each is one line of the owner's settings
        self,
        catalogue: Catalogue,
        decision: Decision,
        *,
        own: Sequence[str],
        origin: str = "",
        allow: Sequence[str] = (),
        categories: Collection[str] = (),
        unknown: str = "allow",
        declared: Collection[str] | None = None,
        met: Tell = tell_nobody,
    ) -> None:
        self._catalogue = catalogue
        self._decision = decision
        self._own = frozenset(read_host(host) for host in own if host)
        self._origin = frozenset([read_host(origin)] if origin else [])
        """The page's host. What lies below it is its own too, but an entry comes first (``stats.localhost``)."""
        self._allow = frozenset(read_host(host) for host in allow if host)
        self._categories = frozenset(categories)
        self._hold_unknown = unknown == "hold"
        self._declared = None if declared is None else frozenset(declared)
        self._met = met
        self._places: dict[bytes, Place] = {}
        self._verdicts: dict[bytes, bytes | None] = {}
        self._told: set[str] = set()
        self._entries = host_entries(catalogue)
        self._may_be_copy = copies_pattern(catalogue).match

    def url(self, value: bytes, use: Use = Use.ACTIVE, /) -> bytes | None:
        """The label under which what ``value`` leads to is held, when put to this use."""
        verdict = self._verdict(value)
        # What is in no entry is held where it runs or only tells of the visitor; a picture of somebody's is a picture.
        return None if verdict is UNKNOWN_LABEL and use is Use.PASSIVE else verdict

    def at(self, base: bytes, /) -> Judge:
        """The judge of a page whose relative URLs may lead below ``base``; itself where that is the site's own."""
        places = read_addresses(base)
        if all(not place.host or self._is_own(place.host) for place in places):
            return self
        return BasedJudge(self, base)

    def _verdict(self, value: bytes) -> bytes | None:
        after = value.find(b"/", 8) + 1  # no slash: the empty prefix, which is nobody's
        place = self._places.get(value[:after])
        if place is None:
            return self._elsewhere(value)
        if place.unless is None:
            return place.verdict
        if place.unless(value, after - 1) is None and not (place.starts and value.startswith(place.starts, after - 1)):
            return place.verdict
        return self._below(place, value, after - 1)

    def inline(self, text: bytes, /) -> bytes | None:
        """The labels, joined by a space, of the services an inline script or style is the signature of."""
        labels = [self._label(service) for service in self._catalogue.find_inline(text)]
        return b" ".join(dict.fromkeys(label for label in labels if label)) or None

    def assigned(self, name: bytes, /) -> bytes | None:
        """The label for ``data-consent="NAME"``; several names may be given, and each must be allowed."""
        labels = [self._assigned(word.decode("utf-8", "replace")) for word in name.split()]
        if not labels:
            return b"-/"  # an empty assignment names nobody who could be allowed
        return b" ".join(dict.fromkeys(label for label in labels if label)) or None

    def _assigned(self, name: str) -> bytes | None:
        if name == "ignore" or self._decision.allows(name):
            return None
        if name in self._categories:
            return name.encode()
        if service := self._catalogue.services.get(name):
            return self._label(service)
        # Fail closed: a typo must not release. Only harmless bytes of it go back into the page.
        return b"-/" + _UNCLEAN.sub(b"", name.encode("utf-8", "replace"))[:64]

    def _elsewhere(self, value: bytes) -> bytes | None:
        """The verdict where what comes before the path is no scheme and host that were met before."""
        start = value[:1]
        if start == b"/" and value[1:2] not in _SLASH:
            if self._may_be_copy(value) is None:
                return None
        elif start in _NOWHERE or value[:5] == b"data:":
            return None
        elif value + b"/" in self._places:
            return self._verdict(value + b"/")  # a host without a path, as hints have it
        elif _RELATIVE.match(value) is not None and self._may_be_copy(b"/" + value) is None:
            return None
        try:
            return self._verdicts[value]
        except KeyError:
            return self._keep(value, self._read(value))

    def _below(self, place: Place, value: bytes, at: int) -> bytes | None:
        """The verdict where the host is known and the path, from ``at``, has to be read."""
        text = value[at:].decode("utf-8", "replace")
        if not text.isprintable() or text[-1] == " ":  # what a browser strips or drops
            return self._read(value)
        path, query = read_path(text)
        verdict = self._foreign(place.host, path, query) if place.host else self._copy(path)
        if place.untold in self._told:
            self._place(value)
        return verdict

    def _read(self, value: bytes) -> bytes | None:
        labels = (self._address(address) for address in read_addresses(value))
        verdict = next((label for label in labels if label), None)
        self._place(value)
        return verdict

    def _keep(self, value: bytes, verdict: bytes | None) -> bytes | None:
        if len(value) <= _LONG:
            if len(self._verdicts) >= REMEMBERED:
                self._verdicts.clear()
            self._verdicts[value] = verdict
        return verdict

    def _place(self, value: bytes) -> None:
        """Keep what the host of ``value`` says of every URL there."""
        prefix = PLAIN_ORIGIN.match(value)
        if prefix is None or not (host := read_host(prefix[1].decode("ascii"))):
            return
        if len(self._places) >= REMEMBERED:
            self._places.clear()
        self._places[prefix[0] + b"/"] = self._settle(host)

    def _settle(self, host: str) -> Place:
        if self._is_own(host):
            return Place(host="", verdict=None, unless=self._may_be_copy)
        if is_under(host, self._allow):
            return Place(host=host, verdict=None, unless=None)
        starts: list[bytes] = []
        name = host
        while name:
            bare, below = self._entries.get(name, _NO_ENTRY)
            starts += below
            if bare is not None:
                if starts and self._is_untold(bare):  # the URL at hand may be one of somebody else's
                    return Place(host=host, verdict=None, unless=_ANYTHING, untold=bare.key)
                unless = ODD_PATH.match if starts else None
                return Place(host=host, verdict=self._label(bare), unless=unless, starts=tuple(starts))
            name = name.partition(".")[2]
        if starts and host not in self._told:  # only some paths there are somebody's: told of when another is met
            return Place(host=host, verdict=None, unless=_ANYTHING, untold=host)
        return Place(host=host, verdict=self._unknown(host), unless=self._may_be_copy, starts=tuple(starts))

    def _address(self, address: Address) -> bytes | None:
        if not address.host or self._is_own(address.host):
            return self._copy(address.path)
        if is_under(address.host, self._allow):
            return None
        return self._foreign(address.host, address.path, address.query)

    def _foreign(self, host: str, path: str, query: str) -> bytes | None:
        service = self._catalogue.find(host, path, query) or self._catalogue.find_path(path)
        return self._label(service) if service else self._unknown(host)

    def _copy(self, path: str) -> bytes | None:
        """The verdict on a file of the site's own: a self-hosted copy is the service still."""
        service = self._catalogue.find_path(path)
        return self._label(service) if service else None

    def _unknown(self, host: str) -> bytes | None:
        """The verdict on a host in no entry."""
        if is_under(host, self._origin):
            return None
        self._tell(Met.UNKNOWN, host)
        return UNKNOWN_LABEL if self._hold_unknown else None

    def _is_own(self, host: str) -> bool:
        return host in self._origin or is_under(host, self._own)

    def _is_untold(self, service: Service) -> bool:
        """Whether the owner is to hear of ``service`` and has not; never past the bound of what is told."""
        return (
            self._declared is not None
            and service.key not in self._declared
            and service.key not in self._told
            and len(self._told) < REMEMBERED
        )

    def _label(self, service: Service) -> bytes | None:
        if self._is_untold(service):
            self._tell(Met.UNDECLARED, service.key)
        if self._decision.allows_service(service):
            return None
        declared = self._decision.declared
        if declared is not None and service.key not in declared:
            return f"-/{service.key}".encode()  # no grant of its category may release it
        return f"{service.category}/{service.key}".encode()

    def _tell(self, kind: Met, name: str) -> None:
        if name not in self._told and len(self._told) < REMEMBERED:
            self._told.add(name)
            self._met(kind, name)
