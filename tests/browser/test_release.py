"""What the page's script does in a real Chromium, on markup held by hand."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hand_made import POLICY, TRUSTED, Site, say

pytestmark = pytest.mark.browser

HELD = 'data-consent-held="analytics/google-analytics"'


def script(text: str = "", *, attributes: str = "", label: str = HELD) -> str:
    return f'<script type="text/plain" {label} {attributes}>{text}</script>'


def accept(page: Page) -> None:
    page.get_by_role("button", name="Accept all").click()
    expect(page.locator("#consent-banner")).to_have_count(0)


def ran(page: Page, count: int) -> list[str]:
    page.wait_for_function("count => (window.ran || []).length >= count", arg=count)
    page.wait_for_timeout(150)  # whatever runs too much would have by now
    return page.evaluate("window.ran")


def test_external_and_inline_scripts_run_in_document_order(serve, browser_page):
    site = Site(
        script(attributes='src="PARTNER/slow.js?wait=0.4"')
        + script(say("inline after slow"))
        + script(attributes='src="PARTNER/fast.js"')
        + script(say("inline after fast"))
    )
    browser_page.goto(serve(site.app))
    assert site.asked == []
    accept(browser_page)
    assert ran(browser_page, 4) == ["slow.js", "inline after slow", "fast.js", "inline after fast"]
    assert site.served == 1, "nothing was reloaded"


def test_deferred_scripts_and_modules_run_last_in_order_and_async_ones_wait_for_nobody(serve, browser_page):
    site = Site(
        script(attributes='defer src="PARTNER/deferred.js?wait=0.2"')
        + script(say("module"), attributes='data-consent-type="module"')
        + script(attributes='async src="PARTNER/async.js"')
        + script(attributes='src="PARTNER/slow.js?wait=0.5"')
        + script(say("inline"))
    )
    browser_page.goto(serve(site.app))
    accept(browser_page)
    assert ran(browser_page, 5) == ["async.js", "slow.js", "inline", "deferred.js", "module"]


def test_a_script_that_fails_to_load_holds_up_nothing(serve, browser_page):
    site = Site(
        script(attributes='src="http://partner.localhost:1/gone.js"')
        + script(attributes="nomodule src=/x.js")
        + script(say("next"))
    )
    browser_page.goto(serve(site.app))
    accept(browser_page)
    assert ran(browser_page, 1) == ["next"]


def test_a_released_script_keeps_its_place_and_its_attributes(serve, browser_page):
    own = 'id="tag" crossorigin="anonymous" data-site="7" @odd="yes" data-consent="analytics" data-consent-type="text/javascript"'
    site = Site(f"<div><i></i>{script(say('here'), attributes=own)}<b></b></div>")
    browser_page.goto(serve(site.app))
    accept(browser_page)
    assert ran(browser_page, 1) == ["here"]
    tag = browser_page.locator("#tag")
    assert tag.evaluate("e => [e.previousSibling.localName, e.nextSibling.localName]") == ["i", "b"]
    assert tag.evaluate("e => Object.fromEntries([...e.attributes].map(a => [a.name, a.value]))") == {
        "id": "tag",
        "crossorigin": "anonymous",
        "data-site": "7",
        "@odd": "yes",
        "data-consent": "analytics",
        "type": "text/javascript",
    }


@pytest.mark.parametrize("policy", [POLICY, POLICY + TRUSTED], ids=["strict", "trusted types"])
def test_everything_works_under_a_strict_policy(serve, browser_page, policy):
    site = Site(
        script(say("inline"), attributes='nonce="r4nd0m"')
        + script(attributes='nonce="r4nd0m" src="PARTNER/outer.js"')
        + f'<iframe id="frame" {HELD} data-consent-src="PARTNER/frame"></iframe>',
        csp=policy,
    )
    browser_page.goto(serve(site.app))
    browser_page.get_by_role("button", name="Settings").click()
    expect(browser_page.get_by_role("dialog")).to_be_visible()
    browser_page.get_by_role("dialog").get_by_role("button", name="Accept all").click()
    assert ran(browser_page, 2) == ["inline", "outer.js"]
    expect(browser_page.frame_locator("#frame").get_by_text("frame")).to_be_visible()


def test_trusted_types_that_do_not_know_us_lead_to_a_reload(serve, browser_page):
    policy = POLICY + "; require-trusted-types-for 'script'; trusted-types 'none'"
    site = Site(script(say("held"), attributes='nonce="r4nd0m"'), csp=policy)
    browser_page.goto(serve(site.app))
    browser_page.get_by_role("button", name="Accept all").click()
    expect(browser_page.locator("#released")).to_be_visible()
    browser_page.locator("#consent-revisit").click()
    expect(browser_page.get_by_role("heading", name="Cookie settings")).to_be_visible()


def test_other_elements_are_released_in_place(serve, browser_page):
    site = Site(
        f'<img id="image" {HELD} data-consent-src="PARTNER/image.gif">'
        f'<img id="set" {HELD} data-consent-srcset="PARTNER/set.gif 1x">'
        f'<iframe id="frame" {HELD} data-consent-src="PARTNER/frame"></iframe>'
        f'<iframe id="doc" {HELD} data-consent-src="PARTNER/never" data-consent-srcdoc="<p>inner</p>"></iframe>'
        f'<video id="video" {HELD} data-consent-poster="PARTNER/poster.gif"><source {HELD} data-consent-src="PARTNER/film"></video>'
        f'<object {HELD} data-consent-data="PARTNER/object"></object><embed {HELD} data-consent-src="PARTNER/embed">'
        f'<link rel="stylesheet" {HELD} data-consent-href="PARTNER/sheet.css">'
        f'<svg><image {HELD} data-consent-xlink:href="PARTNER/linked.gif"/></svg>'
        f'<style type="text/plain" {HELD}>h1{{margin-left:7px}}</style>'
    )
    browser_page.goto(serve(site.app))
    assert site.asked == []
    accept(browser_page)
    wanted = {"image.gif", "set.gif", "frame", "poster.gif", "film", "object", "embed", "sheet.css", "linked.gif"}
    browser_page.wait_for_function("() => document.getElementById('image').naturalWidth === 1")
    expect(browser_page.frame_locator("#doc").get_by_text("inner")).to_be_visible()
    expect(browser_page.locator("h1")).to_have_css("color", "rgb(1, 2, 3)")
    expect(browser_page.locator("h1")).to_have_css("margin-left", "7px")
    browser_page.wait_for_timeout(300)
    assert set(site.asked) == wanted
    expect(browser_page.locator("[data-consent-held]")).to_have_count(0)


@pytest.mark.parametrize("attribute", ["href", "xlink:href"])
def test_the_file_of_an_svg_script_waits_and_runs_in_place(serve, browser_page, attribute):
    site = Site(f'<svg><script type="text/plain" {HELD} data-consent-{attribute}="PARTNER/drawn.js"></script></svg>')
    browser_page.goto(serve(site.app), wait_until="networkidle")
    assert site.asked == []
    accept(browser_page)
    assert ran(browser_page, 1) == ["drawn.js"]
    assert site.asked == ["drawn.js"]


def test_only_what_was_allowed_is_released(serve, browser_page):
    site = Site(
        script(say("statistics"))
        + script(say("advertising"), label='data-consent-held="advertising/meta-pixel"')
        + script(say("both"), label='data-consent-held="analytics/google-analytics advertising/meta-pixel"')
        + script(say("never"), label='data-consent-held="-/youtube"')
        + script(say("service"), label='data-consent-held="media/youtube"')
        + script(say("whole category"), label='data-consent-held="analytics"')
    )
    browser_page.goto(serve(site.app))
    browser_page.get_by_role("button", name="Settings").click()
    dialog = browser_page.get_by_role("dialog")
    assert dialog.get_by_role("checkbox", name="Analytics").first.is_checked() is False
    dialog.get_by_role("checkbox", name="Analytics", exact=True).check()
    dialog.locator("summary").last.click()
    dialog.get_by_role("checkbox", name="Allow YouTube").check()
    dialog.get_by_role("button", name="Save").click()
    assert ran(browser_page, 3) == ["statistics", "service", "whole category"]
    assert site.choices == [("json", {"action": "save", "category": ["analytics"], "service": ["youtube"]})]
    allowed = browser_page.evaluate("['necessary', 'analytics', 'media', 'youtube'].filter(consent.allows)")
    assert allowed == ["necessary", "analytics", "youtube"]


def test_document_write_leads_to_a_reload(serve, browser_page):
    site = Site(script("document.write('<p>wiped</p>')"))
    browser_page.goto(serve(site.app))
    browser_page.get_by_role("button", name="Accept all").click()
    expect(browser_page.locator("#released")).to_be_visible()
    assert site.served == 2


def test_document_write_after_a_while_leads_to_a_reload_too(serve, browser_page):
    site = Site(script(attributes='src="PARTNER/late.js"'))
    site.scripts["late.js"] = "setTimeout(() => document.write('<p>wiped</p>'), 300)"
    browser_page.goto(serve(site.app))
    accept(browser_page)
    expect(browser_page.locator("#released")).to_be_visible()
    assert site.served == 2


WAITS = """
    window.addEventListener("load", function (event) { ran.push(NAME + event.type + (this === window)); });
    addEventListener("DOMContentLoaded", () => ran.push(NAME + "DOMContentLoaded, window"));
    document.addEventListener("DOMContentLoaded", { handleEvent() {} });
    document.addEventListener("DOMContentLoaded", () => ran.push(NAME + "DOMContentLoaded"), { once: true });
    document.addEventListener("load", () => ran.push("a document has no load"));
    window.addEventListener.call(document.body, "load", () => ran.push("nor has the body"));
    ran.push(NAME + "first");
