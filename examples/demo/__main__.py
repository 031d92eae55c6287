"""Start the demo: ``python -m examples.demo``; PORT chooses the port, 0 a free one."""

import asyncio
import os
import secrets
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Literal

import uvicorn
from starlette.types import ASGIApp

from examples.demo import create_app
from examples.demo.partners import Partners, Tally

LOOPBACK = "127.0.0.1"  # partners' names lead to this machine only, so the demo does too


class Server(uvicorn.Server):
    """Two of these share a process, so the signals are handled once for both, in ``main``."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def make_server(app: ASGIApp, *, lifespan: Literal["auto", "off"]) -> Server:
    return Server(
        uvicorn.Config(app, log_level="warning", access_log=False, lifespan=lifespan, timeout_graceful_shutdown=2)
    )


def listen(port: int) -> socket.socket:
    return socket.create_server((LOOPBACK, port))


def announce(url: str, partner_port: int, records: Path, *, ephemeral: bool) -> None:
    print(f"\n  The Gazette      {url}")
    print(f"  in Ukrainian     {url}uk/")
    print(f"  counts           {url}demo/counts.html")
    print(f"  partners         http://*.localhost:{partner_port}/ (simulated)")
    print(f"  records          {records} (removed at the end)")
    if ephemeral:
        print("\n  CONSENT_SECRET is not set: the demo made a key for this run alone. A site of yours needs its own.")
    print("\n  Ctrl-C ends it.\n", flush=True)


async def serve(site: socket.socket, partners: socket.socket, records: Path, *, ephemeral: bool) -> None:
    port, partner_port = site.getsockname()[1], partners.getsockname()[1]
    tally = Tally()
    app = create_app(f"http://localhost:{partner_port}", tally, records=f"sqlite:///{records}")
    servers = make_server(app, lifespan="auto"), make_server(Partners(tally), lifespan="off")

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for server in servers:
            server.should_exit = True

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
    announce(f"http://localhost:{port}/", partner_port, records, ephemeral=ephemeral)
    await asyncio.gather(servers[0].serve(sockets=[site]), servers[1].serve(sockets=[partners]))


def main() -> int:
    ephemeral = not os.environ.get("CONSENT_SECRET")
    if ephemeral:
        os.environ["CONSENT_SECRET"] = secrets.token_urlsafe(32)
    wanted = os.environ.get("PORT") or "8000"
    try:
        site = listen(int(wanted))
    except (OSError, ValueError, OverflowError) as error:
        print(f"Cannot listen on PORT={wanted}: {error}. Choose another: PORT=0 takes a free one.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="consent-demo-") as folder, site, listen(0) as partners:
        asyncio.run(serve(site, partners, Path(folder) / "records.db", ephemeral=ephemeral))
    print("  Ended.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
