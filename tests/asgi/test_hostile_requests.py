"""Requests that mean harm, and what an owner's own words and files could do to a choice."""

import json
import os
import re

import pytest

from consent.asgi.client import client_of
from consent.asgi.visit import Visit
from consent.errors import SettingsError
from consent.settings import Settings
from tests.asgi.driving import answering, choice, drive, page
from tests.asgi.test_recording import FORM, Kept, choose


@pytest.fixture
def kept():
    return Kept()


@pytest.fixture
def app(wrap, kept):
    made = wrap(answering(*page()), site={"languages": ["en", "uk"]})
    made.site.keeper = kept
    return made


@pytest.mark.parametrize(
    "host",
    [
        b"x" * 60_000,
        b"example.org/?q=secret",
        b"a\x85b",
        b"=cmd|'/c calc'!A1",
        b"a\x9b31mb",
        b"<script>",
        b"a b",
        b"[" + b"f" * 60_000 + b"]",
        b"",
    ],
)
def test_a_host_that_no_browser_names_is_not_recorded(app, kept, host):
    scope = {"headers": [(b"host", host), FORM]}
    drive(app, method="POST", path="/consent", body=b"action=accept", scope=scope)
    assert [record.host for record in kept.records] == [""]


@pytest.mark.parametrize("host", [b"Example.ORG:8000", b"example.org"])
def test_a_host_is_recorded_without_its_port(app, kept, host):
    scope = {"headers": [(b"host", host), FORM]}
    drive(app, method="POST", path="/consent", body=b"action=accept", scope=scope)
    assert [record.host for record in kept.records] == ["example.org"]


def test_two_clients_behind_an_ipv6_socket_are_two():
    one, other = (Visit({"client": (f"::ffff:{address}", 1), "headers": []}) for address in ("8.8.8.8", "9.9.9.9"))
    assert (client_of(one), client_of(other)) == ("8.8.8.8", "9.9.9.9")
    spoofing = Visit({"client": ("::ffff:8.8.8.8", 1), "headers": [(b"x-forwarded-for", b"1.2.3.4")]})
    assert client_of(spoofing) == "8.8.8.8"


def test_a_referer_in_the_log_has_no_query(app, caplog):
    headers = (FORM, (b"referer", b"https://evil.example/a?email=me@example.org"))
    assert drive(app, **choice(b"action=accept", headers=headers)).status == 403
    assert "evil.example" in caplog.text
    assert "email" not in caplog.text


def test_a_receipt_is_never_taken_for_an_option_or_a_formula(app, kept):
    for _ in range(300):
        choose(app, b"action=accept")
    assert {record.receipt[0].isalnum() for record in kept.records} == {True}


def test_a_receipt_is_shown_to_its_cookie_alone(app, kept):
    mine = choose(app, b"action=accept")
    receipt = kept.records[0].receipt
    for path in (f"/consent/receipt?receipt={receipt}", f"/consent/receipt?id={receipt}&as=json", "/consent/receipt"):
        assert receipt.encode() not in drive(app, path=path).body
    forged = mine.cookie.replace(receipt.encode(), receipt[::-1].encode())
    for cookie in (forged, f"consent={receipt}".encode()):
        answer = drive(app, path="/consent/receipt?as=json", headers=((b"cookie", cookie),))
        assert json.loads(answer.body)["receipt"] is None
        assert answer.header(b"cache-control") == b"no-store"


@pytest.mark.parametrize(
    "path", ["/consent", "/consent/policy", "/consent/receipt", "/consent/opt-out", "/consent/nothing"]
)
@pytest.mark.parametrize(
    "lang", ["%22%3E%3Cscript%3Ealert(1)", "../../etc/passwd", "x" * 5000, "%00", "%ED%A0%80", "{{7*7}}", "uk&lang=%FF"]
)
def test_a_hostile_language_is_no_language(app, path, lang):
    answer = drive(
        app,
        path=f"{path}?lang={lang}",
        headers=((b"referer", b'http://example.org/"><script>alert(1)'), (b"accept-language", b"\xff<script>;q=1")),
    )
    assert answer.status in {200, 404}
    assert b"<script>alert" not in answer.body
    assert re.search(rb'<html lang="(en|uk)"', answer.body)


@pytest.mark.parametrize("text", ["\u200b", "\u2060\ufeff", "\u00ad", "\u3164", "\u202ehide"])
def test_a_button_cannot_be_made_invisible_by_its_text(text):
    with pytest.raises(SettingsError) as refused:
        Settings.from_mapping({"site": {"name": "x"}, "texts": {"en": {"actions": {"reject": text}}}})
    assert [p.code for p in refused.value.problems] == ["consent.E015"]


def test_markup_in_an_owners_text_is_text(wrap):
    made = wrap(
        answering(*page()),
        site={"languages": ["en"]},
        texts={"en": {"banner": {"title": "<img src=x onerror=alert(1)>"}, "policy": {"what": "<b>&lt;"}}},
    )
    for path in ("/", "/consent", "/consent/policy"):
        assert b"<img src=x" not in drive(made, path=path).body
    assert b"&lt;b&gt;&amp;lt;" in drive(made, path="/consent/policy").body


def test_a_template_broken_while_the_server_runs_changes_nothing(wrap, tmp_path):
    (tmp_path / "base.html").write_text('{% extends "consent/base.html" %}', "utf-8")
    made = wrap(answering(), site={"languages": ["en", "uk"], "templates": str(tmp_path)})
    (tmp_path / "base.html").write_text("{% broken", "utf-8")
    os.utime(tmp_path / "base.html", (1, 1))
    for path in ("/consent", "/consent/receipt", "/consent?lang=uk"):
        assert drive(made, path=path).status == 200