"""
EVENTS = ["first", "loadtrue", "DOMContentLoaded, window", "DOMContentLoaded"]


def test_a_released_script_that_waits_for_what_is_over_is_called_once(serve, browser_page):
    site = Site(script(WAITS.replace("NAME", "''")) + script(attributes='src="PARTNER/outer.js"'))
    site.scripts["outer.js"] = WAITS.replace("NAME", "'outer '")
    browser_page.goto(serve(site.app))
    browser_page.evaluate("window.ran = []")
    accept(browser_page)
    assert ran(browser_page, 8) == EVENTS + [f"outer {event}" for event in EVENTS]
    browser_page.evaluate("addEventListener('load', () => ran.push('not ours'))")
    assert len(ran(browser_page, 8)) == 8, "the page's own listeners wait as ever"


def test_a_released_script_waits_for_what_is_still_to_come(serve, browser_page):
    slow = '<img alt="" src="PARTNER/slow.gif?wait=1.5">'
    site = Site(script(WAITS.replace("NAME", "''")) + slow, head="<script>window.ran = []</script>")
    browser_page.goto(serve(site.app), wait_until="commit")
    accept(browser_page)
    assert browser_page.evaluate("document.readyState") == "interactive"
    assert ran(browser_page, 4) == ["first", "DOMContentLoaded, window", "DOMContentLoaded", "loadtrue"]


def test_a_script_that_throws_holds_up_nothing(serve, chromium):
    site = Site(script("throw 1") + script(attributes='src="PARTNER/bad.js"') + script(say("next")))
    site.scripts["bad.js"] = "throw 2"
    page = chromium.new_page()
    page.goto(serve(site.app))
    accept(page)
    assert ran(page, 1) == ["next"]
    page.context.close()


def test_what_an_earlier_script_took_away_does_not_run(serve, browser_page):
    site = Site(
        script("document.querySelectorAll('.gone').forEach(e => e.remove())")
        + script(say("gone"), attributes="class=gone")
        + script(attributes='defer class=gone src="PARTNER/gone.js"')
        + script(say("still there"))
    )
    browser_page.goto(serve(site.app))
    accept(browser_page)
    assert ran(browser_page, 1) == ["still there"]
    assert site.asked == []


def test_a_foreign_base_leads_nothing_astray(serve, browser_page):
    asked = []
    browser_page.on("request", lambda request: asked.append(request.url))
    site = Site(script(say("held")), head='<base href="http://elsewhere.localhost:1/deep/" target="_blank">')
    url = serve(site.app)
    browser_page.goto(url)
    browser_page.get_by_role("button", name="Settings").click()
    browser_page.get_by_role("dialog").get_by_role("button", name="Accept all").click()
    assert ran(browser_page, 1) == ["held"]
    browser_page.locator("#consent-revisit").click()
    expect(browser_page.get_by_role("dialog")).to_be_visible()
    site.broken = True  # the form goes by itself
    with browser_page.expect_navigation():
        browser_page.get_by_role("dialog").get_by_role("button", name="Withdraw consent").click()
    assert [kind for kind, _ in site.choices] == ["json", "form"]
    assert [other for other in asked if not other.startswith(url)] == []
    assert len(browser_page.context.pages) == 1


MEDDLING = """<script>
    Array.prototype.extra = function () {};
    Array.prototype.toJSON = function () { return String(this); };
    Object.prototype.also = 1;
    window.fetch = () => Promise.reject(new Error("the page's own"));
    window.AbortSignal = window.URL = window.Map = undefined;
