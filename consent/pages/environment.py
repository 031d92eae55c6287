"""The Jinja2 environment over templates/, wherever the package stands, and over the owner's own folder.

An own file of the same name takes a template's place. ``consent/NAME`` is always the bundled one, so that an own
``banner.html`` can extend ``consent/banner.html`` and change one block.
"""

from pathlib import Path

import jinja2

from consent.pages.mail import mail_links
from consent.pages.wording import Wording
from consent.settings import Settings

BUNDLED = "consent"
"""The prefix under which the bundled templates stay to be had."""
NAMES = ("t", "w", "language", "direction", "mount", "site")
"""What every template of a site has (``shared_values``); docs/templates.md says it too."""


def template_root() -> Path:
    """The folder of the pages.

    The wheel carries it inside the package; in a checkout (an editable install too) it stands beside the
    package, at the top level, where owners look for it.
    """
    package = Path(__file__).resolve().parent.parent
    inside = package / "templates"
    if inside.is_dir():
        return inside
    checkout = package.parent
    # Beside an installed package any folder could be called "templates": only our own checkout has both.
    if (checkout / "pyproject.toml").is_file() and (checkout / "templates").is_dir():
        return checkout / "templates"
    raise FileNotFoundError(f"the pages' templates are missing: neither {inside} nor a checkout's templates/")


def bundled_templates() -> tuple[str, ...]:
    """The names of the templates there are."""
    return tuple(sorted(path.name for path in template_root().glob("*.html")))


def shared_values(settings: Settings, wording: Wording) -> dict[str, object]:
    """What every template is given beside values of its own: ``NAMES``."""
    return {
        "t": wording.texts,
        "w": wording,
        "language": wording.language,
        "direction": wording.text("direction"),
        "mount": settings.paths.mount,
        "site": settings.site,
    }


def make_environment(own: Path | None = None) -> jinja2.Environment:
    """Autoescaping for every template; a name that is not there is an error, never an empty string.

    ``own``: the owner's folder, looked into first.
    """
    bundled = jinja2.FileSystemLoader(template_root())
    loaders: list[jinja2.BaseLoader] = [jinja2.PrefixLoader({BUNDLED: bundled}), bundled]
    if own is not None:
        loaders.insert(0, jinja2.FileSystemLoader(own))
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(loaders),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        # What was tried at start is what is shown: an edit counts from the next start, with a notice of its own.
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["mail_links"] = mail_links
    return environment
