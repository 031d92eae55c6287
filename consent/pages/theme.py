"""The owner's colours as CSS custom properties, light and dark.

What the owner sets holds in both: half of a pair from us and half from them could not be read.
"""

from consent.settings import Banner, Colours
from consent.settings.colours import LIGHT_GROUND, LIGHT_TEXT, luminance

_LIGHT = {
    "background": LIGHT_GROUND,
    "text": LIGHT_TEXT,
    "border": "#dfe3e8",
    "accent": "#20415f",
    "accent-text": "#fff",
}
_DARK = {
    "background": "#1c2126",
    "text": "#edf0f3",
    "border": "#3a424b",
    "accent": "#cfe0f0",
    "accent-text": "#14212d",
}

_MIDDLE = 0.179
"""The luminance on which black and white have the same contrast (WCAG 2.2, terms)."""


def theme(banner: Banner, selector: str) -> str:
    """The rules that define the custom properties on ``selector``."""
    light, dark = _palette(banner.colours, _LIGHT), _palette(banner.colours, _DARK)
    radius = f"--consent-radius:{banner.radius}px"
    if banner.dark == "always":
        return f"{selector}{{{_declarations(dark, 'dark')};{radius}}}"
    rules = f"{selector}{{{_declarations(light, 'light')};{radius}}}"
    if banner.dark == "never":
        return rules
    return f"{rules}@media (prefers-color-scheme:dark){{{selector}{{{_declarations(dark, 'dark')}}}}}"


def _palette(colours: Colours, own: dict[str, str]) -> dict[str, str]:
    """``own`` with the owner's colours over it."""
    surface = {"background": colours.background, "text": colours.text, "border": colours.border}
    if any(surface.values()):  # a ground of theirs with our dark mode's text on it would not be readable
        own = {**own, **{name: _LIGHT[name] for name in surface}}
    accent = {"accent": colours.accent, "accent-text": colours.accent_text}
    if colours.accent and not colours.accent_text:
        accent["accent-text"] = _text_on(colours.accent)
    elif colours.accent_text and not colours.accent:
        accent["accent"] = "#000" if _text_on(colours.accent_text) == "#000" else _LIGHT["accent"]
    return own | {name: value for name, value in (surface | accent).items() if value}


def _text_on(colour: str) -> str:
    """Black or white, whichever is easier to read on ``colour``."""
    return "#000" if luminance(colour) > _MIDDLE else "#fff"


def _declarations(palette: dict[str, str], scheme: str) -> str:
    colours = ";".join(f"--consent-{name}:{value}" for name, value in palette.items())
    return f"{colours};--consent-scheme:{scheme}"
