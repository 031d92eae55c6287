"""Addresses in an owner's words become links, and everything else stays text."""

import pytest

from consent.pages.mail import mail_links


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("Gazette Ltd, Kyiv", "Gazette Ltd, Kyiv"),
        ("write to a.b+c@example.org.", 'write to <a href="mailto:a.b+c@example.org">a.b+c@example.org</a>.'),
        ("a@x.org, b@y.org", '<a href="mailto:a@x.org">a@x.org</a>, <a href="mailto:b@y.org">b@y.org</a>'),
        ("<b>a@x.org</b> & co", '&lt;b&gt;<a href="mailto:a@x.org">a@x.org</a>&lt;/b&gt; &amp; co'),
        ('"@example.org', "&#34;@example.org"),
        ("50%@x.org", '<a href="mailto:50%25@x.org">50%@x.org</a>'),
        ("", ""),
    ],
)
def test_an_address_is_a_link_and_markup_stays_text(text, markup):
    assert str(mail_links(text)) == markup


def test_a_mail_bears_its_subject():
    link = str(mail_links("a@x.org", 'Receipt number r"1&x'))
    assert link == '<a href="mailto:a@x.org?subject=Receipt%20number%20r%221%26x">a@x.org</a>'
