"""Where an attribute's URL leads, read as a browser reads it (URL Standard, 4.4: the basic URL parser).

Only what decides whose a URL is: host, path and query. Pure and total: any bytes give an answer. Where the answer
hangs on something unknown here (the page's own scheme), every possible one is given, and the judge takes the strictest.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, unquote_to_bytes

_STRIPPED = bytes(range(0x21))
"""C0 control or space: cut off both ends."""
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_FETCHED = frozenset({"http", "https", "ws", "wss"})
_SLASHES = re.compile(r"[/\\]*")
_AUTHORITY_END = re.compile(r"[/\\?#]")
_IGNORED = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x180B, 0x180C, 0x180D, *range(0xFE00, 0xFE10)])
"""Code points that UTS #46 maps to nothing: ``google\N{SOFT HYPHEN}-analytics.com`` is Google's."""
_DOT = frozenset({".", "%2e"})
_DOTS = frozenset({"..", ".%2e", "%2e.", "%2e%2e"})

PLAIN_ORIGIN = re.compile(rb"(?:https?:)?//([A-Za-z0-9.-]{1,253})(?::[0-9]{1,5})?(?=/|\Z)")
"""Scheme and host, as written, that lead to the same host from every page and whatever follows."""
_WORD = rb"!\"$&-,:-<=>@A-Z\[\]^_`a-z{|}~0-9-"
"""What stands for itself in a path, but for the dot and the slash."""
_LETTER = b"[.%b]" % _WORD
_FOLDERS = b"(?>[/%b]*/(?:[%b]++[.]%b*+/(?:[/%b]*/)?)*+)" % (_WORD, _WORD, _LETTER, _WORD)
"""A path up to its last slash, without dot segments. Possessive, here and below: linear in the path."""
ODD_PATH = re.compile(_FOLDERS + _LETTER + rb"*+[^?#]")
"""Meets, from its slash on, a path that has to be read: escapes, backslashes, dot segments, what browsers drop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One place a URL may lead to."""

    host: str
    """Lower-case ASCII, no port, no trailing dot; empty: the page's own origin."""
    path: str
    """Starts with ``/``; dot segments resolved, percent-decoded."""
    query: str
    """Without ``?``, as written."""


def read_addresses(value: bytes) -> tuple[Address, ...]:
    """Every place ``value`` may lead to; empty where nothing is fetched (``data:``, ``javascript:``, no host)."""
    text = value.strip(_STRIPPED).translate(None, b"\t\n\r").decode("utf-8", "replace")
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() not in _FETCHED:
        return ()
    rest = text[scheme.end() :] if scheme else text
    slashes = len(_SLASHES.match(rest)[0])  # type: ignore[index]  # the pattern matches the empty string
    if slashes >= 2:  # special authority ignore slashes state: any number, either way round
        return _absolute(rest[slashes:])
    if not scheme:
        return (_relative(rest),)
    # "https:host/path" is relative to a page of the same scheme and absolute to any other.
    return (*_absolute(rest[slashes:]), _relative(rest))


def read_host(host: str) -> str:
    """A host as it is compared: IDNA to ASCII, lower case, no trailing dot. Never raises."""
    if not host.isascii():
        mapped = unicodedata.normalize("NFKC", host.translate(_IGNORED)).lower()
        host = ".".join(_label(label) for label in mapped.replace("\N{IDEOGRAPHIC FULL STOP}", ".").split("."))
    host = host.lower().removesuffix(".")
    return (_dotted(host) or host) if _NUMBER.search(host) else host


_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\Z")
"""The end of a host that is read as an IPv4 address (URL Standard 3.5, "ends in a number")."""


def _dotted(host: str) -> str:
    """An IPv4 address that is written in any of the old ways, as four decimal parts; nothing if it is none."""
    parts = host.split(".")
    if len(parts) > 4 or not all(map(_PART.fullmatch, parts)):
        return ""
    numbers = [_number(part) for part in parts]
    *first, last = numbers
    if any(number > 255 for number in first) or last >= 256 ** (5 - len(parts)):
        return ""
    whole = last + sum(number << (24 - 8 * place) for place, number in enumerate(first))
    return ".".join(str(whole >> shift & 255) for shift in (24, 16, 8, 0))


_PART = re.compile(r"0x[0-9a-f]{0,16}|0[0-7]{0,24}|[1-9][0-9]{0,24}")


def _number(part: str) -> int:
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8 if part.startswith("0") else 10)


def is_under(host: str, domains: frozenset[str]) -> bool:
    """Whether ``host`` is one of ``domains`` or below one (label by label: never a mere suffix)."""
    while host not in domains:
        host = host.partition(".")[2]
        if not host:
            return False
    return True


def path_pattern(entries: Iterable[str]) -> re.Pattern[bytes]:
    """What a path looks like, from its slash on, that may be meant by one of ``entries`` (see ``Service.paths``).

    It meets too much rather than too little, an odd path always: a look at a path that is cheap and never wrong.
    """
    paths = [path.encode() for path in entries]
    starts = [re.escape(path) for path in paths if path.endswith(b"/")]
    files = [path.rpartition(b"/")[2].partition(b"*") for path in paths if not path.endswith(b"/")]
    names = [re.escape(head) + (_LETTER + b"*" if star else b"") + re.escape(tail) for head, star, tail in files]
    known = rb"(?:%b)(?:[?#]|\Z)|" % b"|".join(dict.fromkeys(names)) if names else b""
    return re.compile(b"|".join([*starts, _FOLDERS + b"(?:" + known + _LETTER + b"*+[^?#])"]))


def _absolute(rest: str) -> tuple[Address, ...]:
    end = _AUTHORITY_END.search(rest)
    authority, tail = (rest[: end.start()], rest[end.start() :]) if end else (rest, "")
    host = authority.rpartition("@")[2]  # credentials end at the last "@"
    host = f"{host.partition(']')[0]}]" if host.startswith("[") else host.partition(":")[0]
    if "%" in host:
        host = unquote_to_bytes(host).decode("utf-8", "replace")
    host = read_host(host)
    if not host:
        return ()  # host-missing: the parser fails and nothing is fetched
    path, query = read_path(tail)
    return (Address(host=host, path=path, query=query),)


def _relative(rest: str) -> Address:
    path, query = read_path(rest)
    return Address(host="", path=path, query=query)


def read_path(text: str) -> tuple[str, str]:
    """Path and query of what follows a host, as in ``Address``; already without what a browser strips or drops."""
    path, _, query = text.partition("#")[0].partition("?")
    path = path.replace("\\", "/")
    if "." in path or "%" in path:
        path = _resolved(path)
    return (path if path.startswith("/") else f"/{path}"), query


def _resolved(path: str) -> str:
    """Path state: ``.`` and ``..`` are resolved, percent-encoded too; then decoded, as most servers would."""
    if "/." not in path and not path.startswith(".") and "%" not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        folded = segment.lower()
        if folded in _DOTS:
            if len(kept) > 1 or (kept and kept[0]):
                kept.pop()
        elif folded not in _DOT:
            kept.append(segment)
    if segments[-1].lower() in _DOTS | _DOT:
        kept.append("")
    return unquote("/".join(kept), errors="replace")


def _label(label: str) -> str:
    if label.isascii():
        return label
    try:
        return "xn--" + label.encode("punycode").decode("ascii")
    except UnicodeError:
        return label.encode("ascii", "replace").decode("ascii")
