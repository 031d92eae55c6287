"""Debian's Firefox by WebDriver BiDi, spoken directly: Playwright and Selenium need builds or drivers that are not to be had.

As much of the protocol as the tests ask for: contexts, navigation, keys, clicks, questions to the page.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

NAMES = ("firefox-esr", "firefox")
DEADLINE = 30.0
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Space": " ", "Escape": "\ue00c"}
PREFERENCES = {
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "accessibility.tabfocus": 7,
    "remote.active-protocols": 1,
    "focusmanager.testmode": True,  # a window without a desktop becomes the active one when it asks to
}


def find_firefox() -> str | None:
    """$CONSENT_FIREFOX, or what the system has."""
    candidates = (os.environ.get("CONSENT_FIREFOX", ""), *NAMES)
    return next((path for name in candidates if name and (path := shutil.which(name))), None)


class Firefox:
    """One headless Firefox with a profile of its own, and one tab in it."""

    def __init__(self, executable: str, **preferences: object) -> None:
        self._opened = ExitStack()
        self._profile = tempfile.TemporaryDirectory(prefix="consent-firefox-", ignore_cleanup_errors=True)
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in {**PREFERENCES, **preferences}.items()]
        Path(self._profile.name, "user.js").write_text("\n".join(lines), "utf-8")
        self._process = subprocess.Popen(
            [executable, "--headless", "--no-remote", "--profile", self._profile.name, "--remote-debugging-port", "0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "MOZ_DISABLE_CONTENT_SANDBOX": "1", "HOME": self._profile.name},
        )
        self._last = 0
        self._socket = self._connect()
        self._call("session.new", capabilities={})
        (first, *_) = self._call("browsingContext.getTree")["contexts"]
        self._tab = first["context"]

    def _connect(self) -> ClientConnection:
        told = Path(self._profile.name, "WebDriverBiDiServer.json")
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline:
            try:
                port = json.loads(told.read_text("utf-8"))["ws_port"]
                return self._opened.enter_context(connect(f"ws://127.0.0.1:{port}/session", max_size=None))
            except (OSError, ValueError, KeyError):
                time.sleep(0.1)
        self._process.kill()
        raise RuntimeError("Firefox did not open its port")

    def _call(self, method: str, **params: object) -> Any:
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(timeout=DEADLINE))
            if answer.get("id") == self._last:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
                return answer["result"]

    def goto(self, url: str) -> None:
        self._call("browsingContext.navigate", context=self._tab, url=url, wait="complete")
        self.activate()

    def activate(self) -> None:
        """Make the window the active one: in another no key presses a button. Every new document has to ask for it."""
        self.ask("(window.focus(), true)")

    def resize(self, width: int, height: int) -> None:
        self._call("browsingContext.setViewport", context=self._tab, viewport={"width": width, "height": height})

    def ask(self, expression: str) -> Any:
        """What a JavaScript expression is, in a sandbox of ours; as JSON. Not possible in a page without scripts."""
        target = {"context": self._tab, "sandbox": "test"}
        result = self._call(
            "script.evaluate", expression=f"JSON.stringify({expression})", target=target, awaitPromise=True
        )
        if result["type"] == "exception":
            raise RuntimeError(result["exceptionDetails"]["text"])
        return json.loads(result["result"].get("value", "null"))

    def count(self, selector: str) -> int:
        """How many elements match; with scripts or without."""
        locator = {"type": "css", "value": selector}
        return len(self._call("browsingContext.locateNodes", context=self._tab, locator=locator)["nodes"])

    def wait(self, selector: str, *, gone: bool = False) -> None:
        """Until an element is there, or is not in a page that is whole: one that only begins has none of anything."""
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline:
            try:
                if (self.count(selector) == 0) is gone and (not gone or self.ask("document.readyState") == "complete"):
                    return
            except RuntimeError:  # the page is on its way out
                pass
            time.sleep(0.05)
        raise TimeoutError(f"{selector} {'stays' if gone else 'does not come'}")

    def click(self, selector: str) -> None:
        """A real click in the middle of the first element that matches."""
        locator = {"type": "css", "value": selector}
        (node, *_) = self._call("browsingContext.locateNodes", context=self._tab, locator=locator)["nodes"]
        origin = {"type": "element", "element": {"sharedId": node["sharedId"]}}
        steps = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._act("pointer", steps)

    def press(self, key: str) -> None:
        value = KEYS.get(key, key)
        self._act("key", [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}])

    def _act(self, kind: str, steps: list[dict[str, object]]) -> None:
        self._call("input.performActions", context=self._tab, actions=[{"type": kind, "id": kind, "actions": steps}])

    @property
    def url(self) -> str:
        (tree, *_) = self._call("browsingContext.getTree", root=self._tab)["contexts"]
        return str(tree["url"])

    def cookies(self) -> list[str]:
        """The names of all cookies."""
        return [cookie["name"] for cookie in self._call("storage.getCookies")["cookies"]]

    def forget(self) -> None:
        """Delete all cookies."""
        self._call("storage.deleteCookies")

    def close(self) -> None:
        try:
            self._call("browser.close")
            self._opened.close()
            self._process.wait(DEADLINE)
        except (OSError, RuntimeError, WebSocketException, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait(DEADLINE)
        finally:
            self._profile.cleanup()
