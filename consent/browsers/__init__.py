"""The browser check: which browser sent a request, and whether it is too old for the site.

``engines``, ``families`` and ``devices`` read a header, ``check`` judges it, ``facts`` say where the floors stand.
"""

from consent.browsers.check import (
    BrowserCheck as BrowserCheck,
    Floors as Floors,
    Outcome as Outcome,
    Verdict as Verdict,
)
