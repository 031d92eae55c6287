"""Undoing gzip and deflate piece by piece, for an app that encodes inside of us (RFC 9110, 8.4.1).

Other codings (br, zstd) have no decoder in the standard library: such pages pass unread, with a warning.
"""

import zlib
from collections.abc import Callable

GZIP = 31
"""zlib's ``wbits`` for a gzip header and trailer."""
ZLIB, RAW = 15, -15


class Decoder:
    """One body: ``feed`` gives what can be decoded so far; a broken stream raises ``zlib.error``."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._stream = zlib.decompressobj(GZIP) if gzip else None

    def feed(self, data: bytes) -> bytes:
        if not data:
            return b""
        if self._stream is None:
            self._stream = zlib.decompressobj(ZLIB if _is_zlib(data) else RAW)
        decoded = [self._stream.decompress(data)]
        # Several gzip members make one body (RFC 1952, 2.2).
        while self._gzip and self._stream.eof and self._stream.unused_data:
            rest = self._stream.unused_data
            self._stream = zlib.decompressobj(GZIP)
            decoded.append(self._stream.decompress(rest))
        return b"".join(decoded)

    def finish(self) -> bytes:
        return self._stream.flush() if self._stream else b""


def _is_zlib(data: bytes) -> bool:
    """Whether "deflate" has its zlib wrapper: some senders leave it out, and browsers read both (RFC 9110, 8.4.1.2)."""
    if len(data) == 1:
        return data[0] & 0x0F == 8
    return data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0


DECODERS: dict[bytes, Callable[[], Decoder]] = {
    b"gzip": lambda: Decoder(gzip=True),
    b"x-gzip": lambda: Decoder(gzip=True),
    b"deflate": lambda: Decoder(gzip=False),
}


def readable_start(body: bytes, coding: bytes) -> bytes:
    """The first bytes as a browser sees them; none where they cannot be decoded."""
    try:
        return DECODERS[coding]().feed(body) if coding else body
    except zlib.error:
        return b""
