"""The first layer: what goes into a page's head and body, prepared when the site starts.

Jinja2 renders here once per language and state of asking, the site's first language at start; a page that is served
gets bytes joined around the nonce.
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from html import escape

import jinja2

from consent.address import read_host
from consent.decision import Decision
from consent.html.injection import Insertion
from consent.languages import fingerprint
from consent.pages.assets import csp_hash, load_choice, load_head, load_style, to_ascii
from consent.pages.changes import WHY, Asked, news, why
from consent.pages.embeds import Embeds
from consent.pages.environment import shared_values
from consent.pages.per_language import PerLanguage
from consent.pages.theme import theme
from consent.pages.wording import Wording, wordings
from consent.settings import Settings

Key = tuple[str, bool, frozenset[str], frozenset[str], str, str, Asked | None]
_CHANGED = "@@changed@@"

_ANSWERED, _FIRST, _AGAIN = "answered", "first", "again"
REMEMBERED = 1024
"""Insertions kept, by language and decision; then it starts anew. A site's visitors make a handful of choices."""


class Banner:
    """Prepared insertions. The script and the style are the same for every visitor, so one CSP hash each will do."""

    def __init__(self, settings: Settings, environment: jinja2.Environment, embeds: Embeds) -> None:
        self._settings = settings
        self._embeds = embeds
        self._template = environment.get_template("banner.html")
        self._wordings = wordings(settings)
        self._bodies = PerLanguage(settings.site.languages, self._every)
        self.choice = load_choice()
        """The script's other part, which it fetches."""
        script = load_head(self.choice, guard=settings.holding.guard)
        style = theme(settings.banner, "#consent-banner,#consent-revisit,#consent-dialog") + load_style("banner.css")
        self.script_hashes = (csp_hash(script), csp_hash(self.choice.content))
        self.style_hashes = (csp_hash(style),)
        self._head_parts = tuple(
            part.encode("ascii") for part in ("<style", f">{style}</style><script", f">{script}</script>")
        )
        self._insertions: dict[Key, Insertion] = {}
        self.version = self._make_version()

    def asking(self, language: str) -> str:
        """The first layer in ``language``."""
        return self._bodies[language][_FIRST].decode("ascii")

    def insertion(
        self,
        *,
        language: str,
        decision: Decision,
        nonce: bytes = b"",
        since: datetime | None = None,
        before: Asked | None = None,
    ) -> Insertion:
        """The bytes for one page; ``nonce`` is the page's own, out of its Content-Security-Policy.

        ``since``, ``before``: when the visitor chose who is asked again, and what they were asked then.
        """
        # What the bytes depend on; a Decision's own hash, through its Enum, would cost more than all the rest.
        again = ("", "", None) if since is None else (decision.reason.value, since.date().isoformat(), before)
        key = (language, decision.answered, decision.categories, decision.services, *again)
        prepared = self._insertions.get(key) or self._prepare(key, decision, since, before)
        if not nonce:
            return prepared
        style, script, _ = self._head_parts
        attribute, rest = b' nonce="' + nonce + b'"', prepared.head[len(style) + len(script) :]
        return Insertion(head=b"".join((style, attribute, script, attribute, rest)), body=prepared.body)

    def _prepare(self, key: Key, decision: Decision, since: datetime | None, before: Asked | None) -> Insertion:
        bodies = self._bodies[key[0]]
        body = bodies[_ANSWERED] if decision.answered else bodies[_FIRST]
        if since is not None and decision.reason in WHY:
            told = self._changed(self._wordings[key[0]], decision, since, before)
            body = bodies[_AGAIN].replace(_CHANGED.encode(), to_ascii(escape(told)))
        body += self._embeds.form(key[0], decision)
        style, script, after = self._head_parts
        # The state stands on the script's tag, where it changes no hash.
        insertion = Insertion(head=b"".join((style, script, self._state(decision), after)), body=body)
        if len(self._insertions) >= REMEMBERED:
            self._insertions.clear()
        self._insertions[key] = insertion
        return insertion

    def _every(self, language: str) -> dict[str, bytes]:
        """The body for a visitor who has answered, for one who comes first, and for those who are asked again."""
        wording = self._wordings[language]
        return {
            _ANSWERED: self._render(wording, ask=False),
            _FIRST: self._render(wording, ask=True),
            _AGAIN: self._render(wording, ask=True, changed=_CHANGED),
        }

    def _changed(self, wording: Wording, decision: Decision, since: datetime, before: Asked | None) -> str:
        told = [why(wording, decision.reason, wording.date(since))]
        if before is not None and (new := news(wording, self._settings.policy, before)):
            told.append(new)
        return wording.sentences(*told)

    def _render(self, wording: Wording, *, ask: bool, changed: str = "") -> bytes:
        settings = self._settings
        markup = self._template.render(
            shared_values(settings, wording),
            ask=ask,
            changed=changed,
            notice=wording.notice(settings.site.name, settings.policy),
            privacy_policy=settings.site.privacy_policy,
            position=settings.banner.position,
            revisit=settings.banner.revisit,
        )
        return to_ascii(markup.replace("\n", ""))

    def _state(self, decision: Decision) -> bytes:
        """What the script knows from its first line on, as attributes of its tag: in a frame nothing else is there."""
        settings = self._settings
        asked = decision.categories & frozenset(settings.policy.asked)
        values = {
            "mount": settings.paths.mount,
            "granted": _listed(decision.categories | decision.services),
            "state": f"{_listed(asked)}/{_listed(decision.services)}" if decision.answered else "",
        }
        if settings.holding.guard:
            values["own"] = own_hosts(settings.site.domains + settings.holding.allow)
        if settings.holding.release == "reload" or settings.holding.csp == "enforce":
            values["reload"] = "yes"
        return to_ascii("".join(f' data-consent-{key}="{escape(value)}"' for key, value in values.items()))

    def _make_version(self) -> str:
        digest = hashlib.sha256(b"".join(self._head_parts))
        # Not of every body: those of most languages are not made yet. Of all that they are made of, and of one.
        settings = self._settings
        first = settings.site.languages[0]
        asked = (settings.policy.version, settings.categories, settings.texts)
        for part in (settings.site, settings.banner, settings.paths, *asked):
            digest.update(repr(part).encode())
        for body in (*self._bodies[first].values(), *map(fingerprint, settings.site.languages)):
            digest.update(body)
        return digest.hexdigest()[:10]


def _listed(names: Iterable[str]) -> str:
    return " ".join(sorted(names))


def own_hosts(hosts: Iterable[str]) -> str:
    """A regular expression of JavaScript's for ``hosts`` and what lies below them."""
    escaped = "|".join(re.escape(name).replace(r"\-", "-") for host in hosts if (name := read_host(host)))
    return rf"(^|\.)({escaped})$" if escaped else "^$"
