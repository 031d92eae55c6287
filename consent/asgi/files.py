"""Bodies that an app hands over as files, read in pieces off the event loop.

``http.response.pathsend`` and ``http.response.zerocopysend`` (asgiref, extensions) let a server send a file without
Python touching it. An HTML file has to be touched.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

from consent.asgi._types import Message

CHUNK = 256 * 1024
"""Bytes read at once: most pages are one piece, and then get a right Content-Length."""


class _HasFileno(Protocol):
    def fileno(self) -> int: ...


async def path_chunks(message: Message) -> AsyncIterator[tuple[bytes, bool]]:
    """Each piece of the file that a ``pathsend`` names, and whether more follow."""
    file = await asyncio.to_thread(Path(str(message["path"])).open, "rb")
    try:
        piece = await asyncio.to_thread(file.read, CHUNK)
        while True:
            following = await asyncio.to_thread(file.read, CHUNK) if len(piece) == CHUNK else b""
            yield piece, bool(following)
            if not following:
                return
            piece = following
    finally:
        file.close()


async def descriptor_chunks(message: Message) -> AsyncIterator[tuple[bytes, bool]]:
    """Each piece of what a ``zerocopysend`` names: from ``offset`` or where it stands, ``count`` or to its end."""
    descriptor = _descriptor(message["file"])
    left = _number(message.get("count"))
    if (offset := _number(message.get("offset"))) is not None:
        await asyncio.to_thread(os.lseek, descriptor, offset, os.SEEK_SET)
    more_after = bool(message.get("more_body", False))
    while True:
        wanted = CHUNK if left is None else min(CHUNK, left)
        piece = await asyncio.to_thread(os.read, descriptor, wanted) if wanted else b""
        if left is not None:
            left -= len(piece)
        if not piece or left == 0:
            yield piece, more_after
            return
        yield piece, True


def _descriptor(file: object) -> int:
    if isinstance(file, int):
        return file
    wrapped: _HasFileno = file  # type: ignore[assignment]  # "file descriptor object" by the extension's text
    return wrapped.fileno()


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
