"""Each reason for assistant/runtime.py, and that training, serving, a form and an action work on it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, because the runtime has to come before any import of Rasa."""
    prepared = f"from assistant import runtime; runtime.install()\n{code}"
    return subprocess.run([sys.executable, "-c", prepared], cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.mark.rasa
def test_rasa_is_imported_without_tensorflow_and_unused_connectors() -> None:
    done = run("import rasa.core.run, rasa.model_training, sys; print(sys.modules['tensorflow'].__class__.__name__)")
    assert done.stdout.strip() == "_PlaceholderModule", done.stderr


@pytest.mark.rasa
def test_a_part_that_was_left_out_says_its_name_when_used() -> None:
    done = run("import tensorflow as tf\ntf.keras.Model(1, 2)")
    assert "tensorflow" in done.stderr
    assert "was used, but it is not part of Careline's runtime" in done.stderr


@pytest.mark.rasa
def test_placeholders_serve_as_base_classes_annotations_and_exceptions() -> None:
    done = run(
        "from tensorflow.keras.layers import Layer\nimport botocore.exceptions as b\n"
        "class Mine(Layer):\n    def f(self, x: Layer | None) -> Layer: ...\n"
        "try:\n    raise b.ClientError()\nexcept b.ClientError:\n    print('caught')"
    )
    assert done.stdout.strip() == "caught", done.stderr


def test_a_module_that_is_not_on_the_list_is_still_missing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from assistant.runtime import _UnusedModules as U; print(U().find_spec('kafkaesque'))"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "None", done.stderr


@pytest.mark.rasa
def test_it_refuses_to_come_after_rasa() -> None:
    code = "import sys, types; sys.modules['rasa'] = types.ModuleType('rasa')\nfrom assistant import runtime; runtime.install()"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert "must run before rasa is imported" in done.stderr


@pytest.mark.rasa
def test_the_action_result_validator_is_built_once_and_still_refuses() -> None:
    done = run(
        "from rasa.core.actions.action import RemoteAction\nimport jsonschema\n"
        "jsonschema.validate = None  # compiled anew at each call, it would fail here\n"
        "action = RemoteAction('a', None)\n"
        "print(action._validate_action_result({'events': [], 'responses': []}))\n"
        "try:\n    action._validate_action_result({'events': 'secret words'})\n"
        "except Exception as error:\n    print('secret words' in str(error), type(error).__name__)"
    )
    assert done.stdout.split() == ["True", "False", "RasaException"], done.stderr


@pytest.mark.rasa
def test_the_names_that_moved_are_where_rasa_looks_for_them() -> None:
    done = run(
        "import numpy, sanic.response; print(callable(sanic.response.stream), numpy.VisibleDeprecationWarning.__name__)"
    )
    assert done.stdout.split() == ["True", "VisibleDeprecationWarning"], done.stderr


@pytest.mark.rasa
def test_r12_telemetry_is_off_and_message_texts_are_not_logged() -> None:
    done = run(
        "import os, logging, structlog\nprint(os.environ['RASA_TELEMETRY_ENABLED'])\n"
        "structlog.get_logger('rasa').info('processor.message.parse', text='I have a rash')"
    )
    assert done.stdout.strip() == "false", done.stderr
    assert "rash" not in done.stdout + done.stderr


@pytest.mark.rasa
def test_a_turn_whose_action_fails_fails_with_it_and_says_none_of_its_words() -> None:
    done = run(
        "import asyncio\nfrom rasa.core.policies.policy import PolicyPrediction\n"
        "from rasa.core.processor import MessageProcessor\nfrom rasa.shared.core.domain import Domain\n"
        "from rasa.shared.core.trackers import DialogueStateTracker\n"
        "class Failing:\n"
        "    def name(self): return 'action_x'\n"
        "    async def run(self, *_): raise ValueError('secret words')\n"
        "processor = MessageProcessor.__new__(MessageProcessor)\nprocessor.domain = Domain.empty()\n"
        "tracker = DialogueStateTracker('x', [])\n"
        "try:\n    asyncio.run(processor._run_action(Failing(), tracker, None, None, PolicyPrediction([1.0], 'rules')))\n"
        "except Exception:\n    print('Rasa would go on')\n"
        "except runtime.TurnFailed as failed:\n    print('failed', len(tracker.events), 'secret' in str(failed), failed)"
    )
    assert done.stdout.split()[:3] == ["failed", "0", "False"], done.stdout + done.stderr
    assert "ValueError at <string>:" in done.stdout
