"""Every way of leading a browser to a partner that we know of, in nasty spellings, and what only looks like one.

A case stands for a document of its own. ``HOST`` is a partner's host, another for each case, ``URL`` a whole URL there.
``sends`` says when the bare page sends something there, as a real Chromium showed: the browser test holds the table
to it, so that no case is held against a danger that is none, unless it says ``NEVER``: then other browsers, older or
newer ones may, or it is held because telling would cost more.
"""

import base64
from dataclasses import dataclass
from enum import Flag
from urllib.parse import quote

from tests.hostile import css, documents


class Sends(Flag):
    """When the bare page sends something."""

    NEVER = 0
    SCRIPTED = 1
    """With JavaScript."""
    PLAIN = 2
    """With JavaScript off."""
    ALWAYS = 3
