"""The browser's scripts and styles as they go into pages: comments and indentation taken off, hashed for CSP.

What stands in the head of every page is made as small as can be. What comes later is an ``Asset``: a file under the
mount whose name bears a hash of its content, so that browsers keep it for good.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files

from consent.pages.squeeze import squeeze

_ID = re.compile("#consent-[a-z]+")
_CHOICE = ("shared.js", "release.js", "choosing.js", "asking.js")
"""What comes with the first act: one function, whose parts see each other's names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file under the mount."""

    name: str
    """``choice-01234567.js``: another content has another name."""
    content: str
    media_type: str


def load_choice() -> Asset:
    """What the page's script fetches with the visitor's first act."""
    content = "\n".join(["(() => {", '"use strict";', *map(load_script, _CHOICE), "})();"])
    digest = hashlib.sha256(content.encode("ascii")).hexdigest()[:8]
    return Asset(name=f"choice-{digest}.js", content=content, media_type="text/javascript; charset=us-ascii")


def load_head(choice: Asset, *, guard: bool) -> str:
    """The script in the head of every page; ``guard``: with what holds that which the page starts at run time."""
    source = _read("head.js") + (_read("guard.js") if guard else "")
    # A page that swaps its body without loading may run its head's scripts again.
    return f"if(!window.consent){{{squeeze(source.replace('CHOICE', choice.name))}}}"


def load_script(name: str) -> str:
    """A script of static/, line by line: our own sources keep every comment on a line of its own."""
    lines = (line.strip() for line in _read(name).splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def load_style(name: str) -> str:
    """A style sheet of static/: a comment there begins and ends on its line, a declaration never spans two."""
    lines = (line.strip() for line in _read(name).splitlines())
    kept = "".join(line if not line.endswith(",") else line + " " for line in lines if not line.startswith("/*"))
    # Each id twice: a page's own rule for what lies below <body id="..."> is weaker than any of ours then.
    return _ID.sub(r"\g<0>\g<0>", kept).replace(" {", "{").replace(": ", ":").replace(";}", "}")


def csp_hash(content: str) -> bytes:
    """The CSP source of an inline piece: ``'sha256-...'`` (CSP Level 3, 2.3.1)."""
    digest = hashlib.sha256(content.encode("ascii")).digest()
    return b"'sha256-" + base64.b64encode(digest) + b"'"


def to_ascii(markup: str) -> bytes:
    """Markup that every ASCII-compatible charset reads alike: the rest as character references."""
    return markup.encode("ascii", "xmlcharrefreplace")


def _read(name: str) -> str:
    return files("consent").joinpath("static", name).read_text("ascii")
