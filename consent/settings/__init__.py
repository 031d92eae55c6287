"""The settings file: its schema, and a loader that reports every mistake at once."""

from consent.settings.keys import keys_from_environment as keys_from_environment, retired_keys as retired_keys
from consent.settings.loading import Settings as Settings
from consent.settings.schema import (
    HELD_ALWAYS as HELD_ALWAYS,
    Banner as Banner,
    BrowserRule as BrowserRule,
    Browsers as Browsers,
    Colours as Colours,
    CookieSettings as CookieSettings,
    Delivery as Delivery,
    Holding as Holding,
    Paths as Paths,
    Records as Records,
    Regions as Regions,
    Site as Site,
)
