"""Print the table: ``python -m tests.bench``. CONSENT_CORPUS names a folder of pages to measure on instead of our own."""

import argparse
import logging
import os
import platform
import sys
import time
from dataclasses import dataclass

from consent.asgi.site import Site
from tests.bench import browsers, growth, rewriting, serving
from tests.bench.pages import corpus_folder, make_site, samples
from tests.bench.rewriting import Costs

MICRO = 1e6
KILOBYTE = 1024
REWRITING = 0.20
FEW = 8
"""Pages up to which each has a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure; ``value`` is compared with ``goal``, both in the same unit."""

    what: str
    figure: str
    value: float = 0
    goal: float | None = None
    goal_text: str = ""

    @property
    def met(self) -> str:
        if self.goal is None:
            return ""
        return "yes" if self.value <= self.goal else "NO"


def main() -> int:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two rounds of everything: does it run?")
    quick: bool = parser.parse_args().quick
    os.environ.setdefault("CONSENT_SECRET", "a key that only measures")
    logging.getLogger("consent").setLevel(logging.ERROR)  # what an owner should declare is not the question here
    began = time.monotonic()
    pages = samples("" if quick else corpus_folder())
    print(facts())
    print(rewriting_table([rewriting.measure(page, 2 if quick else 7 if len(pages) > FEW else 60) for page in pages]))
    print(table(serving_rows(make_site(), quick=quick)))
    print(growth_table(growth.factors(2_000 if quick else growth.SIZE, 1 if quick else 3)))
    print("\n".join(browsers.accuracy_lines()))
    print(
        f"\nTimes are CPU time of the thread, the best of several rounds. All of it took {time.monotonic() - began:.0f} s."
    )
    return 0


def facts() -> str:
    """What the figures depend on."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores{load}\n"


def rewriting_table(costs: list[Costs]) -> str:
    """Pages, each cost as a share of compressing the same page."""
    heads = ["zlib 6", "first sight", "seen before", "two tokens", "new nonces", "all granted", "turbohtml *"]
    lines = [f"{'rewriting a page':30}{'KB':>8}{heads[0]:>10}" + "".join(f"{head:>13}" for head in heads[1:])]
    shown = costs if len(costs) <= FEW else [median_of(costs)]
    for cost in [*shown, rewriting.summed(costs)]:
        shares = [cost.first_sight, *cost.later, *([cost.turbohtml] if cost.turbohtml else [])]
        cells = "".join(f"{seconds / cost.zlib:13.1%}" for seconds in shares)
        lines.append(f"{cost.name:30}{cost.size / KILOBYTE:8.0f}{cost.zlib * MICRO:7.0f} us{cells}")
    total = rewriting.summed(costs)
    met = [("yes" if seconds <= REWRITING * total.zlib else "NO") for seconds in (total.first_sight, *total.later)]
    lines.append(f"{f'goal {REWRITING:.0%}, met':48}" + "".join(f"{word:>13}" for word in met))
    lines.append("* no edits, for scale" if total.turbohtml else "")
    return "\n".join(lines) + "\n"


def median_of(costs: list[Costs]) -> Costs:
    """The page in the middle by its cost when seen before."""
    by_share = sorted(costs, key=lambda cost: cost.seen_before / cost.zlib)
    return by_share[len(by_share) // 2]


def serving_rows(site: Site, *, quick: bool) -> list[Row]:
    """Requests, sizes, memory."""
    calls, rounds = (200, 2) if quick else (5000, 15)
    jsons = serving.json_costs(site, calls=calls, rounds=rounds)
    verdict = serving.verdict_cost(calls=calls, rounds=rounds)
    cookie, cookie_cold = serving.cookie_costs(site, calls=calls, rounds=rounds)
    megabytes = 4 if quick else 100
    peak = serving.stream_memory(site, megabytes)
    return [
        micros("JSON response, bare app", jsons["bare"]),
        micros("  added by a plain wrapper", jsons["wrapper"] - jsons["bare"]),
        micros("  added by ConsentMiddleware", jsons["consent"] - jsons["bare"], 2),
        micros("browser verdict, known", verdict, 1),
        micros("browser verdict, never met", browsers.cold_cost(rounds), 15),
        micros("  ua-parser, the name alone", browsers.parser_cost(rounds)),
        millis("importing the browser check", browsers.import_cost(times=2 if quick else 5), 10),
        millis("  ua-parser, to its first answer", browsers.parser_import_cost(times=1 if quick else 3)),
        micros("cookie read, known", cookie),
        micros("cookie verified, cold", cookie_cold),
        micros("insertion put together", serving.insertion_cost(site, calls=calls, rounds=rounds)),
        *size_rows(site),
        Row(
            what=f"memory, {megabytes} MB stream, peak extra",
            figure=f"{peak / serving.MEGABYTE:6.2f} MB",
            value=peak,
            goal=2 * serving.MEGABYTE,
            goal_text="2 MB",
        ),
    ]


def growth_table(factors: dict[str, tuple[float, float]]) -> str:
    """Hostile pages: what four times the bytes cost, times the time, the worst first."""
    worst = sorted(factors.items(), key=lambda item: -item[1][1])
    lines = [f"\n{'hostile pages, four times the bytes':48}{'ms':>8}{'times':>8}"]
    lines += [f"{name:48}{seconds * 1e3:8.1f}{times:8.1f}" for name, (seconds, times) in worst]
    met = "yes" if all(times <= growth.BOUND for _, times in factors.values()) else "NO"
    return "\n".join([*lines, f"{f'at most {growth.BOUND} times, met':56}{met:>8}"])


def micros(what: str, seconds: float, goal: float | None = None) -> Row:
    """A time in microseconds."""
    value = seconds * MICRO
    return Row(what=what, figure=f"{value:6.2f} us", value=value, goal=goal, goal_text=f"{goal} us" if goal else "")


def millis(what: str, seconds: float, goal: float | None = None) -> Row:
    """A time in milliseconds."""
    value = seconds * 1e3
    return Row(what=what, figure=f"{value:6.2f} ms", value=value, goal=goal, goal_text=f"{goal} ms" if goal else "")


def size_rows(site: Site) -> list[Row]:
    """What a page grows by before anybody has clicked."""
    return [
        Row(
            what=f"inserted before the click, {language}",
            figure=f"{packed / KILOBYTE:6.2f} KB gzip ({plain / KILOBYTE:.1f} KB)",
            value=packed,
            goal=8 * KILOBYTE,
            goal_text="8 KB",
        )
        for language, (plain, packed) in serving.inserted_sizes(site).items()
    ]


def table(rows: list[Row]) -> str:
    """The rows in columns."""
    head = f"{'':38}{'figure':28}{'goal':8}met"
    lines = [f"{row.what:38}{row.figure:28}{row.goal_text:8}{row.met}".rstrip() for row in rows]
    return "\n".join([head, *lines])


if __name__ == "__main__":
    sys.exit(main())
