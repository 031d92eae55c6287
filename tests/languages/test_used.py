"""Every text is said somewhere, and whatever is to be said is there: read out of the templates and the modules."""

import ast
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

import consent
from consent.languages import message_paths
from consent.pages.environment import bundled_templates, make_environment, template_root

PACKAGE = Path(consent.__file__).parent
SAYING = {"text", "counted"}
NAMES = {"t": (), "p": None, "texts": ("browser",)}
"""What a template calls a table of texts; ``p`` is set to one by the template itself."""
TABLES = {("categories",), ("purposes",), ("kinds",)}
"""Said whole, by the keys of categories."""


def said_in(template):
    """Keys that a template says."""
    environment: Environment = make_environment()
    tree = environment.parse((template_root() / template).read_text("utf-8"))
    aliases = {name: path for name, path in NAMES.items() if path is not None}
    for assigned in tree.find_all(nodes.Assign):
        if isinstance(assigned.target, nodes.Name) and (path := path_of(assigned.node, aliases)):
            aliases[assigned.target.name] = path
    for node in tree.find_all(nodes.Getattr):
        if path := path_of(node, aliases):
            yield ".".join(path)
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Getattr) and call.node.attr in SAYING:
            yield ".".join(part.value for part in call.args)


def path_of(node, aliases):
    names = []
    while isinstance(node, nodes.Getattr):
        names.append(node.attr)
        node = node.node
    if not isinstance(node, nodes.Name) or node.name not in aliases or not names:
        return None
    return (*aliases[node.name], *reversed(names))


def said_by(module):
    """Keys that a module says; where the last part of a key is no literal, all that the module has as one."""
    tree = ast.parse(module.read_text("utf-8"))
    literals = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "texts":
            yield f"browser.{node.attr}"
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SAYING):
            continue
        path = [argument.value if isinstance(argument, ast.Constant) else None for argument in node.args]
        if all(isinstance(part, str) for part in path):
            yield ".".join(path)
        elif path[:-1] and None not in path[:-1]:
            yield from (f"{path[0]}.{last}" for last in literals)


KEYS = message_paths()
TABLE_NAMES = {key.rpartition(".")[0] for key in KEYS}
SAID = {template: set(said_in(template)) for template in bundled_templates()}
WRITTEN = {module: set(said_by(module)) for module in PACKAGE.rglob("*.py")}


@pytest.mark.parametrize("key", KEYS)
def test_a_text_is_said_somewhere(key):
    if (key.partition(".")[0],) in TABLES:
        return
    assert any(key in said for said in (*SAID.values(), *WRITTEN.values())), "unused: take it out of every language"


@pytest.mark.parametrize("template", SAID)
def test_a_template_says_nothing_that_is_not_there(template):
    beside = {"name", "direction", "language", *TABLE_NAMES, "browser.language", "browser.direction"}
    assert SAID[template] - set(KEYS) - beside == set()


def test_the_reading_is_awake(tmp_path):
    assert "policy.contents" in SAID["policy_body.html"]  # by its alias
    assert "errors.try_again" in SAID["error.html"]
    assert "preferences.policy_link" in SAID["preferences.html"]  # by a call
    assert "browser.continue_note" in SAID["browser.html"]
    module = tmp_path / "module.py"
    module.write_text('w.text("a", "b")\nw.text("c", "d" if e else "f")\nWHY = "h"\nw.counted("g", WHY)', "utf-8")
    assert {"a.b", "c.d", "c.f", "g.h"} <= set(said_by(module))
    assert "a.h" not in set(said_by(module))
