"""A real uvicorn server in a process of its own, and visitors who write down what it has acknowledged."""

import http.client
import itertools
import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.records.conftest import SECRET

ROOT = Path(__file__).parents[2]
APP = """
from consent import ConsentMiddleware, Settings

async def page(scope, receive, send):
    await send({{"type": "http.response.start", "status": 200, "headers": []}})
    await send({{"type": "http.response.body", "body": b""}})

app = ConsentMiddleware(page, Settings.from_mapping({{
    "site": {{"name": "The Gazette", "languages": ["en"]}}, "records": {{"url": {url!r}, "rate": 0}},
}}))
"""


@dataclass
class Served:
    """The server. ``records``: its ``records.url``; ``largest``: bytes that no file of its may exceed."""

    folder: Path
    records: str = "sqlite:///consent.db"
    largest: int = resource.RLIM_INFINITY
    port: int = 0
    acknowledged: list[str] = field(default_factory=list)
    """Receipts, one for each answer that said yes."""
    statuses: list[int] = field(default_factory=list)
    slowest: float = 0.0
    process: "subprocess.Popen[bytes] | None" = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _visitors: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Another may take the free port first, on a busy machine: then once more."""
        (self.folder / "served.py").write_text(APP.format(url=self.records), "utf-8")
        assert any(self._started() for _ in range(3))

    def _started(self) -> bool:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environment = {
            **os.environ,
            "CONSENT_SECRET": SECRET.decode(),
            "PYTHONPATH": f"{self.folder}{os.pathsep}{ROOT}",
        }
        command = [sys.executable, "-m", "uvicorn", "served:app", "--port", str(self.port), "--log-level", "error"]
        self.process = subprocess.Popen(command, cwd=self.folder, env=environment, stderr=subprocess.DEVNULL)
        self.limit(self.largest)
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            if self.process.poll() is not None:
                return False
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return True
        raise AssertionError("the server did not listen")

    def limit(self, largest: int) -> None:
        """No file of the server's may exceed ``largest`` bytes, from now on."""
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))

    def stop(self) -> None:
        """As an owner does; twice is once."""
        self.leave()
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=20)

    def come(self, visitors: int, *, pause: float = 0.0, returning: bool = False) -> None:
        """``visitors`` choose over and over; ``returning`` ones change their minds each time, and bring their cookie."""
        self._stop.clear()
        self._visitors = [
            threading.Thread(target=self._visit, args=(pause, returning), daemon=True) for _ in range(visitors)
        ]
        for visitor in self._visitors:
            visitor.start()

    def leave(self) -> None:
        """The visitors finish what they do."""
        self._stop.set()
        for visitor in self._visitors:
            visitor.join(timeout=30)
            assert not visitor.is_alive()

    def _visit(self, pause: float, returning: bool) -> None:  # noqa: FBT001 - the arguments of ``come``
        headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
        actions = itertools.cycle(["accept", "reject"] if returning else ["accept"])
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            try:
                while not self._stop.wait(pause):
                    started = time.monotonic()
                    body = json.dumps({"action": next(actions)}).encode()
                    connection.request("POST", "/consent", body=body, headers=headers)
                    response = connection.getresponse()
                    answer = json.loads(response.read())
                    self.statuses.append(response.status)
                    self.slowest = max(self.slowest, time.monotonic() - started)
                    if response.status == 200:
                        self.acknowledged.append(answer["receipt"])
                    if returning and (cookie := response.headers["set-cookie"]):
                        headers["Cookie"] = cookie.partition(";")[0]
            except (OSError, http.client.HTTPException, ValueError):
                pass  # the server was killed: what was not answered was not acknowledged
