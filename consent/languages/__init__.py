"""Which language a page speaks, what is said in it, and how the language writes numbers, dates and lists."""

from consent.languages.negotiation import LONGEST_TAG, RANGES, match_tag, negotiate
from consent.languages.texts import Counted, OwnTexts, Texts, bundled, fingerprint, load, message_paths, overlaid
from consent.languages.writing import Forms, forms

__all__ = [
    "LONGEST_TAG",
    "RANGES",
    "Counted",
    "Forms",
    "OwnTexts",
    "Texts",
    "bundled",
    "fingerprint",
    "forms",
    "load",
    "match_tag",
    "message_paths",
    "negotiate",
    "overlaid",
]
