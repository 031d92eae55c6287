"""What the site's pages were seen to use, as sources of a policy. Bounded; nothing in it is a visitor's.

Every URL that the rewriter asks about is noted, held or not: what of it a policy allows is decided anew for every
visitor. Hosts in the text of a whole page are noted too (CSS, inline scripts, data), but for those of links.
"""

import re
from collections.abc import Iterator

from consent.address import read_addresses
from consent.asgi.sources import HostEntries, place_of
from consent.html import Texts, Use, pieces
from consent.html.judging import Judge

REMEMBERED = 1024
"""Places of one site. Beyond that the one that was not met for longest is forgotten."""
FROM_REPORTS = 64
"""Places taken from reports, which a stranger can make up: they crowd nothing out."""
LONGEST = 200
"""Characters of a place."""
_HOST = rb"([A-Za-z0-9.-]++(?::[0-9]{1,5})?+)"
_NAMED = re.compile(rb"//(?<!ref=\"https://)(?<!ref=\"http://)(?<!ref='https://)(?<!ref='http://)" + _HOST)
"""What may be a host, behind two slashes; not right after ``href=``: links wait, the rest is noted anyway."""
_ESCAPED = re.compile(rb"\\/\\/" + _HOST)
"""As JSON has it."""
_SOCKET = re.compile(rb"wss?:(?:\\?/){2}" + _HOST)
_PATH = rb"((?:\\?/[A-Za-z0-9._~@+=-]*)*)"
_DOTTED = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::[0-9]+)?")
_PORT = re.compile(rb"//[^/\\?#]*?:([0-9]{1,5})(?=[/\\?#]|\Z)")
_SOCKET_SCHEMES = (b"ws:", b"wss:")
SOCKET = "wss://"


class Places:
    """One per site."""

    def __init__(self, entries: HostEntries, texts: Texts | None = None) -> None:
        """``texts``: pieces of pages met before, which may be shared with who else looks at them."""
        self.entries = entries
        self._texts = Texts() if texts is None else texts
        self._met: dict[str, None] = {}
        self._reported: dict[str, None] = {}
        self._divided: dict[str, bool] = {}
        self.version = 0
        """Changes whenever a place is added or forgotten."""

    def __iter__(self) -> Iterator[str]:
        """Those in the pages first, the latest before all others; then those in reports."""
        yield from reversed(self._met)
        yield from self._reported

    def note(self, url: bytes) -> None:
        """Remember where ``url`` leads, as an attribute gives it."""
        for place in self._places(url):
            self._add(place)

    def report(self, url: bytes) -> bool:
        """Remember where a report's ``url`` leads; False where that is known, or too much was reported already."""
        new = [place for place in self._places(url) if place not in self._met and place not in self._reported]
        if not new or len(self._reported) >= FROM_REPORTS:
            return False
        self._reported.update(dict.fromkeys(new))
        self.version += 1
        return True

    def read(self, text: bytes) -> list[str]:
        """Remember and give the places named in ``text``, in their order."""
        found: dict[str, None] = {}
        at = 0
        while at < len(text):
            end = pieces.end(text, at)
            found.update(self._texts.find(self._named, self._texts.take(text, at, end)))
            at = end
        for place in found:
            self._add(place)
        return list(found)

    def _named(self, text: bytes) -> dict[str, None]:
        """The places named in a piece of a page, in their order."""
        plain, escaped = _names(_NAMED, text), _names(_ESCAPED, text)
        found: dict[str, None] = {}
        for slashes, names in ((rb"//", plain), (rb"\\/\\/", escaped)):
            divided = [host for host, name in names.items() if self._is_divided(name)]
            found.update((name, None) for host, name in names.items() if host not in divided)
            if divided:
                found.update(dict.fromkeys(self._below(slashes, divided, text)))
        found.update((SOCKET + name, None) for name in _names(_SOCKET, text).values())
        return found

    def _is_divided(self, name: str) -> bool:
        known = self._divided.get(name)
        if known is None:
            if len(self._divided) >= REMEMBERED:
                self._divided.clear()
            known = self._divided[name] = self.entries.is_divided(name.partition(":")[0])
        return known

    def _below(self, slashes: bytes, hosts: list[bytes], text: bytes) -> Iterator[str]:
        """The places named at ``hosts``, of which the path tells whose they are."""
        pattern = re.compile(slashes + rb"(%b)%b" % (b"|".join(map(re.escape, hosts)), _PATH))
        for host, path in dict.fromkeys(pattern.findall(text)):
            name = host.decode("ascii").lower().partition(":")[0]
            place = place_of(name, path.decode("ascii").replace("\\/", "/") or "/", self.entries)
            if place is not None:
                yield place

    def _places(self, url: bytes) -> Iterator[str]:
        scheme = SOCKET if url.lstrip()[:4].lower().startswith(_SOCKET_SCHEMES) else ""
        for address in read_addresses(url):
            if not address.host:
                continue
            place = place_of(address.host, address.path, self.entries)
            if place is not None and (port := _PORT.search(url)) and "/" not in place:
                place += ":" + port[1].decode("ascii")
            if place is not None and _is_sayable(place):
                yield scheme + place

    def _add(self, place: str) -> None:
        if len(place) > LONGEST:
            return
        if place in self._met:  # the latest stand last
            del self._met[place]
        else:
            self.version += 1
            if len(self._met) >= REMEMBERED:
                self._met.pop(next(iter(self._met)))
        self._met[place] = None


class NotingJudge:
    """A judge that lets the places see every URL it is asked about."""

    def __init__(self, judge: Judge, places: Places) -> None:
        self._judge = judge
        self._places = places
        self.inline = judge.inline
        self.assigned = judge.assigned

    def url(self, value: bytes, use: Use = Use.ACTIVE, /) -> bytes | None:
        self._places.note(value)
        return self._judge.url(value, use)

    def at(self, base: bytes, /) -> Judge:
        judge = self._judge.at(base)
        return self if judge is self._judge else NotingJudge(judge, self._places)


def _names(pattern: re.Pattern[bytes], text: bytes) -> dict[bytes, str]:
    """The hosts, with their ports, that ``pattern`` meets: as written, and as they are compared."""
    met = {host: host.decode("ascii").lower() for host in dict.fromkeys(pattern.findall(text))}
    return {host: name for host, name in met.items() if _DOTTED.fullmatch(name)}


_HOST_SOURCE = re.compile(r"[a-z0-9._-]+\.?[a-z0-9_-]*(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~@+=/-]*)?")


def _is_sayable(place: str) -> bool:
    """Whether a place is one source of a policy, and no host could end the directive."""
    return _HOST_SOURCE.fullmatch(place) is not None
