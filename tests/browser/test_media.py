"""On paper, in forced colours, zoomed, beside a notch, made ahead of time: what becomes of it, as a real Chromium computes it."""

import pytest

from tests.shots.gazette import make_app

pytestmark = pytest.mark.browser

POSITIONS = ["bottom", "sheet", "left", "right", "center"]
PAPER = {"width": 794, "height": 1123}
"""A4 at 96 px an inch."""
DOCUMENTS = ["consent", "consent/policy", "consent/receipt", "consent/opt-out"]
BOX = "e => { const {left, right, top, bottom} = e.getBoundingClientRect(); return [left, right, top, bottom].map(Math.round); }"


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def chosen(page, url, action="accept"):
    page.goto(f"{url}/en")
    page.locator(f"#consent-banner [value={action}]").click()
    page.locator("#consent-banner").wait_for(state="detached")


# On paper


@pytest.mark.parametrize("position", POSITIONS)
def test_a_page_is_printed_as_if_there_were_no_banner(gazette, page, position):
    url = gazette(banner={"position": position})
    page.emulate_media(media="print")
    page.goto(f"{url}/en")
    height = "document.documentElement.getBoundingClientRect().height"
    asking = page.evaluate(height)
    assert not page.locator("#consent-banner").is_visible()
    page.emulate_media(media="screen")
    page.locator("#consent-banner [value=reject]").click()
    page.locator("#consent-banner").wait_for(state="detached")
    page.emulate_media(media="print")
    assert not page.locator("#consent-revisit").is_visible()
    assert page.evaluate(height) == asking, "room is left for what is not printed"


def test_an_open_dialog_is_not_printed_over_the_page(gazette, page):
    page.goto(f"{gazette()}/en")
    page.locator("#consent-banner button").last.click()
    page.locator("#consent-dialog[open] h1").wait_for()
    page.emulate_media(media="print")
    assert not page.locator("#consent-dialog").is_visible()
    assert page.locator("h1", has_text="ferry").is_visible()


@pytest.mark.parametrize("dark", ["auto", "always"])
def test_the_policy_prints_its_tables_whole_and_black_on_white(gazette, page, dark):
    page.set_viewport_size(PAPER)
    page.goto(f"{gazette(banner={'dark': dark})}/consent/policy")
    page.emulate_media(media="print", color_scheme="dark")
    tables = page.locator("table")
    assert tables.count() == 6
    for table in tables.all():
        assert table.evaluate(
            "e => [e, e.tHead, e.tBodies[0].rows[0]].map((one) => getComputedStyle(one).display)"
        ) == [
            "table",
            "table-header-group",
            "table-row",
        ]
        assert table.evaluate("e => [...e.rows].every((row) => getComputedStyle(row).breakInside === 'avoid')")
        left, right, *_ = table.evaluate(BOX)
        assert left >= 0
        assert right <= PAPER["width"], "cut off at the edge of the paper"
    colours = "main => [...new Set([main, ...main.querySelectorAll('*')].map((e) => getComputedStyle(e).color))]"
    assert page.locator("main").evaluate(colours) == ["rgb(0, 0, 0)"]
    grounds = "main => [...new Set([main, ...main.querySelectorAll('*')].filter((e) => e.checkVisibility()).map((e) => getComputedStyle(e).backgroundColor))]"
    assert page.locator("main").evaluate(grounds) == ["rgba(0, 0, 0, 0)"]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_what_can_only_be_pressed_is_not_printed(gazette, page, path):
    url = gazette()
    chosen(page, url)
    page.goto(f"{url}/{path}")
    assert page.locator("main :is(button, nav, .consent-button)").count()
    page.emulate_media(media="print")
    assert not any(one.is_visible() for one in page.locator("main :is(button, nav, .consent-button)").all())
    assert page.locator("h1").is_visible()


