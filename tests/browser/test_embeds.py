"""A held video in a real browser: its placeholder takes its place to the pixel, asks nobody, and is let go by choice."""

import pytest

from tests.shots.gazette import make_app

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="en"><head><title>t</title><style>
body {{ margin: 20px }} .ratio {{ width: 100%; aspect-ratio: 16 / 9; border: 0 }}
.vimeo {{ padding: 56.25% 0 0; position: relative }}
</style></head><body><main><h1>Videos</h1>{}<p id="end">end</p></main></body></html>"""
FRAMES = {
    "attributes": '<p>a <iframe width="560" height="315" src="{}" title="one"></iframe></p>',
    "class": '<iframe class="ratio" src="{}" title="one"></iframe>',
    "style": '<div class="vimeo"><iframe style="position:absolute;top:0;left:0;width:100%;height:100%;border:0" src="{}" title="one"></iframe></div>',
    "percent": '<iframe width="100%" height="400" style="border:0" src="{}" title="one"></iframe>',
    "form": '<form><iframe width="400" height="300" style="border:0" src="{}" title="one"></iframe></form>',
}


class Player:
    """The partner: counts who comes."""

    def __init__(self):
        self.asked = 0

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            self.asked += 1
            headers = [(b"content-type", b"text/html")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"<!doctype html><title>p</title><p>playing"})


@pytest.fixture
def videos(serve, monkeypatch):
    """``videos(kind)``: the page's URL, and the partner that must not be asked."""
    monkeypatch.setenv("CONSENT_SECRET", "a key for this test, and for nothing else")
    player = Player()
    source = serve(player).replace("localhost", "player.localhost") + "/embed/1"
    services = {"youtube": {"hosts": ["player.localhost"]}}

    def start(kind):
        body = PAGE.format(FRAMES[kind].format(source)).encode()

        async def app(scope, receive, send):
            headers = [(b"content-type", b"text/html")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        return serve(make_app(app, services=services)), player

    return start


@pytest.mark.parametrize("kind", FRAMES)
@pytest.mark.parametrize("scripts", [True, False], ids=["js", "nojs"])
def test_always_load_puts_the_frame_exactly_where_the_placeholder_was(videos, chromium, kind, scripts):
    url, player = videos(kind)
    for width in (1280, 390):
        context = chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(url)
        player.asked = 0
        before = page.locator("[data-consent-embed]").bounding_box()
        end = page.locator("#end").bounding_box()
        assert player.asked == 0
        assert page.locator("iframe").is_hidden()
        page.locator("#consent-banner [value=reject]").click()
        page.locator("#consent-banner").wait_for(state="detached")
        page.get_by_role("button", name="Always load YouTube").click()
        page.locator("iframe").wait_for()
        assert page.frame_locator("iframe").get_by_text("playing").inner_text()
        assert page.locator("[data-consent-embed]").count() == 0
        after = page.locator("iframe").bounding_box()
        # A frame's own border comes on top of its width and height (2 px each, unless the page takes it away).
        border = 4 if kind in {"attributes", "class"} else 0
        if after["width"] <= width - 40:
            assert [abs(before[side] - after[side]) <= border for side in ("x", "y", "width", "height")] == [True] * 4
            assert abs(page.locator("#end").bounding_box()["y"] - end["y"]) <= border
        else:  # the frame would run over a narrow page: its placeholder does not
            assert before["width"] <= width - 40
        assert player.asked == 1
        page.reload()
        page.frame_locator("iframe").get_by_text("playing").wait_for()
        context.close()


def test_what_else_was_allowed_stays_allowed(videos, browser_page):
    url, _ = videos("attributes")
    page = browser_page
    page.goto(f"{url}/consent")
    page.locator("[name=category][value=analytics]").check()
    page.locator("[name=action][value=save]").click()
    page.get_by_role("button", name="Always load YouTube").click()
    page.frame_locator("iframe").get_by_text("playing").wait_for()
    assert page.evaluate("[consent.allows('analytics'), consent.allows('youtube'), consent.allows('media')]") == [
        True,
        True,
        False,
    ]


def test_load_once_lets_this_frame_go_and_keeps_nothing(videos, browser_page):
    url, player = videos("attributes")
    page = browser_page
    page.goto(url)
    page.locator("#consent-banner [value=reject]").click()
    page.locator("#consent-banner").wait_for(state="detached")
    assert player.asked == 0
    page.get_by_role("button", name="Load once").focus()
    page.keyboard.press("Enter")
    page.frame_locator("iframe").get_by_text("playing").wait_for()
    assert page.locator("[data-consent-embed]").count() == 0
    assert page.evaluate("document.activeElement.localName") == "iframe"
    page.get_by_role("status").filter(has_text="The content has been loaded.").wait_for(state="attached")
    assert page.evaluate("consent.allows('youtube')") is False
    page.reload()
    assert page.locator("[data-consent-embed]").count() == 1
    assert player.asked == 1


def test_without_a_script_there_is_no_button_that_needs_one(videos, chromium):
    url, _ = videos("attributes")
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url)
    assert page.get_by_role("button", name="Always load YouTube").is_visible()
    assert page.get_by_role("button", name="Load once").count() == 0
    assert page.get_by_role("link", name="Open at YouTube").get_attribute("rel") == "noopener noreferrer"
    context.close()


def test_a_policy_in_the_markup_stops_neither_its_look_nor_its_button(videos, browser_page, monkeypatch):
    strict = "default-src 'self'; frame-src *; style-src 'self'; script-src 'self'"
    told = f'<head><meta http-equiv="Content-Security-Policy" content="{strict}">'
    monkeypatch.setitem(globals(), "PAGE", PAGE.replace("<head>", told))
    url, player = videos("percent")
    page = browser_page
    page.goto(url)
    outer = page.locator("[data-consent-embed]")
    assert outer.evaluate("e => getComputedStyle(e).display") == "inline-grid"
    assert (outer.bounding_box()["height"], page.locator("iframe").is_hidden(), player.asked) == (400, True, 0)
    page.locator("#consent-banner [value=reject]").click()
    page.locator("#consent-banner").wait_for(state="detached")
    page.get_by_role("button", name="Always load YouTube").click()
    page.frame_locator("iframe").get_by_text("playing").wait_for()
    assert page.locator("[data-consent-embed]").count() == 0
