"""A page of the product's own: a template, its styles and script, the policy it is sent with, and what all are told."""

from collections.abc import Sequence

import jinja2

from consent.pages.assets import csp_hash, load_script, load_style, to_ascii
from consent.pages.environment import shared_values
from consent.pages.theme import theme
from consent.pages.wording import Wording, wordings
from consent.settings import Settings

_CLOSED = b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
"""The forms go to the site alone, and nobody clicks through a frame of another site."""


class Page:
    """Renders one template in every language of the site; a language it does not speak gets its first."""

    def __init__(
        self,
        settings: Settings,
        environment: jinja2.Environment,
        template: str,
        *,
        style: str,
        script: str = "",
    ) -> None:
        """``style``, ``script``: names of files in static/."""
        self.settings = settings
        self.wordings = wordings(settings)
        self._template = environment.get_template(template)
        self._style = load_style(style)
        self._page_style = theme(settings.banner, "body") + load_style("page.css")
        self._script = load_script(script) if script else ""
        own = settings.site.templates is not None
        self.csp = _policy([self._style, self._page_style], [self._script] if script else [], own=own)

    def markup(self, wording: Wording, **values: object) -> str:
        """The page as text."""
        return self._template.render(
            shared_values(self.settings, wording),
            style=self._style,
            page_style=self._page_style,
            script=self._script,
            **values,
        )

    def render(self, wording: Wording, **values: object) -> bytes:
        """The page as it is sent."""
        return to_ascii(self.markup(wording, **values))


def _policy(styles: Sequence[str], scripts: Sequence[str], *, own: bool) -> bytes:
    """The Content-Security-Policy of a page. An owner's own templates may use what the site serves itself."""
    if own:
        rules = b"default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'"
        rules += b"; script-src 'self'"
    else:
        rules = b"default-src 'none'; style-src " + b" ".join(csp_hash(style) for style in styles)
        if scripts:
            rules += b"; script-src"
    return rules + b"".join(b" " + csp_hash(script) for script in scripts) + b"; " + _CLOSED


def on_site(path: str) -> str:
    """``path``, if it leads nowhere but to the site itself (``//`` and a backslash name another host)."""
    return path if path.startswith("/") and path[1:2] not in {"/", "\\"} else "/"
