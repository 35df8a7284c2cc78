"""A real dialogue process in which something breaks: the turn fails as a whole, says nothing of it, and reaches nobody."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from settings import Settings
from tests.conftest import free_ports

pytestmark = pytest.mark.process

ROOT = Path(__file__).parent.parent
CANARY = "quokkacanary"
READY_WITHIN = 60.0

# Refuses every way out of this machine, and says so; "localhost" needs no look-up elsewhere.
GUARD = """
import sys
def guard(event, args):
    if event == "socket.connect":
        to = args[1]
        if isinstance(to, tuple) and to[0] not in ("127.0.0.1", "::1", "localhost"):
            print("EGRESS", event, to, flush=True); raise PermissionError("no way out")
    if event == "socket.getaddrinfo" and args[0] not in ("127.0.0.1", "::1", "localhost", None, ""):
        print("EGRESS", event, args[0], flush=True); raise PermissionError("no way out")
sys.addaudithook(guard)
"""

SERVE = """
from assistant import __main__ as process
{breakable}
process.main(["serve", "127.0.0.1", "{port}"])
"""

# Each part fails with the words in its message once the file "broken" names it.
BREAKABLE = """
from pathlib import Path
from assistant.components.intent_classifier import LinearIntentClassifier
from assistant.generator import ReplyGenerator
from assistant.input_channel import RepliesChannel
from assistant.talk_store import SealedTalk
from rasa.core.actions.action import RemoteAction
from rasa.core.policies.rule_policy import RulePolicy
def breakable(part, owner, name):
    whole = getattr(owner, name)
    def call(self, *args, **kwargs):
        named = Path(sys.argv[1]).read_text()
        if named == part: raise ValueError("CANARY " + repr(args))
        return whole(self, *args, **kwargs)
    async def call_later(self, *args, **kwargs):
        return await call(self, *args, **kwargs)
    import inspect
    setattr(owner, name, call_later if inspect.iscoroutinefunction(whole) else call)
breakable("component", LinearIntentClassifier, "process")
breakable("policy", RulePolicy, "predict_action_probabilities")
breakable("generator", ReplyGenerator, "generate")
breakable("action", RemoteAction, "run")
breakable("store, writing", SealedTalk, "append")
breakable("store, reading", SealedTalk, "read")
breakable("channel", RepliesChannel, "send_response")
"""
PARTS = ("component", "policy", "generator", "action", "store, writing", "store, reading", "channel")


@dataclass
class Process:
    """A dialogue process on a port of its own."""

    port: int
    var: Path
    log: Path

    def turn(self, text: str, **more: object) -> httpx.Response:
        secret = Settings.from_environment({"CARELINE_DEMO": "1"}).private_secret
        message = {"sender": "s" * 64, "channel": "web", "language": "en", "medium": "read", "text": text, **more}
        url = f"http://127.0.0.1:{self.port}/webhooks/careline/turn"
        return httpx.post(url, json=message, headers={"X-Careline-Secret": secret}, timeout=30.0)

    def breaks(self, part: str) -> None:
        (self.var / "broken").write_text(part)

    def rows(self) -> int:
        with closing(sqlite3.connect(self.var / "tracker.db")) as database:
            return database.execute("SELECT count(*) FROM dialogue_talk WHERE events > 0").fetchone()[0]

    def said(self) -> str:
        return self.log.read_text(errors="replace")


def environment(var: Path) -> dict[str, str]:
    files = {"TRACKER_STORE_URL": f"sqlite:///{var}/tracker.db", "CLOCK_FILE": f"{var}/clock"}
    return {**os.environ, "CARELINE_DEMO": "1", "PYTHONUNBUFFERED": "1", **files}


@contextmanager
def dialogue(var: Path) -> Iterator[Process]:
    port, log = free_ports().dialogue, var / "dialogue.log"
    (var / "broken").write_text("nothing")
    code = GUARD + SERVE.format(breakable=BREAKABLE.replace("CANARY", CANARY), port=port)
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(var / "broken")],
            cwd=ROOT,
            env=environment(var),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        until = time.monotonic() + READY_WITHIN
        while not _is_up(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.2)
        yield Process(port, var, log)
    finally:
        process.terminate()
        process.wait(15)


def _is_up(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/webhooks/careline/readyz", timeout=2.0).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with dialogue(tmp_path_factory.mktemp("dialogue")) as ready:
        yield ready


@pytest.mark.parametrize("part", PARTS)
def test_r12_whatever_breaks_the_turn_fails_is_not_kept_and_leaves_no_word_in_the_log(
    process: Process, part: str
) -> None:
    rows = process.rows()
    message: dict[str, object] = {"sender": part, "known": {"note": CANARY}}
    if part != "component":
        message["intent"] = "affirm" if part == "action" else "greet"
    process.breaks(part)
    answer = process.turn(f"hello {CANARY}", **message)
    process.breaks("nothing")
    assert answer.status_code == 503
    assert CANARY not in answer.text
    assert process.rows() == rows
    assert process.said().splitlines()[-1].split(": ", 1)[1].startswith("event=turn_failed error=")
    assert CANARY not in process.said()
    # The same message sent again finds the conversation as it was before.
    if part != "action":
        assert process.turn("hello", sender=part, intent="greet").json()["replies"][0]["act"] == "utter_greet"


def test_r12_starting_and_answering_reaches_nobody_outside_this_machine(process: Process) -> None:
    replies = process.turn("hello", intent="greet").json()["replies"]
    assert [reply["act"] for reply in replies] == ["utter_greet"]
    assert "EGRESS" not in process.said()


def test_r12_the_guard_of_these_tests_holds() -> None:
    code = GUARD + "import socket\nsocket.create_connection(('203.0.113.1', 9), 1)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert "EGRESS" in done.stdout
    assert "no way out" in done.stderr


TRAIN = """
from assistant import runtime
runtime.install()
import logging
import sys
from pathlib import Path
from tests import test_components_in_rasa as small
folder = Path(sys.argv[1])
for name, content in (("config.yml", small.CONFIG), ("domain.yml", small.DOMAIN), ("data.yml", small.DATA)):
    (folder / name).write_text(content)
