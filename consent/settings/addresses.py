"""Hosts, paths and URLs as an owner writes them: each parser gives the value back, or says what is wrong.

A host that is matched too widely or never is a silent leak, so these are strict: one way to write each thing.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from consent.settings.faults import Fault, shown
from consent.suffixes import is_public_suffix

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}", re.ASCII)
_PATH = re.compile(r"/[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*", re.ASCII)
_SERVICE_PATH = re.compile(r"(?:/[A-Za-z0-9\-._~!$&'()*+,;=:@%]*)*", re.ASCII)
_QUERY = re.compile(r"[A-Za-z0-9\-._~]+=[A-Za-z0-9\-._~]*", re.ASCII)
_SCHEME = re.compile(r"^(?:[A-Za-z]+:)?//")
HOST_LIMIT = 253
PATH_LIMIT = 2_000


def host(text: str) -> str | Fault:
    """A host name: lower-case ASCII, no scheme, port, path, wildcard or dot at an end."""
    if _HOST.fullmatch(text) and len(text) <= HOST_LIMIT:
        return text
    return Fault(code="consent.E020", message=f"{shown(text)} is not a host name", remedy=_host_remedy(text))


def too_wide(name: str) -> Fault | None:
    """What is wrong with a host such as ``com``, ``co.uk`` or ``github.io``: what lies under it is others'."""
    if not is_public_suffix(name):
        return None
    return Fault(
        code="consent.E021",
        message=f"{name!r} is nobody's own: anybody may register a name under it, and partners do",
        remedy='Write the whole name, like "example.org" or "cdn.example.net"',
    )


def lies_under(name: str, domains: Iterable[str]) -> bool:
    """Whether ``name`` is one of ``domains`` or below it."""
    return any(name == domain or name.endswith(f".{domain}") for domain in domains)


def service_host(text: str) -> str | Fault:
    """``host``, ``host/path`` or ``host/path?key=prefix``; ``*`` stands for one whole path segment."""
    address, mark, query = text.partition("?")
    name, slash, path = address.partition("/")
    result = host(name)
    if isinstance(result, Fault):
        bare = _SCHEME.sub("", text)
        remedy = _host_remedy(text) if bare == text or isinstance(service_host(bare), Fault) else f'Write "{bare}"'
        return Fault(code=result.code, message=f"{shown(text)} is not a host, or host and path", remedy=remedy)
    if not slash and (fault := too_wide(name)) is not None:
        return fault
    if not _SERVICE_PATH.fullmatch(slash + path) or any("*" in s and s != "*" for s in path.split("/")):
        return _bad_service_path(text, "a * stands for one whole path segment")
    if mark and not _QUERY.fullmatch(query):
        return _bad_service_path(text, "what follows the question mark is key=prefix")
    return text


def service_path(text: str) -> str | Fault:
    """The file name of a self-hosted copy, such as ``/matomo.js``."""
    if _PATH.fullmatch(text) and text.strip("/") and not text.endswith("/") and len(text) <= PATH_LIMIT:
        return text
    return Fault(
        code="consent.E022",
        message=f"{shown(text)} is not the path of a file",
        remedy='Write it like "/matomo.js"',
    )


def path_prefix(text: str) -> str | Fault:
    """Where a part of the site begins, such as ``/api/``."""
    if _PATH.fullmatch(text) and not _climbs(text) and len(text) <= PATH_LIMIT:
        return text
    return Fault(code="consent.E022", message=f"{shown(text)} is not a path", remedy='Write it like "/embed/"')


def mount_path(text: str) -> str | Fault:
    """Where the product's pages stand: below the root, no slash at the end."""
    plain = _PATH.fullmatch(text) and text.strip("/") and not text.endswith("/") and "//" not in text
    if plain and not _climbs(text) and "%" not in text and len(text) <= PATH_LIMIT:
        return text
    return Fault(
        code="consent.E024",
        message=f"{shown(text)} cannot carry the consent pages",
        remedy='Write a path of its own, beginning with / and without one at the end, like "/consent"',
    )


def policy_link(text: str) -> str | Fault:
    """The privacy policy: a path on the site, or an https URL."""
    on_site = text.startswith("/") and not text.startswith("//")
    if (on_site or _is_https(text)) and not re.search(r"[\s\x00-\x1f\x7f\\<>\"'`]", text) and text.isprintable():
        return text
    return Fault(
        code="consent.E023",
        message=f"{shown(text)} is not a link a visitor can follow",
        remedy='Write a path ("/privacy") or an https URL ("https://example.org/privacy")',
    )


def folder(text: str) -> Path | Fault:
    """A folder that is there."""
    if text and "\0" not in text and Path(text).is_dir():
        return Path(text).resolve()
    return Fault(
        code="consent.E027",
        message=f"there is no folder {shown(text)} below {Path.cwd()}" if text else "the folder has no name",
        remedy="Write the folder of your own templates, as seen from where the server is started",
    )


def records_url(text: str) -> str | Fault:
    """``sqlite:///PATH``, ``postgresql://...`` or ``off``."""
    scheme, _, rest = text.partition("://")
    if scheme in {"postgresql", "postgres"}:
        if _names_database(text):
            return text
        return Fault(  # the value is not shown: it may hold a password
            code="consent.E042",
            message="this names no PostgreSQL database",
            remedy='Write "postgresql://user:password@host/database"',
        )
    path = rest.removeprefix("/")
    if text == "off" or (scheme == "sqlite" and rest.startswith("/") and path.strip("/") and path.isprintable()):
        if path != ":memory:":
            return text
        return Fault(
            code="consent.E042",
            message="records in memory are gone with the process, and prove nothing",
            remedy='Name a file ("sqlite:///consent.db"), or keep none on purpose ("off")',
        )
    return Fault(
        code="consent.E042",
        message="this is not a place for records",  # not shown either
        remedy='Write "sqlite:///consent.db" (three slashes: below the working directory; '
        'four: an absolute path), "postgresql://user:password@host/database" or "off"',
    )


def _names_database(url: str) -> bool:
    try:
        parts = urlsplit(url)
        # A primary and those that may take its place stand side by side: "one:5432,two:5432".
        ports = [urlsplit(f"//{host}").port for host in parts.netloc.rpartition("@")[2].split(",")]
    except ValueError:
        return False
    return bool(parts.path.strip("/")) and url.isprintable() and all(port is None or port > 0 for port in ports)


def _climbs(text: str) -> bool:
    return any(part in {".", ".."} for part in text.split("/"))


def _is_https(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:  # a broken IPv6 address
        return False
    return text.startswith("https://") and bool(parts.hostname)


def _bad_service_path(text: str, why: str) -> Fault:
    return Fault(
        code="consent.E022",
        message=f"{shown(text)} is not a host and path: {why}",
        remedy='Write it like "stats.example.net/track" or "example.net/*/pixel"',
    )


def _host_remedy(text: str) -> str:
    bare = _SCHEME.sub("", text.strip().lower()).removeprefix("*.").strip("./")
    name = re.split(r"[/:?#]", bare, maxsplit=1)[0]
    try:
        name = name.encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    if _HOST.fullmatch(name) and len(name) <= HOST_LIMIT:
        return f'Write "{name}"; subdomains are included'
    return 'Write the bare name, like "example.org"; subdomains are included'
