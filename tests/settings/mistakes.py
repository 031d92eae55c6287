"""What settings report, for the tests beside it."""

from datetime import UTC, datetime

import pytest

from consent.errors import Problem, SettingsError
from consent.settings import Settings

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
GOOD = {"site": {"name": "The Gazette"}}


def problems_of(changes: dict[str, object]) -> tuple[Problem, ...]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_mapping({**GOOD, **changes})
    return caught.value.problems


def only(changes: dict[str, object]) -> Problem:
    problems = problems_of(changes)
    assert len(problems) == 1, problems
    return problems[0]
