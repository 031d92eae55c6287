"""Simulated partners: one small server that answers for every partner of the demo, and counts.

A partner stands on a name of its own, ``http://SERVICE.localhost:PORT``: for a browser that is another site than
``localhost``, as a real partner would be, and it resolves to this machine alone.
"""

import json
from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c000000000100010000020144003b")
REMEMBERED = 12
"""Requests shown in the panel's log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPartner:
    """A service of the catalogue, as the demo plays it."""

    service: str
    """The key in the catalogue, and the first label of the host."""
    name: str
    category: str
    cookie: str = ""
    """What its script sets in the page, as the real one does."""


PARTNERS: tuple[SimulatedPartner, ...] = (
    SimulatedPartner(service="google-tag-manager", name="Google Tag Manager", category="analytics"),
    SimulatedPartner(service="google-analytics", name="Google Analytics", category="analytics", cookie="_ga"),
    SimulatedPartner(service="hotjar", name="Hotjar", category="analytics", cookie="_hjid"),
    SimulatedPartner(service="chartbeat", name="Chartbeat", category="analytics", cookie="_cb"),
    SimulatedPartner(service="comscore", name="Comscore", category="analytics"),
    SimulatedPartner(service="google-publisher-tag", name="Google Ad Manager", category="advertising"),
    SimulatedPartner(service="meta-pixel", name="Meta Pixel", category="advertising", cookie="_fbp"),
    SimulatedPartner(service="linkedin-insight", name="LinkedIn Insight", category="advertising"),
    SimulatedPartner(service="criteo", name="Criteo", category="advertising", cookie="cto_bundle"),
    SimulatedPartner(service="x-widgets", name="X", category="social"),
    SimulatedPartner(service="youtube", name="YouTube", category="media"),
)
BY_SERVICE = {partner.service: partner for partner in PARTNERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One request that reached a partner."""

    service: str
    target: str
    at: datetime


class Tally:
    """How many requests each partner received; it lives as long as the demo."""

    def __init__(self) -> None:
        self._arrived: Counter[tuple[str, str]] = Counter()
        self._latest: deque[Arrival] = deque(maxlen=REMEMBERED)

    def add(self, arrival: Arrival) -> None:
        self._arrived[arrival.service, arrival.target] += 1
        self._latest.append(arrival)

    def reset(self) -> None:
        self._arrived.clear()
        self._latest.clear()

    @property
    def counts(self) -> dict[str, int]:
        """Every partner, in the order of the panel, those at zero too."""
        return {partner.service: sum(self.targets(partner.service).values()) for partner in PARTNERS}

    @property
    def total(self) -> int:
        return self._arrived.total()

    @property
    def latest(self) -> tuple[Arrival, ...]:
        """Newest first."""
        return tuple(reversed(self._latest))

    def targets(self, service: str) -> dict[str, int]:
        """What was asked of one partner, and how often."""
        return {target: count for (key, target), count in self._arrived.items() if key == service}


# What a simulated script does once it runs: it reports itself as real ones do, with a pixel and a cookie, and
# writes its name where the demo shows what ran, in which order.
SCRIPT = """\
(function (partner) {
  (window.demoRan = window.demoRan || []).push(partner.service);
  if (partner.cookie) document.cookie = partner.cookie + "=demo." + Date.now() + "; path=/; max-age=86400; SameSite=Lax";
  new Image().src = partner.origin + "/collect.gif?page=" + encodeURIComponent(location.pathname);
  document.dispatchEvent(new CustomEvent("demo:ran", { detail: partner }));
  const fill = () => document.querySelectorAll('[data-demo-slot="' + partner.service + '"]').forEach((slot) => (slot.hidden = false));
  fill();
  document.addEventListener("DOMContentLoaded", fill);
})(%s);
"""

PLAYER = """\
<!doctype html><html lang="en"><meta charset="utf-8"><title>Simulated player</title>
<style>html,body{margin:0;height:100%%}body{display:grid;place-items:center;font:600 15px/1.4 system-ui,sans-serif;
background:radial-gradient(circle at 50%% 40%%,#33475b,#10161d);color:#fff;text-align:center}
svg{width:64px;height:64px;display:block;margin:0 auto 10px}</style>
<div><svg viewBox="0 0 64 64" role="img" aria-label="Play"><circle cx="32" cy="32" r="30" fill="#fff" opacity=".16"/>
<path d="M26 20v24l20-12z" fill="#fff"/></svg>%s, simulated</div>
"""

STYLE = ".share-button{background:#0f1419;color:#fff;border-color:#0f1419}\n"


def respond(partner: SimulatedPartner, path: str, origin: str) -> Response:
    """The partner's answer, by the kind of thing the path asks for."""
    if path.endswith((".js", "/js")):
        about = {"service": partner.service, "name": partner.name, "cookie": partner.cookie, "origin": origin}
        return Response(SCRIPT % json.dumps(about), media_type="text/javascript")
    if path.endswith(".css"):
        return Response(STYLE, media_type="text/css")
    if path.endswith(".html") or path.startswith("/embed/"):
        return Response(PLAYER % partner.name, media_type="text/html")
    return Response(PIXEL, media_type="image/gif")


class Partners:
    """The ASGI app behind all partners' names."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope)
        partner = BY_SERVICE.get((request.url.hostname or "").removesuffix(".localhost"))
        if partner is None:
            await Response("No such partner", status_code=404)(scope, receive, send)
            return
        target = request.url.path
        self.tally.add(Arrival(service=partner.service, target=target, at=datetime.now().astimezone()))
        response = respond(partner, target, f"http://{request.url.netloc}")
        response.headers["Cache-Control"] = "no-store"  # every use is a request, so that the count is honest
        await response(scope, receive, send)
