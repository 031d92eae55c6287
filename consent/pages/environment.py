"""The Jinja2 environment over templates/, wherever the package stands: in a wheel, or in a checkout."""

from pathlib import Path

import jinja2


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


def make_environment() -> jinja2.Environment:
    """Autoescaping for every template; a name that is not there is an error, never an empty string."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(template_root()),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
