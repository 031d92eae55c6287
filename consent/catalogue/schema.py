"""The schema of the catalogue's data file, read strictly: what it does not know it refuses (CatalogueError)."""

import json
import re
from collections.abc import Mapping
from typing import cast

from consent.catalogue.service import Cookie, Partner, Service
from consent.categories import STANDARD
from consent.errors import CatalogueError

SCHEMA = 1
SEVERAL = "Several organisations"
"""The partner's name in a group: nobody is named wrongly."""

CATEGORIES = frozenset(category.key for category in STANDARD)
_HEAD = frozenset({"schema", "as_of", "licence", "sources", "services"})
_SERVICE = frozenset(
    {
        "key",
        "name",
        "partner",
        "country",
        "privacy_policy",
        "category",
        "hosts",
        "paths",
        "inline",
        "cookies",
        "group",
        "house",
    }
)
_COOKIE = frozenset({"name", "duration", "purpose", "party", "unverified"})
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HOST = re.compile(r"([a-z0-9_]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9](/[^\s]*)?")
_DURATION = re.compile(r"session|P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?")


def read_services(text: str) -> tuple[Service, ...]:
    """Every service of the data file, in its order."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise CatalogueError(f"the catalogue is not JSON: {error}") from error
    head = _mapping(data, "the catalogue", _HEAD)
    if head.get("schema") != SCHEMA:
        raise CatalogueError(f"the catalogue has schema {head.get('schema')!r}; this version reads {SCHEMA}")
    listed = head.get("services")
    if not isinstance(listed, list):
        raise CatalogueError("the catalogue's services are not a list")
    services = tuple(_service(item) for item in listed)
    _refuse_twice("key", [service.key for service in services])
    _refuse_twice("host", [host for service in services for host in service.hosts])
    return services


def _service(item: object) -> Service:
    data = _mapping(item, "a service", _SERVICE)
    key = _text(data, "key", "a service")
    _demand(_KEY.fullmatch(key) is not None, key, "has a key that is not lower-case words joined by hyphens")
    service = Service(
        key=key,
        name=_text(data, "name", key),
        partner=Partner(
            name=_text(data, "partner", key),
            country=_optional(data, "country", key),
            privacy_policy=_optional(data, "privacy_policy", key),
        ),
        category=_text(data, "category", key),
        hosts=_texts(data, "hosts", key),
        paths=_texts(data, "paths", key),
        inline=_texts(data, "inline", key),
        cookies=tuple(_cookie(cookie, key) for cookie in _list(data, "cookies", key)),
        group=data.get("group") is True,
        house=data.get("house") is True,
    )
    _check(service)
    return service


def _check(service: Service) -> None:
    key, partner = service.key, service.partner
    _demand(service.category in CATEGORIES, key, f"has the unknown category {service.category!r}")
    for host in service.hosts:
        _demand(_HOST.fullmatch(host) is not None, key, f"has the malformed host {host!r}")
    for path in service.paths:
        _demand(path.startswith("/"), key, f"has the path {path!r} without a leading /")
    if service.group:
        _demand(partner == Partner(name=SEVERAL), key, "is a group, yet names a country or privacy policy")


def _cookie(item: object, key: str) -> Cookie:
    data = _mapping(item, f"{key}: a cookie", _COOKIE)
    cookie = Cookie(
        name=_text(data, "name", key),
        duration=_text(data, "duration", key),
        purpose=_text(data, "purpose", key),
        party=_text(data, "party", key),
        unverified=data.get("unverified") is True,
    )
    _demand(_DURATION.fullmatch(cookie.duration) is not None, key, f"has the duration {cookie.duration!r}")
    _demand(cookie.party in {"first", "third"}, key, f"has the cookie party {cookie.party!r}")
    return cookie


def _mapping(item: object, what: str, known: frozenset[str]) -> Mapping[str, object]:
    if not isinstance(item, dict):
        raise CatalogueError(f"{what} is not an object")
    unknown = sorted(item.keys() - known)
    if unknown:
        raise CatalogueError(f"{what} has unknown fields: {', '.join(unknown)}")
    return cast("Mapping[str, object]", item)  # json.loads makes every key of an object a str


def _text(data: Mapping[str, object], field: str, key: str) -> str:
    value = data.get(field)
    if not isinstance(value, str) or not value:
        raise CatalogueError(f"{key}: {field} is not a text")
    return value


def _optional(data: Mapping[str, object], field: str, key: str) -> str | None:
    return _text(data, field, key) if field in data else None


def _list(data: Mapping[str, object], field: str, key: str) -> list[object]:
    value = data.get(field, [])
    if not isinstance(value, list):
        raise CatalogueError(f"{key}: {field} is not a list")
    return value


def _texts(data: Mapping[str, object], field: str, key: str) -> tuple[str, ...]:
    values = _list(data, field, key)
    texts = tuple(value for value in values if isinstance(value, str) and value)
    _demand(len(texts) == len(values), key, f"has {field} that are no texts")
    return texts


def _demand(met: bool, key: str, complaint: str) -> None:  # noqa: FBT001 - a condition, as in assert
    if not met:
        raise CatalogueError(f"{key} {complaint}")


def _refuse_twice(what: str, names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise CatalogueError(f"the {what} {name!r} stands in the catalogue twice")
        seen.add(name)
