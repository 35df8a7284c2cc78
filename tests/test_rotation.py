"""The secret of an installation is changed while people are signed in, and they notice nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from deploy.processes import Ports, Processes, demo_environment
from tests.conftest import free_ports
from tests.player import Client

pytestmark = pytest.mark.process

OLD, NEW, THIRD = ("first-" * 6, "second-" * 6, "third-" * 6)
MARIA = "+15415550101"


@contextmanager
def running(ports: Ports, var: Path, **secrets: str) -> Iterator[httpx.Client]:
    processes = Processes(ports, demo_environment(ports, var) | secrets, var / "log")
    processes.start()
    headers = {"Authorization": "Bearer demo"}
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{ports.gateway}", headers=headers, timeout=30.0) as http:
            yield http
    finally:
        processes.stop()


def secret_file(var: Path, name: str, secret: str) -> str:
    path = var / name
    path.write_text(secret + "\n", encoding="utf-8")
    return str(path)


def test_d10_a_change_of_the_secret_keeps_who_is_signed_in_and_what_was_said(tmp_path: Path) -> None:
    ports = free_ports()
    with running(ports, tmp_path, CARELINE_SECRET=OLD) as http:
        client = Client(http)
        for said in ("refill my lisinopril", "541 555 0101", "1984-03-12"):
            client.say(said)
        client.code(MARIA)
        assert client.signed_in
    new = {"CARELINE_SECRET_FILE": secret_file(tmp_path, "new", NEW), "CARELINE_SECRET_OLDER": OLD}
    with running(ports, tmp_path, **new) as http:
        client.http = http
        # The question before the change is still the one that is answered.
        assert client.say("no")[-1]["act"] == "utter_ask_refill_medication_change"
        assert client.signed_in
    with running(ports, tmp_path, CARELINE_SECRET=THIRD) as http:
        client.http = http
        assert client.say("yes")[0]["act"] == "utter_conversation_unknown"
        assert not client.signed_in
