"""The pages that are only read, through the whole middleware: what they show to whom, and the headers they go with."""

import json
from html import unescape

import pytest
from jinja2 import Environment
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from consent import ConsentMiddleware, cookie_policy
from tests.asgi.driving import NAVIGATION, answering, choice, drive, page, settings

PAGES = ["/consent/policy", "/consent/policy/fragment", "/consent/receipt", "/consent/opt-out"]


@pytest.fixture
def app(wrap):
    return wrap(answering(*page()))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_each_page_is_shown_never_stored_and_sets_nothing(app, path, method):
    answer = drive(app, path=path, method=method)
    assert answer.status == 200
    assert answer.header(b"content-type") == b"text/html; charset=utf-8"
    assert answer.header(b"cache-control") == b"no-store"
    assert answer.header(b"x-frame-options") == b"DENY"
    assert answer.header(b"vary") == b"Cookie, Accept-Language"
    assert answer.all(b"set-cookie") == []
    assert bool(answer.body) is (method == "GET")


@pytest.mark.parametrize("path", PAGES)
def test_nothing_but_reading_is_allowed_there(app, path):
    answer = drive(app, path=path, method="POST")
    assert (answer.status, answer.header(b"allow")) == (405, b"GET, HEAD")


def test_a_page_speaks_the_language_that_is_asked_for(wrap):
    app = wrap(answering(*page()), site={"languages": ["en", "uk"]})
    assert b'<html lang="uk"' in drive(app, path="/consent/policy?lang=uk").body
    fragment = drive(app, path="/consent/policy/fragment?lang=uk")
    assert fragment.header(b"content-language") == b"uk"
    assert b'lang="uk"' in fragment.body
    assert b"<html" not in fragment.body


def test_the_receipt_is_that_of_the_visitors_own_cookie(app):
    made = drive(app, **choice(b"action=save&category=analytics"))
    cookie = (b"cookie", made.cookie)
    shown = drive(app, path="/consent/receipt", headers=(*NAVIGATION, cookie)).body
    assert b"You allowed: Analytics." in shown
    assert b"You allowed" not in drive(app, path="/consent/receipt?receipt=anything").body


def test_the_receipt_as_json_is_a_file_to_keep(app):
    cookie = (b"cookie", drive(app, **choice(b"action=accept")).cookie)
    answer = drive(app, path="/consent/receipt?as=json", headers=(*NAVIGATION, cookie))
    assert answer.header(b"content-type") == b"application/json"
    assert answer.header(b"content-disposition") == b'attachment; filename="consent-receipt.json"'
    told = json.loads(answer.body)
    assert told["in_force"] is True
    assert set(told["categories"].values()) == {True}
    spoken = drive(app, path="/consent/receipt", headers=((b"accept", b"application/json"), cookie))
    assert json.loads(spoken.body)["receipt"] == told["receipt"]


def test_the_history_is_what_was_recorded_for_that_receipt(wrap, tmp_path):
    app = wrap(answering(*page()), records={"url": f"sqlite:///{tmp_path}/consent.db"})
    other = drive(app, **choice(b"action=accept"))
    first = drive(app, **choice(b"action=reject"))
    request = choice(b"action=save&category=analytics")
    second = drive(app, **{**request, "headers": (*request["headers"], (b"cookie", first.cookie))})
    headers = (*NAVIGATION, (b"cookie", second.cookie))
    told = json.loads(drive(app, path="/consent/receipt?as=json", headers=headers).body)
    assert [entry["event"] for entry in told["history"]] == ["refuse", "partial"]
    shown = unescape(drive(app, path="/consent/receipt", headers=headers).body.decode())
    assert shown.index("Allowed in part: Analytics") < shown.index("Everything refused")
    elsewhere = drive(app, path="/consent/receipt?as=json", headers=(*NAVIGATION, (b"cookie", other.cookie)))
    assert [entry["event"] for entry in json.loads(elsewhere.body)["history"]] == ["grant"]
    app.site.keeper.close()


def test_a_receipt_is_shown_though_the_store_is_away(wrap, tmp_path):
    cookie = (b"cookie", drive(wrap(answering(*page())), **choice(b"action=accept")).cookie)
    app = wrap(answering(*page()), records={"url": f"sqlite:///{tmp_path}/nothing/there/consent.db"})
    shown = drive(app, path="/consent/receipt", headers=(*NAVIGATION, cookie))
    assert (shown.status, b"You accepted everything." in shown.body) == (200, True)
    app.site.keeper.close()


def test_a_forged_cookie_has_no_receipt(app):
    cookie = drive(app, **choice(b"action=accept")).cookie
    forged = (b"cookie", cookie[:-2] + b"xx")
    told = json.loads(drive(app, path="/consent/receipt?as=json", headers=(*NAVIGATION, forged)).body)
    assert (told["receipt"], told["in_force"], told["history"]) == (None, False, [])


@pytest.mark.parametrize("below", ["receipt", "opt-out"])
def test_what_is_done_there_leads_back_there(app, below):
    made = drive(app, **choice(f"action=withdraw&return=/consent/{below}?lang=en".encode()))
    assert made.header(b"location") == f"/consent/{below}?lang=en".encode()