def test_a_printed_link_says_where_it_leads(gazette, page):
    page.goto(f"{gazette()}/consent/policy")
    page.emulate_media(media="print")
    link = page.locator('main a[href^="https://"]').first
    told = link.evaluate("e => getComputedStyle(e, '::after').content")
    assert link.get_attribute("href") in told.replace('" "', "")


def test_the_policy_makes_a_file_to_print(gazette, page):
    page.goto(f"{gazette()}/consent/policy")
    assert page.pdf(format="A4").startswith(b"%PDF-")


# In forced colours

EDGES = """buttons => buttons.filter((e) => e.checkVisibility()).map((e) => {
  const style = getComputedStyle(e);
  return [style.borderTopStyle, style.borderTopWidth, style.borderTopColor !== style.backgroundColor, style.color !== style.backgroundColor];
})"""
EDGE = ["solid", "1px", True, True]


def test_in_forced_colours_every_button_has_an_edge(gazette, page):
    url = gazette()
    page.emulate_media(forced_colors="active")
    page.goto(f"{url}/en")
    assert page.locator("#consent-banner button").evaluate_all(EDGES) == [EDGE] * 3
    page.locator("#consent-banner button").last.click()
    page.locator("#consent-dialog[open] h1").wait_for()
    assert page.locator("#consent-dialog .consent-actions button").evaluate_all(EDGES) == [EDGE] * 3
    page.locator("#consent-dialog [value=accept]").click()
    page.locator("#consent-banner").wait_for(state="detached")
    assert page.locator("#consent-revisit").evaluate_all(EDGES) == [EDGE]
    for path in ("receipt", "opt-out", "policy"):
        page.goto(f"{url}/consent/{path}")
        found = page.locator("main :is(button, .consent-button)").evaluate_all(EDGES)
        assert found == [EDGE] * len(found)
        assert found


def test_in_forced_colours_a_placeholder_has_edges(gazette, page):
    page.emulate_media(forced_colors="active")
    page.goto(f"{gazette()}/en/embed")
    assert page.locator("[data-consent-embed] button").evaluate_all(EDGES) == [EDGE] * 2
    assert page.locator("[data-consent-embed] > span").evaluate_all(EDGES) == [EDGE]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_forced_colours_the_focus_has_a_ring_unlike_its_ground(gazette, page, scheme):
    page.emulate_media(forced_colors="active", color_scheme=scheme)
    page.goto(f"{gazette()}/en")
    for _ in range(5):
        page.keyboard.press("Tab")
        style, ring, ground = page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.outlineColor, getComputedStyle(document.getElementById('consent-banner')).backgroundColor]; }"
        )
        assert style == "solid"
        assert ring != ground


# Motion

MOVING = """() => [document.getAnimations().length, ...[document.documentElement, ...document.querySelectorAll("[id^=consent-], [id^=consent-] *, [data-consent-embed] *, main *")].filter((e) => {
  const s = getComputedStyle(e);
  return s.animationName !== "none" || s.transitionDuration.split(", ").some((d) => parseFloat(d)) || s.scrollBehavior !== "auto";
}).map((e) => e.outerHTML.slice(0, 80))]"""


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_whatever_is_wanted(gazette, page, motion):
    """No animation, no transition and no smooth scrolling at all: nothing that a setting would have to switch off."""
    url = gazette()
    page.emulate_media(reduced_motion=motion)
    page.goto(f"{url}/en/embed")
    page.locator("#consent-banner button").last.click()
    page.locator("#consent-dialog h1").wait_for()
    assert page.evaluate(MOVING) == [0]
    for path in DOCUMENTS:
        page.goto(f"{url}/{path}")
        assert page.evaluate(MOVING) == [0]


# Where it stands


@pytest.mark.parametrize("language", ["en", "ar"])
def test_left_is_left_and_right_is_right_in_every_script(gazette, page, language):
    for position in ("left", "right"):
        page.goto(f"{gazette(banner={'position': position})}/{language}")
        left, right, *_ = page.locator("#consent-banner").evaluate(BOX)
        assert (left, 1280 - right) == ((20, 780) if position == "left" else (780, 20))


