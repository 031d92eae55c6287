"""Records to run commands on."""

from tests.records.conftest import make as make  # noqa: PLC0414 - a fixture, taken over by name
