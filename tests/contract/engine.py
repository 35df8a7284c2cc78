"""Starts and stops the FHIR engine from npm."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "foreign"
READY_WITHIN = 60.0


def node() -> str:
    """The program that runs the engine; a test that needs it is skipped where it is not installed."""
    if not (FOLDER / "node_modules" / "@medplum").exists():
        pytest.skip("the foreign engine is not installed; deploy/bootstrap.sh foreign brings it")
    # The engine wants a newer node than most machines have, so npm brought one along.
    own = next(FOLDER.glob("node_modules/node-*/bin/node"), None)
    return str(own or shutil.which("node") or "node")


@contextmanager
def running_engine() -> Iterator[str]:
    """The address of the FHIR base of an engine without any resource."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen([node(), FOLDER / "host.mjs", str(port)], stdout=log, stderr=log)
        try:
            _wait_until_ready(process, port)
            yield f"http://127.0.0.1:{port}/fhir"
        finally:
            process.terminate()
            process.wait(10)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the foreign engine did not start", pytrace=False)
