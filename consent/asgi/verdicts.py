"""``POST`` below the mount, ``/verdicts``: what the guard in a page asks about hosts that it has not met before.

The answer says for each URL which part of it decides, and the label it is held under whatever anybody has chosen: the
page knows what its visitor allows. So an answer is the same for everybody, and the page keeps it while its tab is open.
POST, so that the URLs, which belong to the visitor, stand in no server's access log; nothing is changed.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from consent.address import read_addresses
from consent.asgi import answers
from consent.asgi._types import Receive
from consent.asgi.answers import Answer
from consent.asgi.forms import Unreadable, read_body
from consent.asgi.origin import refusal
from consent.asgi.site import Site
from consent.asgi.throttle import Allowance
from consent.asgi.visit import Visit
from consent.judge import Extent, Met, PageJudge, extent, odd_paths
from consent.settings.page_judge import make_judge

URLS = 64
"""URLs answered at once; a page that starts more asks again."""
LONGEST = 4096
"""Characters of a URL; longer ones are not answered, and so stay held."""
JUDGES = 16
"""Hosts of the site that a judge is kept for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """One per middleware."""

    site: Site
    allowance: Allowance = field(default_factory=Allowance)
    """How often an answer may add to the log: what is asked, anybody can make up."""
    _judges: dict[str, PageJudge] = field(default_factory=dict)

    async def give(self, visit: Visit, receive: Receive) -> Answer:
        """Answer for the URLs in the body."""
        if refusal(visit) is not None:
            return answers.plain(HTTPStatus.FORBIDDEN, "cross-site", visit)
        body = await read_body(receive)
        if isinstance(body, Unreadable):
            return answers.unreadable(body, visit)
        urls = parse_urls(body)
        if urls is None:
            return answers.plain(HTTPStatus.BAD_REQUEST, "malformed", visit)
        judge = self._judge(visit.host)
        known = dict(verdict for url in urls if (verdict := self._verdict(url, judge)))
        return answers.json_answer(HTTPStatus.OK, {"known": known, "odd": odd_paths(self.site.catalogue).pattern})

    def _verdict(self, url: str, judge: PageJudge) -> tuple[str, str] | None:
        """The part of ``url`` that decides, and its label: empty where it is free."""
        address = next(iter(read_addresses(f"https://{url}".encode("utf-8", "replace"))), None)
        if address is None or not address.host:
            return None
        found = extent(self.site.catalogue, address.host, address.path)
        part = url if found is Extent.QUERY else url.partition("?")[0]
        part = url.partition("/")[0] if found is Extent.HOST else part
        label = judge.url(f"https://{part}".encode("utf-8", "replace"))
        return part, (label or b"").decode("ascii", "replace")

    def _judge(self, host: str) -> PageJudge:
        """The judge of a visitor who has allowed nothing."""
        if (known := self._judges.get(host)) is not None:
            return known
        if len(self._judges) >= JUDGES:
            self._judges.clear()
        judge = self._judges[host] = make_judge(self.site.settings, self.site.decide(None), origin=host, met=self._met)
        return judge

    def _met(self, kind: Met, name: str) -> None:
        if self.allowance.take("", self.site.now().timestamp()):
            self.site.holders.met(kind, name)


def parse_urls(body: bytes) -> tuple[str, ...] | None:
    """The URLs asked for, each from its host on; None where ``body`` is no question."""
    try:
        content: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    urls = content.get("urls") if isinstance(content, Mapping) else None
    if not isinstance(urls, list):
        return None
    return tuple(_short(urls))


def _short(urls: list[object]) -> Iterator[str]:
    for url in urls[:URLS]:
        if isinstance(url, str) and len(url) <= LONGEST:
            yield url
