"""The browser's script and styles as they go into pages: comments and indentation taken off, hashed for CSP."""

import base64
import hashlib
import re
from importlib.resources import files

_ID = re.compile("#consent-[a-z]+")


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
