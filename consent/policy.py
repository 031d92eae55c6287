"""A policy is what this site asks of a visitor; its version changes exactly when the question does.

Pure: the fingerprint depends on the asked alone, never on the clock, the machine or the order in a file.
"""

import hashlib
import json
from dataclasses import dataclass, field

from consent.catalogue import Service
from consent.categories import NECESSARY, Category

VERSION_LENGTH = 10
"""Hex digits of the fingerprint kept: 40 bits tell a site's few policies apart, and the cookie stays small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The categories and services asked for, in the order they are shown."""

    categories: tuple[Category, ...]
    services: tuple[Service, ...] = ()
    """The declared services (``site.services``), shown by name; others of a category come with it."""
    undeclared: str = "release"
    """What a category's grant does for a catalogued service that was not declared: ``release`` or ``hold``."""
    version: str

    # Looked at with every request: worked out once.
    asked: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """Keys of the categories a visitor can switch."""
    askable: frozenset[str] = field(init=False, repr=False, compare=False)
    """The same, to look up in."""
    necessary: frozenset[str] = field(init=False, repr=False, compare=False)
    """Keys of the categories nobody is asked about."""
    declared: frozenset[str] = field(init=False, repr=False, compare=False)
    """Keys of the services."""

    def __post_init__(self) -> None:
        asked = tuple(c.key for c in self.categories if c.enabled and not c.necessary)
        object.__setattr__(self, "asked", asked)  # frozen: set once, here
        object.__setattr__(self, "askable", frozenset(asked))
        object.__setattr__(self, "necessary", frozenset({NECESSARY, *(c.key for c in self.categories if c.necessary)}))
        object.__setattr__(self, "declared", frozenset(s.key for s in self.services))


def make_policy(categories: tuple[Category, ...], services: tuple[Service, ...], undeclared: str = "release") -> Policy:
    """Make the policy and its version.

    The version is a fingerprint of what consent is given *to*: category keys, each declared service with its
    category and partner, and its cookies' names and durations (disclosure: CJEU C-673/17, Planet49). Texts and
    colours are not part of it: a new shade asks nobody again.
    """
    asked = {
        "categories": sorted(c.key for c in categories if c.enabled and not c.necessary),
        "services": sorted(
            [s.key, s.category, s.partner.name, sorted([c.name, c.duration] for c in s.cookies)] for s in services
        ),
        "undeclared": undeclared,
    }
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    return Policy(categories=categories, services=services, undeclared=undeclared, version=digest[:VERSION_LENGTH])
