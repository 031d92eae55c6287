"""One app a framework: each is started as a server would start it, asked, answered and asked again."""

import importlib
import sys

import pytest
from starlette.testclient import TestClient

HELD_SCRIPT = 'type="text/plain" data-consent-held="analytics/google-analytics"'
HELD_FRAME = 'data-consent-held="media/youtube" data-consent-src='
FRAMEWORKS = ["starlette", "fastapi", "litestar", "django", "quart"]
SAME_SITE = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture(params=FRAMEWORKS)
def client(request, monkeypatch, tmp_path):
    pytest.importorskip(request.param)
    monkeypatch.setenv("CONSENT_SECRET", "a key for the examples, and for nothing else")
    monkeypatch.chdir(tmp_path)  # the records stand below the working directory
    name = f"examples.{request.param}_app"
    sys.modules.pop(name, None)
    app = importlib.import_module(name).app
    client = TestClient(app, follow_redirects=False)
    if request.param == "django":
        yield client  # its ASGI app knows no lifespan: run as its head says, with `--lifespan off`
        return
    with client:
        yield client


def choose(client, **form):
    return client.post("/consent", data={"return": "/", **form}, headers=SAME_SITE)


def test_partners_are_held_and_the_banner_is_there(client):
    page = client.get("/")
    assert page.status_code == 200
    assert 'id="consent-banner"' in page.text
    assert HELD_SCRIPT in page.text
    assert 'data-consent-held="media/youtube"' in page.text
    assert ' src="https://www.youtube.com' not in page.text
    assert "This visit is not counted." in page.text


def test_accept_releases_and_the_app_knows(client):
    answer = choose(client, action="accept")
    assert answer.status_code == 303
    page = client.get("/")
    assert 'id="consent-banner"' not in page.text
    assert "data-consent-held=" not in page.text.partition("</head>")[2]
    assert '<script async src="https://www.googletagmanager.com/gtag/js' in page.text
    assert ' src="https://www.youtube.com' in page.text
    assert "This visit is counted." in page.text


def test_one_category(client):
    assert choose(client, action="save", category="media").status_code == 303
    page = client.get("/")
    assert HELD_SCRIPT in page.text
    assert ' src="https://www.youtube.com' in page.text
    assert "This visit is not counted." in page.text


def test_withdrawal_holds_again(client):
    choose(client, action="accept")
    assert choose(client, action="withdraw").status_code == 303
    page = client.get("/")
    assert HELD_SCRIPT in page.text
    assert "This visit is not counted." in page.text


def test_an_unknown_path_is_the_apps_own_404(client):
    assert client.get("/nowhere").status_code == 404
