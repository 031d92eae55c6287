"""One parser a section: a table in, its dataclass out, mistakes collected on the way.

A part that is described but does not stand yet is refused when switched on (E050), never silently ignored: an owner
who asked for a guard must not believe to have one.
"""

from typing import get_args

from consent.settings import addresses, colours, durations, schema, values
from consent.settings.faults import Fault
from consent.settings.reader import Table


def site(table: Table, bundled: tuple[str, ...]) -> schema.Site:
    default = schema.Site(name="")
    named = table.require("name", 'Write the name visitors know the site by: name = "The Gazette"')
    parsed = schema.Site(
        name=table.text("name", default.name, values.line) if named else default.name,
        domains=table.texts("domains", default.domains, addresses.host),
        privacy_policy=table.text("privacy_policy", default.privacy_policy, addresses.policy_link),
        languages=table.texts("languages", bundled, values.language(bundled)),
        controller=table.text("controller", default.controller, values.prose),
        services=table.texts("services", default.services, values.line),
        templates=table.text("templates", default.templates, addresses.folder),
    )
    if table.content.get("languages") in ([], ()):
        table.fault(
            "languages",
            Fault(
                code="consent.E030",
                message="a banner needs a language",
                remedy="Name one, or take the key out to have every bundled one",
            ),
        )
    table.close()
    return parsed


def holding(table: Table) -> schema.Holding:
    default = schema.Holding()
    parsed = schema.Holding(
        undeclared=table.one_of("undeclared", default.undeclared, get_args(schema.Undeclared)),
        unknown=table.one_of("unknown", default.unknown, get_args(schema.Unknown)),
        allow=table.texts("allow", default.allow, addresses.host),
        guard=table.flag("guard", default=default.guard),
        csp=table.one_of("csp", default.csp, get_args(schema.Csp)),
        release=table.one_of("release", default.release, get_args(schema.Release)),
    )
    table.close()
    return parsed


def banner(table: Table) -> schema.Banner:
    default = schema.Banner()
    parsed = schema.Banner(
        position=table.one_of("position", default.position, get_args(schema.Position)),
        colours=_colours(table.table("colours")),
        radius=table.integer("radius", default.radius, values.between(0, values.RADIUS_LIMIT)),
        dark=table.one_of("dark", default.dark, get_args(schema.Dark)),
        revisit=table.one_of("revisit", default.revisit, get_args(schema.Revisit)),
    )
    table.close()
    return parsed


def _colours(table: Table) -> schema.Colours:
    parsed = schema.Colours(
        accent=table.text("accent", None, colours.colour),
        accent_text=table.text("accent_text", None, colours.colour),
        background=table.text("background", None, colours.colour),
        text=table.text("text", None, colours.colour),
        border=table.text("border", None, colours.colour),
    )
    if parsed.text or parsed.background:
        text, ground = parsed.text or colours.LIGHT_TEXT, parsed.background or colours.LIGHT_GROUND
        if fault := colours.contrast_fault(text, ground, "background"):
            table.fault("text" if parsed.text else "background", fault)
    if fault := colours.contrast_fault(parsed.accent_text, parsed.accent, "accent"):
        table.fault("accent_text", fault)
    table.close()
    return parsed


def cookie(table: Table, domains: tuple[str, ...] | None) -> schema.CookieSettings:
    """``domains``: the site's own; None where they are not known."""
    default = schema.CookieSettings()
    lifetime = table.text("lifetime", default.lifetime, durations.cookie_duration)
    parsed = schema.CookieSettings(
        name=table.text("name", default.name, values.cookie_name),
        domain=table.text("domain", default.domain, addresses.host),
        lifetime=lifetime,
        # A refusal is kept as long as a grant, and half a year at least: who said no is not asked more often.
        refusal_lifetime=table.text(
            "refusal_lifetime", max(lifetime, default.refusal_lifetime), durations.cookie_duration
        ),
    )
    if parsed.domain and domains is not None and not addresses.lies_under(parsed.domain, domains):
        table.fault(
            "domain",
            Fault(
                code="consent.E041",
                message=f"{parsed.domain!r} is not one of the site's own domains",
                remedy="Write one of site.domains, or add it there: "
                + (", ".join(domains) or f'domains = ["{parsed.domain}"]'),
            ),
        )
    table.close()
    return parsed


def records(table: Table) -> schema.Records:
    default = schema.Records()
    parsed = schema.Records(
        url=table.text("url", default.url, addresses.records_url),
        retention=table.text("retention", default.retention, durations.retention),
        rate=table.integer("rate", default.rate, values.between(0, 1_000_000)),
    )
    table.close()
    return parsed


def regions(table: Table) -> schema.Regions:
    default = schema.Regions()
    rules = table.table("rules")
    parsed = schema.Regions(
        default=table.one_of("default", default.default, get_args(schema.Model)),
        country_header=table.text("country_header", default.country_header, values.header_name),
        rules=_rules(rules),
    )
    _not_yet(table, "default", parsed.default != "opt-in", "a model other than opt-in", 'Write default = "opt-in"')
    _not_yet(table, "country_header", parsed.country_header is not None, "the visitor's country", "Take the key out")
    _not_yet(table, "rules", bool(parsed.rules), "rules by region", "Take the table out, opt-in holds for everybody")
    table.close()
    return parsed


def _rules(table: Table) -> tuple[tuple[str, schema.Model], ...]:
    rules: list[tuple[str, schema.Model]] = []
    for code in table.names():
        fault = values.region(code)
        if isinstance(fault, Fault):
            table.fault(code, fault)
        rules.append((code, table.one_of(code, "opt-in", get_args(schema.Model))))
    table.close()
    return tuple(rules)


def delivery(table: Table) -> schema.Delivery:
    parsed = schema.Delivery(mode=table.one_of("mode", "visitor", get_args(schema.Mode)))
    _not_yet(table, "mode", parsed.mode == "shared", "one HTML for all visitors", 'Write mode = "visitor"')
    table.close()
    return parsed


def paths(table: Table) -> schema.Paths:
    default = schema.Paths()
    parsed = schema.Paths(
        mount=table.text("mount", default.mount, addresses.mount_path),
        exclude=table.texts("exclude", default.exclude, addresses.path_prefix),
        language=table.flag("language", default=default.language),
    )
    table.close()
    return parsed


def _not_yet(table: Table, key: str, switched_on: bool, what: str, instead: str) -> None:  # noqa: FBT001 - the condition itself
    if switched_on:
        table.fault(
            key,
            Fault(
                code="consent.E050",
                message=f"this version cannot do it yet: {what}",
                remedy=f"{instead} until it does",
            ),
        )
