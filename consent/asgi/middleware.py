"""ConsentMiddleware: pure ASGI. Holds configuration; what belongs to one response lives in a ``Responder``."""

import asyncio
import inspect
import os
from collections.abc import Callable, Mapping
from typing import Any, cast

from consent.asgi import answers
from consent.asgi._types import ASGIApp, Message, Receive, Scope, Send
from consent.asgi.answers import Answer
from consent.asgi.consent import Consent
from consent.asgi.endpoints import Endpoints
from consent.asgi.gate import Finding, Gate
from consent.asgi.handshake import without_cookies
from consent.asgi.request import for_app
from consent.asgi.responder import Responder
from consent.asgi.server_errors import bring_in
from consent.asgi.site import Site
from consent.asgi.startup import is_within_lifespan, refuse
from consent.asgi.visit import inner_path, read_wishes
from consent.asgi.workers import confined
from consent.browsers import Verdict
from consent.cookie import ConsentCookie
from consent.errors import Problem, SettingsError
from consent.pages import Pages
from consent.records.opening import open_keeper
from consent.settings import Settings, keys_from_environment, retired_keys

OnOutdated = Callable[[Any, Verdict], object]
"""``on_outdated(scope, verdict)``: told of an outdated browser; True, or an awaitable of it, lets the browser in."""

_CLOSED = frozenset({"lifespan.shutdown.complete", "lifespan.shutdown.failed"})


