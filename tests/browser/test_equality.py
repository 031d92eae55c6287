"""Refusing is as easy as accepting, measured as a regulator would: in the rendered page, not in the markup.

CNIL 2020-092, 34 (same size, font, emphasis); EDPB Cookie Banner Taskforce, 8 and 18; GDPR Art. 7(3) for withdrawing.
"""

import itertools

import pytest

pytestmark = pytest.mark.browser

MEASURED = """button => {
  const style = getComputedStyle(button), box = button.getBoundingClientRect();
  const names = ["color", "backgroundColor", "fontFamily", "fontSize", "fontWeight", "fontStyle", "textTransform", "borderTopWidth",
                 "borderTopStyle", "borderTopColor", "borderTopLeftRadius", "opacity", "textDecorationLine", "boxShadow", "cursor", "display",
                 "paddingTop", "paddingLeft", "visibility", "filter"];
  return {tag: button.localName, type: button.type, parent: button.parentElement.localName, disabled: button.disabled,
          width: Math.round(box.width), height: Math.round(box.height),
          style: Object.fromEntries(names.map(name => [name, style[name]]))};
}"""
COLOURS = """button => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d");
  const rgb = colour => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const style = getComputedStyle(button);
  return [rgb(style.color), rgb(style.backgroundColor)];
}"""
VIEWS = [(1280, 800), (390, 844), (320, 640)]


def luminance(colour):
    channels = [value / 255 for value in colour[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrasts(buttons):
    for text, ground in buttons.evaluate_all(f"buttons => buttons.map({COLOURS})"):
        assert ground[3] == 255, "a button without a ground of its own"
        low, high = sorted((luminance(text), luminance(ground)))
        yield (high + 0.05) / (low + 0.05)


@pytest.fixture
def visit(chromium):
    contexts = []

    def open_page(url, *, size=(1280, 800), **options):
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("position", ["bottom", "sheet", "left", "right", "center"])
def test_accept_and_reject_are_measured_alike(gazette, visit, position):
    url = gazette(banner={"position": position})
    page = visit(f"{url}/en")
    for language, scheme in itertools.product(("en", "uk"), ("light", "dark")):
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{url}/{language}")
        for width, height in VIEWS:
            page.set_viewport_size({"width": width, "height": height})
            buttons = page.locator("#consent-banner button")
            first, *others = buttons.evaluate_all(f"buttons => buttons.map({MEASURED})")
            assert len(others) == 2
            for other in others:
                assert {**other, "type": first["type"]} == first
            assert first["height"] >= 44
            assert first["width"] >= 44
            assert min(contrasts(buttons)) >= 5
            assert all(button.is_visible() for button in buttons.all())


def test_every_button_of_the_preferences_can_be_read_and_hit(gazette, visit):
    url = gazette()
    for scheme in ("light", "dark"):
        page = visit(f"{url}/en", color_scheme=scheme)
        page.locator("#consent-banner button").last.click()
        buttons = page.locator("#consent-dialog .consent-actions button")
        buttons.first.wait_for()
        first, *others = [button.evaluate(MEASURED) for button in buttons.all()]
        for other in others:
            assert {**other, "width": first["width"]} == first
            assert abs(other["width"] - first["width"]) <= 1
        assert first["height"] >= 44
        assert min(contrasts(buttons)) >= 5


@pytest.mark.parametrize("action", ["accept", "reject"])
@pytest.mark.parametrize("scripts", [True, False], ids=["js", "nojs"])
def test_one_click_on_the_first_layer_decides(gazette, visit, action, scripts):
    page = visit(f"{gazette()}/en", java_script_enabled=scripts)
    page.locator(f"#consent-banner [value={action}]").click()
    page.locator("#consent-banner").wait_for(state="detached")
    page.reload()
    assert page.locator("#consent-banner").count() == 0


@pytest.mark.parametrize("scripts", [True, False], ids=["js", "nojs"])
def test_withdrawing_takes_no_more_clicks_than_granting_by_the_same_layer(gazette, visit, scripts):
    """Granting: Settings, Save or Accept. Withdrawing: the control on every page, Withdraw."""
    page = visit(f"{gazette()}/en", java_script_enabled=scripts)
    page.locator("#consent-banner button").last.click()
    page.locator("#consent-preferences [value=accept]").click()
    page.locator("#consent-revisit").click()
    page.locator("#consent-preferences [value=withdraw]").click()
    page.wait_for_url(lambda url: url.endswith("/en"))
    page.locator("#consent-revisit").click()
    page.locator("#consent-preferences", has_text="You refused everything").wait_for()


def test_escape_close_scrolling_and_navigation_grant_nothing(gazette, visit):
    url = gazette()
    page = visit(f"{url}/en")
    page.keyboard.press("Escape")
    page.mouse.wheel(0, 3000)
    page.mouse.click(640, 100)
    page.locator("#consent-banner button").last.click()
    page.locator("#consent-dialog [data-consent-close]").click()
    page.locator("#consent-banner button").last.click()
    page.locator("#consent-dialog h1").wait_for()
    page.keyboard.press("Escape")
    page.locator("#consent-dialog").wait_for(state="detached")
    page.goto(f"{url}/uk")
    assert page.locator("#consent-banner").count() == 1
    assert page.context.cookies() == []
