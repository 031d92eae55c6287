"""Styles in a real Chromium: what a held address would fetch is not fetched, the rest of the style is in force, and
after the choice it is fetched without a reload.
"""

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from consent import ConsentMiddleware, Settings

pytestmark = pytest.mark.browser

STYLES = {
    "a style's url()": "<style>#t {{ background-image: url({url}); color: rgb(1, 2, 3) }}</style>",
    "a quoted url() with escapes": "<style>#t {{ background-image: U\\72l('{url}'); color: rgb(1, 2, 3) }}</style>",
    "@import": '<style>@import "{url}"; #t {{ color: rgb(1, 2, 3) }}</style>',
    "a style attribute": '<i style="background: url(&quot;{url}&quot;); color: rgb(1, 2, 3)" id="t">x</i>',
    "an image-set()": "<i style=\"background-image: image-set('{url}' 1x); color: rgb(1, 2, 3)\" id='t'>x</i>",
    "a background": '<table background="{url}"><tr><td id="t" style="color: rgb(1, 2, 3)">x</table>',
}


@pytest.fixture(params=STYLES)
def style(request):
    return STYLES[request.param]


def site(style, monkeypatch):
    """A page with one style, and how often its partner was asked for something."""
    asked: list[str] = []

    async def home(request):
        url = f"http://partner.localhost:{request.url.port}/asked.png"
        target = "" if "id=" in style else '<p id="t">x</p>'
        return HTMLResponse(
            f"<!doctype html><html><head><title>t</title></head><body>{style.format(url=url)}{target}</body></html>"
        )

    async def partner(request):
        asked.append(request.url.path)
        return Response(b"", media_type="image/png")

    monkeypatch.setenv("CONSENT_SECRET", "a key for this test alone")
    settings = Settings.from_mapping(
        {
            "site": {"name": "The Gazette", "languages": ["en"], "services": ["partner"]},
            "services": {"partner": {"partner": "P", "category": "analytics", "hosts": ["partner.localhost"]}},
            "browsers": {"mode": "off"},
            "records": {"url": "off"},
        }
    )
    app = Starlette(routes=[Route("/", home), Route("/asked.png", partner)])
    return app, ConsentMiddleware(app, settings=settings), asked


def colour(page):
    return page.evaluate("getComputedStyle(document.getElementById('t')).color")


def test_a_style_without_the_middleware_fetches(style, serve, browser_page, monkeypatch):
    bare, _, asked = site(style, monkeypatch)
    browser_page.goto(serve(bare), wait_until="networkidle")
    assert asked == ["/asked.png"]


def test_a_held_style_fetches_nothing_and_stays_in_force(style, serve, browser_page, monkeypatch):
    _, held, asked = site(style, monkeypatch)
    browser_page.goto(serve(held), wait_until="networkidle")
    assert (asked, colour(browser_page)) == ([], "rgb(1, 2, 3)")


def test_after_the_choice_a_style_fetches_without_a_reload(style, serve, browser_page, monkeypatch):
    _, held, asked = site(style, monkeypatch)
    browser_page.goto(serve(held), wait_until="networkidle")
    browser_page.evaluate("window.same = true")
    browser_page.get_by_role("button", name="Accept all").click()
    browser_page.wait_for_load_state("networkidle")
    browser_page.wait_for_function("!document.querySelector('[data-consent-urls],[data-consent-held]')")
    browser_page.wait_for_timeout(300)
    assert (asked, browser_page.evaluate("window.same")) == (["/asked.png"], True)