</script>"""


def test_a_page_that_meddles_with_the_language_gets_its_choice_recorded(serve, browser_page):
    site = Site(script(say("held")), head=MEDDLING)
    browser_page.goto(serve(site.app))
    browser_page.get_by_role("button", name="Accept all").click()
    expect(browser_page.locator("#released")).to_be_visible()
    assert site.state.categories


CLOBBERING = (
    "<form id=own onsubmit='window.sent = 1; return false'>"
    "<input name=action><input name=closest><button>Send</button></form><form name=consentForm></form><img name=consent>"
)


def test_field_names_in_the_pages_own_forms_do_not_matter(serve, browser_page):
    site = Site(CLOBBERING + script(say("held")))
    browser_page.goto(serve(site.app))
    browser_page.evaluate("HTMLElement.prototype.click.call(document.getElementById('own'))")
    browser_page.locator("#own button").click()
    assert browser_page.evaluate("window.sent") == 1
    accept(browser_page)
    assert ran(browser_page, 1) == ["held"]


def test_the_head_knows_the_state_before_the_body_comes(serve, browser_page):
    site = Site(head="<script>window.early = consent.allows('analytics')</script>")
    url = serve(site.app)
    browser_page.goto(url)
    assert browser_page.evaluate("window.early") is False
    accept(browser_page)
    browser_page.goto(url)
    assert browser_page.evaluate("window.early") is True


def test_a_page_in_a_frame_asks_nothing_and_is_released_with_the_page_around_it(serve, browser_page):
    site = Site('<iframe id="inner" src="/frame"></iframe>')
    url = serve(site.app)
    browser_page.goto(url)
    inner = browser_page.frame_locator("#inner")
    expect(inner.get_by_role("heading")).to_have_text("Inner")
    expect(inner.locator("#consent-banner, #consent-revisit")).to_have_count(0)
    frame = browser_page.frames[1]
    assert frame.evaluate("[window.early, consent.allows('analytics'), window.ran]") == [False, False, None]
    accept(browser_page)
    frame.wait_for_function("() => window.ran")
    assert frame.evaluate("[consent.allows('analytics'), window.ran]") == [True, ["framed"]]
    browser_page.goto(url + "/frame")
    assert browser_page.evaluate("window.early") is True


def test_the_preferences_speak_the_banners_language(serve, browser_page):
    site = Site(lang="uk")
    browser_page.goto(serve(site.app))
    browser_page.get_by_role("button", name="Налаштувати").click()
    dialog = browser_page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", level=1)).to_have_text("Налаштування файлів cookie")
    dialog.get_by_role("button", name="Відхилити все").click()
    expect(dialog).to_have_count(0)
    assert site.spoken == "uk"


def test_a_head_that_runs_again_changes_nothing(serve, browser_page):
    """As where a script swaps pages without loading them, and takes over what is new in the head."""
    site = Site(script(say("held")))
    browser_page.goto(serve(site.app))
    browser_page.evaluate("""() => {
        const old = document.querySelector("head script"), fresh = document.createElement("script");
        for (const { name, value } of old.attributes) fresh.setAttribute(name, value);
        fresh.text = old.text;
        document.head.append(fresh);
    }""")
    accept(browser_page)
    assert ran(browser_page, 1) == ["held"]
    assert len(site.choices) == 1


def test_a_rejection_releases_nothing_and_does_not_reload(serve, browser_page):
    site = Site(script(say("no")))
    browser_page.goto(serve(site.app))
    browser_page.get_by_role("button", name="Reject all").click()
    expect(browser_page.locator("#consent-revisit")).to_be_visible()
    assert browser_page.evaluate("window.ran") is None
    assert site.choices == [("json", {"action": "reject", "category": [], "service": []})]
    assert site.served == 1


def test_where_the_script_gets_no_answer_the_form_goes_by_itself(serve, browser_page):
    site = Site(script(say("held")))
    site.broken = True
    browser_page.goto(serve(site.app))
    browser_page.get_by_role("button", name="Accept all").click()
    expect(browser_page.locator("#released")).to_be_visible()
    assert site.choices == [("form", {"action": "accept", "category": [], "service": []})]


def test_withdrawal_reloads_this_page_and_the_other_tab(serve, browser_page):
    site = Site()
    url = serve(site.app)
    browser_page.goto(url)
    accept(browser_page)
    other = browser_page.context.new_page()
    other.goto(url)
    expect(other.locator("#released")).to_be_visible()
    browser_page.locator("#consent-revisit").click()
    browser_page.get_by_role("dialog").get_by_role("button", name="Withdraw consent").click()
    expect(browser_page.get_by_role("dialog")).to_have_count(0)
    expect(other.locator("#released")).to_have_count(0)
    assert site.choices[-1][1]["action"] == "withdraw"


def test_a_choice_in_one_tab_is_released_in_the_other(serve, browser_page):
    site = Site(script(say("there")))
    url = serve(site.app)
    browser_page.goto(url)
    other = browser_page.context.new_page()
    other.goto(url)
    accept(browser_page)
    assert ran(other, 1) == ["there"]
    expect(other.locator("#consent-banner")).to_have_count(0)


@pytest.mark.parametrize("cached", ["whole", "as HTML"])
def test_going_back_shows_the_page_in_the_new_state(serve, browser_page, cached):
    site = Site(script(say("held")))
    url = serve(site.app)
    browser_page.goto(url)
    if cached == "as HTML":  # a page that holds a lock is not kept whole
        browser_page.evaluate("() => { navigator.locks.request('x', () => new Promise(() => {})) }")
    browser_page.goto(url + "/other")
    accept(browser_page)
    browser_page.go_back(wait_until="commit")
    expect(browser_page.locator("#released")).to_be_visible()


def test_escape_and_close_save_nothing_and_the_focus_returns(serve, browser_page):
    site = Site("<a id=open data-consent-open href=/consent>Cookies</a>")
    browser_page.goto(serve(site.app))
    for way in ("Escape", "close"):
        browser_page.locator("#open").focus()
        browser_page.keyboard.press("Enter")
        expect(browser_page.get_by_role("dialog")).to_be_visible()
        if way == "Escape":
            browser_page.keyboard.press("Escape")
        else:
            browser_page.get_by_role("button", name="Close without saving").click()
        expect(browser_page.get_by_role("dialog")).to_have_count(0)
        expect(browser_page.locator("#open")).to_be_focused()
    assert site.choices == []
    assert browser_page.evaluate("document.adoptedStyleSheets.length") == 0


def test_the_keyboard_alone_is_enough(serve, browser_page):
    site = Site(script(say("held")))
    browser_page.goto(serve(site.app))
    press = browser_page.keyboard.press
    names = []
    for _ in range(5):
        press("Tab")
        names.append(browser_page.evaluate("document.activeElement.textContent.trim()"))
    assert names == ["Partners and cookies", "Privacy policy", "Accept all", "Reject all", "Settings"]
    press("Enter")
    dialog = browser_page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("heading", level=1)).to_be_focused()
    dialog.get_by_role("checkbox", name="Analytics", exact=True).focus()
    press("Space")
    press("Enter")  # presses the form's first button: Save, never Accept
    assert ran(browser_page, 1) == ["held"]
    assert site.choices == [("json", {"action": "save", "category": ["analytics"], "service": []})]


def test_a_choice_is_told_to_the_page_and_to_screen_readers(serve, browser_page):
    site = Site()
    browser_page.goto(serve(site.app))
    browser_page.evaluate("document.addEventListener('consent', e => { window.told = e.detail })")
    browser_page.get_by_role("button", name="Reject all").focus()
    browser_page.keyboard.press("Enter")
    expect(browser_page.get_by_role("status")).to_have_text("Your choice has been saved.")
    expect(browser_page.locator("#consent-revisit")).to_be_focused()
    assert browser_page.evaluate("window.told") == {"categories": [], "services": []}


def test_the_page_itself_is_left_alone(serve, browser_page):
    site = Site("<form id=own onsubmit='window.sent = 1; return false'><button>Send</button></form>")
    browser_page.goto(serve(site.app))
    browser_page.locator("#own button").click()
    assert browser_page.evaluate("window.sent") == 1
    assert site.choices == []


LOOKS = """buttons => buttons.map(button => {
    const style = getComputedStyle(button), box = button.getBoundingClientRect();
    const where = /^(--.*|(perspective|transform)-origin|inset-.*|top|bottom|left|right|width|inline-size)$/;
    const look = [...style].filter(name => !where.test(name)).map(name => name + ":" + style.getPropertyValue(name));
    // A grid shares out thirds of a pixel: widths are compared to half of one.
    return { look, width: Math.round(box.width * 2), height: box.height, colours: [style.color, style.backgroundColor] };
})"""


@pytest.mark.parametrize("position", ["bottom", "sheet", "left", "right", "center"])
def test_the_three_buttons_are_equal_and_easy_to_read(serve, browser_page, position):
    rude = "<style>button{display:none;color:red}section{padding:9em}*{letter-spacing:3px}</style>"
    browser_page.goto(serve(Site(rude, position=position).app))
    for width, height in ((390, 844), (1280, 900), (320, 480)):
        for scheme in ("light", "dark"):
            browser_page.set_viewport_size({"width": width, "height": height})
            browser_page.emulate_media(color_scheme=scheme)
            looks = browser_page.locator("#consent-banner button").evaluate_all(LOOKS)
            assert len(looks) == 3
            assert looks[0] == looks[1] == looks[2]
            assert looks[0]["height"] >= 44
            assert contrast(*looks[0]["colours"]) >= 5
            assert browser_page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def contrast(*colours: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted(luminance(colour) for colour in colours)
    return (light + 0.05) / (dark + 0.05)


RUDE = """<style>
    button { display: none } section { padding: 9em } h1, p { font-size: 99px } label { color: red } * { margin: 50px }
    body#home button, body#home a { display: none; float: left } #home.site p { color: red; font-size: 7px }
