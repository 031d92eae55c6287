"""What the keyboard has come to, and whether a visitor sees it."""

import time

import pytest

FOCUS = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const box = element.getBoundingClientRect(), style = getComputedStyle(element);
  const at = (x, y) => { const hit = document.elementFromPoint(x, y); return hit && (element.contains(hit) || hit.contains(element)); };
  const points = [[box.left + 2, box.top + 2], [box.right - 2, box.top + 2], [box.left + 2, box.bottom - 2], [box.right - 2, box.bottom - 2],
                  [(box.left + box.right) / 2, (box.top + box.bottom) / 2]];
  return {name: element.value || element.textContent.trim().slice(0, 40), ours: !!element.closest("[id^=consent-], [data-consent-embed], .consent-document"),
          seen: points.some(([x, y]) => at(x, y)), ring: element.matches(":focus-visible") && style.outlineStyle !== "none"};
}"""


def settled(page):
    """What has the focus, as soon as it is in sight; what never is, after a while."""
    deadline = time.monotonic() + 1
    while (focus := page.evaluate(FOCUS)) and not focus["seen"] and time.monotonic() < deadline:
        pass
    return focus


def tab_to(page, reached, *, presses=60):
    """Press Tab until ``reached(focus)``; every stop on the way must be in sight, and ours must show their ring."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        focus = settled(page)
        if focus is None:
            continue
        assert focus["seen"], f"covered: {focus}"
        assert focus["ring"] or not focus["ours"], f"no ring: {focus}"
        if reached(focus):
            return focus
    pytest.fail("Tab did not get there")