from rasa.model_training import train
print(train(str(folder / "domain.yml"), str(folder / "config.yml"), str(folder / "data.yml"), str(folder / "models")))
"""


@pytest.mark.rasa
def test_r12_training_reaches_nobody_outside_this_machine(tmp_path: Path) -> None:
    code = GUARD + TRAIN
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "EGRESS" not in done.stdout + done.stderr
    assert list((tmp_path / "models").glob("*.tar.gz"))


def test_r07_channel_and_metadata_in_a_message_are_what_the_gateway_says_and_nothing_else(process: Process) -> None:
    forged = {
        "input_channel": "twilio_voice",
        "metadata": {"channel": "phone", "signed_in": True, "code_check": {"outcome": "accepted"}},
        "parse_data": {"intent": {"name": "code_checked"}},
        "output_channel": "x",
    }
    plain = process.turn("thank you", message_id="1", sender="a" * 64).json()
    with_forgery = process.turn("thank you", message_id="1", sender="b" * 64, **forged).json()
    assert plain == with_forgery
    assert [reply["act"] for reply in plain["replies"]] == ["utter_thank"]


@pytest.mark.parametrize(
    ("described", "why"),
    [
        ("tracker_store: {type: SQL, url: 'sqlite://'}", "SealedTrackerStore"),
        ("tracker_store: {type: assistant.tracker_store.Unknown, url: x}", "SealedTrackerStore"),
        ("tracker_store: {type: redis, url: localhost}", "SealedTrackerStore"),
        ("nlg: {type: assistant.generator.ReplyGenerator}", "SealedTrackerStore"),
    ],
)
def test_d02_with_any_other_store_it_does_not_start(described: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "endpoints.yml").write_text(described)
    code = (
        "from assistant import __main__\nfrom pathlib import Path\nfrom assistant.serving import create_app\n"
        "from settings import Settings\n"
        f"create_app(Path('x'), Settings.from_environment(), Path('{tmp_path}/endpoints.yml'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert why in done.stderr.splitlines()[-1]


def test_a_model_that_cannot_be_loaded_is_not_served_without_one(tmp_path: Path) -> None:
    code = (
        "from assistant import __main__ as process\nfrom pathlib import Path\nimport sys\n"
        "process.newest_model = lambda: Path(sys.argv[1])\nprocess.verify = lambda path: None\n"
        "process.main(['serve', '127.0.0.1', '0'])"
    )
    (tmp_path / "model.tar.gz").write_bytes(b"no model")
    command = [sys.executable, "-c", code, str(tmp_path / "model.tar.gz")]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode != 0
    assert "The model could not be loaded" in done.stderr
