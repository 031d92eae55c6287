"""A real server under load, killed again and again: what it acknowledged is there, and the chain is whole.

CONSENT_CRASHES says how often (``make crash``: 50); a test run does with fewer.
"""

import asyncio
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

from consent.records.chain import derive_key
from consent.records.ledger import Selection
from consent.records.opening import open_keeper, open_ledger
from consent.records.verifying import verify
from tests.records.conftest import SECRET

ROOT = Path(__file__).parents[2]
CRASHES = int(os.environ.get("CONSENT_CRASHES", "5"))
VISITORS = 8
APP = """
from consent import ConsentMiddleware, Settings

async def page(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})

app = ConsentMiddleware(page, Settings.from_mapping({
    "site": {"name": "The Gazette", "languages": ["en"]}, "records": {"url": "sqlite:///consent.db", "rate": 0},
}))
"""


class Crashing:
    """The server, and visitors who write down what it has acknowledged."""

    def __init__(self, folder):
        self.folder = folder
        self.acknowledged = []
        self.statuses = set()
        (folder / "served.py").write_text(APP, "utf-8")

    def start(self):
        """Another may take the free port first, on a busy machine: then once more."""
        assert any(self.started() for _ in range(3))

    def started(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environment = {
            **os.environ,
            "CONSENT_SECRET": SECRET.decode(),
            "PYTHONPATH": f"{self.folder}{os.pathsep}{ROOT}",
        }
        command = [sys.executable, "-m", "uvicorn", "served:app", "--port", str(self.port), "--log-level", "error"]
        self.server = subprocess.Popen(command, cwd=self.folder, env=environment, stderr=subprocess.DEVNULL)
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            if self.server.poll() is not None:
                return False
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return True
        raise AssertionError("the server did not listen")

    def visit(self):
        """Choose, over and over, until the server is gone."""
        headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            while True:
                connection.request("POST", "/consent", body=b'{"action": "accept"}', headers=headers)
                response = connection.getresponse()
                body = response.read()
                self.statuses.add(response.status)
                self.acknowledged.append(json.loads(body)["receipt"])
        except (OSError, http.client.HTTPException, ValueError):
            pass
        finally:
            connection.close()

    def crash(self, seconds):
        visitors = [threading.Thread(target=self.visit) for _ in range(VISITORS)]
        for visitor in visitors:
            visitor.start()
        time.sleep(seconds)
        self.server.send_signal(signal.SIGKILL)
        self.server.wait(timeout=20)
        for visitor in visitors:
            visitor.join(timeout=20)


def test_a_server_that_is_killed_has_kept_what_it_acknowledged(tmp_path):
    crashing, chance = Crashing(tmp_path), random.Random(20261128)
    for _ in range(CRASHES):
        crashing.start()
        crashing.crash(chance.uniform(0.1, 0.7))
    url = f"sqlite:///{tmp_path}/consent.db"
    keeper = open_keeper(url, [SECRET])

    assert asyncio.run(keeper.drain())
    keeper.close()
    with closing(open_ledger(url, [SECRET])) as ledger:
        kept = {row["receipt"] for row in ledger.rows(Selection())}
        assert [str(found) for found in verify(ledger, [derive_key(SECRET)])] == []
    assert crashing.statuses == {200}
    assert len(crashing.acknowledged) > CRASHES
    assert set(crashing.acknowledged) - kept == set()
    print(f"{CRASHES} kills, {len(crashing.acknowledged)} acknowledged, {len(kept)} kept")
