"""The four processes as a group: started in order, waited for, stopped together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
READY_WITHIN = 60.0
"""Seconds; a machine that is busy with other things needs many times what an idle one does."""
STOP_WITHIN = 10.0


class StartError(Exception):
    """A process did not come up; the message says which and where it says why."""


@dataclass(frozen=True)
class Ports:
    """Where each process listens on loopback."""

    gateway: int = 8000
    portal: int = 8010
    dialogue: int = 5005
    actions: int = 5055


@dataclass(frozen=True)
class Part:
    """One process: how it is started and how one sees that it is ready."""

    name: str
    arguments: tuple[str, ...]
    ready: str
    port: int


def parts(ports: Ports) -> tuple[Part, ...]:
    """The processes in the order in which they need each other."""
    host = "127.0.0.1"
    return (
        Part("portal", ("demo_portal",), f"http://{host}:{ports.portal}/readyz", ports.portal),
        Part("actions", ("actions", host, str(ports.actions)), f"http://{host}:{ports.actions}/readyz", ports.actions),
        Part(
            "dialogue",
            ("assistant", "serve", host, str(ports.dialogue)),
            f"http://{host}:{ports.dialogue}/webhooks/careline/readyz",
            ports.dialogue,
        ),
        Part("gateway", ("channels",), f"http://{host}:{ports.gateway}/readyz", ports.gateway),
    )


def demo_environment(ports: Ports, var: Path) -> dict[str, str]:
    """The environment of a demo whose files are below `var`."""
    host = "http://127.0.0.1"
    return {
        **os.environ,
        "CARELINE_DEMO": "1",
        "CARELINE_PORT": str(ports.gateway),
        "DIALOGUE_URL": f"{host}:{ports.dialogue}",
        "ACTIONS_URL": f"{host}:{ports.actions}",
        "PORTAL_URL": f"{host}:{ports.portal}",
        "PORTAL_PORT": str(ports.portal),
        "PORTAL_DATABASE_URL": f"sqlite:///{var}/portal.db",
        "DATABASE_URL": f"sqlite:///{var}/careline.db",
        "TRACKER_STORE_URL": f"sqlite:///{var}/tracker.db",
        "CLOCK_FILE": f"{var}/clock",
        "TWILIO_API_URL": f"{host}:{ports.gateway}/simulator/twilio",
        "PYTHONUNBUFFERED": "1",
    }


class Processes:
    """Starts the parts, notices when one dies, and stops them all."""

    def __init__(self, ports: Ports, environment: Mapping[str, str], logs: Path) -> None:
        self._parts = parts(ports)
        self._environment = dict(environment)
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, report: Callable[[str, float], None] = lambda _name, _seconds: None) -> None:
        """Start all parts at once and wait for each in order; `report` hears each name and its seconds.

        Raises:
            StartError: a port is taken, or a part died or was not ready in time; the others have been stopped.
        """
        for part in self._parts:
            _refuse_taken(part)
        self._logs.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        try:
            for part in self._parts:
                self._start(part)
            for part in self._parts:
                self._wait(part)
                report(part.name, time.monotonic() - began)
        except BaseException:
            self.stop()
            raise

    def pid(self, name: str) -> int:
        return self._running[name].pid

    @property
    def environment(self) -> dict[str, str]:
        """What the processes are started with, for commands that run beside them."""
        return dict(self._environment)

    def stop_one(self, name: str) -> None:
        """Stop one part, as a crash would; the others go on."""
        _end(self._running.pop(name))

    def start_one(self, name: str) -> None:
        """Start a part that was stopped, and wait for it."""
        part = next(part for part in self._parts if part.name == name)
        self._start(part)
        self._wait(part)

    def wait(self) -> str:
        """Block until a part ends by itself; its name."""
        while True:
            for name, process in self._running.items():
                if process.poll() is not None:
                    return name
            time.sleep(0.5)

    def stop(self) -> None:
        """Stop all parts, the gateway first, so that nobody is let in to a half of it."""
        for name in reversed(list(self._running)):
            _end(self._running.pop(name))

    def log_of(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def _start(self, part: Part) -> None:
        with self.log_of(part.name).open("ab") as log:
            self._running[part.name] = subprocess.Popen(
                [sys.executable, "-m", *part.arguments],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                # Control-C reaches only the one who stops the rest in order.
                start_new_session=True,
            )

    def _wait(self, part: Part) -> None:
        process = self._running[part.name]
        for _ in _until(READY_WITHIN):
            if process.poll() is not None:
                raise StartError(
                    f"The {part.name} process ended while starting. Its log says why: {self.log_of(part.name)}"
                )
            if _answers(part.ready):
                return
        raise StartError(f"The {part.name} process was not ready in {READY_WITHIN:.0f} s. See {self.log_of(part.name)}")


def _refuse_taken(part: Part) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", part.port))
        except OSError:
            raise StartError(
                f"Port {part.port} is in use, and the {part.name} process needs it. "
                f"Stop what uses it (`ss -ltnp 'sport = :{part.port}'` shows it) and try again."
            ) from None


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2.0).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _until(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.1)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
