"""The page every small example serves: plain HTML with two partners in it, and a line the app decides itself."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

SETTINGS = Path(__file__).with_name("consent.toml")

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The Gazette</title>
<script async src="https://www.googletagmanager.com/gtag/js?id=G-GAZETTE001"></script>
</head>
<body>
<h1>The Gazette</h1>
<p>{line}</p>
<iframe src="https://www.youtube.com/embed/gzt-ferry-01" title="Seven minutes on the river" width="560" height="315"></iframe>
<p><a href="/consent" data-consent-open>Cookie settings</a></p>
</body>
</html>
"""


def render(scope: Mapping[str, Any]) -> str:
    """The page for one visitor. What the app does by itself, it does by ``scope["consent"]`` too."""
    counted = scope["consent"].allows("analytics")
    return PAGE.format(line="This visit is counted." if counted else "This visit is not counted.")
