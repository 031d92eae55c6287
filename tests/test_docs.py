"""The documents say what the code does: every code, every key, every default, and examples that work."""

import re
import tomllib
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from consent.catalogue import Cookie
from consent.settings import Settings, schema
from consent.settings.durations import duration

ROOT = Path(__file__).parent.parent
SETTINGS = (ROOT / "docs" / "settings.md").read_text("utf-8")
CODES = (ROOT / "docs" / "codes.md").read_text("utf-8")
CODE = re.compile(r"consent\.([EW][0-9]{3})")
RESERVED = {"W030", "W041", "W042"}
"""Documented for parts that log them later."""
SECTIONS = {
    "site": schema.Site,
    "holding": schema.Holding,
    "banner": schema.Banner,
    "banner.colours": schema.Colours,
    "cookie": schema.CookieSettings,
    "records": schema.Records,
    "browsers": schema.Browsers,
    "regions": schema.Regions,
    "delivery": schema.Delivery,
    "paths": schema.Paths,
}
KEYS = [(section, field) for section, schema_class in SECTIONS.items() for field in fields(schema_class)]


def rows_of(section: str) -> dict[str, list[str]]:
    """The first cell of each table row under a heading, and the row's cells."""
    after = re.split(rf"^#+ \[{re.escape(section)}\]$", SETTINGS, maxsplit=1, flags=re.MULTILINE)[1]
    lines = re.split(r"^#+ ", after, maxsplit=1, flags=re.MULTILINE)[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| `")]
    return {row[0].strip("`"): row for row in rows}


def test_every_code_in_the_package_stands_in_the_documents():
    used = {c for path in (ROOT / "consent").rglob("*.py") for c in CODE.findall(path.read_text("utf-8"))}
    documented = set(CODE.findall(CODES))
    assert used - documented == set()
    assert documented - used <= RESERVED


def test_a_code_is_documented_once():
    codes = re.findall(r"^\| `consent\.([EW][0-9]{3})`", CODES, re.MULTILINE)
    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize(("section", "field"), KEYS, ids=[f"{s}.{f.name}" for s, f in KEYS])
def test_every_key_stands_in_the_documents_with_its_default(section: str, field: Field[object]):
    default = rows_of(section)[field.name][2]
    value = field.default
    if field.name == "languages" or is_dataclass(value) or value is MISSING or value in (None, ()):
        assert default.startswith(("none", "every", "the style", "`[]`"))
        return
    written = tomllib.loads(f"value = {default.strip('`')}")["value"]
    assert value == (duration(written) if isinstance(value, timedelta) else written)


@pytest.mark.parametrize("section", SECTIONS)
def test_no_key_is_documented_that_does_not_exist(section):
    assert set(rows_of(section)) == {field.name for field in fields(SECTIONS[section])}


def test_the_keys_of_categories_services_and_cookies_stand_in_the_documents():
    assert set(rows_of("categories.*")) == {"enabled", "label", "description"}
    service = {"name", "partner", "category", "enabled", "hosts", "paths", "inline", "cookies"}
    assert set(rows_of("services.*")) == service | {field.name for field in fields(Cookie)}


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", SETTINGS, re.DOTALL))
def test_every_example_is_right(example):
    mapping = tomllib.loads(example)
    assert Settings.from_mapping({"site": {"name": "The Gazette"}, **mapping})
