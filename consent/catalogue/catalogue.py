"""The catalogue: every known service, and whose a URL, an inline script or a cookie is.

Immutable once made: indexes are built at start, a look-up builds nothing.
"""

from collections.abc import Iterable, Mapping
from importlib.resources import files
from types import MappingProxyType

from consent.catalogue.hosts import HostIndex
from consent.catalogue.inline import InlineIndex
from consent.catalogue.names import CookieIndex, PathIndex, is_telling
from consent.catalogue.schema import read_services
from consent.catalogue.service import Service
from consent.categories import NECESSARY


class Catalogue:
    """Services by key, in the order of the file; ``own`` are the site owner's and win over the rest."""

    __slots__ = ("_cookies", "_hosts", "_own", "_paths", "inline", "services")

    def __init__(self, services: Iterable[Service], own: Iterable[Service] = ()) -> None:
        self._own = {service.key: service for service in own}
        by_key = {service.key: service for service in services} | self._own
        self.services: Mapping[str, Service] = MappingProxyType(by_key)
        owned = list(self._own.values())
        rest = [service for service in by_key.values() if service.key not in self._own]
        self._hosts = HostIndex([*rest, *owned])
        self._paths = PathIndex([*rest, *owned])
        self._cookies = CookieIndex([*owned, *rest])
        self.inline = InlineIndex(by_key.values(), self._hosts)

    @classmethod
    def bundled(cls) -> "Catalogue":
        """The product's own file, ``data/partners.json``."""
        return cls(read_services(files("consent").joinpath("data/partners.json").read_text(encoding="utf-8")))

    def with_services(self, services: Iterable[Service]) -> "Catalogue":
        """A catalogue with the owner's services: they replace equal keys, and win on equal hosts and cookies."""
        own = self._own | {service.key: service for service in services}
        return Catalogue(self.services.values(), own.values())

    def find(self, host: str, path: str, query: str = "") -> Service | None:
        """Whose a URL is. ``host``: lower-case ASCII, no port; ``path`` starts with ``/``; ``query`` without ``?``.

        A tracker's file on a host that is filed as necessary (an asset host, a library CDN) is the tracker still,
        unless the owner filed the host.
        """
        service = self._hosts.find(host, path, query)
        if service and service.category == NECESSARY and service.key not in self._own:
            return self._paths.find(path) or service
        return service

    def find_path(self, path: str) -> Service | None:
        """Whose copy a file on the site's own host is (``Service.paths``)."""
        return self._paths.find(path)

    def find_inline(self, text: bytes) -> tuple[Service, ...]:
        """Whose an inline script is: distinct services in the order of the catalogue; those of ``necessary`` never."""
        return self.inline.find(text)

    def find_cookie(self, name: str) -> Service | None:
        """Who sets a first-party cookie of this name; None for a name that may as well be the site's own."""
        service = self._cookies.find(name)
        return service if service and (service.key in self._own or is_telling(name)) else None
