"""Names without a host: a self-hosted copy by its file name, a cookie by its own."""

from collections.abc import Iterable

from consent.catalogue.hosts import meets_segment, starts_path
from consent.catalogue.service import Service


class PathIndex:
    """``Service.paths``: file names of copies that a site serves itself. The last service wins on equal entries."""

    __slots__ = ("_files", "_patterns", "_roots")

    def __init__(self, services: Iterable[Service]) -> None:
        entries = {path: service for service in services for path in service.paths}
        self._roots = tuple((p, s) for p, s in entries.items() if p.endswith("/"))
        self._files: dict[str, list[tuple[str, Service]]] = {}
        self._patterns: list[tuple[str, str, Service]] = []
        for path, service in entries.items():
            folder, _, file = path.rpartition("/")
            if "*" in file:
                self._patterns.append((folder, file, service))
            elif file:
                self._files.setdefault(file, []).append((path, service))

    def find(self, path: str) -> Service | None:
        folder, _, file = path.rpartition("/")
        for ending, service in self._files.get(file, ()):
            if path.endswith(ending):
                return service
        for ending, pattern, service in self._patterns:
            if folder.endswith(ending) and meets_segment(file, pattern):
                return service
        for start, service in self._roots:
            if starts_path(path, start):
                return service
        return None


OWN_NAMES = frozenset(
    {"session", "sessionid", "session_id", "_session", "_session_id", "sid", "connect.sid", "koa.sess", "phpsessid"}
    | {"jsessionid", "asp.net_sessionid", ".aspxauth", ".aspnetcore.cookies", "laravel_session", "ci_session"}
    | {"csrftoken", "csrf_token", "csrf", "xsrf-token", "_csrf", "_xsrf", "__requestverificationtoken", "messages"}
    | {"remember_token", "remember_me", "rememberme", "auth", "auth_token", "access_token", "refresh_token", "token"}
    | {"jwt", "user", "user_id", "username", "lang", "language", "locale", "django_language", "theme", "cart", "rt"}
)
"""Names, in lower case, that frameworks give to a site's own cookies. Whatever an entry says, they are the site's."""
SHORTEST = 4
"""Characters of a name that tells whose it is; shorter ones only with a ``_`` before, as trackers write them."""


def is_telling(name: str) -> bool:
    """Whether a cookie's name can be one partner's alone, so that it may be taken away on the catalogue's word."""
    folded = name.removeprefix("__Host-").removeprefix("__Secure-").lower()
    return folded not in OWN_NAMES and (len(folded) >= SHORTEST or folded.startswith("_"))


class CookieIndex:
    """First-party cookies by name: exact names first, then the pattern with the longest start.

    Third-party names (``id``, ``uid``, ``i``) are left out: they stand on their owner's host, and the site's own
    cookies bear such names as well.
    """

    __slots__ = ("_exact", "_lengths", "_patterns")

    def __init__(self, services: Iterable[Service]) -> None:
        self._exact: dict[str, Service] = {}
        self._patterns: dict[str, list[tuple[tuple[str, ...], Service]]] = {}
        for service in services:
            for cookie in service.cookies:
                if cookie.party != "first":
                    continue
                start, *rest = cookie.name.split("*")
                if not rest:
                    self._exact.setdefault(cookie.name, service)
                else:
                    self._patterns.setdefault(start, []).append((tuple(rest), service))
        self._lengths = sorted({len(start) for start in self._patterns}, reverse=True)

    def find(self, name: str) -> Service | None:
        if (service := self._exact.get(name)) is not None:
            return service
        for length in self._lengths:
            for rest, service in self._patterns.get(name[:length], ()):
                if _follows(name[length:], rest):
                    return service
        return None


def _follows(text: str, parts: tuple[str, ...]) -> bool:
    """Whether ``text`` holds ``parts`` in order, the last at its end, with anything between."""
    *middle, last = parts
    at = 0
    for part in middle:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(text) - at >= len(last) and text.endswith(last)
