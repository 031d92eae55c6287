"""Documents about browsers as their makers publish them, made up and short: what a refresh reads."""

import json
from datetime import date, timedelta

from consent.browsers.facts_file import bundled_browser_facts

FACTS = bundled_browser_facts()
TODAY = FACTS.as_of + timedelta(days=5)
THEIRS = {
    "chrome": "chrome",
    "edge": "edge",
    "firefox": "firefox",
    "safari": "safari",
    "opera": "opera",
    "opera_android": "opera-android",
    "samsunginternet_android": "samsung",
    "ya_android": "yandex",
    "uc_android": "uc",
    "qq_android": "qq",
}


def baseline(**newest: tuple[str, str, str]) -> dict:
    """Each browser with its known newest release, and ``newest``: (version, engine's version, date) by our key."""
    widely = FACTS.floors["widely"]
    floors = {"chrome": str(widely.blink), "firefox": str(widely.gecko), "safari": "17.5"}
    document = {}
    for theirs, ours in THEIRS.items():
        family = FACTS.families[ours]
        released = family.released.isoformat()
        rows = {family.version: _row(released, str(family.built_on[0]), compatible=True, year=2025)}
        if theirs in {"chrome", "firefox"}:
            rows["50"] = _row("2016-04-13", "50", compatible=False, year="pre_baseline")
        if theirs == "safari":
            rows |= {text: _row("2024-01-01", text, compatible=False, year=2023) for text in ("16.4", "17.4")}
        if theirs in floors:
            rows[floors[theirs]] = _row("2024-05-14", floors[theirs], compatible=True, year=2024)
        if ours in newest:
            version, engine, day = newest[ours]
            rows[version] = _row(day, engine, compatible=True, year=2026)
        document[theirs] = rows
    return document


def _row(day: str, engine: str, *, compatible: bool, year: int | str) -> dict:
    return {"year": year, "release_date": day, "engine": "Blink", "engine_version": engine, "wa_compatible": compatible}


def mdn(browser: str, *more: tuple[str, str, str]) -> dict:
    """One browser's known newest release, and ``more``: (version, status, date)."""
    family = FACTS.families[browser]
    releases = {family.version: {"release_date": family.released.isoformat(), "status": "current"}}
    if browser == "firefox":
        releases |= {"115": _release("esr", "2023-07-04"), "153": _release("esr", "2026-07-21")}
    releases |= {version: _release(status, day) for version, status, day in more}
    return {"browsers": {browser: {"name": family.name, "releases": releases}}}


def _release(status: str, day: str) -> dict:
    return {"release_date": day, "status": status}


def usage(day: date = TODAY, **shares: float) -> dict:
    """The shares at hand, on ``day``; ``shares`` by the agent's key in place of theirs."""
    data = {
        "chrome": 25.0, "and_chr": 44.0, "safari": 2.9, "ios_saf": 13.2, "edge": 5.0, "firefox": 2.1, "and_ff": 0.4,
        "opera": 0.9, "op_mob": 1.2, "samsung": 1.9, "ie": 0.2,
    } | shares  # fmt: skip
    agents = {agent: {"1": None, "2": share} for agent, share in data.items()}
    return {"id": "ww", "access_date": day.isoformat(), "data": agents}


def documents(**replaced: dict) -> dict[str, bytes]:
    """All six, by the keys a refresh knows them by (``-`` written ``_``)."""
    every = {
        "baseline": baseline(),
        **{f"mdn_{browser}": mdn(browser) for browser in ("chrome", "edge", "firefox", "safari")},
        "usage": usage(),
        **replaced,
    }
    return {key.replace("_", "-"): json.dumps(document).encode() for key, document in every.items()}
