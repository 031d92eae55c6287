"""The signing keys: from the environment only, never from the settings file, never made up."""

import logging
from collections.abc import Mapping

from consent.errors import Problem, SettingsError

VARIABLE = "CONSENT_SECRET"
RETIRED = "CONSENT_RETIRED_SECRETS"
"""Keys that sign nothing any more, but sealed records that are still kept."""
SHORTEST = 16
"""Characters; a shorter key can be guessed, and whoever guesses it can write consent."""

_logger = logging.getLogger(__name__)


def keys_from_environment(environ: Mapping[str, str], *, warn: bool = True) -> tuple[bytes, ...]:
    """The keys in ``CONSENT_SECRET``, newest first: all verify, the first signs.

    Raises SettingsError where there is none: two workers that each made one up would disagree. A key that is
    too short is logged (``warn=False``: the caller tells).
    """
    keys = _keys(environ, VARIABLE)
    if not keys:
        raise SettingsError([_MISSING])
    if warn:
        for warning in short_keys(keys):
            _logger.warning("%s", warning)
    return keys


def retired_keys(environ: Mapping[str, str]) -> tuple[bytes, ...]:
    """The keys in ``CONSENT_RETIRED_SECRETS``, in any order."""
    return _keys(environ, RETIRED)


def _keys(environ: Mapping[str, str], variable: str) -> tuple[bytes, ...]:
    parts = map(str.strip, environ.get(variable, "").split(","))
    return tuple(part.encode("utf-8", "surrogateescape") for part in parts if part)


def short_keys(keys: tuple[bytes, ...]) -> tuple[str, ...]:
    """A warning for each key that is too short; it says which, never what."""
    return tuple(
        f"consent.W001  {VARIABLE}: key {number} has {len(key)} characters, {SHORTEST} are the least to be safe. "
        "Put a longer one first and keep this one until its cookies have run out"
        for number, key in enumerate(keys, start=1)
        if len(key) < SHORTEST
    )


_MISSING = Problem(
    code="consent.E061",
    where="environment",
    key=VARIABLE,
    message="there is no key to sign cookies with",
    remedy='Make one with: python -c "import secrets; print(secrets.token_urlsafe(32))" '
    f"and put it into {VARIABLE}, the same for every worker",
)