@pytest.mark.parametrize("path", ["/consent", "/consent/violations", "/consent/browser", "/consent/receipt/../x"])
def test_no_choice_leads_to_another_page_of_ours(app, path):
    assert drive(app, **choice(f"action=reject&return={path}".encode())).header(b"location") == b"/"


def test_opting_out_switches_off_what_is_sold_and_leaves_the_rest(app):
    cookie = (b"cookie", drive(app, **choice(b"action=accept")).cookie)
    shown = drive(app, path="/consent/opt-out", headers=(*NAVIGATION, cookie)).body
    assert b"You have not opted out." in shown
    form = b"action=save&category=functional&category=analytics&category=media&return=/consent/opt-out"
    request = choice(form)
    done = drive(app, **{**request, "headers": (*request["headers"], cookie)})
    after = drive(app, path="/consent/opt-out", headers=(*NAVIGATION, (b"cookie", done.cookie))).body
    assert b"You have opted out" in after
    assert b"Advertising and Social media" in after


def test_links_lead_to_where_the_application_is_mounted(wrap):
    app = wrap(answering(*page()))
    shown = drive(app, path="/shop/consent/policy", scope={"root_path": "/shop"}).body
    assert b'href="/shop/consent?lang=en"' in shown
    assert b'="/consent' not in shown


def test_a_template_of_the_sites_own_includes_the_policy():
    environment = Environment(autoescape=True)
    environment.globals["cookie_policy"] = cookie_policy
    template = environment.from_string("<html><body><h1>Cookies</h1>{{ cookie_policy(request) }}</body></html>")

    async def cookies(request):
        return HTMLResponse(template.render(request=request))

    app = Starlette(routes=[Mount("/shop", routes=[Route("/cookies", cookies)])])
    app.add_middleware(ConsentMiddleware, settings=settings())
    shown = TestClient(app).get("/shop/cookies", headers={"accept": "text/html"}).text
    assert '<div class="consent-policy" lang="en" dir="ltr">' in shown
    assert 'href="/consent?lang=en" data-consent-open' in shown
    assert "Google Analytics" in unescape(shown)


def test_outside_the_middleware_the_function_says_so():
    with pytest.raises(LookupError, match="did not come through ConsentMiddleware"):
        cookie_policy({"type": "http"})


def test_who_chose_under_another_policy_reads_what_is_new_since_their_record(wrap, tmp_path):
    records = {"url": f"sqlite:///{tmp_path}/consent.db"}
    then = wrap(answering(*page()), records=records, site={"services": ["google-analytics", "hotjar"]})
    cookie = (b"cookie", drive(then, **choice(b"action=accept")).cookie)
    then.site.keeper.close()
    now = wrap(answering(*page()), records=records)
    shown = unescape(drive(now, path="/consent", headers=(*NAVIGATION, cookie)).body.decode())
    assert "New services: YouTube." in shown
    assert "No longer used: Hotjar." in shown
    assert b"has changed since your choice of" in drive(now, headers=(*NAVIGATION, cookie)).body
    assert b"has changed since" not in drive(now).body
    now.site.keeper.close()


CRAWLERS = [
    b"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/158.0.0.0 Safari/537.36",
    b"Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    b"facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    b"Screaming Frog SEO Spider/21.0",
]
PEOPLE = [
    b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/158.0.0.0 Safari/537.36",
    b"Mozilla/5.0 (Linux; Android 14; CUBOT X70) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/158.0.0.0 Mobile Safari/537.36",
    b"",
]


@pytest.mark.parametrize("agent", CRAWLERS)
def test_nothing_is_recorded_by_a_crawler(wrap, tmp_path, agent):
    app = wrap(answering(*page()), records={"url": f"sqlite:///{tmp_path}/consent.db"})
    request = choice(b"action=accept")
    answer = drive(app, **{**request, "headers": (*request["headers"], (b"user-agent", agent))})
    assert (answer.status, answer.all(b"set-cookie"), answer.header(b"location")) == (303, [], b"/")
    told = drive(
        app,
        method="POST",
        path="/consent",
        body=b'{"action": "accept"}',
        headers=((b"content-type", b"application/json"), (b"user-agent", agent)),
    )
    assert (told.status, told.all(b"set-cookie")) == (403, [])
    assert not (tmp_path / "consent.db").exists()


@pytest.mark.parametrize("agent", PEOPLE)
def test_a_persons_choice_counts_whatever_their_phone_is_called(app, agent):
    request = choice(b"action=accept")
    answer = drive(app, **{**request, "headers": (*request["headers"], (b"user-agent", agent))})
    assert answer.cookie


def test_a_page_made_ahead_of_its_opening_is_like_any_other_and_records_nothing(wrap, tmp_path):
    app = wrap(answering(*page()), records={"url": f"sqlite:///{tmp_path}/consent.db"})
    ahead = drive(app, headers=(*NAVIGATION, (b"sec-purpose", b"prefetch;prerender")))
    assert ahead.body == drive(app).body
    assert ahead.all(b"set-cookie") == []
    assert not (tmp_path / "consent.db").exists()
