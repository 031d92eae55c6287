"""[services.*]: an entry of the catalogue changed or switched off, or one of the site's own added."""

from dataclasses import replace

from consent.catalogue import Cookie, Partner, Service
from consent.settings import addresses, durations, values
from consent.settings.faults import Fault, did_you_mean, nearest, shown
from consent.settings.reader import Table
from consent.settings.schema import HELD_ALWAYS

_TYPO = 0.8
"""So like a known name that it was meant: a letter or two in ten."""


def services(
    table: Table, entries: dict[str, Service], categories: tuple[str, ...], domains: tuple[str, ...]
) -> tuple[Service, ...]:
    """The services the owner wrote down, each whole; those switched off stand in ``HELD_ALWAYS``."""
    found = []
    for key in table.names():
        content = table.table(key)
        fault = _key_fault(key, entries, categories) or _typo(key, content, entries)
        if fault is not None:
            table.fault(key, fault)
            continue
        found.append(_service(content, entries.get(key), key, categories, domains))
    return tuple(found)


def _service(
    table: Table,
    entry: Service | None,
    key: str,
    categories: tuple[str, ...],
    domains: tuple[str, ...],
) -> Service:
    base = entry or _blank(table, key, categories)
    name = table.text("name", base.name, values.line)
    service = replace(
        base,
        name=name,
        partner=_partner(table, base.partner if entry else Partner(name=name)),
        category=table.text("category", base.category, values.named(categories, "consent.E032", "category")),
        hosts=table.texts("hosts", base.hosts, addresses.service_host),
        paths=table.texts("paths", base.paths, addresses.service_path),
        inline=table.texts("inline", base.inline, values.inline_signature),
        cookies=_cookies(table) if "cookies" in table else base.cookies,
    )
    enabled = table.flag("enabled", default=True)
    if not (service.hosts or service.paths or service.inline) and not _has_any(table):
        table.fault("", _NOTHING_TO_MEET)
    if "hosts" in table:
        _refuse_own_hosts(table, service, domains)
    table.close()
    return service if enabled else replace(service, category=HELD_ALWAYS)


def _blank(table: Table, key: str, categories: tuple[str, ...]) -> Service:
    """What an own service starts from: only its category must be said, there is no right guess."""
    table.require("category", "Write the category a visitor allows it with: " + ", ".join(categories))
    return Service(key=key, name=key, partner=Partner(name=key), category=HELD_ALWAYS)


def _partner(table: Table, default: Partner) -> Partner:
    """The organisation: its name, or a table with name, country and privacy_policy."""
    if "partner" not in table or isinstance(table.content["partner"], str):
        name = table.text("partner", default.name, values.line)
        return default if name == default.name else Partner(name=name)
    inner = table.table("partner")
    partner = Partner(
        name=inner.text("name", default.name, values.line),
        country=inner.text("country", None, values.country),
        privacy_policy=inner.text("privacy_policy", None, addresses.policy_link),
    )
    inner.close()
    return partner


def _cookies(table: Table) -> tuple[Cookie, ...]:
    cookies = []
    for row in table.rows("cookies"):
        named = row.require("name", 'Write its name: name = "_own*"')
        lives = row.require("duration", 'Write how long it stays: duration = "P1Y" or "session"')
        told = row.require("purpose", 'Write what it is for: purpose = "Counts visits"')
        cookie = Cookie(
            name=row.text("name", "", values.cookie_pattern) if named else "",
            duration=row.text("duration", "", durations.iso_duration) if lives else "",
            purpose=row.text("purpose", "", values.line) if told else "",
            party=row.one_of("party", "first", ("first", "third")),
            unverified=row.flag("unverified", default=False),
        )
        row.close()
        cookies.append(cookie)
    return tuple(cookies)


_NOTHING_TO_MEET = Fault(
    code="consent.E035",
    message="nothing tells this service from others",
    remedy='Write hosts = ["stats.example.net"], paths = ["/stats.js"] or inline = ["ownStats("]',
)


def _has_any(table: Table) -> bool:
    """Whether one of the three was written, if wrongly: its own mistake is reported already."""
    return any(bool(table.content.get(key)) for key in ("hosts", "paths", "inline"))


def _refuse_own_hosts(table: Table, service: Service, domains: tuple[str, ...]) -> None:
    for entry in service.hosts:
        name = entry.partition("?")[0].partition("/")[0]
        if addresses.lies_under(name, domains):
            table.fault(
                "hosts",
                Fault(
                    code="consent.E046",
                    message=f"{name!r} lies under site.domains, and the site's own hosts are never held",
                    remedy='Name the files of a self-hosted service instead: paths = ["/matomo.js"], or inline = [...]',
                ),
            )


def _key_fault(key: str, entries: dict[str, Service], categories: tuple[str, ...]) -> Fault | None:
    if key in entries:
        return None
    result = values.key(key)
    if isinstance(result, Fault):
        return result
    if key in categories:
        return Fault(
            code="consent.E034",
            message=f"{key!r} is the key of a category already",
            remedy=f'Take another key for the service, like "{key}-service"',
        )
    return None


def _typo(key: str, table: Table, entries: dict[str, Service]) -> Fault | None:
    """A table that adds no service, and is named nearly as one of the catalogue's that it may have been meant for."""
    guess = None if key in entries or _has_any(table) else nearest(key, entries, likeness=_TYPO)
    if guess is None:
        return None
    return Fault(
        code="consent.E031",
        message=f"there is no service {shown(key)}",
        remedy=f"Did you mean {guess!r}? One of the site's own needs hosts, paths or inline",
    )


def declared(
    table: Table, keys: tuple[str, ...], known: dict[str, Service], categories: tuple[str, ...]
) -> tuple[Service, ...]:
    """The services of ``site.services`` in their order; a key nobody knows is reported."""
    found = []
    for key in keys:
        if key in known:
            found.append(known[key])
            continue
        remedy = did_you_mean(key, known)
        if key in categories:
            remedy = "That is a category; name the services in it"
        elif remedy.startswith("One of"):
            remedy = "Take a key from the catalogue, or describe it in a table of its own: [services.own-stats]"
        table.fault("services", Fault(code="consent.E031", message=f"there is no service {shown(key)}", remedy=remedy))
    return tuple(found)