</style><script>document.body.id = "home"; document.body.className = "site"</script>"""
STYLES = """form => [...form.querySelectorAll("*")].map((element, index, all) => {
    if (!index) all.forEach(other => { other.open = other.open === false || other.open; });
    const style = getComputedStyle(element), names = ["color", "font", "display", "padding", "margin", "border", "float"];
    return [element.localName, element.offsetWidth, element.offsetHeight, ...names.map(name => style[name])];
})"""


@pytest.mark.parametrize("where", ["banner", "dialog"])
def test_a_rude_page_does_not_reach_into_what_is_ours(serve, browser_page, where):
    looks = []
    for body in ("", RUDE):
        browser_page.goto(serve(Site(body).app))
        if where == "dialog":
            browser_page.locator("#consent-banner button").last.evaluate("button => button.click()")
        expect(browser_page.locator(f"#consent-{where} form")).to_be_visible()
        looks.append(browser_page.locator(f"#consent-{where}").evaluate(STYLES))
    assert looks[0] == looks[1]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dialog_looks_like_the_page_of_its_own(serve, browser_page, width, scheme):
    url = serve(Site().app)
    browser_page.set_viewport_size({"width": width, "height": 844})
    browser_page.emulate_media(color_scheme=scheme)
    browser_page.goto(url)
    browser_page.get_by_role("button", name="Settings").click()
    form = browser_page.locator("#consent-dialog form")
    expect(form).to_be_visible()
    in_dialog = form.locator("h1, section, h2, .consent-actions button").evaluate_all(PAINTS)
    assert len({button["background"] for button in in_dialog if button["name"] == "button"}) == 1
    assert all(section["border"] != "0px" for section in in_dialog if section["name"] == "section")
    assert browser_page.evaluate("document.querySelector('dialog').scrollWidth <= innerWidth")
    browser_page.goto(url + "/consent?lang=en")
    assert browser_page.locator("h1, section, h2, .consent-actions button").evaluate_all(PAINTS) == in_dialog


PAINTS = """elements => elements.map(element => {
    const { backgroundColor: background, color, fontSize, borderTopWidth: border, borderRadius } = getComputedStyle(element);
    return { name: element.localName, background, color, fontSize, border, borderRadius };
})"""


def test_nothing_moves_and_nothing_is_fetched_before_a_choice(serve, browser_page):
    site = Site(script(attributes='src="PARTNER/x.js"'))
    requests = []
    browser_page.on("request", lambda request: requests.append(request.url))
    url = serve(site.app)
    browser_page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(e => window.shift += e.value))"
        ".observe({ type: 'layout-shift', buffered: true })"
    )
    browser_page.goto(url)
    expect(browser_page.locator("#consent-banner")).to_be_visible()
    browser_page.wait_for_timeout(200)
    assert requests == [url + "/"]
    accept(browser_page)
    browser_page.wait_for_timeout(200)
    assert browser_page.evaluate("window.shift") == 0


def test_a_focused_link_is_not_covered_by_the_banner(serve, browser_page):
    site = Site()
    browser_page.goto(serve(site.app))
    browser_page.locator("#last").focus()
    covered = browser_page.evaluate(
        "document.querySelector('#last').getBoundingClientRect().bottom > document.querySelector('#consent-banner').getBoundingClientRect().top"
    )
    assert covered is False


@pytest.mark.parametrize("action", ["Accept all", "Reject all"])
def test_with_javascript_off_everything_works_by_forms(serve, chromium, action):
    site = Site()
    url = serve(site.app)
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url)
    expect(page.locator("#consent-revisit")).to_be_hidden()
    page.get_by_role("button", name=action).click()
    expect(page.locator("#consent-banner")).to_have_count(0)
    page.locator("#consent-revisit").click()
    expect(page.get_by_role("heading", name="Cookie settings")).to_be_visible()
    page.get_by_role("checkbox", name="Media").first.check()
    page.get_by_role("button", name="Save choice").click()
    assert page.url == url + "/"
    assert site.choices[-1][1]["action"] == "save"
    context.close()


def test_settings_leads_to_the_page_with_javascript_off(serve, chromium):
    site = Site()
    url = serve(site.app)
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url)
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("heading", name="Cookie settings")).to_be_visible()
    page.get_by_role("button", name="Reject all").click()
    assert site.choices == [("form", {"action": "reject", "category": [], "service": []})]
    context.close()
