"""The demo as ``make demo`` starts it: it says where it is, serves, and ends cleanly on Ctrl-C."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]


def start(**environment):
    kept = {key: value for key, value in os.environ.items() if key not in {"CONSENT_SECRET", "PORT"}}
    return subprocess.Popen(
        [sys.executable, "-m", "examples.demo"],
        cwd=ROOT,
        env={**kept, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read_until(stream, pattern):
    said = ""
    for line in stream:
        said += line
        if re.search(pattern, line):
            return said
    raise AssertionError(said)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_its_url_serves_and_ends_cleanly(ending):
    with start(PORT="0") as demo:
        try:
            said = read_until(demo.stdout, "Ctrl-C")
            url = re.search(r"http://localhost:\d+/", said)[0]
            records = Path(re.search(r"records +(\S+)", said)[1])
            assert "CONSENT_SECRET is not set" in said
            page = httpx.get(url)
            assert page.status_code == 200
            assert 'id="consent-banner"' in page.text
            assert httpx.get(f"{url}demo/counts").json()["total"] == 0
            answer = httpx.post(f"{url}consent", data={"action": "reject"}, headers={"Origin": url.rstrip("/")})
            assert answer.status_code == 303
            assert records.exists()
        finally:
            demo.send_signal(ending)
            rest, errors = demo.communicate(timeout=10)
    assert demo.returncode == 0
    assert "Ended." in rest
    assert "Traceback" not in errors
    assert not records.parent.exists()


def test_a_key_of_the_owner_is_used_and_not_spoken_of():
    with start(PORT="0", CONSENT_SECRET="a key that the owner has set himself") as demo:
        said = read_until(demo.stdout, "Ctrl-C")
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=10)
    assert "CONSENT_SECRET" not in said


def test_a_taken_port_is_said_plainly():
    with socket.create_server(("127.0.0.1", 0)) as taken, start(PORT=str(taken.getsockname()[1])) as demo:
        _, errors = demo.communicate(timeout=20)
    assert demo.returncode == 1
    assert "PORT=0" in errors
    assert "Traceback" not in errors
