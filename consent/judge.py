"""Decision + Catalogue -> the verdicts the rewriter asks for: under which label something is held, or None.

The order is the law: the site's own hosts and the owner's ``allow`` first, then the catalogue, then what is in
no entry. A URL that may lead to several places is held if one of them is. Pure: what an owner ought to know is
told through ``met``, once a judge; who logs it and how often is not decided here.
"""

import re
from collections.abc import Callable, Collection, Sequence
from enum import Enum
from functools import lru_cache

from consent.address import Address, read_addresses, read_host
from consent.catalogue import Catalogue, Service
from consent.decision import Decision

UNKNOWN_LABEL = b"-/unknown"
REMEMBERED = 2048
"""URLs whose verdict one judge keeps; then it starts anew. A page has some hundred, a site repeats most."""
_LONG = 512
"""Longer URLs are not kept: they are mostly met once, and memory is bounded by both."""
_PLAIN = re.compile(rb"https?://[a-z0-9.-]+(?::[0-9]+)?")
_PLAIN_PATH = re.compile(rb"(/[A-Za-z0-9_,;=@!~+/-]*(?:[A-Za-z0-9_-]\.[A-Za-z0-9._-]*)?)(?:[?#]|\Z)")
"""A path that reads the same however it is read: no dot segments, no escapes, no backslash."""
_SLASH = (b"/", b"\\")
_UNCLEAN = re.compile(rb"[^A-Za-z0-9_.-]+")


class Met(Enum):
    """What a judge came across that the owner's settings do not name."""

    UNDECLARED = "undeclared"
    """A catalogued service that is not in ``site.services``: its key."""
    UNKNOWN = "unknown"
    """A third party in no entry: its host."""


def _nothing(kind: Met, name: str) -> None:
    """Tell nobody."""


class PageJudge:
    """One per Decision and set of own hosts; implements ``consent.html.Judge``."""

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
        met: Callable[[Met, str], None] = _nothing,
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
        self._verdicts: dict[bytes, bytes | None] = {}
        self._open: set[bytes] = set()
        """Scheme and host, as written, that no entry names: only the path can still be a service's."""
        self._told: set[str] = set()
        self._entry_hosts = catalogue_hosts(catalogue)

    def url(self, value: bytes) -> bytes | None:
        """The label under which what ``value`` leads to is held."""
        try:
            return self._verdicts[value]
        except KeyError:
            pass
        relative = value[:1] == b"/" and value[1:2] not in _SLASH
        end = 0 if relative else value.find(b"/", 8)
        if (relative or value[:end] in self._open) and (path := _PLAIN_PATH.match(value, max(end, 0))):
            service = self._catalogue.find_path(path[1].decode("ascii"))
            return self._keep(value, self._label(service) if service else None)
        return self._remember(value, end)

    def inline(self, text: bytes) -> bytes | None:
        """The labels, joined by a space, of the services an inline script or style is the signature of."""
        labels = [self._label(service) for service in self._catalogue.find_inline(text)]
        return b" ".join(dict.fromkeys(label for label in labels if label)) or None

    def assigned(self, name: bytes) -> bytes | None:
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

    def _remember(self, value: bytes, end: int) -> bytes | None:
        verdict = self._verdict(value)
        prefix = value[:end] if end > 0 else b""
        if verdict is None and prefix not in self._open and self._is_open(prefix):
            if len(self._open) >= REMEMBERED:
                self._open.clear()
            self._open.add(prefix)
        return self._keep(value, verdict)

    def _keep(self, value: bytes, verdict: bytes | None) -> bytes | None:
        if len(value) <= _LONG:
            if len(self._verdicts) >= REMEMBERED:
                self._verdicts.clear()
            self._verdicts[value] = verdict
        return verdict

    def _verdict(self, value: bytes) -> bytes | None:
        for address in read_addresses(value):
            if label := self._address(address):
                return label
        return None

    def _address(self, address: Address) -> bytes | None:
        host = address.host
        if not host or self._is_own(host):
            service = self._catalogue.find_path(address.path)  # a self-hosted copy is the service still
            return self._label(service) if service else None
        if is_under(host, self._allow):
            return None
        service = self._catalogue.find(host, address.path, address.query)
        service = service or self._catalogue.find_path(address.path)
        if service:
            return self._label(service)
        if is_under(host, self._origin):
            return None
        self._tell(Met.UNKNOWN, host)
        return UNKNOWN_LABEL if self._hold_unknown else None

    def _is_open(self, prefix: bytes) -> bool:
        """Whether every path of this host is judged by ``find_path`` alone, so that the host need not be read again."""
        if not _PLAIN.fullmatch(prefix):
            return False
        host = prefix.partition(b"//")[2].partition(b":")[0].decode("ascii").removesuffix(".")
        if self._is_own(host):
            return True
        if is_under(host, self._allow) or self._hold_unknown:
            return False
        return not is_under(host, self._entry_hosts)

    def _is_own(self, host: str) -> bool:
        return host in self._origin or is_under(host, self._own)

    def _label(self, service: Service) -> bytes | None:
        undeclared = self._declared is not None and service.key not in self._declared
        if undeclared:
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


@lru_cache(maxsize=8)
def catalogue_hosts(catalogue: Catalogue) -> frozenset[str]:
    """The host part of every entry; a site has one catalogue, and a judge for each decision."""
    entries = (entry for service in catalogue.services.values() for entry in service.hosts)
    return frozenset(read_host(re.split(r"[/?]", entry, maxsplit=1)[0]) for entry in entries)


def is_under(host: str, domains: frozenset[str]) -> bool:
    """Whether ``host`` is one of ``domains`` or below one (label by label: never a mere suffix)."""
    while host not in domains:
        host = host.partition(".")[2]
        if not host:
            return False
    return True
