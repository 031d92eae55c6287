"""The same in Firefox (Gecko), with JavaScript and without: choosing, settings, withdrawing, keyboard, placeholder."""

import json

import pytest

from tests.browser.firefox import Firefox, find_firefox
from tests.shots.gazette import make_app

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=[True, False], ids=["js", "nojs"])
def firefox(request):
    """One Firefox for all tests here, and one more without JavaScript."""
    executable = find_firefox()
    if executable is None:
        pytest.skip("NO FIREFOX: set CONSENT_FIREFOX, or apt-get install firefox-esr")
    opened = Firefox(executable, **({} if request.param else {"javascript.enabled": False}))
    opened.scripts = request.param
    yield opened
    opened.close()


@pytest.fixture
def gazette(serve, monkeypatch, firefox):
    monkeypatch.setenv("CONSENT_SECRET", "a key for this test, and for nothing else")
    firefox.forget()
    firefox.resize(1280, 800)
    return serve(make_app())


def open_settings(firefox, opener):
    firefox.click(opener)
    firefox.wait("#consent-dialog[open] h1" if firefox.scripts else "body > #consent-preferences")


@pytest.mark.parametrize("action", ["accept", "reject"])
def test_one_click_decides_and_is_kept(firefox, gazette, action):
    firefox.goto(f"{gazette}/en")
    firefox.click(f"#consent-banner [value={action}]")
    firefox.wait("#consent-banner", gone=True)
    assert firefox.cookies() == ["consent"]
    firefox.goto(f"{gazette}/uk")
    assert firefox.count("#consent-banner") == 0
    assert firefox.count("#consent-revisit:not([hidden])") == 1


def test_one_category_is_saved_and_withdrawn(firefox, gazette):
    firefox.goto(f"{gazette}/en")
    open_settings(firefox, "#consent-banner button:last-of-type")
    firefox.click("#consent-preferences [value=analytics]")
    firefox.click("#consent-preferences [value=save]")
    firefox.wait("#consent-banner, #consent-preferences", gone=True)
    open_settings(firefox, "#consent-revisit")
    assert firefox.count("[name=category]:checked") == 2  # necessary, too
    assert firefox.count("[value=analytics]:checked") == 1
    firefox.click("#consent-preferences [value=withdraw]")
    firefox.wait("#consent-preferences", gone=True)
    open_settings(firefox, "#consent-revisit")
    assert firefox.count("[name=category]:checked") == 1


def test_escape_and_leaving_grant_nothing(firefox, gazette):
    firefox.goto(f"{gazette}/en")
    firefox.press("Escape")
    if firefox.scripts:
        open_settings(firefox, "#consent-banner button:last-of-type")
        firefox.press("Escape")
        firefox.wait("#consent-dialog", gone=True)
    firefox.goto(f"{gazette}/uk")
    assert firefox.count("#consent-banner") == 1
    assert firefox.cookies() == []


def test_the_keyboard_meets_the_banner_first(firefox, gazette):
    firefox.goto(f"{gazette}/en")
    for expected in ('a[href^="/consent"]', 'a[href="/privacy"]', "[value=accept]", "[value=reject]"):
        firefox.press("Tab")
        assert firefox.ask(
            f"document.activeElement.matches({json.dumps(f'#consent-banner {expected}:focus-visible')})"
        ), expected


def tab_to(firefox, selector, presses=40):
    """Press Tab until the element is in focus; every stop of ours on the way shows its ring."""
    firefox.activate()
    for _ in range(presses):
        firefox.press("Tab")
        there, ours, ring = firefox.ask(
            f"(e => [e.matches({json.dumps(selector)}), !!e.closest('[id^=consent-], [data-consent-embed]'), "
            "e.matches(':focus-visible') && getComputedStyle(e).outlineStyle])(document.activeElement)"
        )
        assert ring == "solid" or not ours
        if there:
            return
    pytest.fail(f"Tab does not get to {selector}")


