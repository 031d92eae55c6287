"""The page and the bar for outdated browsers in a Chromium that passes for one, with scripts and styles off; and in w3m."""

import os
import shutil
import subprocess

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consent import ConsentMiddleware, Settings
from consent.pages.browser import BrowserPage

pytestmark = pytest.mark.browser

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/60.0.3112.113 Safari/537.36"
ANDROID = (
    "Mozilla/5.0 (Linux; Android 9; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/60.0.3112.107 Mobile Safari/537.36"
)
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
NAMES = ["Google Chrome", "Microsoft Edge", "Mozilla Firefox", "Opera", "Safari"]


async def article(_request):
    return HTMLResponse(
        "<!doctype html><html lang=en><head><title>News</title></head><body><h1>News</h1></body></html>"
    )


class WithoutStyles:
    """An app whose pages a browser shows without any style of theirs."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        async def strict(message):
            if message["type"] == "http.response.start":
                message = {
                    **message,
                    "headers": [*message["headers"], (b"content-security-policy", b"style-src 'none'")],
                }
            await send(message)

        await self.app(scope, receive, strict)


@pytest.fixture
def site(serve, monkeypatch):
    monkeypatch.setenv("CONSENT_SECRET", "a key for this test, and for nothing else")

    def make(*, styles=True, **browsers):
        settings = Settings.from_mapping(
            {
                "site": {"name": "The Gazette", "languages": ["en", "uk"]},
                "records": {"url": "off"},
                "browsers": browsers,
            }
        )
        app = ConsentMiddleware(Starlette(routes=[Route("/{path:path}", article)]), settings=settings)
        return serve(app if styles else WithoutStyles(app))

    return make


@pytest.fixture
def visit(chromium):
    contexts = []

    def make(user_agent=WINDOWS, viewport=DESKTOP, language="en", *, scripts=False):
        context = chromium.new_context(
            user_agent=user_agent,
            viewport=viewport,
            locale=language,
            java_script_enabled=scripts,
            extra_http_headers={"sec-ch-ua": ""},  # Chromium would say who it is in truth
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    yield make
    for context in contexts:
        context.close()


def overflows(page) -> bool:
    """Whether something is wider than the window."""
    width = page.viewport_size["width"]
    boxes = [element.bounding_box() for element in page.locator("h1, p, li, a, form, input[type=submit]").all()]
    return any(box and (box["x"] < 0 or box["x"] + box["width"] > width + 1) for box in boxes)


@pytest.mark.parametrize("styles", [True, False], ids=["css", "no css"])
def test_without_scripts_and_styles_the_page_says_what_to_get_and_lets_go_on(site, visit, styles):
    page = visit()
    response = page.goto(site(styles=styles) + "/article")
    assert response.status == 406
    assert page.locator("h2").all_inner_texts() == NAMES
    assert "68.99\N{NO-BREAK SPACE}%" in page.locator("li").first.inner_text()
    links = page.get_by_role("link", name="Get ")
    assert [link.is_visible() for link in links.all()] == [True] * 5
    assert not overflows(page)
    button = page.get_by_role("button", name="Continue anyway")
    button.click()
    page.get_by_role("heading", name="News").wait_for()
    assert page.url.endswith("/article")


@pytest.mark.parametrize("language", ["en", "uk"])
@pytest.mark.parametrize(("user_agent", "viewport"), [(WINDOWS, DESKTOP), (ANDROID, PHONE), (WINDOWS, PHONE)])
def test_nothing_is_wider_than_the_window(site, visit, language, user_agent, viewport):
    page = visit(user_agent, viewport, language)
    page.goto(site())
    assert page.locator("html").get_attribute("lang") == language
    assert not overflows(page)


def test_the_page_asks_for_nothing_else(site, visit):
    page = visit()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    url = site()
    page.goto(url + "/", wait_until="networkidle")
    assert [one for one in asked if not one.endswith("/favicon.ico")] == [url + "/"]


def test_everything_can_be_reached_by_keyboard_in_the_order_it_is_read(site, visit):
    page = visit(scripts=True)
    page.goto(site())
    met = []
    for _ in range(7):
        page.keyboard.press("Tab")
        met.append(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.value"))
    assert met == [*(f"Get {name}" for name in NAMES), "Continue anyway", "caniuse.com, CC BY 4.0"]


def test_the_bar_stands_on_the_sites_page_and_can_be_hidden(site, visit):
    page = visit()
    url = site(mode="notice") + "/article"
    page.goto(url)
    assert page.get_by_role("heading", name="News").is_visible()
    bar = page.locator("#consent-outdated")
    assert bar.is_visible()
    assert bar.bounding_box()["y"] < page.locator("h1").bounding_box()["y"]
    bar.get_by_role("link").click()
    page.get_by_role("heading", name="Your browser is out of date").wait_for()
    page.goto(url)
    page.get_by_role("button", name="Hide for 30 days").click()
    page.locator("#consent-outdated").wait_for(state="hidden")
    assert page.url.endswith("/article")


def test_the_bar_is_readable_on_a_dark_page_under_a_strict_policy(serve, visit):
    settings = Settings.from_mapping({"site": {"name": "The Gazette"}})

    async def dark(_request):
        bar = BrowserPage(settings).bar("en", return_to="/").decode()
        head = "<!doctype html><title>x</title><style nonce=a>body{background:#000;color:#fff}a{color:#9cf}</style>"
        return HTMLResponse(head + bar, headers={"content-security-policy": "default-src 'none'; style-src 'nonce-a'"})

    page = visit(scripts=True)
    problems = []
    page.on("console", lambda message: problems.append(message.text))
    page.goto(serve(Starlette(routes=[Route("/", dark)])))
    colour = "element => getComputedStyle(element).%s"
    assert page.locator("#consent-outdated b").evaluate(colour % "color") == "rgb(28, 28, 28)"
    assert page.locator("#consent-outdated a font").evaluate(colour % "color") == "rgb(8, 66, 152)"
    assert page.locator("#consent-outdated td").evaluate(colour % "backgroundColor") == "rgb(255, 243, 205)"
    assert [text for text in problems if "Security" in text] == []


@pytest.mark.skipif(shutil.which("w3m") is None, reason="NO w3m: apt-get install w3m")
@pytest.mark.parametrize(
    ("language", "heading", "share"),
    [("en", "Your browser is out of date", "68.99"), ("uk", "Ваш браузер застарів", "68,99")],
)
def test_a_browser_of_text_shows_it_in_order(site, tmp_path, language, heading, share):
    url = site()
    header = f"User-Agent: {WINDOWS}"
    command = [shutil.which("w3m"), "-dump", "-cols", "80", "-O", "UTF-8", "-header", header]
    command += ["-header", f"Accept-Language: {language}", "-header", "Accept: text/html", url]
    env = {**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    shown = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True, env=env).stdout
    places = [shown.index(text) for text in ("The Gazette", heading, share, *NAMES, "caniuse.com")]
    assert places == sorted(places)
