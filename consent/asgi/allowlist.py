"""The policy of ``holding.csp``: one more Content-Security-Policy, by which a browser fetches only from where it may.

Several policies are all enforced (CSP Level 3, 8.1), so this one can only tighten what the app's own allow; it is sent
beside them, never merged into them. It lists hosts and nothing else: inline code, ``eval``, ``data:`` and ``blob:`` are
the app's policy to judge, so all of them are allowed here. One ``default-src`` governs every fetch directive.

A policy has no deny list. Allowed are the site's own hosts, ``holding.allow``, the declared services this visitor
allows, and of the places that the site's pages were seen to use those that the judge lets through.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from consent.asgi._types import Headers
from consent.asgi.places import SOCKET, Places
from consent.asgi.sources import service_sources
from consent.asgi.visit import Visit, known_host
from consent.decision import Decision
from consent.settings import Settings
from consent.settings.page_judge import make_judge

BUDGET = 3072
"""Bytes of one policy. Proxies refuse longer response heads than they have room for, by default from 4 KB on."""
REMEMBERED = 64
"""Policies kept, by decision, host and mount."""
_HEADERS = {"report": b"content-security-policy-report-only", "enforce": b"content-security-policy"}
_BEGINNING = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:"

Key = tuple[Decision, str, str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What is allowed one kind of visitor, and the policy that says so."""

    version: int
    """Of the places it was made from."""
    always: tuple[str, ...]
    """The sources that stand in every policy: the site's own, and the owner's."""
    rest: Mapping[str, None]
    """The others, the latest places first, the declared services last."""
    end: str
    policy: bytes | None
    whole: bool
    """All of it found room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowlist:
    """One per site."""

    settings: Settings
    places: Places
    left_out: Callable[[int], None]
    """Told how many places found no room."""
    _made: dict[Key, Made] = field(default_factory=dict)

    def headers(self, decision: Decision, visit: Visit, page: bytes = b"") -> Headers:
        """The policy for a visitor, as headers beside the app's own; ``page``: its text, as far as it is known."""
        reports = f"{visit.root}{self.settings.paths.mount}/violations"
        policy = self.policy(decision, host=known_host(visit.host), reports=reports, secure=visit.secure, page=page)
        if policy is None:
            return []
        headers = [(_HEADERS[self.settings.holding.csp], policy)]
        if visit.secure:  # over plain http browsers take no such endpoint, and would then report nowhere
            headers.append((b"reporting-endpoints", f'consent-violations="{reports}"'.encode("ascii")))
        return headers

    def policy(self, decision: Decision, *, host: str, reports: str, secure: bool, page: bytes = b"") -> bytes | None:
        """The policy for a visitor on ``host``; None where nothing at all is held.

        ``reports``: the path that violations are posted to. ``page``: its text, as far as it is known.
        """
        named = self.places.read(page) if page else []
        key = (decision, host, reports, secure)
        made = self._made.get(key)
        if made is None or made.version != self.places.version:
            made = self._make(*key)
            if len(self._made) >= REMEMBERED:
                self._made.clear()
            self._made[key] = made
        if made.whole or not named:
            return made.policy
        # There is no room for all that the site uses: what this very page names comes first.
        first = (place for place in named if place in made.rest)
        return _write([*made.always, *first, *made.rest], made.end)[0]

    def _make(self, decision: Decision, host: str, reports: str, secure: bool) -> Made:  # noqa: FBT001 - as in the key
        always = tuple(self._always())
        end = f"; report-uri {reports}" + ("; report-to consent-violations" if secure else "")
        if self._holds_nothing(decision):
            return Made(version=self.places.version, always=always, rest={}, end=end, policy=None, whole=True)
        judge = make_judge(self.settings, decision, origin=host)  # tells nobody: being in a policy is no use of a host
        rest = dict.fromkeys(place for place in self.places if judge.url(_as_url(place)) is None)
        for service in self.settings.policy.services:
            if decision.allows_service(service):
                rest.update(dict.fromkeys(service_sources(service, self.places.entries, decision.allows_service)))
        policy, missed = _write([*always, *rest], end)
        if missed:
            self.left_out(missed)
        return Made(version=self.places.version, always=always, rest=rest, end=end, policy=policy, whole=not missed)

    def _always(self) -> Iterator[str]:
        for own in self.settings.site.domains:
            yield from (f"{own}:*", f"*.{own}:*", f"ws://{own}:*", f"ws://*.{own}:*")  # ws: is wss: too (CSP, 6.7.2.9)
        for free in self.settings.holding.allow:
            yield from (free, f"*.{free}", f"{SOCKET}{free}", f"{SOCKET}*.{free}")

    def _holds_nothing(self, decision: Decision) -> bool:
        """Whether this visitor's pages may fetch from everywhere."""
        if self.settings.holding.unknown == "hold":
            return False
        return all(decision.allows_service(service) for service in self.settings.catalogue.services.values())


def _write(sources: Iterable[str], end: str) -> tuple[bytes, int]:
    """A policy with as many of ``sources`` as there is room for, each once, and how many were left out."""
    room = BUDGET - len(_BEGINNING) - len(end)
    taken: dict[str, None] = {}
    missed: set[str] = set()
    for source in sources:
        if source in taken:
            continue
        if len(source) >= room:
            missed.add(source)
            continue
        taken[source] = None
        room -= len(source) + 1
    return (" ".join([_BEGINNING, *taken]) + end).encode("ascii"), len(missed)


def _as_url(place: str) -> bytes:
    return b"https://" + place.removeprefix(SOCKET).encode("ascii")
