"""When the banner is there, and what it weighs, beside three others: ``make bench-banner``.

Every page is the same article, opened in the same Chromium under the same throttling (150 ms, 1.6 Mbit/s, a processor
four times slower), cold, served with gzip by the same server; the median of the rounds, which take turns. The others
come from the npm registry into a temporary folder, and are set up as their documents say.
"""

import argparse
import gzip
import io
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import brotli
from playwright.sync_api import Browser, sync_playwright
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from consent import ConsentMiddleware
from consent.decision import decide
from consent.pages import Pages
from tests.browser.conftest import ARGUMENTS, find_chromium
from tests.shots.gazette import PARAGRAPH, make_settings, serving

PACKAGES = {"vanilla-cookieconsent": "3.1.0", "klaro": "0.7.22", "tarteaucitronjs": "1.34.0"}
LATENCY, RATE, SLOWER = 150, 1_600_000 / 8, 4
PHONE = {"width": 390, "height": 844}
WEIGHT_GOAL = 6 * 1024
PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">{}</head><body><h1>An article</h1>{}{}</body></html>'
)
CATEGORIES = "categories:{necessary:{enabled:true,readOnly:true},analytics:{},ads:{}}"
TEXTS = (
    "title:'Your choice',description:'We use cookies to personalise content and ads, to provide social media features and to "
    "analyse traffic.',acceptAllBtn:'Accept all',acceptNecessaryBtn:'Reject all',showPreferencesBtn:'Settings'"
)
WATCH = """(selector => {
  window.seen = { at: 0, shift: 0, paint: 0 };
  new PerformanceObserver(list => { for (const entry of list.getEntries()) seen.shift += entry.value; }).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver(list => { for (const entry of list.getEntriesByName("first-contentful-paint")) seen.paint = entry.startTime; }).observe({ type: "paint", buffered: true });
  const look = now => {
    const element = document.querySelector(selector);
    const box = element && element.getBoundingClientRect();
    if (box && box.height > 20 && box.top < innerHeight && box.bottom > 0 && element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) seen.at = now;
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})(%r)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One way to show a banner."""

    name: str
    selector: str
    files: tuple[Path, ...] = ()
    """What has to be loaded before it is there."""
    head: str = ""
    tail: str = ""

    @property
    def page(self) -> str:
        return PAGE.format(self.head, PARAGRAPH * 40, self.tail)


BARE = Contender(name="no banner at all", selector="h1")
OURS = Contender(name="consent", selector="#consent-banner")


@dataclass(slots=True)
class Seen:
    """What was measured of one contender, a figure a round."""

    visible: list[float] = field(default_factory=list)
    paint: list[float] = field(default_factory=list)
    shift: list[float] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)


def main() -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.banner", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds: int = parser.parse_args().rounds
    os.environ.setdefault("CONSENT_SECRET", "a key that only measures")
    executable, npm = find_chromium(), shutil.which("npm")
    if executable is None or npm is None:
        print("NO CHROMIUM, or no npm: nothing was measured")
        return 1
    with tempfile.TemporaryDirectory(prefix="consent-bench-") as folder, sync_playwright() as playwright:
        others = contenders(fetch(npm, Path(folder)))
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        version = browser.version
        with serving(make_app(others, Path(folder))) as url:
            found = {one.name: one for one in (BARE, OURS, *others)}
            seen = measure(browser, url, found, rounds)
        browser.close()
        print(f"Chromium {version}, {rounds} rounds, load {os.getloadavg()[0]:.1f}")
        print(table(seen, {one.name: weights(one) for one in found.values()}))
    return 0


def fetch(npm: str, folder: Path) -> Mapping[str, Path]:
    """The packages, out of the registry: name to folder."""
    roots = {}
    for name, version in PACKAGES.items():
        packed = subprocess.run(
            [npm, "pack", f"{name}@{version}", "--silent"], cwd=folder, check=True, capture_output=True, text=True
        )
        with tarfile.open(folder / packed.stdout.strip().splitlines()[-1]) as archive:
            archive.extractall(folder / name, filter="data")
        roots[name] = folder / name / "package"
    return roots


def contenders(roots: Mapping[str, Path]) -> list[Contender]:
    """The others, each with what its own documents say is needed."""
    vanilla, klaro, tarte = (roots[name] for name in PACKAGES)
    return [
        Contender(
            name="vanilla-cookieconsent",
            selector="#cc-main .cm",
            files=(vanilla / "dist/cookieconsent.umd.js", vanilla / "dist/cookieconsent.css"),
            head='<link rel="stylesheet" href="/npm/vanilla-cookieconsent/package/dist/cookieconsent.css">',
            tail='<script src="/npm/vanilla-cookieconsent/package/dist/cookieconsent.umd.js"></script>'
            f"<script>CookieConsent.run({{hideFromBots:false,{CATEGORIES},language:{{default:'en',translations:{{en:{{consentModal:{{{TEXTS}}},"
            "preferencesModal:{title:'Settings',acceptAllBtn:'Accept all',savePreferencesBtn:'Save',sections:[]}}}}})</script>",
        ),
        Contender(
            name="klaro",
            selector=".klaro .cookie-notice",
            files=(klaro / "dist/klaro.js",),
            head="<script>var klaroConfig={elementID:'klaro',services:[{name:'stats',title:'Stats',purposes:['analytics']}]}</script>"
            '<script defer src="/npm/klaro/package/dist/klaro.js"></script>',
        ),
        Contender(
            name="tarteaucitron",
            selector="#tarteaucitronAlertBig",
            files=tuple(
                tarte / name
                for name in (
                    "tarteaucitron.min.js",
                    "tarteaucitron.services.min.js",
                    "css/tarteaucitron.min.css",
                    "lang/tarteaucitron.en.min.js",
                )
            ),
            head='<script src="/npm/tarteaucitronjs/package/tarteaucitron.min.js"></script>'
            "<script>tarteaucitron.init({privacyUrl:'/privacy',orientation:'bottom',showAlertSmall:false,DenyAllCta:true,"
            "AcceptAllCta:true,highPrivacy:true,useExternalCss:false,useExternalJs:false})</script>",
            tail="<script>(tarteaucitron.job=tarteaucitron.job||[]).push('youtube')</script>",
        ),
    ]


