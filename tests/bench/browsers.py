"""The browser check beside what it is not: a parser of every User-Agent (ua-parser), and Rails' rule by brands.

Our own headers are measured; CONSENT_UA_CASES names a file of headers labelled by others (see
tests/browsers/test_user_agent_corpus.py), on which it is counted who is turned away.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import ua_parser
from ua_parser.loaders import load_builtins
from ua_parser.regex import Resolver

from consent.browsers import BrowserCheck, Floors, Outcome
from consent.browsers.check import LONGEST
from consent.browsers.engines import Engine, recognise
from consent.browsers.facts_file import bundled_browser_facts
from tests.bench.timing import best

ROOT = Path(__file__).parent.parent.parent
MICRO = 1e6
OWN = ROOT / "tests" / "browsers" / "user_agents.tsv"
# Rails 8, ActionController::AllowBrowser: versions: :modern. A browser it does not name passes.
RAILS_MODERN = {"Safari": (17, 2), "Chrome": (120, 0), "Firefox": (121, 0), "Opera": (106, 0)}
_IMPORT = """
import re, dataclasses, enum, functools, sys, types, time
package = types.ModuleType("consent")  # the check alone, without the middleware that the package's name brings
package.__path__ = ["consent"]
sys.modules["consent"] = package
start = time.process_time()
import consent.browsers.check
print(time.process_time() - start)
"""
_PARSER_IMPORT = """
import re, dataclasses, enum, functools, time
start = time.process_time()
import ua_parser
from ua_parser.loaders import load_builtins
from ua_parser.regex import Resolver
ua_parser.parse("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/60.0 Safari/537.36")
print(time.process_time() - start)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Of labelled headers: how many of each kind there are, and how many of them are turned away."""

    bots: int = 0
    bots_away: int = 0
    at_floor: int = 0
    at_floor_away: int = 0
    below: int = 0
    below_away: int = 0


def headers() -> list[str]:
    """Our own set, one of each."""
    lines = OWN.read_text("utf-8").splitlines()
    return [line.split("\t")[5] for line in lines if not line.startswith("#")]


def cold_cost(rounds: int) -> float:
    """Seconds of a verdict on a header never met, the mean over all of ours."""
    check = BrowserCheck(bundled_browser_facts().floors["widely-18m"])
    return _mean(check.examine, [text.encode()[:LONGEST] for text in headers()], rounds)


def parser_cost(rounds: int) -> float:
    """The same of ua-parser with its compiled matcher: what a verdict by names would begin with."""
    parser = ua_parser.Parser(Resolver(load_builtins()))  # without its cache
    return _mean(parser.parse_user_agent, headers(), rounds)


def _mean(task: Callable[[object], object], things: list, rounds: int) -> float:
    for thing in things:
        task(thing)

    def every() -> None:
        for thing in things:
            task(thing)

    return best(every, rounds) / len(things)


def import_cost(code: str = _IMPORT, *, times: int = 5) -> float:
    """CPU seconds of a first import in a fresh interpreter, the best of several."""
    command = [sys.executable, "-c", code]
    runs = (subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True) for _ in range(times))
    return min(float(run.stdout) for run in runs)


def parser_import_cost(*, times: int = 3) -> float:
    """The same of ua-parser, up to its first answer: it reads its patterns then."""
    return import_cost(_PARSER_IMPORT, times=times)


def rails_turns_away(text: str) -> bool:
    """Rails' rule as it reads a header: by the brand's name and its own number, with "bot" as the only exemption."""
    if not text or "bot" in text.lower():
        return False
    found = recognise(text.encode()[:LONGEST])
    if found is not None and found.engine is Engine.TRIDENT:
        return True
    parsed = ua_parser.parse_user_agent(text)
    if parsed is None or parsed.major is None or not parsed.major.isdigit():
        return False
    name = next((brand for brand in RAILS_MODERN if parsed.family.startswith((brand, f"Mobile {brand}"))), None)
    minor = int(parsed.minor) if parsed.minor and parsed.minor.isdigit() else 0
    return name is not None and (int(parsed.major), minor) < RAILS_MODERN[name]


def ours_turns_away(floors: Floors) -> Callable[[str], bool]:
    check = BrowserCheck(floors)
    return lambda text: check.judge(text.encode("utf-8", "surrogatepass")).outcome is Outcome.OUTDATED


def counted(path: str, floors: Floors, turns_away: Callable[[str], bool]) -> Counts:
    """Who of the labelled headers is turned away; at the floor or below it by their labels, not by us."""
    totals = dict.fromkeys(Counts.__slots__, 0)
    for line in Path(path).read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["stratum"] == "hostile":
            continue
        kind = "bots" if row["is_bot"] else _kind(row, floors)
        if kind:
            totals[kind] += 1
            totals[f"{kind}_away"] += turns_away(row["ua"])
    return Counts(**totals)


def _kind(row: dict, floors: Floors) -> str | None:
    """``at_floor``, ``below``, or None where the labels don't say."""
    if "SMART-TV" in row["ua"] or "CFNetwork" in row["ua"]:
        return None  # televisions pass on purpose, and CFNetwork shows no pages
    if row["ios_version"]:
        major, _, minor = row["ios_version"].partition(".")
        below = (int(major), int(minor.partition(".")[0] or 0)) < floors.webkit
    elif row["engine"] in {"Trident", "Presto", "EdgeHTML"}:
        below = True
    elif row["engine"] in {"Blink", "Gecko"} and row["engine_major"]:
        below = row["engine_major"] < (floors.blink if row["engine"] == "Blink" else floors.gecko)
    elif row["family"] in {"chrome", "firefox"} and row["major"] and "like Mac OS X" not in row["ua"]:
        below = row["major"] < (floors.blink if row["family"] == "chrome" else floors.gecko)
    else:
        return None
    return "below" if below else "at_floor"


def accuracy_lines() -> list[str]:
    """A line a rule; none where no labelled headers are at hand."""
    path = os.environ.get("CONSENT_UA_CASES", "")
    if not path:
        return []
    floors = bundled_browser_facts().floors["rails-modern"]
    rules = {"ours, floor rails-modern": ours_turns_away(floors), "Rails :modern, by brands": rails_turns_away}
    lines = [f"\n{'turned away of labelled headers':38}{'bots':>12}{'at the floor':>16}{'below it':>14}"]
    for name, rule in rules.items():
        found = counted(path, floors, rule)
        cells = [
            f"{found.bots_away} of {found.bots}",
            f"{found.at_floor_away} of {found.at_floor}",
            f"{found.below_away} of {found.below}",
        ]
        lines.append(f"{name:38}{cells[0]:>12}{cells[1]:>16}{cells[2]:>14}")
    return lines
