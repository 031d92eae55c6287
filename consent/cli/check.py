"""``consent check``: every mistake in the settings and the keys, or what the site asks for."""

import argparse
import os
import sys

from consent.cli.counting import counted
from consent.cli.site import add_settings
from consent.errors import Problem, SettingsError
from consent.pages import Pages
from consent.settings import Settings, keys_from_environment
from consent.settings.keys import short_keys

SUMMARY = "Say what is wrong with the settings file and the signing keys."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    path: str = arguments.settings
    settings, problems = _read(path)
    warnings: tuple[str, ...] = ()
    try:
        warnings = short_keys(keys_from_environment(os.environ, warn=False))
    except SettingsError as error:
        problems += error.problems
    if settings is not None:
        warnings += tuple(str(warning) for warning in settings.warnings)
    for warning in warnings:
        print(warning, file=sys.stderr)
    if problems or settings is None:
        for problem in problems:
            print(problem)
        print(counted(len(problems), "mistake"))
        return 1
    print(summary(path, settings))
    return 0


def summary(path: str, settings: Settings) -> str:
    """What the file makes the site ask, in a few lines."""
    services = settings.policy.services
    asked = counted(len(settings.policy.asked), "category", "categories")
    named = counted(len(services), "service")
    spoken = counted(len(settings.site.languages), "language")
    lines = [
        f"{path} is right: {settings.site.name} asks for {asked} and {named} in {spoken}.",
        f"  categories  {', '.join(category.key for category in settings.policy.categories)}",
        f"  services    {', '.join(service.name for service in services) or 'none declared'}",
        f"  languages   {', '.join(settings.site.languages)}",
        f"  policy      {settings.policy.version}",
    ]
    return "\n".join(lines)


def _read(path: str) -> tuple[Settings | None, tuple[Problem, ...]]:
    try:
        settings = Settings.from_toml(path)
        if settings.site.templates is not None:
            Pages(settings)  # tries the owner's templates
    except SettingsError as error:
        return None, error.problems
    return settings, ()
