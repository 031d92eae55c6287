"""E-mail addresses in an owner's words, as links: whoever is told to write to somebody can, with one click."""

import re
from urllib.parse import quote

from markupsafe import Markup, escape

_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
"""Such as people write into a sentence; of what else RFC 5322 allows, none is made a link."""


def mail_links(text: str, subject: str = "") -> Markup:
    """``text`` as markup, its addresses as ``mailto:`` links (RFC 6068) whose mails bear ``subject``."""
    query = f"?subject={quote(subject, safe='')}" if subject else ""
    marked = Markup()
    end = 0
    for found in _ADDRESS.finditer(text):
        link = Markup('<a href="mailto:{}{}">{}</a>').format(quote(found[0], safe="@+"), query, found[0])
        marked += escape(text[end : found.start()]) + link
        end = found.end()
    return marked + escape(text[end:])
