"""The map of the package is the package: every module stands in docs/architecture.md and has a layer."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "consent"
DOCUMENT = (ROOT / "docs" / "architecture.md").read_text("utf-8")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
NOT_CODE = {"data", "static"}


def tree() -> dict[str, str]:
    """What stands below ``consent/`` in the document: name to description, lines that go on joined."""
    block = re.search(r"^```\nconsent/\n(.*?)^\S", DOCUMENT, re.DOTALL | re.MULTILINE)[1]
    lines = re.sub(r"\n {6,}", " ", block).splitlines()
    return dict(line.split(maxsplit=1) for line in lines)


def modules(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.py")} - {"__init__"}


def packages() -> set[str]:
    return {path.parent.name for path in PACKAGE.glob("*/__init__.py")}


def layered(container: str) -> list[set[str]]:
    contract = next(c for c in CONTRACTS if c.get("containers") == [container])
    return [set(re.split(r" [|:] ", layer)) for layer in contract["layers"]]


def test_the_tree_holds_every_module_and_no_other():
    entries = set(tree())
    assert {name.removesuffix(".py") for name in entries if name.endswith(".py")} == modules(PACKAGE) | {"__init__"}
    assert {name.rstrip("/") for name in entries if name.endswith("/")} == packages() | NOT_CODE


@pytest.mark.parametrize("package", sorted(packages()))
def test_the_tree_holds_every_module_of_a_package(package):
    described = {item.split()[0] for item in tree()[f"{package}/"].split(" · ")}
    assert described == modules(PACKAGE / package)


def test_every_module_has_a_layer():
    assert set().union(*layered("consent")) == modules(PACKAGE) | packages()


def test_the_document_has_the_layers_in_their_order():
    section = re.search(r"## Order of imports\n(.*?)\nAt or below", DOCUMENT, re.DOTALL)[1]
    assert [set(names.split(" | ")) for names in re.findall(r"`([^`]+)`", section)] == layered("consent")


def test_every_module_below_the_settings_is_among_the_pure():
    layers = layered("consent")
    below = set().union(*layers[layers.index({"settings"}) + 1 :])
    pure = set(next(c for c in CONTRACTS if c["type"] == "forbidden")["source_modules"])
    assert {f"consent.{name}" for name in below} - pure == set()
