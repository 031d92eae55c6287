"""``consent browsers``: the facts the check goes by; ``check`` explains a verdict; ``refresh`` fetches newer facts."""

import argparse
import sys
import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from consent.browsers import BrowserCheck, Floors, Outcome, Verdict
from consent.browsers.engines import Engine
from consent.browsers.facts import BrowserFacts
from consent.browsers.facts_file import bundled_browser_facts, parse_browser_facts
from consent.browsers.plausibility import ImplausibleError
from consent.browsers.sources import DOCUMENTS, Document
from consent.cli.browser_refresh import FetchError, Told, refresh
from consent.cli.counting import counted
from consent.cli.site import add_settings
from consent.errors import SettingsError
from consent.settings import Settings

SUMMARY = "Show the browser data; explain a verdict on a User-Agent; fetch newer data."
STALE = timedelta(days=180)
DEFAULT_FILE = "browsers.json"
_ENGINES = {
    Engine.BLINK: "Blink",
    Engine.GECKO: "Gecko",
    Engine.WEBKIT: "WebKit",
    Engine.TRIDENT: "Internet Explorer",
    Engine.EDGEHTML: "EdgeHTML",
    Engine.PRESTO: "Presto",
}
_BAR = 24


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_settings(parser)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    explain = actions.add_parser("check", help="explain the verdict on a User-Agent")
    add_settings(explain)
    explain.add_argument("user_agent", metavar="UA", help="what the browser sends as User-Agent")
    explain.add_argument("--hints", metavar="TEXT", default="", help="what it sends as Sec-CH-UA")
    explain.add_argument("--floor", metavar="NAME", help="a floor by name, in place of the settings'")
    fetch = actions.add_parser("refresh", help="fetch newer data from public sources")
    add_settings(fetch)
    fetch.add_argument("--out", metavar="PATH", help="the file (default: that of the settings, or browsers.json)")
    fetch.add_argument("--mirror", metavar="URL", default="", help="a folder that has the documents too")


def run(arguments: argparse.Namespace) -> int:
    if arguments.action == "refresh":
        return _refresh(arguments, datetime.now(UTC).date())
    try:
        settings = _settings(arguments.settings)
    except SettingsError as error:
        print(*error.problems, sep="\n")
        return 1
    facts = settings.browser_facts if settings else bundled_browser_facts()
    floor = settings.browsers.floor if settings else "widely-18m"
    if arguments.action != "check":
        print("\n".join(table(facts, floor, datetime.now(UTC).date())))
        return 0
    name = arguments.floor or floor
    floors = name if isinstance(name, Floors) else facts.named(name)
    if floors is None:
        print(f"consent: there is no floor {name!r}; floors are: {', '.join(facts.floors)}, latest-N", file=sys.stderr)
        return 2
    verdict_lines = explained(arguments.user_agent, arguments.hints, floors, name, facts)
    print("\n".join(verdict_lines))
    return 0


def _settings(path: str) -> Settings | None:
    """The owner's settings; None where there are none, and the question can be answered without."""
    return None if path == "consent.toml" and not Path(path).exists() else Settings.from_toml(path)


def table(facts: BrowserFacts, floor: str | Floors, today: date) -> list[str]:
    """The facts, for somebody to read."""
    shares = {browser.key: browser.share for browser in facts.browsers}
    families = [
        [
            family.name,
            family.version,
            f"{_ENGINES[family.engine]} {_number(family.built_on)}",
            family.released.isoformat(),
            f"{shares[family.key]:.2f} %" if family.key in shares else "",
        ]
        for family in facts.families.values()
    ]
    floors = [
        [f"{name} *" if name == floor else name, str(one.blink), str(one.gecko), _number(one.webkit)]
        for name, one in facts.floors.items()
    ]
    own = [] if isinstance(floor, str) and floor in facts.floors else [f"  * the settings' own: {_shown(floor, facts)}"]
    esr = (f"{one.version} (to {one.ends})" if one.ends else str(one.version) for one in facts.esr)
    age = (today - facts.as_of).days
    stale = [f"  older than {STALE.days} days: consent browsers refresh fetches newer data"] if age > STALE.days else []
    return [
        f"Browser data of {facts.as_of}, {counted(age, 'day')} old",
        *stale,
        "",
        *_columns(["browser", "newest", "engine", "released", "share"], families),
        "",
        *_columns(["floor", "Blink", "Gecko", "WebKit"], floors),
        *(own or ["  * in force"]),
        "",
        f"Firefox ESR: {', '.join(esr)}",
        f"Shares: page views worldwide on {facts.shares_as_of}, {facts.attribution}",
        "Sources:",
        *(f"  {source.name}, {source.licence}: {source.used_for} ({source.url})" for source in facts.sources),
    ]


