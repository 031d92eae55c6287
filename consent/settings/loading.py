"""Settings: the whole file as one value, or every mistake at once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Self

from consent import cookie, languages
from consent.browsers.facts import BrowserFacts
from consent.catalogue import Catalogue, Service
from consent.categories import NECESSARY, Category
from consent.choices import Lifetimes
from consent.errors import Problem, SettingsError
from consent.policy import Policy, make_policy
from consent.settings import schema, sections, toml
from consent.settings.addresses import too_wide
from consent.settings.browsers import browsers
from consent.settings.categories import categories
from consent.settings.faults import Fault, shown
from consent.settings.problems import Problems
from consent.settings.reader import Table
from consent.settings.services import declared, services
from consent.settings.texts import texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A site as its owner describes it, with the policy that follows from it."""

    site: schema.Site
    holding: schema.Holding
    banner: schema.Banner
    cookie: schema.CookieSettings
    records: schema.Records
    browsers: schema.Browsers
    regions: schema.Regions
    delivery: schema.Delivery
    paths: schema.Paths
    texts: Mapping[str, languages.OwnTexts]
    """By language: what the owner says in other words than ours."""
    categories: tuple[Category, ...]
    """The standard ones, changed by the owner, and the owner's own; those switched off too."""
    catalogue: Catalogue
    """The bundled entries with the owner's; those switched off have the category ``HELD_ALWAYS``."""
    policy: Policy
    browser_facts: BrowserFacts
    """What floors and the page for outdated browsers go by: the bundled facts, or the owner's."""
    warnings: tuple[Problem, ...] = field(default=(), compare=False)
    """What an owner should look at, though the site can start with it."""

    @property
    def lifetimes(self) -> Lifetimes:
        return Lifetimes(consent=self.cookie.lifetime, refusal=self.cookie.refusal_lifetime)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object], *, source: str = "settings") -> Self:
        """Read ``mapping``, shaped as the settings file is.

        Raises SettingsError with every mistake in it.
        """
        problems = Problems(source)
        content: object = mapping  # the annotation is a promise, and a caller may break it
        if not isinstance(content, Mapping):
            fault = Fault(
                code="consent.E012",
                message=f"got {shown(content)}, a table is needed",
                remedy='Hand in a mapping: {"site": {"name": "The Gazette"}}',
            )
            problems.add((), fault)
            raise SettingsError(problems.in_order_of({}))
        settings = cls._read(Table(content, (), problems))
        found = problems.in_order_of(content)
        if found:
            raise SettingsError(found)
        return replace(settings, warnings=tuple(problems.warnings_in_order_of(content)))

    @classmethod
    def from_toml(cls, path: str | os.PathLike[str]) -> Self:
        """Read the settings file at ``path``.

        Raises SettingsError with every mistake in it, or the one that kept it from being read.
        """
        return cls.from_mapping(_load(Path(path)), source=os.fspath(path))

    @classmethod
    def _read(cls, top: Table) -> Self:
        site_table = top.table("site")
        site = sections.site(site_table, languages.bundled())
        holding_table = top.table("holding")
        holding = sections.holding(holding_table)
        tongues = site.languages or languages.bundled()
        own_categories = categories(top.table("categories"), tongues)
        keys = tuple(category.key for category in own_categories)
        bundled = _bundled()
        entries = dict(bundled.services)
        written = services(top.table("services"), entries, keys, site.domains)
        known = entries | {service.key: service for service in written}
        own = tuple(service for service in written if service.key not in entries)
        listed = declared(site_table, site.services, known, keys)
        policy = _policy(own_categories, (*listed, *own), holding.undeclared)
        _check_width(site_table, "domains", site.domains)
        _check_width(holding_table, "allow", holding.allow)
        _check_room(site_table, policy)
        browser_rules, browser_facts = browsers(top.table("browsers"))
        settings = cls(
            site=site,
            holding=holding,
            banner=sections.banner(top.table("banner")),
            cookie=sections.cookie(top.table("cookie"), _own_domains(site_table, site)),
            records=sections.records(top.table("records")),
            browsers=browser_rules,
            regions=sections.regions(top.table("regions")),
            delivery=sections.delivery(top.table("delivery")),
            paths=sections.paths(top.table("paths")),
            texts=texts(top.table("texts"), tongues),
            categories=own_categories,
            catalogue=bundled.with_services(written) if written else bundled,
            policy=policy,
            browser_facts=browser_facts,
        )
        top.close()
        return settings


@cache
def _bundled() -> Catalogue:
    """Read once: it is immutable, and its thousand entries take a tenth of a second."""
    return Catalogue.bundled()


def _policy(every: tuple[Category, ...], listed: tuple[Service, ...], undeclared: str) -> Policy:
    """What is asked: enabled categories, and of the declared services those that can be allowed at all."""
    enabled = tuple(category for category in every if category.enabled)
    keys = {category.key for category in enabled}
    asked = {service.key: service for service in listed if service.category in keys}
    return make_policy(enabled, tuple(asked.values()), undeclared)


def _own_domains(table: Table, site: schema.Site) -> tuple[str, ...] | None:
    """The site's domains; None where they are written, and wrong: one mistake is not told twice."""
    return None if table.content.get("domains") and not site.domains else site.domains


def _check_width(table: Table, key: str, hosts: tuple[str, ...]) -> None:
    """Refuse what would leave others' hosts never held."""
    for host in hosts:
        if (fault := too_wide(host)) is not None:
            table.fault(key, fault)


def _check_room(site: Table, policy: Policy) -> None:
    """Refuse more services than the cookie can name, should a visitor choose them one by one."""
    names = [*policy.asked, *(service.key for service in policy.services if service.category != NECESSARY)]
    if sum(len(name) + 1 for name in names) > cookie.NAMES_ROOM:
        site.fault(
            "services",
            Fault(
                code="consent.E047",
                message=f"{len(names)} categories and services do not fit into one cookie",
                remedy="Declare fewer: only those the site uses",
            ),
        )


def _load(path: Path) -> dict[str, object]:
    where = os.fspath(path)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise _unread(
            "consent.E001", where, "this file is not there", "Write it, or name the right one with --settings"
        ) from None
    except (OSError, ValueError) as error:  # ValueError: of a path that can be none
        reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else type(error).__name__
        remedy = "Make it a text file in UTF-8 that the server may read"
        raise _unread("consent.E002", where, f"this file cannot be read ({reason})", remedy) from None
    found = toml.parse(content)
    if isinstance(found, toml.NoToml):
        code = "consent.E003" if found.readable else "consent.E002"
        raise _unread(code, where, found.message, found.remedy)
    return found


def _unread(code: str, where: str, message: str, remedy: str) -> SettingsError:
    return SettingsError([Problem(code=code, where=where, key="", message=message, remedy=remedy)])
