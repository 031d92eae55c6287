"""A page's nonce is new in every response: for what is looked at, each is the same, so that pieces are met again.

The law: no verdict hangs on a nonce. Only where markup names it, ``nonce="..."``, another of the same length takes its
place: of what it is made of nothing means anything to a tokenizer, in whatever state it is, and no URL that has a
quotation mark and sixteen such characters in it is anybody's for what they are.
"""

import re
from collections.abc import Callable

_NONCE = re.compile(rb"([A-Za-z0-9+_-]{16,})(={0,2})")
"""As servers make them: 96 bits and more (CSP, 7.1, wants 128). A shorter one may be a word that means something; one
with a ``/``, which base64 has beside base64url, would end an attribute's name where a page's quotation marks are odd.
"""


def neutral(nonce: bytes) -> Callable[[bytes], bytes]:
    """What gives a page's bytes, or a part of them, with ``nonce`` made the same as every other of its length."""
    match = _NONCE.fullmatch(nonce)
    if match is None:
        return _unchanged
    named, same = b'nonce="%b"' % nonce, b'nonce="%b%b"' % (b"n" * len(match[1]), match[2])
    return lambda page: page.replace(named, same)


def _unchanged(page: bytes) -> bytes:
    return page
