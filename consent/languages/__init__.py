"""Which language a page speaks, what is said in it, and how the language writes numbers, dates and lists."""

from consent.languages.forms import Forms, forms
from consent.languages.negotiation import LONGEST_TAG, RANGES, match_tag, negotiate
from consent.languages.texts import Counted, Texts, bundled, load, message_paths

__all__ = [
    "LONGEST_TAG",
    "RANGES",
    "Counted",
    "Forms",
    "Texts",
    "bundled",
    "forms",
    "load",
    "match_tag",
    "message_paths",
    "negotiate",
]