class ConsentMiddleware:
    """Hold back what the visitor has not agreed to; let it through once they have.

    ``settings``: a path to the settings file, or a ``Settings``. Signing keys come from ``CONSENT_SECRET``.
    ``on_outdated``: called with the scope and the verdict before an outdated browser gets the page or the bar.
    ``debug``: ``?browser-check=preview`` shows that page; an app that is itself in debug mode has it too.
    Raises SettingsError with every mistake at once, TypeError where ``settings`` is neither. Where a framework makes
    its middleware only when the server starts it up, the startup fails with the same words.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: str | os.PathLike[str] | Settings,
        *,
        on_outdated: OnOutdated | None = None,
        debug: bool = False,
    ) -> None:
        self.app = app
        self._on_outdated = on_outdated
        self._debug = debug
        self._refused: Exception | None = None
        try:
            self._prepare(settings)
        except Exception as error:
            if not is_within_lifespan():
                raise
            self._refused = error

    def _prepare(self, settings: str | os.PathLike[str] | Settings) -> None:
        loaded, keys = _load(settings, os.environ)
        self.site = Site(
            settings=loaded,
            pages=Pages(loaded),
            cookie=ConsentCookie(keys, name=loaded.cookie.name, domain=loaded.cookie.domain),
            keeper=open_keeper(
                loaded.records.url, keys, retention=loaded.records.retention, retired=retired_keys(os.environ)
            ),
        )
        self._gate = Gate.of(self.site, keys)
        self._gate.report(self.site.now().date())
        self.site.reports.settings(loaded.warnings)
        self._endpoints = Endpoints.of(self.site, self._gate)
        self._excluded = loaded.paths.exclude
        self._confines = self.site.allowlist is not None
        self._special = (loaded.paths.mount, *self._excluded)
        """Beginnings of paths that need a closer look: one test for all others."""

    # ``Any``: frameworks type what they call us with by TypedDicts of their own (see ``ASGIApp``).
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - see above
        if scope["type"] != "http" or self._refused is not None:
            await self._not_http(scope, receive, send)
            return
        if "consent" in scope and self._stands_inside(scope):
            await self.app(scope, receive, send)
            return
        consent = Consent(scope, self.site)
        inner = dict(scope, consent=consent)
        path: str = inner_path(scope) if scope.get("root_path") else scope["path"]
        ours = path.startswith(self._special)
        if ours and path.startswith(self._excluded) and not self._endpoints.mount.owns(path):  # banners lead to our own
            consent.aside = True
            await self.app(inner, receive, send)
            return
        if ours and self._endpoints.mount.owns(path):
            await self._endpoints.answer(consent.visit, receive, send)
            return
        page, conditional = read_wishes(scope["headers"])
        if page and (found := self._looked_at(consent)) is not None:
            turned_away = found if isinstance(found, Answer) else await self._turn_away(found, consent)
            if turned_away is not None:
                await answers.send_answer(turned_away, send, head=scope["method"] == "HEAD")
                return
        asked = (page or conditional) and for_app(inner, consent, page=page, conditional=conditional)
        if self._confines and consent.visit.starts_worker:
            send = confined(send, consent)
        responder = Responder(send, consent, asked)
        try:
            await self.app(inner, receive, responder.send)
        except Exception as error:
            bring_in(error, consent)
            raise
        if responder.held is not None:
            await responder.close(responder.held)

    def _stands_inside(self, scope: Scope) -> bool:
        """Whether another one holds this answer already: two banners, and two policies in one cookie, are none."""
        outer = scope.get("consent")
        if not isinstance(outer, Consent) or outer.aside:
            return False
        self.site.reports.nested(self.site.settings.paths.mount)
        return True

    def _looked_at(self, consent: Consent) -> Finding | Answer | None:
        """What is to become of a browser that opens a page; None for nearly every one."""
        try:
            if (self._debug or self._is_debugged(consent)) and (shown := self._gate.preview(consent.visit)) is not None:
                return shown
            return self._gate.find(consent.visit)
        except Exception as error:  # noqa: BLE001 - whatever it is, a browser that is not judged is let in
            self.site.reports.failed("its browser was not looked at", error)
            return None

    def _is_debugged(self, consent: Consent) -> bool:
        """Whether the framework says so.

        Starlette and FastAPI put their app into the scope of what is added to them. Litestar, or one of these, may be
        what we stand around; of Quart it is the method ``asgi_app``.
        """
        apps = (consent.visit.scope.get("app"), self.app, getattr(self.app, "__self__", None))
        return any(getattr(app, "debug", False) is True for app in apps)

    async def _turn_away(self, found: Finding, consent: Consent) -> Answer | None:
        if self._on_outdated is not None and await self._lets_in(self._on_outdated, found, consent):
            return None
        try:
            if found.mode == "page":
                return self._gate.page(consent.visit, found.verdict)
            consent.visit.bar = self._gate.bar(consent.visit)
        except Exception as error:  # noqa: BLE001 - as above
            self.site.reports.failed("an outdated browser was let in without a word", error)
        return None

    async def _lets_in(self, hook: OnOutdated, found: Finding, consent: Consent) -> bool:
        try:
            said = hook(consent.visit.scope, found.verdict)
            return (await said if inspect.isawaitable(said) else said) is True
        except Exception as error:  # noqa: BLE001 - an owner's hook must not end an answer
            self.site.reports.hook_failed(error)
            return False

    async def _not_http(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._refused is not None:
            await refuse(self._refused, scope, receive, send)
        if scope["type"] == "websocket" and not self._stands_inside(scope):
            consent = Consent(scope, self.site)
            if self._endpoints.mount.owns(consent.visit.path):  # where the guard leads what may not connect
                await send({"type": "websocket.close"})
                return
            consent.aside = consent.visit.path.startswith(self._excluded)
            await self.app(dict(scope, consent=consent), receive, without_cookies(send, consent))
        elif scope["type"] == "lifespan":
            await self.app(scope, receive, self._closing(send))
        else:
            await self.app(scope, receive, send)  # a type of scope we don't know is not ours to judge

    def _closing(self, send: Send) -> Send:
        """``send`` that looks after the records from start to end: closed before the server hears of the shutdown."""

        async def send_and_close(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                self.site.keeper.start()
            if message["type"] in _CLOSED:
                await asyncio.to_thread(self.site.keeper.close)  # waits for what is under way
            await send(message)

        return send_and_close


def _load(
    settings: str | os.PathLike[str] | Settings, environ: Mapping[str, str]
) -> tuple[Settings, tuple[bytes, ...]]:
    """Settings and keys, or every mistake in either: an owner mends all of them in one go."""
    handed: object = settings  # the annotation is a promise, and a caller may break it
    if not isinstance(handed, Settings | str | os.PathLike):
        got = type(handed).__name__
        raise TypeError(f"settings must be a path or a Settings, not {got}; of a mapping: Settings.from_mapping(...)")
    loaded: Settings | None = None
    keys: tuple[bytes, ...] = ()
    problems: list[Problem] = []
    try:
        loaded = settings if isinstance(settings, Settings) else Settings.from_toml(settings)
    except SettingsError as error:
        problems += error.problems
    try:
        keys = keys_from_environment(environ)
    except SettingsError as error:
        problems += error.problems
    if problems:
        raise SettingsError(problems)
    return cast("Settings", loaded), keys  # no problems: it was read
