"""A site to try apps in."""

import pytest

from consent.asgi.middleware import ConsentMiddleware
from tests.asgi.driving import KEY, answering, choice, drive, settings


@pytest.fixture(autouse=True)
def _key(monkeypatch):
    monkeypatch.setenv("CONSENT_SECRET", KEY)


@pytest.fixture
def wrap():
    """``wrap(app, **tables)``: the middleware around ``app``, with these settings beside the site's."""
    return lambda app, **tables: ConsentMiddleware(app, settings=settings(**tables))


@pytest.fixture
def accepted(wrap):
    """The Cookie header of a visitor who has accepted everything."""
    return (b"cookie", drive(wrap(answering()), **choice(b"action=accept")).cookie)
