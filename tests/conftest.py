"""What many tests need: the real processes on free ports, started once, and a clean demo for each test."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from deploy.processes import Ports, Processes, demo_environment
from tests.canaries import OWN, RUN
from tests.postgres import database_url, postgres

__all__ = ["careline", "database_url", "free_ports", "postgres", "running"]


@dataclass(frozen=True)
class Careline:
    """The running assistant of a test."""

    processes: Processes
    ports: Ports
    var: Path
    http: httpx.Client

    @property
    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in sorted((self.var / "log").glob("*.log")))


def free_ports() -> Ports:
    sockets = [socket.socket() for _ in range(4)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    numbers = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return Ports(*numbers)


@pytest.fixture(scope="session")
def running() -> Iterator[Careline]:
    # Left behind for the search in tests/canaries.py, which comes last.
    var = OWN / RUN
    shutil.rmtree(OWN, ignore_errors=True)
    var.mkdir(parents=True)
    ports = free_ports()
    processes = Processes(ports, demo_environment(ports, var), var / "log")
    processes.start()
    origin = f"http://127.0.0.1:{ports.gateway}"
    with httpx.Client(base_url=origin, headers={"Authorization": "Bearer demo"}, timeout=30.0) as http:
        yield Careline(processes, ports, var, http)
        (var / "metrics.txt").write_text(http.get("/metrics").text)
    processes.stop()


@pytest.fixture
def careline(running: Careline) -> Careline:
    """The running assistant with the demo people as they were on the first day."""
    assert running.http.post("/simulator/reset").status_code == 200
    return running