def inset(page, part, whole):
    """How far ``part`` is from the end of its line in ``whole``: right where one writes from the left, and the other way round."""
    (left, right, *_), (start, end, *_) = (page.locator(one).first.evaluate(BOX) for one in (part, whole))
    direction = page.locator(whole).first.evaluate("e => getComputedStyle(e).direction")
    return end - right if direction == "ltr" else left - start


def test_what_stands_at_a_side_stands_as_far_from_the_other_in_arabic(gazette, page):
    url, insets, edges = gazette(), {}, {}
    for language in ("en", "ar"):
        page.goto(f"{url}/{language}")
        page.locator("#consent-banner button").last.click()
        page.locator("#consent-dialog[open] h1").wait_for()
        insets[language] = inset(page, "[data-consent-close]", "#consent-preferences")
        page.locator("#consent-dialog [value=reject]").click()
        page.locator("#consent-banner").wait_for(state="detached")
        page.goto(f"{url}/consent/receipt?lang={language}")
        cell = page.locator("tbody th").first
        edges[language] = cell.evaluate("e => getComputedStyle(e).paddingInlineStart")
        page.context.clear_cookies()
    assert insets["en"] == insets["ar"]
    assert edges == {"en": "0px", "ar": "0px"}, "a table's words begin where its heading does"


@pytest.mark.parametrize("touch", [True, False])
def test_a_finger_leaves_no_button_brighter_than_its_neighbours(gazette, chromium, touch):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, is_mobile=touch, has_touch=touch)
    page = context.new_page()
    page.goto(f"{gazette()}/en")
    button = page.locator("#consent-banner [value=accept]")
    button.hover()
    assert button.evaluate("e => e.matches(':hover')")
    assert button.evaluate("e => getComputedStyle(e).filter") == ("none" if touch else "brightness(1.12)")
    context.close()


