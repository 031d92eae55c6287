"""What the scanner finds, and what it asks while it looks."""

from collections.abc import Callable
from typing import Protocol

Construct = tuple[bytes, int, int, int, bytes | None]
"""``(name, start, tag_end, end, value)``: a start tag ``page[start:tag_end]``; of a script or style also its text
``page[tag_end:end]``. ``value``: what the tag's only judged attribute, ``src`` or ``href``, says, as written with
its quotes; ``b""``: no judged attribute; None: look for yourself. A plain tuple: a page has hundreds."""


class Interest(Protocol):
    """What the scanner asks while it passes over a page, to tell what is worth proving."""

    @property
    def passes(self) -> Callable[[bytes], bool]:
        """Whether a tag whose only judged attribute says this, as written with its quotes, may run."""

    def passes_text(self, page: bytes, start: int, tag_end: int, end: int, /) -> bool:
        """Whether the inline script ``page[start:end]`` may run; its text begins at ``tag_end``."""


TRACED = b"*"
"""The name of a construct that is a start tag found by what stands in it (``traced``); it may be reported twice."""
FOREIGN = b"svg:"
"""Before the name of a script or style whose text is no raw text: references and CDATA sections count in it."""
TOO_DEEP = b"!deep"
TOO_LONG = b"!long"
UNSURE = b"!unsure"
"""The names of tags that are made comments, for ``limits.DRAWINGS``, ``limits.TAG`` and ``limits.AMBIGUITY``."""
