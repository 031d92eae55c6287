"""CSS colours: strictly what can stand in a style sheet and nothing that ends a declaration; and their contrast."""

import re

from consent.settings.faults import Fault, nearest, shown

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})", re.ASCII)
_NAMES = """
aqua black blue brown coral crimson cyan darkblue darkcyan darkgray darkgreen darkgrey darkmagenta
darkorange darkred darkslateblue darkslategray darkviolet deeppink deepskyblue dimgray dimgrey dodgerblue
firebrick forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray green grey hotpink indianred indigo
ivory khaki lavender lightblue lightgray lightgreen lightgrey lightyellow lime limegreen linen magenta
maroon mediumblue mediumpurple midnightblue mintcream navy oldlace olive orange orangered orchid peru pink
plum purple rebeccapurple red royalblue salmon seagreen seashell sienna silver skyblue slateblue slategray
snow springgreen steelblue tan teal tomato turquoise violet wheat white whitesmoke yellow
"""
NAMES = frozenset(_NAMES.split())
LIGHT_GROUND = "#fff"
LIGHT_TEXT = "#1d2329"
"""What stands in for one of the pair where the owner sets only the other."""
CONTRAST_LEAST = 4.5
"""WCAG 2.2, 1.4.3 (AA)."""


def colour(text: str) -> str | Fault:
    """The colour as written: ``#rgb``, ``#rrggbb`` or a name."""
    if _HEX.fullmatch(text) or text in NAMES:
        return text
    guess = nearest(text, NAMES) if text.isalpha() else None
    return Fault(
        code="consent.E025",
        message=f"{shown(text)} is not a colour",
        remedy=f"Did you mean {guess!r}?" if guess else 'Write it like "#0055aa", "#05a" or "navy"',
    )


def contrast_fault(text: str | None, ground: str | None, ground_key: str) -> Fault | None:
    """A warning where two hex colours are too alike to be read; named ones are not judged.

    Not refused: what is readable by whom is the owner's to answer for, and a rule of thumb stops nobody's site.
    """
    if not text or not ground or not (text.startswith("#") and ground.startswith("#")):
        return None
    dark, light = sorted((_luminance(text), _luminance(ground)))
    ratio = (light + 0.05) / (dark + 0.05)
    if ratio >= CONTRAST_LEAST:
        return None
    return Fault(
        code="consent.W002",
        message=f"{text} on {ground_key} {ground} has a contrast of {ratio:.1f}:1, too little to be read by all",
        remedy=f"Take colours further apart: {CONTRAST_LEAST}:1 is the least (WCAG 2.2, 1.4.3)",
    )


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    linear = []
    for start in (0, 2, 4):
        share = int(digits[start : start + 2], 16) / 255
        linear.append(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
