"""Where the head's and the body's insertions go."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Insertion:
    """Bytes to insert: ``head`` first in the head, ``body`` first in the body."""

    head: bytes
    body: bytes
