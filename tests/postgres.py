"""A PostgreSQL of the tests' own: started on a free loopback port from the machine's package, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

FOLDERS = (Path("/usr/lib/postgresql"), Path("/opt/homebrew/opt"))
READY_WITHIN = 30.0
# Speed, not safety: whatever is in there is thrown away.
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=4GB",
    "checkpoint_timeout=1h",
    "shared_buffers=256MB",
    "max_connections=300",
)


class PostgresServer:
    """A running server with one superuser, reached over TCP without a password by this machine only."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._numbers = count(1)
        self._filled: dict[str, str] = {}
        self._engine: Any = sa.create_engine(self.url("postgres"), future=True, isolation_level="AUTOCOMMIT")
        with self._engine.connect() as conn:
            self._version: tuple[int, ...] = conn.dialect.server_version_info

    def create(self, template: str = "template1") -> str:
        """A new database, a copy of the template, by name."""
        name = f"t{next(self._numbers)}"
        # Since version 15 it copies row by row unless told to copy files, which takes half the time.
        how = " STRATEGY file_copy" if self._version >= (15,) else ""
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}{how}")
        return name

    def drop(self, name: str) -> None:
        """Remove a database together with whoever is still connected."""
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        """Where SQLAlchemy finds a database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    @contextmanager
    def copy(self, of: str, fill: Callable[[str], None]) -> Iterator[str]:
        """The address of a new copy of the database that `fill` fills once under that name."""
        if of not in self._filled:
            made = self.create()
            fill(self.url(made))
            self._filled[of] = made
        name = self.create(self._filled[of])
        yield self.url(name)
        self.drop(name)

    def close(self) -> None:
        """Give back the connection."""
        self._engine.dispose()

    def _run(self, statement: str) -> None:
        with self._engine.connect() as conn:
            conn.execute(sa.text(statement))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The server, for as long as the tests run."""
    programs = _programs()
    data = Path(tempfile.mkdtemp(prefix="careline-postgres-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(data, user="postgres")
        yield from _serve(programs, data)
    finally:
        shutil.rmtree(data)


def _serve(programs: Path, data: Path) -> Iterator[PostgresServer]:
    port, who = _free_port(), _as_whom()
    initdb = [programs / "initdb", "-D", data / "db", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run([*initdb, "--locale=C.UTF-8"], check=True, stdout=subprocess.DEVNULL, cwd=data, user=who)
    given = ("listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={data}", *FAST)
    options = [part for each in given for part in ("-c", each)]
    with (data / "log").open("w") as log:
        command = [programs / "postgres", "-D", data / "db", *options]
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=data, user=who)
    try:
        _wait_until_ready(programs, process, port, data / "log")
        server = PostgresServer(port)
        yield server
        server.close()
    finally:
        # SIGINT is PostgreSQL's "fast" end: it waits for nobody.
        process.send_signal(signal.SIGINT)
        process.wait(READY_WITHIN)


def _programs() -> Path:
    """The folder of the newest `initdb` and `postgres`."""
    found = [path.parent for folder in FOLDERS for path in folder.glob("*/bin/initdb")]
    found = [path for path in found if (path / "postgres").exists()]
    if not found:
        pytest.fail("No PostgreSQL server is installed; deploy/bootstrap.sh postgres brings it.", pytrace=False)
    return max(found, key=lambda path: [int(part) for part in path.parent.name.split(".") if part.isdigit()])


def _as_whom() -> str | None:
    """PostgreSQL refuses to run as root, so root lets its own user do it."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        pytest.fail("There is no user postgres; deploy/bootstrap.sh postgres brings it.", pytrace=False)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _wait_until_ready(programs: Path, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    asked = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until and process.poll() is None:
        if subprocess.run(asked, check=False).returncode == 0:
            return
        time.sleep(0.05)
    pytest.fail(f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-2000:]}", pytrace=False)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, once of each kind that a store may lie in; SQLite's file is `kept.db`."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/kept.db"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)
