"""Scripts made small do what they did before."""

import gzip
import json
import shutil
import subprocess

import pytest

from consent.pages.assets import load_choice, load_head
from consent.pages.squeeze import squeeze

BUDGET = 3 * 1024
"""Bytes that the script in every page's head may take, by gzip."""


@pytest.mark.parametrize(
    ("source", "small"),
    [
        ("// why\nconst long = 1;\nconst longer = long + 2;\n", "let A=1,B=A+2"),
        ("const double = (value) => value * 2;\n", "let A=e=>e*2"),
        ("const add = (first, second) => first + second;\n", "let A=(e,t)=>e+t"),
        ("const { name, other } = thing;\nname(other);\n", "let{name,other}=thing;name(other)"),
        ("const text = 'text: // no comment';\n", "let A='text: // no comment'"),
        ("const test = (url) => /^a b\\/[/]+/i.test(url);\n", "let A=e=>/^a b\\/[/]+/i.test(e)"),
        ("const object = { key: 1, name };\nobject.key;\n", "let A={key:1,name};A.key"),
        ("const list = [\n  1,\n  2,\n];\n", "let A=[1,2]"),
        ("if (a) {\n  b();\n}\nelse c();\n", "if(a){b()}else c()"),
        ("const value = a - -b;\n", "let A=a- -b"),
        ("const value = flag ? one : two;\n", "let A=flag?one:two"),
        ('const same = name === "x" || "y" !== name || name === other;\n', 'let A=name=="x"||"y"!=name||name===other'),
    ],
)
def test_what_it_makes(source, small):
    assert squeeze(source) == small


def test_the_head_script_keeps_within_its_budget():
    assert len(gzip.compress(load_head(load_choice(), guard=True).encode(), 9)) <= BUDGET


@pytest.mark.parametrize("guard", [True, False])
def test_a_script_engine_can_read_it(guard, tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node here; the tests in Chromium run it")
    for text in (load_head(load_choice(), guard=guard), load_choice().content):
        script = tmp_path / "script.js"
        script.write_text(text)
        assert subprocess.run([node, "--check", str(script)], check=False, capture_output=True).returncode == 0


def test_it_computes_the_same():
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node here")
    source = """
        const counted = [];
        const count = (name, times = 1) => {
          for (const each of [name, name + 'x'].slice(0, times)) { counted.push(each); }
          return { name, length: counted.length };
        };
        const first = count('a', 2);
        const { length } = count('b');
        const text = `x`;
        console.log(JSON.stringify({ counted, first, length, text: /^\\/x/.test('/xy') ? 1 : 2 }));
    """
    results = [
        json.loads(subprocess.run([node, "-e", text], check=True, capture_output=True, text=True).stdout)
        for text in (source, squeeze(source.replace("`x`", "'x'")))
    ]
    assert (
        results[0]
        == results[1]
        == {"counted": ["a", "ax", "b"], "first": {"name": "a", "length": 2}, "length": 3, "text": 1}
    )