def make_app(others: list[Contender], folder: Path) -> Callable[..., object]:
    """Every contender's page, and ours, compressed by one middleware."""

    async def bare(_: object) -> HTMLResponse:
        return HTMLResponse(PAGE.format("", PARAGRAPH * 40, ""))

    def page_of(contender: Contender) -> Callable[[object], object]:
        async def page(_: object) -> HTMLResponse:
            return HTMLResponse(contender.page)

        return page

    routes = [Route(f"/page/{one.name}", page_of(one)) for one in others]
    ours = ConsentMiddleware(Starlette(routes=[Route("/{rest:path}", bare)]), settings=make_settings())
    app = Starlette(
        routes=[*routes, Route("/bare", bare), Mount("/npm", StaticFiles(directory=folder)), Mount("/", ours)]
    )
    return GZipMiddleware(app, minimum_size=200)


def measure(browser: Browser, url: str, contenders: Mapping[str, Contender], rounds: int) -> Mapping[str, Seen]:
    """Each opened once a round, so that whatever the machine does besides meets all alike."""
    seen = {name: Seen() for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            context = browser.new_context(viewport=PHONE, is_mobile=True, device_scale_factor=2)
            page = context.new_page()
            devtools = context.new_cdp_session(page)
            devtools.send("Network.enable")
            conditions = {"offline": False, "latency": LATENCY, "downloadThroughput": RATE, "uploadThroughput": RATE}
            devtools.send("Network.emulateNetworkConditions", conditions)
            devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            requests: list[str] = []
            page.on("request", lambda request, kept=requests: kept.append(request.url))
            page.add_init_script(WATCH % contender.selector)
            page.goto(f"{url}/bare" if contender is BARE else f"{url}/page/{name}")
            page.wait_for_function("seen.at && seen.paint", timeout=30_000)
            page.wait_for_timeout(500)
            told = page.evaluate("seen")
            seen[name].visible.append(told["at"])
            seen[name].paint.append(told["paint"])
            seen[name].shift.append(told["shift"])
            seen[name].requests.append(sum(not one.endswith("/favicon.ico") for one in requests) - 1)
            context.close()
    return seen


def weights(contender: Contender) -> tuple[int, int]:
    """Bytes before the click by gzip and by brotli: of the files, or of what a page grows by."""
    if contender is BARE:
        return 0, 0
    data = [path.read_bytes() for path in contender.files] or [inserted()]
    return sum(len(gzip.compress(one, 9)) for one in data), sum(len(brotli.compress(one)) for one in data)


def inserted() -> bytes:
    """Everything that is inserted into a page before the click."""
    settings = make_settings()
    decision = decide(settings.policy, None, datetime.now(UTC))
    insertion = Pages(settings).banner.insertion(language="en", decision=decision)
    return insertion.head + insertion.body


def table(seen: Mapping[str, Seen], weighed: Mapping[str, tuple[int, int]]) -> str:
    """The figures, and the goals."""
    out = io.StringIO()
    print(f"{'':24}{'visible':>9}{'paint':>8}{'shift':>8}{'requests':>10}{'gzip':>9}{'brotli':>9}", file=out)
    for name, one in seen.items():
        gzipped, brotlied = weighed[name]
        visible, paint = statistics.median(one.visible), statistics.median(one.paint)
        print(
            f"{name:24}{visible:6.0f} ms{paint:5.0f} ms{max(one.shift):8.3f}{max(one.requests):10}{gzipped:9,}{brotlied:9,}",
            file=out,
        )
    ours = seen["consent"]
    best = min(statistics.median(one.visible) for name, one in seen.items() if weighed[name][0] and name != "consent")
    lightest = min(brotlied for name, (_, brotlied) in weighed.items() if brotlied and name != "consent")
    weight = weighed["consent"][1]
    goals = {
        f"at most {WEIGHT_GOAL:,} bytes by brotli": weight <= WEIGHT_GOAL,
        "no request of its own": max(ours.requests) == 0,
        "no layout shift": max(ours.shift) == 0,
        "visible in the first paint": all(v <= p for v, p in zip(ours.visible, ours.paint, strict=True)),
        f"twice as soon as the best: {best / statistics.median(ours.visible):.1f}x": best
        >= 2 * statistics.median(ours.visible),
        f"under half of the lightest's weight: {weight / lightest:.2f}": weight < lightest / 2,
    }
    for goal, met in goals.items():
        print(f"{goal:48}{'yes' if met else 'NO'}", file=out)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
