"""``[browsers]``: which browsers are too old, where, and what they get; and the dated facts that floors stand in.

A floor above the newest release of a browser would turn away people who can do nothing about it, so it is refused
with the browser's name (E048). Named floors need no such check: the facts lower them by themselves.
"""

from pathlib import Path
from typing import get_args

from consent.browsers import Floors
from consent.browsers.engines import Engine, Version
from consent.browsers.facts import LATEST_MOST, BrowserFacts, Family
from consent.browsers.facts_file import bundled_browser_facts, parse_browser_facts
from consent.browsers.families import FAMILIES
from consent.errors import CatalogueError
from consent.settings import addresses, schema, values
from consent.settings.faults import Fault, did_you_mean, shown, twice
from consent.settings.reader import Table

DATA_LIMIT = 65_536
"""Bytes of a facts file; ours has a tenth of it."""
_NEEDS_A_HEADER = {401: "WWW-Authenticate", 405: "Allow", 407: "Proxy-Authenticate", 426: "Upgrade"}
"""Statuses that must come with a header this page cannot have (RFC 9110, 15.5)."""
_ENGINE_NAMES = {Engine.BLINK: "Chromium", Engine.GECKO: "Gecko", Engine.WEBKIT: "Safari"}


def browsers(table: Table) -> tuple[schema.Browsers, BrowserFacts]:
    """The section, and the facts it is judged by."""
    default = schema.Browsers()
    data = table.text("data", default.data, values.line)
    facts = _facts(table, data)
    parsed = schema.Browsers(
        mode=table.one_of("mode", default.mode, get_args(schema.BrowserMode)),
        floor=_floor(table, facts) or default.floor,
        status=table.integer("status", default.status, values.between(200, 599)),
        exclude=table.texts("exclude", default.exclude, addresses.path_prefix),
        rules=_rules(table, facts),
        data=data,
    )
    _check_status(table, parsed.status)
    table.close()
    return parsed, facts


def _check_status(table: Table, status: int) -> None:
    header = _NEEDS_A_HEADER.get(status)
    if header or not (status == 200 or status >= 400):
        why = f": it needs a header ({header}) that this page cannot have" if header else ""
        table.fault(
            "status",
            Fault(
                code="consent.E014",
                message=f"{status} does not fit a page that turns a browser away{why}",
                remedy="Write 406 (or 200, 403, 410)",
            ),
        )


def _rules(table: Table, facts: BrowserFacts) -> tuple[schema.BrowserRule, ...]:
    rules: dict[str, schema.BrowserRule] = {}
    for row in table.rows("rules"):
        named = row.require("path", 'Write where it holds: path = "/app/"')
        path = row.text("path", "", addresses.path_prefix) if named else ""
        mode = row.one_of("mode", "page", get_args(schema.BrowserMode)) if "mode" in row else None
        rule = schema.BrowserRule(path=path, floor=_floor(row, facts), mode=mode)
        row.close()
        if path in rules and path:
            row.fault("path", twice(path))
        rules[path] = rule
    return tuple(rules.values())


def _facts(table: Table, path: str | None) -> BrowserFacts:
    """The owner's facts, or the bundled ones where those are newer: an old file must not hide a new package."""
    bundled = bundled_browser_facts()
    if path is None:
        return bundled
    try:
        with Path(path).open("rb") as file:
            own = parse_browser_facts(file.read(DATA_LIMIT).decode("utf-8"))
    except (OSError, ValueError, CatalogueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        table.fault(
            "data",
            Fault(
                code="consent.E049",
                message=f"{shown(path)} holds no browser data: {reason[:200]}",
                remedy='Make it with "consent browsers refresh", or take the key out: the bundled data is used then',
            ),
        )
        return bundled
    return own if own.as_of >= bundled.as_of else bundled


def _floor(table: Table, facts: BrowserFacts) -> str | Floors | None:
    """A name, or versions by engine or family; what is left out has no floor. None: nothing is said."""
    if "floor" not in table:
        return None
    if isinstance(table.content["floor"], str):
        return table.text("floor", None, lambda name: _named(name, facts))
    versions = table.table("floor")
    floors = _own(versions, facts)
    for family in facts.passed_by(floors):
        versions.fault(_key_of(family, floors), _too_high(family))
    versions.close()
    return floors


def _named(name: str, facts: BrowserFacts) -> str | Fault:
    if facts.named(name) is not None:
        return name
    known = (*facts.floors, "latest-12")
    return Fault(
        code="consent.E043",
        message=f"there is no floor named {shown(name)}",
        remedy=f'Write "latest-N" with N from 0 to {LATEST_MOST}'
        if name.startswith("latest-")
        else did_you_mean(name, known),
    )


def _own(table: Table, facts: BrowserFacts) -> Floors:
    """Versions one by one; what is left out is as in the floor named by ``from``, or let in."""
    nothing: Version = (0, 0)
    read = {key: table.value(key, nothing, values.version) for key in ("blink", "gecko", "webkit", *FAMILIES)}
    for engine, family in (("gecko", "firefox"), ("webkit", "safari")):
        if engine in table and family in table:
            table.fault(family, twice(family))
    webkit = max(read["webkit"], read["safari"])
    base = facts.named(table.text("from", "", lambda name: _named(name, facts))) or Floors()
    # Firefox counts as Gecko does and Safari as WebKit, on iOS too: their floors are their engines'.
    own = {"chrome", "edge", "opera", "opera-android", "samsung", "yandex", "uc", "qq"}
    return Floors(
        blink=read["blink"][0] or base.blink,
        gecko=max(read["gecko"], read["firefox"])[0] or base.gecko,
        webkit=base.webkit if webkit == nothing else webkit,
        trident=read["ie"][0] or None,
        families=tuple((key, read[key]) for key in FAMILIES if key in own and key in table),
        trailing=() if "blink" in table else base.trailing,
    )


def _key_of(family: Family, floors: Floors) -> str:
    return family.key if family.key in dict(floors.families) else family.engine.value


def _too_high(family: Family) -> Fault:
    number = ".".join(str(part) for part in family.built_on if part)
    engine = f" ({_ENGINE_NAMES[family.engine]} {number})" if number != family.version else ""
    return Fault(
        code="consent.E048",
        message=f"nobody's {family.name} would be let in: its newest release is {family.version}{engine}",
        remedy=f"Write {number if engine else family.version} or less, or give {family.key} a floor of its own",
    )