@pytest.mark.parametrize("key", ["Enter", "Space"])
@pytest.mark.parametrize("action", ["accept", "reject"])
def test_the_keyboard_decides_on_the_first_layer(firefox, gazette, action, key):
    firefox.goto(f"{gazette}/en")
    tab_to(firefox, f"#consent-banner [value={action}]")
    firefox.press(key)
    firefox.wait("#consent-banner", gone=True)
    assert firefox.cookies() == ["consent"]
    firefox.goto(f"{gazette}/consent")
    assert firefox.count("[name=category]:checked") == (6 if action == "accept" else 1)


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_keyboard_opens_the_settings_ticks_saves_and_withdraws(firefox, gazette, key):
    settings = "#consent-dialog[open] h1" if firefox.scripts else "body > #consent-preferences"
    firefox.goto(f"{gazette}/en")
    tab_to(firefox, "#consent-banner button:last-of-type")
    firefox.press(key)
    firefox.wait(settings)
    tab_to(firefox, "[value=analytics]")
    firefox.press("Space")
    assert firefox.count("[value=analytics]:checked") == 1
    tab_to(firefox, "#consent-preferences [value=save]")
    firefox.press(key)
    firefox.wait("#consent-banner, #consent-preferences", gone=True)
    tab_to(firefox, "#consent-revisit")
    firefox.press("Enter")  # a link: Space scrolls
    firefox.wait(settings)
    assert firefox.count("[name=category]:checked") == 2
    tab_to(firefox, "#consent-preferences [value=withdraw]")
    firefox.press(key)
    firefox.wait("#consent-preferences", gone=True)
    firefox.goto(f"{gazette}/consent")
    assert firefox.count("[name=category]:checked") == 1


def test_the_dialog_takes_the_focus_and_gives_it_back(firefox, gazette):
    if not firefox.scripts:
        pytest.skip("without scripts the settings are a page of their own")
    firefox.goto(f"{gazette}/en")
    tab_to(firefox, "#consent-banner button:last-of-type")
    firefox.press("Enter")
    firefox.wait("#consent-dialog[open] h1")
    assert firefox.ask("document.activeElement.id") == "consent-preferences-title"
    for _ in range(30):
        firefox.press("Tab")
        assert firefox.ask(
            "document.activeElement === document.body || !!document.activeElement.closest('#consent-dialog')"
        )
    firefox.press("Escape")
    firefox.wait("#consent-dialog", gone=True)
    assert firefox.ask("document.activeElement.textContent") == "Settings"
    assert firefox.cookies() == []


def test_the_keyboard_loads_a_held_video(firefox, gazette):
    firefox.goto(f"{gazette}/en/embed")
    tab_to(firefox, "#consent-banner [value=reject]")
    firefox.press("Enter")
    firefox.wait("#consent-banner", gone=True)
    tab_to(firefox, "[data-consent-embed] button[name=service]")
    firefox.press("Space")
    firefox.wait("[data-consent-embed]", gone=True)
    assert firefox.count("iframe[src]") == 1
    if firefox.scripts:
        assert firefox.ask("document.activeElement.localName") == "iframe"


def test_a_held_video_has_its_placeholder_and_comes_back_when_it_is_allowed(firefox, gazette):
    firefox.goto(f"{gazette}/en/embed")
    firefox.click("#consent-banner [value=reject]")
    firefox.wait("#consent-banner", gone=True)
    assert firefox.count("[data-consent-embed] + iframe[data-consent-held]") == 1
    shape = firefox.ask(
        "(({width, height}) => [width, height])(document.querySelector('[data-consent-embed]').getBoundingClientRect())"
    )
    assert shape == [560, 315]
    firefox.ask("document.querySelector('[data-consent-embed]').scrollIntoView({block: 'center', behavior: 'instant'})")
    firefox.click("[data-consent-embed] button[name=service]")
    firefox.wait("[data-consent-embed]", gone=True)
    assert firefox.count("iframe[src]") == 1


@pytest.mark.parametrize("size", [(320, 256), (390, 844)], ids=str)
def test_nothing_overflows_a_narrow_window(firefox, gazette, size):
    firefox.resize(*size)
    for path in ("/en", "/consent", "/consent/policy", "/consent/receipt", "/consent/opt-out"):
        firefox.goto(gazette + path)
        assert firefox.ask("document.documentElement.scrollWidth <= innerWidth"), path
