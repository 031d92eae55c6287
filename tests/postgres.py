"""A PostgreSQL for tests: the server of CONSENT_TEST_POSTGRES, or one that is started here, on loopback, for as long as
the tests run. Nobody's system is changed: data stands in a temporary folder."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from tests.waiting import until

VARIABLE = "CONSENT_TEST_POSTGRES"
BINARIES = "CONSENT_TEST_POSTGRES_BINARIES"
"""Names the folder of another version's programs (initdb, postgres); without it the newest that Debian has installed."""
_NAMES = count(1)


@dataclass
class Server:
    """A running server; ``stop`` and ``start`` only for one that was started here."""

    admin: str
    binaries: Path | None = None
    data: Path | None = None
    port: int = 0
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a new, empty database."""
        name = f"consent_test_{os.getpid()}_{next(_NAMES)}"
        self.ask(f"CREATE DATABASE {name}")
        head, _, query = self.admin.partition("?")
        try:
            yield head.rpartition("/")[0] + f"/{name}" + (f"?{query}" if query else "")
        finally:
            self.ask(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def start(self) -> None:
        # The shell ends the server when its standard input does: with these tests, however they end.
        script = '"$0" "$@" & server=$!; read _; kill -INT $server; wait $server'
        command = [
            str(self.binaries / "postgres"), "-D", str(self.data), "-p", str(self.port),
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=60",
        ]  # fmt: skip
        self._process = subprocess.Popen(
            ["sh", "-c", script, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.data,
            user=_user(),
        )
        ends = time.monotonic() + 30
        while time.monotonic() < ends:
            try:
                self.ask("SELECT 1")
            except (OSError, asyncpg.PostgresError):
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("the server did not start")

    def kill(self) -> None:
        """As a machine that loses its power."""
        os.kill(int((self.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        self.stop()

    def stop(self) -> None:
        if self._process is not None:
            self._process.stdin.close()
            self._process.wait(timeout=30)
            self._process = None

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        """The rows that answer ``statement``."""

        async def ask() -> list[tuple[object, ...]]:
            connection = await asyncpg.connect(self.admin, timeout=5)
            try:
                return [tuple(row) for row in await connection.fetch(statement)]
            finally:
                await connection.close()

        return asyncio.run(ask())


@contextmanager
def server() -> Iterator[Server | str]:
    """The server, or why there is none."""
    if url := os.environ.get(VARIABLE):
        yield Server(url)
        return
    binaries = _binaries()
    if binaries is None:
        yield f"no PostgreSQL: set {VARIABLE} to a URL, or install the package postgresql"
        return
    with _own_folder() as folder:
        data = folder / "data"
        initdb = [binaries / "initdb", "-D", data, "-U", "consent", "-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8"]
        made = subprocess.run(initdb, cwd=folder, user=_user(), capture_output=True, text=True, check=False)
        if made.returncode:
            yield f"no PostgreSQL: initdb failed: {made.stderr[-300:]}"
            return
        with _running(binaries, data) as running:
            yield running


@contextmanager
def standby(primary: Server) -> Iterator[Server]:
    """Another server, which has what ``primary`` has; from now on a commit there waits for it, too."""
    with _own_folder() as folder:
        data = folder / "data"
        copy = [primary.binaries / "pg_basebackup", "-d", f"{primary.admin}?application_name=standby", "-D", data, "-R"]
        subprocess.run(copy, cwd=folder, user=_user(), check=True, capture_output=True)
        with _running(primary.binaries, data) as running:
            primary.ask("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
            primary.ask("SELECT pg_reload_conf()")
            until(lambda: primary.ask("SELECT sync_state FROM pg_stat_replication") == [("sync",)])
            yield running


@contextmanager
def _running(binaries: Path, data: Path) -> Iterator[Server]:
    port = _free_port()
    running = Server(f"postgresql://consent@127.0.0.1:{port}/postgres", binaries, data, port)
    running.start()
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def _own_folder() -> Iterator[Path]:
    """A folder that the server's user may write to."""
    with tempfile.TemporaryDirectory(prefix="consent-postgres-") as folder:
        if user := _user():
            shutil.chown(folder, user)
        yield Path(folder)


POOLER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")
"""PgBouncer's program; None where it is not installed."""


@contextmanager
def pooler(running: Server) -> Iterator[str]:
    """Host and port of a PgBouncer before ``running``, with session pooling."""
    with _own_folder() as folder:
        port = _free_port()
        host = urlsplit(running.admin)
        (folder / "pgbouncer.ini").write_text(
            f"[databases]\n* = host={host.hostname} port={host.port} user=consent\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
            "auth_type = any\npool_mode = session\n",
            "utf-8",
        )
        process = subprocess.Popen([POOLER, "-q", folder / "pgbouncer.ini"], user=_user(), stderr=subprocess.DEVNULL)
        try:
            until(lambda: _listens(port))
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def _binaries() -> Path | None:
    if chosen := os.environ.get(BINARIES):
        return Path(chosen)
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    return Path(named).resolve().parent if named else None


def _user() -> str | None:
    """PostgreSQL refuses to run as root: then as the user its package made."""
    return "postgres" if os.geteuid() == 0 else None


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
