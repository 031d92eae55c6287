"""The map of the package is the package: every module stands in docs/architecture.md and has a layer."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "consent"
DOCUMENT = (ROOT / "docs" / "architecture.md").read_text("utf-8")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]


def rooms() -> dict[str, list[str]]:
    """The modules that each package's table names, in its order; the package itself is ``""``."""
    sections = re.findall(r"^### `consent/([a-z]*)/?`$(.*?)(?=^##)", DOCUMENT, re.DOTALL | re.MULTILINE)
    return {package: re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) for package, section in sections}


def modules(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.py")} - {"__init__"}


def packages() -> set[str]:
    return {path.parent.name for path in PACKAGE.glob("*/__init__.py")}


def layered(container: str) -> list[set[str]]:
    contract = next(c for c in CONTRACTS if c.get("containers") == [container])
    return [set(re.split(r" [|:] ", layer)) for layer in contract["layers"]]


def test_every_package_has_a_table():
    assert set(rooms()) == packages() | {""}


@pytest.mark.parametrize("package", ["", *sorted(packages())])
def test_the_table_names_every_module_of_a_package_once(package):
    own = {"__init__"} if not package else set()
    assert sorted(rooms()[package]) == sorted(modules(PACKAGE / package) | own)


def test_the_document_names_the_folders_without_code():
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and not (path / "__init__.py").exists()}
    assert folders - {"__pycache__"} == {"data", "static"}
    assert all(f"\n  {folder}/ " in DOCUMENT for folder in ("data", "static"))


def test_every_module_has_a_layer():
    assert set().union(*layered("consent")) == modules(PACKAGE) | packages()


def test_the_document_has_the_layers_in_their_order():
    section = re.search(r"## Order of imports\n(.*?)\nAt or below", DOCUMENT, re.DOTALL)[1]
    assert [set(names.split(" | ")) for names in re.findall(r"`([^`]+)`", section)] == layered("consent")


def test_every_module_below_the_settings_is_among_the_pure():
    layers = layered("consent")
    below = set().union(*layers[layers.index({"settings"}) + 1 :])
    pure = set(next(c for c in CONTRACTS if c["name"].startswith("pure modules"))["source_modules"])
    assert {f"consent.{name}" for name in below} - pure == set()
