"""Pictures of every layout, to be looked at: ``make screenshots``.

All go into build/screenshots, which git ignores; with ``--docs`` the few that the documents show go into docs/images.
"""

import argparse
import itertools
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, find_chromium
from tests.shots.gazette import make_app, serving

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "screenshots"
LANGUAGES = ("en", "uk", "ar", "ja")
POSITIONS = ("bottom", "sheet", "left", "right", "center")
VIEWS = {"desktop": (1280, 800), "phone": (390, 844)}
SCHEMES = ("light", "dark")
DOCUMENTS = {
    "bottom-en-desktop-light": "layout-bottom.jpg",
    "left-uk-desktop-dark": "layout-left-dark.jpg",
    "sheet-ar-phone-light": "layout-phone-rtl.jpg",
    "bottom-ja-phone-dark": "layout-phone-dark.jpg",
    "preferences-en-desktop-light": "preferences.jpg",
    "embed-en-desktop-light": "placeholder.jpg",
}


def main() -> int:
    """Take them all."""
    parser = argparse.ArgumentParser(prog="python -m tests.shots", description=__doc__)
    parser.add_argument("--docs", action="store_true", help="also those in docs/images")
    docs: bool = parser.parse_args().docs
    os.environ.setdefault("CONSENT_SECRET", "a key that only takes pictures")
    executable = find_chromium()
    if executable is None:
        print("NO CHROMIUM: no pictures")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        taken = 0
        for position in POSITIONS:
            with serving(make_app(banner={"position": position})) as url:
                taken += sum(1 for _ in layouts(browser, url, position, docs=docs))
        with serving(make_app()) as url:
            taken += sum(1 for _ in pages(browser, url, docs=docs))
        with tempfile.TemporaryDirectory() as folder:
            taken += sum(1 for _ in again(browser, Path(folder), docs=docs))
        browser.close()
    print(f"{taken} pictures in {FOLDER}")
    return 0


def layouts(browser: Browser, url: str, position: str, *, docs: bool) -> Iterator[None]:
    """The banner at one position, in every language, on both screens, in both schemes."""
    for language, view, scheme in itertools.product(LANGUAGES, VIEWS, SCHEMES):
        with opened(browser, view, scheme) as context:
            page = context.new_page()
            page.goto(f"{url}/{language}")
            yield take(page, f"{position}-{language}-{view}-{scheme}", docs=docs)


def pages(browser: Browser, url: str, *, docs: bool) -> Iterator[None]:
    """What else there is: the preferences, a placeholder, and the pages for reading."""
    for language, view, scheme in itertools.product(LANGUAGES, VIEWS, SCHEMES):
        with opened(browser, view, scheme) as context:
            page = context.new_page()
            page.goto(f"{url}/{language}")
            page.locator("#consent-banner button").last.click()
            page.locator("#consent-dialog[open] h1").wait_for()
            yield take(page, f"preferences-{language}-{view}-{scheme}", docs=docs)
            page.locator("#consent-dialog [value=reject]").click()
            page.locator("#consent-banner").wait_for(state="detached")
            page.goto(f"{url}/{language}/embed")
            page.locator("[data-consent-embed]").evaluate("e => e.scrollIntoView({block: 'center'})")
            yield take(page, f"embed-{language}-{view}-{scheme}", docs=docs)
            for name in ("policy", "receipt", "opt-out", "browser", "nothing"):
                page.goto(f"{url}/consent/{name}?lang={language}")
                yield take(page, f"{name}-{language}-{view}-{scheme}", docs=docs)


def again(browser: Browser, folder: Path, *, docs: bool) -> Iterator[None]:
    """The banner of who has chosen before the site took on more services."""
    records = {"url": f"sqlite:///{folder}/consent.db"}
    with (
        serving(make_app(records=records, site={"services": ["google-analytics"]})) as before,
        serving(make_app(records=records)) as now,
    ):
        for language, view in itertools.product(LANGUAGES, VIEWS):
            with opened(browser, view, "light") as context:
                page = context.new_page()
                page.goto(f"{before}/{language}")
                page.locator("#consent-banner [value=reject]").click()
                page.locator("#consent-banner").wait_for(state="detached")
                page.goto(f"{now}/{language}")
                yield take(page, f"again-{language}-{view}", docs=docs)


def opened(browser: Browser, view: str, scheme: str) -> BrowserContext:
    """A new visitor."""
    width, height = VIEWS[view]
    return browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        is_mobile=view == "phone",
        has_touch=view == "phone",
    )


def take(page: Page, name: str, *, docs: bool) -> None:
    """One picture, and where the documents show it, a small one."""
    page.wait_for_timeout(50)
    page.screenshot(path=FOLDER / f"{name}.png")
    if docs and name in DOCUMENTS:
        page.screenshot(path=ROOT / "docs" / "images" / DOCUMENTS[name], type="jpeg", quality=72)


if __name__ == "__main__":
    sys.exit(main())
