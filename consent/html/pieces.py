"""Pieces of pages met before, with what was found in them: most of what a site sends, it sends again and again.

The law: between two constructs a scanner knows nothing of what came before. A piece that begins and ends there comes
to the same edits in every page, under one judge and after the same declarations of held scripts. Where a piece ends
follows from its own bytes, so that pages that differ in one place have all others in common.
"""

import re
from dataclasses import dataclass

from consent.html.marks import Edit

LEAST = 8 * 1024
"""Bytes of a piece: shorter ones cost more to look up than they save."""

MOST = 2 * LEAST
"""Bytes within which a script's end is looked for: text often ends with one, and nothing is left open there."""

SHORTEST = 512
"""Bytes of a piece that is remembered: of a page that comes in drops each would cost more room than it has bytes."""

NEW = 512 * 1024
"""Bytes of one page after which no more is remembered: a stream without an end fills no memory."""

_SCRIPT_END = b"</script>"
_BLOCK_END = re.compile(rb"</(?:div|p|li|td|section)>")


@dataclass(frozen=True, slots=True)
class Frame:
    """A held frame: something may be inserted before it, which is not the same for every visitor."""

    offset: int
    labels: bytes
    tag: bytes


Declaration = tuple[bytes, bytes]
"""The text of a held script, and the labels that those wait for who call its functions."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What a piece of a page comes to. Offsets count from its beginning."""

    edits: tuple[Edit, ...]
    labels: frozenset[bytes]
    frames: tuple[Frame, ...]
    declared: tuple[Declaration, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """Under what a piece comes to the same each time, beside its bytes."""

    holder: object
    declared: tuple[tuple[bytes, bytes], ...]
    """The functions that held scripts before it have declared, and under which labels."""
    final: bool
    """Whether the page ends with it."""


def end(page: bytes, start: int) -> int:
    """Where the piece that begins at ``start`` ends, if nothing is open there; at most where ``page`` ends."""
    if len(page) - start <= MOST:
        return len(page)
    at = page.find(_SCRIPT_END, start + LEAST, start + MOST)
    if at < 0:
        block = _BLOCK_END.search(page, start + MOST)
        if block is None:
            return len(page)
        if not _stands_in_script(page, start, block.start()):
            return block.end()
        at = page.find(_SCRIPT_END, block.end())
    return at + len(_SCRIPT_END) if at >= 0 else len(page)


def _stands_in_script(page: bytes, start: int, at: int) -> bool:
    """A guess: what is guessed wrong is looked at each time, and never wrong."""
    near = page.rfind(b"script", start, at)
    return near > 0 and page[near - 1 : near] == b"<"
