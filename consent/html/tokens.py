"""Markup token by token: text, tags and comments, each whole. Raw text is the caller's care."""

import re

from consent.html.names import alternatives, caseless
from consent.html.rawtext import RAW
from consent.html.tags import BOGUS_COMMENT, NAME_END, REST_OF_TAG, WHOLE_COMMENT

TURNS = frozenset({b"template", b"svg", b"math"})
"""Elements that change how the rest is read."""

_TOKEN = (
    rb"[^<]++|" + WHOLE_COMMENT + rb"|</?[a-zA-Z][^\t\n\f\r />]*+" + REST_OF_TAG
    + b"|" + BOGUS_COMMENT + rb"|<(?=[^a-zA-Z/!?])"
)  # fmt: skip
ONE = re.compile(_TOKEN)
BORING = re.compile(b"(?:" + _TOKEN + b")*+")
"""A run of text, tags and comments, each whole; raw text is the caller's care."""
SOUND = re.compile(
    rb"(?:[^<]++|<" + caseless(b"iframe") + NAME_END + REST_OF_TAG + b"[^<]*+</" + caseless(b"iframe") + REST_OF_TAG
    + rb"|</?(?!(?:" + alternatives(RAW | TURNS | {b"plaintext", b"noscript"}) + rb")" + NAME_END
    + rb")[a-zA-Z][^\t\n\f\r />]*+" + REST_OF_TAG + rb")*+"
)  # fmt: skip
"""Markup that leaves the tokenizer in the data state, wherever it is read."""