def explained(user_agent: str, hints: str, floors: Floors, name: str | Floors, facts: BrowserFacts) -> list[str]:
    """What becomes of a browser, and why."""
    check = BrowserCheck(floors)
    header = user_agent.encode("latin-1", "replace")
    plain, verdict = check.judge(header), check.judge(header, hints.encode("latin-1", "replace"))
    kind = "phone" if verdict.mobile else "in an app" if verdict.in_app else ""
    lines = [
        f"engine   {_engine(verdict)}",
        f"system   {verdict.system}{f', {kind}' if kind else ''}",
        f"floor    {_shown(name, facts)}, data of {facts.as_of}",
        f"verdict  {verdict.outcome.value}: {_reason(verdict, floors, by_hints=plain != verdict)}",
    ]
    if verdict.stuck:
        lines.append("         its system is too old for the newest browsers, or has its browser built in")
    return lines


def _reason(verdict: Verdict, floors: Floors, *, by_hints: bool) -> str:
    if by_hints:
        return "client hints name a newer engine than the User-Agent, and are believed"
    if verdict.outcome is Outcome.UNKNOWN:
        return "no engine we know, or no version that can be told: let in"
    if verdict.outcome is Outcome.EXEMPT:
        return "below the floor, but a bot, a preview, a measuring tool, a television or a console: let in"
    side = "below" if verdict.outcome is Outcome.OUTDATED else "not below"
    if floors.families or floors.trailing:
        return f"{side} the floor of its engine or family"
    return f"{side} the floor"


def _engine(verdict: Verdict) -> str:
    if verdict.engine is None or verdict.version is None:
        return "none that is known"
    return f"{_ENGINES[verdict.engine]} {_number(verdict.version)}"


def _shown(floor: str | Floors, facts: BrowserFacts) -> str:
    floors = floor if isinstance(floor, Floors) else facts.named(floor)
    if floors is None:
        return str(floor)
    parts = [f"Blink {floors.blink}", f"Gecko {floors.gecko}", f"WebKit {_number(floors.webkit)}"]
    parts += [f"{key} {_number(version)}" for key, version in floors.families]
    parts += [f"Internet Explorer {floors.trident}"] if floors.trident else []
    text = ", ".join(part for part in parts if not part.endswith(" 0"))
    return f"{floor} ({text})" if isinstance(floor, str) else text


def _number(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}" if version[1] else str(version[0])


def _columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[index]) for row in (head, *rows)) for index in range(len(head))]
    for row in (head, *rows):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        yield "  ".join(cells).rstrip()


def _refresh(arguments: argparse.Namespace, today: date) -> int:
    named = _named_file(arguments.settings)
    path = Path(arguments.out or named or DEFAULT_FILE)
    try:
        done = refresh(path, today, mirror=arguments.mirror, told=_progress(sys.stderr.isatty()))
    except FetchError as error:
        print(f"Nothing was changed. These could not be fetched:\n{error}", file=sys.stderr)
        return 1
    except ImplausibleError as error:
        print(f"Nothing was changed. What came is not believed: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Nothing was changed. {path} cannot be written: {error.strerror or error}", file=sys.stderr)
        return 1
    print(*changes(parse_browser_facts(done.previous), parse_browser_facts(done.text)), sep="\n")
    print(f"{path} is up to date; restart the site to use it.")
    if named is None or Path(named) != path:
        print(f'The settings do not name it yet: write data = "{path}" under [browsers].')
    return 0


def _named_file(settings: str) -> str | None:
    """``browsers.data`` of the settings, wrong as they may be otherwise: the file may not be there yet."""
    try:
        named = tomllib.loads(Path(settings).read_text("utf-8")).get("browsers", {}).get("data")
    except (OSError, ValueError, AttributeError, RecursionError):
        return None
    return named if isinstance(named, str) and named else None


def changes(before: BrowserFacts, after: BrowserFacts) -> list[str]:
    """What is new."""
    lines = [
        f"{family.name}: {before.families[key].version} -> {family.version}"
        for key, family in after.families.items()
        if key in before.families and family.version != before.families[key].version
    ]
    lines += [
        f"floor {name}: {_shown(before.floors[name], before)} -> {_shown(floors, after)}"
        for name, floors in after.floors.items()
        if name in before.floors and floors != before.floors[name]
    ]
    lines += [f"floor {name} is new" for name in after.floors if name not in before.floors]
    if after.shares_as_of != before.shares_as_of:
        lines.append(f"shares are of {after.shares_as_of}")
    return lines or ["No version, floor or share has changed."]


def _progress(terminal: bool) -> Told:  # noqa: FBT001 - the one thing it depends on
    def told(count: int, document: Document, what: str) -> None:
        done = (count + 1) * _BAR // len(DOCUMENTS)
        line = f"[{'#' * done}{'.' * (_BAR - done)}] {count + 1}/{len(DOCUMENTS)} {document.key} {what}"
        end = "" if terminal and count + 1 < len(DOCUMENTS) else "\n"
        print(f"\r{line:<78}" if terminal else line, end=end, file=sys.stderr, flush=True)

    return told
