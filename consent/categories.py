"""A category is what a visitor switches: the six standard ones, and the site's own."""

from dataclasses import dataclass

NECESSARY = "necessary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One switch. Texts stand in the language files under the key, or in ``label`` and ``description``."""

    key: str
    necessary: bool = False
    """Always allowed, never asked for (ePrivacy Directive, Art. 5(3), second sentence)."""
    enabled: bool = True
    """An owner who does not use a category takes it off the banner; its services stay held."""
    label: tuple[tuple[str, str], ...] = ()
    """The owner's own words: pairs of language tag and text."""
    description: tuple[tuple[str, str], ...] = ()


STANDARD: tuple[Category, ...] = (
    Category(key=NECESSARY, necessary=True),
    Category(key="functional"),
    Category(key="analytics"),
    Category(key="advertising"),
    Category(key="social"),
    Category(key="media"),
)
