"""What a visitor reads who got no further: in their language, with the way back, and never a grant."""

from html import unescape

import pytest

from consent.asgi import answers, forms
from consent.pages.error import SENTENCES
from tests.asgi.driving import NAVIGATION, answering, choice, drive

FORM = (b"content-type", b"application/x-www-form-urlencoded")


def told(wrap, **request):
    headers = (*request.pop("headers", NAVIGATION), (b"accept-language", b"uk"))
    return drive(wrap(answering(), site={"languages": ["en", "uk"]}), headers=headers, **request)


@pytest.mark.parametrize(
    ("request_", "status", "sentence"),
    [
        ({"path": "/consent/nothing"}, 404, "Такої сторінки немає."),
        ({"path": "/consent", "method": "PUT"}, 405, "Цю сторінку не можна викликати в такий спосіб."),
        (
            {
                "path": "/consent",
                "method": "POST",
                "headers": (FORM, (b"sec-fetch-site", b"cross-site")),
                "body": b"action=accept",
            },
            403,
            "Запит надійшов з іншого сайту, і його не виконано.",
        ),
        ({**choice(b"action=dance")}, 400, "Запит не вдалося зрозуміти."),
        ({**choice(b"action=accept&x=" + b"x" * 100_000)}, 413, "Запит завеликий."),
        (
            {
                "path": "/consent",
                "method": "POST",
                "headers": ((b"content-type", b"text/x"), (b"sec-fetch-site", b"same-origin")),
            },
            415,
            "Запит не вдалося зрозуміти.",
        ),
    ],
)
def test_an_error_is_a_sentence_in_the_visitors_language(wrap, request_, status, sentence):
    answer = told(wrap, **request_)
    page = unescape(answer.body.decode())
    assert answer.status == status
    assert sentence in page
    assert '<html lang="uk" dir="ltr">' in page
    assert 'href="/consent?lang=uk"' in page
    assert str(status) in page
    assert answer.header(b"set-cookie") is None
    assert answer.header(b"cache-control") == b"no-store"
    assert answer.header(b"content-security-policy").startswith(b"default-src 'none'; style-src 'sha256-")
    assert answer.header(b"content-length") == str(len(answer.body)).encode()
    assert b"<script" not in answer.body


def test_a_script_is_told_the_code_alone(wrap):
    answer = told(wrap, path="/consent/nothing", headers=((b"accept", b"application/json"),))
    assert (answer.status, answer.body) == (404, b'{"error":"not-found"}')


def test_to_head_there_is_no_body(wrap):
    answer = told(wrap, path="/consent/nothing", method="HEAD")
    assert (answer.status, answer.body) == (404, b"")


def test_every_code_of_a_body_that_holds_no_choice_has_a_sentence():
    assert {answers._CODES[why] for why in forms.Unreadable} <= SENTENCES.keys()


def test_an_error_in_the_error_page_leaves_the_bare_answer(wrap, monkeypatch):
    monkeypatch.setattr("consent.pages.error.ErrorPage.render", lambda *_, **__: 1 / 0)
    answer = told(wrap, path="/consent/nothing")
    assert answer.status == 404
    assert b"not-found" in answer.body
