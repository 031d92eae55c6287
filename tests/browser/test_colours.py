"""The colours that an owner may name are those that browsers know, and mean the same."""

import pytest

from consent.settings.colours import NAMES

pytestmark = pytest.mark.browser

READ = """names => {
  const brush = document.createElement("canvas").getContext("2d");
  return names.map(name => { brush.fillStyle = "#010203"; brush.fillStyle = name; return brush.fillStyle; });
}"""


def test_each_name_stands_for_what_a_browser_makes_of_it(browser_page):
    read = browser_page.evaluate(READ, list(NAMES))
    assert dict(zip(NAMES, read, strict=True)) == {name: f"#{digits}" for name, digits in NAMES.items()}
