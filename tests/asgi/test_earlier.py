"""Who is asked again is told on the first layer what is new, by a record of what was asked then, through the whole middleware."""

import asyncio
from dataclasses import replace

import pytest

from consent.asgi import earlier
from consent.records.base import StoreError
from tests.asgi.driving import NAVIGATION, answering, choice, drive, page

FIRST = {"services": ["google-analytics"]}
LATER = {"services": ["google-analytics", "hotjar", "criteo", "youtube", "meta-pixel", "x-widgets"]}
TOLD = b"New: Hotjar, Criteo and 3 more."


@pytest.fixture
def records(tmp_path):
    return {"url": f"sqlite:///{tmp_path}/consent.db"}


@pytest.fixture
def chosen(wrap, records):
    """The cookie of a visitor who chose under the first policy, and whose record is kept."""
    return drive(wrap(answering(*page()), site=FIRST, records=records), **choice(b"action=accept")).cookie


@pytest.fixture
def later(wrap, records, chosen):  # the record has to be there first
    return wrap(answering(*page()), site=LATER, records=records)


def seen(app, cookie, path="/"):
    return drive(app, path=path, headers=(*NAVIGATION, (b"cookie", cookie))).body


class Counting:
    """A keeper that counts who asks, and may be slow or broken."""

    def __init__(self, keeper, *, pause=0.0, broken=False):
        self._keeper, self._pause, self._broken = keeper, pause, broken
        self.asked = 0

    def __getattr__(self, name):
        return getattr(self._keeper, name)

    async def of_receipt(self, receipt):
        self.asked += 1
        await asyncio.sleep(self._pause)
        if self._broken:
            raise StoreError("the store is away")
        return await self._keeper.of_receipt(receipt)


@pytest.fixture
def counting(later):
    def put(**how):
        counted = Counting(later.site.keeper, **how)
        later.site.earlier = replace(later.site.earlier, keeper=counted)
        return counted

    return put


def test_the_banner_names_what_is_new(later, chosen):
    assert TOLD in seen(later, chosen)


def test_the_store_is_asked_once_for_all_who_chose_under_one_policy(later, chosen, counting, wrap, records):
    other = drive(wrap(answering(*page()), site=FIRST, records=records), **choice(b"action=reject")).cookie
    counted = counting()
    for cookie in (chosen, other, chosen):
        assert TOLD in seen(later, cookie)
    assert counted.asked == 1


def test_who_comes_first_and_who_has_chosen_ask_no_store(later, counting):
    counted = counting()
    fresh = drive(later, **choice(b"action=accept")).cookie
    assert b"New: " not in seen(later, fresh)
    assert b"New: " not in drive(later).body
    assert counted.asked == 0


def test_a_broken_store_costs_the_news_and_nothing_else(later, chosen, counting, caplog):
    counted = counting(broken=True)
    for _ in range(3):
        body = seen(later, chosen)
        assert b"so we ask you again" in body
        assert b"New: " not in body
    assert counted.asked == 1, "it is not asked by every page while it is away"
    assert "told what is new" in caplog.text


def test_the_store_is_asked_again_after_a_while(later, chosen, counting):
    counting(broken=True)
    seen(later, chosen)
    counting()
    now = later.site.seconds()
    later.site.earlier = replace(later.site.earlier, seconds=lambda: now + earlier.PAUSE + 1)
    assert TOLD in seen(later, chosen)


def test_a_slow_store_keeps_no_page_waiting(later, chosen, counting, monkeypatch):
    monkeypatch.setattr(earlier, "LIMIT", 0.01)
    counting(pause=5)
    body = asyncio.run(asyncio.wait_for(asyncio.to_thread(seen, later, chosen), 3))
    assert b"so we ask you again" in body


def test_who_left_no_record_is_told_no_more_than_why(wrap, chosen, tmp_path):
    elsewhere = wrap(answering(*page()), site=LATER, records={"url": f"sqlite:///{tmp_path}/other.db"})
    body = seen(elsewhere, chosen)
    assert b"so we ask you again" in body
    assert b"New: " not in body


def test_the_preferences_know_it_too(later, chosen):
    assert b"New services: Hotjar, Criteo, YouTube" in seen(later, chosen, "/consent")


@pytest.mark.parametrize("path", ["/consent", "/consent/opt-out"])
def test_the_signal_is_shown_as_honoured(later, path):
    signal = (b"sec-gpc", b"1")
    assert b"Global Privacy Control" in drive(later, path=path, headers=(*NAVIGATION, signal)).body
    assert b"Global Privacy Control" not in drive(later, path=path).body


def test_what_was_allowed_in_spite_of_the_signal_is_not_called_off(later):
    cookie = (b"cookie", drive(later, **choice(b"action=accept")).cookie)
    body = drive(later, path="/consent", headers=(*NAVIGATION, cookie, (b"sec-gpc", b"1"))).body
    assert b"stays off" not in body
