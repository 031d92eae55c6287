"""Fetches public data about browsers, one document after the other, and puts a new facts file in place of the old.

Nothing is believed of a server: https alone (plain http of this machine only), no redirect, ten seconds and a megabyte
a document, no coding that could unpack into more. Either all of it fits or nothing changes.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from consent.browsers.facts_file import bundled_browser_text, parse_browser_facts
from consent.browsers.sources import DOCUMENTS, Document, compose, known_tags, with_tags
from consent.errors import CatalogueError

SECONDS = 10.0
MOST = 1_000_000
"""Bytes of one document; the largest has a fifth of it."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
Told = Callable[[int, Document, str], None]
"""Hears of each document: how many there were before it, which, and what came."""


class FetchError(Exception):
    """A document was not to be had; the message says which, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a server said."""

    body: bytes | None
    """None: nothing new (304)."""
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What came of it."""

    previous: str
    text: str


def refresh(path: Path, today: date, *, mirror: str = "", told: Told = lambda *_: None) -> Refreshed:
    """Bring the facts file at ``path`` up to date; the one before is kept beside it as ``.previous``.

    ``mirror``: a folder on the Web that holds the documents under their own names, in place of their makers' servers.
    Raises FetchError, ImplausibleError, OSError; the file is then as it was.
    """
    previous = read_previous(path)
    tags = known_tags(previous)
    urls = {document.key: _url(document, mirror) for document in DOCUMENTS}
    answers = asyncio.run(_fetch_all(urls, tags, told))
    bodies = {key: answer.body for key, answer in answers.items() if answer.body is not None}
    text = with_tags(compose(previous, bodies, today), {urls[key]: answer.tag for key, answer in answers.items()})
    replace(path, text)
    return Refreshed(previous=previous, text=text)


def read_previous(path: Path) -> str:
    """The facts file at ``path``; the bundled one where there is none, or none that can be read, or an older one."""
    bundled = bundled_browser_text()
    try:
        text = path.read_text("utf-8")
        known = parse_browser_facts(text)
    except (OSError, ValueError, CatalogueError):
        return bundled
    return text if known.as_of >= parse_browser_facts(bundled).as_of else bundled


def replace(path: Path, text: str) -> None:
    """Put ``text`` at ``path`` in one step, so that no reader ever meets half of it."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        if path.exists():
            shutil.copy2(path, path.with_name(f"{path.name}.previous"))
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise


def _url(document: Document, mirror: str) -> str:
    url = f"{mirror.rstrip('/')}/{document.file}" if mirror else document.url
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)):
        raise FetchError(f"{url}: only https is asked, and http of this machine alone")
    return url


async def _fetch_all(urls: Mapping[str, str], tags: Mapping[str, str], told: Told) -> dict[str, Fetched]:
    """Every document; those that fail are told of all at once."""
    answers: dict[str, Fetched] = {}
    failed: list[str] = []
    headers = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "asgi-consent"}
    # A proxy of the environment is for the world outside: this machine is asked directly.
    outside = not any(urlsplit(url).hostname in LOOPBACK for url in urls.values())
    async with httpx.AsyncClient(timeout=SECONDS, follow_redirects=False, headers=headers, trust_env=outside) as client:
        for count, document in enumerate(DOCUMENTS):
            url = urls[document.key]
            try:
                async with asyncio.timeout(SECONDS):  # httpx counts each wait by itself: a server may drip for ever
                    answers[document.key] = await _fetch(client, url, tags.get(url, ""))
            except (FetchError, httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
                failed.append(f"{url}: {_why(error)}")
                told(count, document, "failed")
                continue
            body = answers[document.key].body
            told(count, document, "unchanged" if body is None else f"{len(body) / 1024:.0f} KB")
    if failed:
        raise FetchError("\n".join(failed))
    return answers


async def _fetch(client: httpx.AsyncClient, url: str, tag: str) -> Fetched:
    async with client.stream("GET", url, headers={"if-none-match": tag} if tag else {}) as response:
        if response.status_code == HTTPStatus.NOT_MODIFIED and tag:
            return Fetched(body=None, tag=tag)
        if response.status_code != HTTPStatus.OK:
            where = " to another place, which is not followed" if response.has_redirect_location else ""
            raise FetchError(f"it answered {response.status_code}{where}")
        if response.headers.get("content-encoding", "identity") != "identity":
            raise FetchError("it came encoded, unasked")
        body = b""
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MOST:
                raise FetchError(f"it is longer than {MOST} bytes")
        return Fetched(body=body, tag=response.headers.get("etag", ""))


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return f"it took longer than {SECONDS:.0f} seconds"
    return str(error) or type(error).__name__
