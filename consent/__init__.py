"""ASGI middleware for cookie consent.

from consent import Consent, ConsentMiddleware, Settings

app.add_middleware(ConsentMiddleware, settings="consent.toml")
"""

from consent.asgi.consent import Consent as Consent, cookie_policy as cookie_policy
from consent.asgi.middleware import ConsentMiddleware as ConsentMiddleware
from consent.errors import ConsentError as ConsentError, SettingsError as SettingsError
from consent.settings import Settings as Settings
