"""A page beyond a limit goes out whole, with what nobody read held; the log names the limit once."""

from consent.html import limits
from tests.asgi.driving import DOCUMENT, HELD, HTML, TRACKER, answering, body, drive, page, start

CROWDED = b"<img%b src=/a srcset=/b>" % b"".join(b" a%d" % n for n in range(limits.ATTRIBUTES.most + 1))


def codes(caplog):
    return [record.getMessage()[:12] for record in caplog.records if record.name == "consent"]


def test_a_limit_is_logged_once_with_its_code_and_the_page(wrap, caplog):
    app = wrap(answering(*page(data=DOCUMENT % (CROWDED + TRACKER))))
    first = drive(app, path="/crowded").body
    drive(app, path="/crowded")

    assert b'data-consent-held="-/unread-attributes"' in first
    assert HELD in first
    assert codes(caplog) == ["consent.W053"]
    assert "/crowded" in caplog.records[0].getMessage()


def test_a_stream_with_a_tag_that_never_ends_goes_on(wrap, caplog):
    begun = DOCUMENT.partition(b"%s")[0] + b'<p title="'
    pieces = [body(b"x" * (limits.KEPT // 4), more=True) for _ in range(5)]
    app = wrap(answering(start(HTML), body(begun, more=True), *pieces, body(b">" + TRACKER)))
    response = drive(app)

    assert b"<!consent.W050 p title=" in response.body
    assert response.body.endswith(b">" + HELD)
    assert codes(caplog) == ["consent.W050"]


def test_an_accepted_visitor_meets_the_same_limits(wrap, accepted):
    app = wrap(answering(*page(data=DOCUMENT % CROWDED)))

    assert b'data-consent-held="-/unread-attributes"' in drive(app, headers=(accepted,)).body
