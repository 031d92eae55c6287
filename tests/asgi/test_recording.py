"""What a choice leaves behind: its record, and the notice that says what the visitor had before their eyes."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from consent.asgi.notices import template_hashes
from consent.decision import Reason
from consent.records.base import Event, Notice, Source
from tests.asgi.driving import answering, choice, drive, page

FORM = (b"content-type", b"application/x-www-form-urlencoded")
OWN = (b"sec-fetch-site", b"same-origin")


class Kept:
    """A keeper that remembers."""

    def __init__(self):
        self.records = []
        self.notices = []

    async def append(self, record, notice=None):
        self.records.append(record)
        self.notices.append(notice)
        return True


@pytest.fixture
def kept():
    return Kept()


@pytest.fixture
def clock():
    class Clock:
        now = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

        def __call__(self):
            return self.now

    return Clock()


@pytest.fixture
def app(wrap, kept, clock):
    made = wrap(answering(*page()), site={"languages": ["en", "uk"]})
    made.site.keeper = kept
    made.site.now = clock
    return made


def choose(app, form, *headers):
    return drive(app, **choice(form, headers=(FORM, OWN, *headers)))


def cookie(response):
    return (b"cookie", response.cookie)


def test_a_record_refers_to_the_notice_in_the_visitors_language(app, kept):
    choose(app, b"action=accept&lang=uk")
    choose(app, b"action=reject&lang=en")
    choose(app, b"action=save&category=analytics&lang=uk")
    uk, en, again = kept.notices
    assert [record.notice for record in kept.records] == [uk.hash, en.hash, uk.hash]
    assert (uk is again, uk.hash != en.hash, uk == Notice.of(uk.content)) == (True, True, True)


def test_a_notice_holds_what_was_in_the_page(app, kept):
    shown = drive(app, path="/").body
    choose(app, b"action=accept&lang=en")
    told = json.loads(kept.notices[0].content)
    assert told["head"].encode() in shown
    assert told["banner"].encode() in shown
    assert 'name="category" value="analytics"' in told["preferences"]
    assert told["policy_version"] == kept.records[0].policy_version
    assert [service["key"] for service in told["services"]] == ["google-analytics", "youtube"]
    analytics = told["services"][0]
    assert analytics["partner"]["name"] == "Google LLC"
    assert {"name", "duration", "purpose", "party"} == set(analytics["cookies"][0])
    assert {"banner.html", "preferences.html"} <= set(told["templates"])


def test_a_notice_holds_the_hashes_of_the_owners_templates(tmp_path):
    (tmp_path / "banner.html").write_text('{% extends "consent/banner.html" %}', "utf-8")
    (tmp_path / "_imprint.html").write_text("<p>Imprint</p>", "utf-8")
    bundled, owned = template_hashes(None), template_hashes(tmp_path)
    assert owned["banner.html"] == hashlib.sha256(b'{% extends "consent/banner.html" %}').hexdigest()
    assert owned["consent/banner.html"] == bundled["banner.html"]
    assert owned["_imprint.html"] == hashlib.sha256(b"<p>Imprint</p>").hexdigest()
    assert owned["preferences.html"] == bundled["preferences.html"]


def test_the_same_state_within_a_minute_is_one_record(app, kept, clock):
    first = choose(app, b"action=accept")
    clock.now += timedelta(seconds=59)
    again = choose(
        app,
        b"action=save&"
        + b"&".join(b"category=%s" % c for c in (b"functional", b"analytics", b"advertising", b"social", b"media")),
        cookie(first),
    )
    assert again.cookie == first.cookie
    assert len(kept.records) == 1
    clock.now += timedelta(seconds=1)
    choose(app, b"action=accept", cookie(first))
    choose(app, b"action=reject", cookie(first))
    assert [record.event for record in kept.records] == [Event.GRANT, Event.GRANT, Event.WITHDRAW]


def test_why_a_visitor_was_asked_is_recorded(app, kept):
    first = choose(app, b"action=accept")
    choose(app, b"action=withdraw", cookie(first))
    assert [record.reason for record in kept.records] == [Reason.FIRST_VISIT, Reason.CHOSEN]


def test_a_choice_that_ran_out_is_recorded_before_the_next(app, kept, clock):
    first = choose(app, b"action=accept")
    clock.now += timedelta(days=181)
    choose(app, b"action=reject", cookie(first))
    granted, expired, refused = kept.records
    assert (expired.event, expired.source, expired.action) == (Event.EXPIRE, Source.SITE, None)
    assert expired.expires_at == granted.expires_at
    assert not any(allowed for _, allowed in expired.categories)
    assert (refused.event, refused.reason) == (Event.REFUSE, Reason.EXPIRED)
    assert len({record.receipt for record in kept.records}) == 1


@pytest.mark.parametrize(("sent", "told"), [((), False), (((b"sec-gpc", b"1"),), True), (((b"sec-gpc", b"0"),), False)])
def test_the_signal_that_came_with_a_choice_is_recorded(app, kept, sent, told):
    choose(app, b"action=accept", *sent)
    assert kept.records[0].gpc is told


@pytest.mark.parametrize(
    ("waited", "told"),
    [
        (b"7", 7),
        (b"0", 0),
        (b"86400", 86_400),
        (b"86401", None),
        (b"-1", None),
        (b"1e3", None),
        (b"", None),
        (b"9" * 400, None),
        ("٣".encode(), None),
    ],
)
def test_the_time_to_decide_is_the_pages_word_within_reason(app, kept, waited, told):
    choose(app, b"action=accept&waited=" + waited)
    assert kept.records[0].waited == told


def test_nothing_that_names_a_person_is_recorded(app, kept):
    agent = b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
    headers = (
        (b"user-agent", agent),
        (b"referer", b"http://example.org/private?q=secret"),
        (b"x-forwarded-for", b"203.0.113.9"),
    )
    drive(app, **choice(b"action=accept", headers=(FORM, OWN, *headers), scope={"client": ("203.0.113.9", 1234)}))
    told = repr(kept.records)
    assert kept.records[0].browser == "blink"
    for private in ("203.0.113", "Mozilla", "140.0", "secret", "private"):  # a hash may hold the digits alone
        assert private not in told


@pytest.mark.parametrize(("form", "status", "cookie"), [(b"action=accept", 503, False), (b"action=reject", 303, True)])
def test_what_cannot_be_proven_is_not_granted_and_a_refusal_stands(app, kept, form, status, cookie):
    async def lose(record, notice=None):
        return None

    kept.append = lose
    response = choose(app, form)
    assert (response.status, response.header(b"set-cookie") is not None) == (status, cookie)