def test_two_links_stand_side_by_side_on_a_phone_where_they_fit(gazette, page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{gazette()}/uk")
    first, second = (link.evaluate(BOX) for link in page.locator("#consent-banner a").all())
    assert first[2] == second[2]
    assert page.locator("#consent-banner").evaluate("e => e.scrollWidth <= e.clientWidth")


NOTCHES = {
    "portrait": ((390, 844), {"top": 47, "bottom": 34, "left": 0, "right": 0}),
    "landscape": ((844, 390), {"top": 0, "bottom": 21, "left": 47, "right": 47}),
}


@pytest.mark.parametrize("way", NOTCHES)
@pytest.mark.parametrize("position", POSITIONS)
def test_no_word_and_no_button_stands_under_a_notch(gazette, page, position, way):
    (width, height), insets = NOTCHES[way]
    page.set_viewport_size({"width": width, "height": height})
    tools = page.context.new_cdp_session(page)
    tools.send("Emulation.setSafeAreaInsetsOverride", {"insets": insets})
    for revisit in ("button", "link"):
        page.goto(f"{gazette(banner={'position': position, 'revisit': revisit})}/en")
        page.locator("#consent-banner").evaluate("e => e.scrollTo(0, 9999)")
        for part in page.locator("#consent-banner :is(p, button)").all():
            left, right, *_ = part.evaluate(BOX)
            assert left >= insets["left"]
            assert right - 20 <= width - insets["right"]  # the links' row runs a margin wide of its last link
        for button in page.locator("#consent-banner button").all():
            _, right, _, bottom = button.evaluate(BOX)
            assert right <= width - insets["right"]
            assert bottom <= height - insets["bottom"]
        page.locator("#consent-banner [value=reject]").click()
        page.locator("#consent-banner").wait_for(state="detached")
        left, _, _, bottom = page.locator("#consent-revisit").evaluate(BOX)
        assert left >= insets["left"]
        assert bottom <= height - insets["bottom"]
        page.context.clear_cookies()


@pytest.mark.parametrize("position", POSITIONS)
def test_zoomed_to_400_percent_the_page_and_every_button_can_be_reached(gazette, page, position):
    """1280 x 1024 at 400 % (WCAG 2.2, 1.4.10 and 1.4.4): some of the page stays in sight, and the banner scrolls in itself."""
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto(f"{gazette(banner={'position': position})}/en")
    _, _, top, bottom = page.locator("#consent-banner").evaluate(BOX)
    assert top >= 40
    assert bottom <= 256
    for button in page.locator("#consent-banner button").all():
        button.scroll_into_view_if_needed()
        left, right, top, bottom = button.evaluate(BOX)
        assert left >= 0
        assert right <= 320
        assert top >= 40
        assert bottom <= 256
        assert button.evaluate("e => e.scrollWidth <= e.clientWidth"), "its words are cut off"
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    last = page.get_by_role("link", name="Read on").evaluate(BOX)
    assert last[3] <= page.locator("#consent-banner").evaluate(BOX)[2], "the page's end stays under the banner"


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
@pytest.mark.parametrize("position", POSITIONS)
def test_what_is_jumped_to_is_not_under_the_banner_nor_the_end_of_the_page(gazette, page, position, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{gazette(banner={'position': position})}/en")
    link = page.get_by_role("link", name="Read on")
    link.focus()
    _, _, top, _ = page.locator("#consent-banner").evaluate(BOX)
    assert link.evaluate(BOX)[3] <= top
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert link.evaluate(BOX)[3] <= top
    page.locator("#consent-banner [value=reject]").click()
    page.locator("#consent-banner").wait_for(state="detached")
    style = page.evaluate(
        "() => { const s = getComputedStyle(document.documentElement); return [s.scrollPaddingBottom, s.paddingBottom]; }"
    )
    assert style == ["auto", "0px"], "room is kept for what is gone"


# Search engines and pages made ahead of time


def test_no_word_of_ours_can_become_a_snippet_of_the_page(gazette, page):
    """Google reads data-nosnippet on span, div and section alone."""
    page.goto(f"{gazette()}/en/embed")
    stray = page.evaluate("""() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
      for (let node; (node = walker.nextNode()); ) {
        const ours = node.parentElement.closest("[id^=consent-], [data-consent-embed]");
        if (ours && node.data.trim() && !node.parentElement.closest("span[data-nosnippet], div[data-nosnippet], section[data-nosnippet]"))
          found.push(node.data.trim());
      }
      return found;
    }""")
    assert stray == []


def test_a_page_made_ahead_of_time_shows_what_was_chosen_meanwhile(serve, chromium, monkeypatch):
    """Speculation rules: Chromium has the next page before this one is answered, and would show its banner again."""
    monkeypatch.setenv("CONSENT_SECRET", "a key for this test, and for nothing else")
    asked = []
    rules = '<script type="speculationrules">{"prerender": [{"source": "list", "urls": ["/next"]}]}</script>'

    async def app(scope, _receive, send):
        headers = dict(scope["headers"])
        asked.append((scope["path"], headers.get(b"sec-purpose", b"")))
        body = f'<!doctype html><html lang="en"><title>t</title><h1>{scope["path"]}</h1><a href="/next">next</a>'
        body += rules if scope["path"] == "/first" else ""
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": body.encode()})

    url = serve(make_app(app))
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(f"{url}/first")
    for _ in range(100):
        if any(purpose for _, purpose in asked):
            break
        page.wait_for_timeout(50)
    assert ("/next", b"prefetch;prerender") in asked, "nothing was made ahead of time"
    assert context.cookies() == []
    page.locator("#consent-banner [value=accept]").click()
    page.locator("#consent-banner").wait_for(state="detached")
    page.get_by_role("link", name="next").click()
    page.locator("h1", has_text="/next").wait_for()
    page.wait_for_function("() => window.consent && consent.allows('analytics')")
    assert page.locator("#consent-banner").count() == 0
    context.close()
