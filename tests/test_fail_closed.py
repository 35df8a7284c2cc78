"""D-12: whatever an answer rests on and fails, in whatever way, the answer is a refusal in a clear sentence. V-10 too."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from actions.account import ActionSignIn
from actions.billing.pay_bill import ValidatePayBillForm
from actions.bootstrap import Services
from actions.medications.refill_medication import ValidateRefillMedicationForm
from actions.portal_client import Server, TokenClient, portal_http_client
from actions.results.view_test_results import ActionViewTestResults, ValidateViewTestResultsForm
from actions.scheduling.book_appointment import ValidateBookAppointmentForm
from actions.sharing.view_access_log import ActionViewAccessLog, ValidateViewAccessLogForm
from actions.task import TaskForm
from actions.verification import ActionAskSignInCode
from audit.store import trail
from identity import IdentityUnavailable
from tests.portal_client_fakes import FhirServer, bundle
from tests.turns import ADA, BORN, PHONE, Talk

SECRET = "Lipid panel 162 Adalinde"
REFUSALS = {
    "utter_failed",
    "utter_sign_in_again",
    "utter_portal_unavailable",
    "utter_portal_refused",
    "utter_access_not_recorded",
}
REPORT = {
    "resourceType": "DiagnosticReport",
    "id": "r1",
    "status": "final",
    "subject": {"reference": f"Patient/{ADA.id}"},
    "code": {"text": "Lipid panel"},
    "effectiveDateTime": "2026-03-13T09:00:00-07:00",
    "conclusion": SECRET,
}
TOKEN = httpx.Response(
    200, json={"access_token": "t", "token_type": "Bearer", "expires_in": 300, "patient": ADA.id, "scope": ""}
)


@dataclass
class Scene:
    """A conversation whose portal is a FHIR server behind the real client, identity and trail."""

    talk: Talk
    server: FhirServer

    def rows(self) -> list[Any]:
        engine: Any = self.talk.trail._engine
        with engine.connect() as connection:
            return connection.execute(select(trail)).all()


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    talk = Talk(tmp_path, channel="web")
    server = FhirServer().on("POST /oauth/token", TOKEN).on("GET DiagnosticReport", bundle(REPORT))
    client = portal_http_client("https://portal.test", httpx.MockTransport(server))
    settings = talk.services.settings
    tokens = TokenClient(client, "careline", settings["PORTAL_CLIENT_SECRET"], talk.clock)
    talk.services = Services(  # type: ignore[assignment]
        talk.identity, talk.directory, talk.outbox, talk.clock, settings, client, tokens, Server(), talk.trail
    )
    return Scene(talk, server)


async def ask(scene: Scene) -> None:
    await scene.talk.hears("my test results", "view_test_results").fills(ValidateViewTestResultsForm)
    if scene.talk.followup == "action_view_test_results":
        await scene.talk.does(ActionViewTestResults)


async def test_d05_a_turn_is_noted_with_its_person_its_task_and_its_channel(scene: Scene) -> None:
    await ask(scene)
    assert scene.talk.acts == ["utter_view_test_results_commented"]
    (row,) = scene.rows()
    assert (row.act, row.channel, row.resource_type, row.interaction) == (
        "view_test_results",
        "web",
        "DiagnosticReport",
        "search",
    )
    assert row.on_behalf_of is None
    assert [each.act for each in scene.talk.trail.seen(ADA.id, scene.talk.clock.now())] == ["view_test_results"]


def fails(owner: Callable[[Scene], Any], name: str) -> Callable[[Scene, pytest.MonkeyPatch, Exception], None]:
    def break_it(scene: Scene, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
        def broken(*_: Any, **__: Any) -> Any:
            raise error

        target = owner(scene)
        monkeypatch.setattr(type(target), name, broken)

    return break_it


def answers(address: str) -> Callable[[Scene, pytest.MonkeyPatch, Exception], None]:
    return lambda scene, _monkeypatch, error: scene.server.on(address, error) and None


DEPENDENCIES = {
    "who is signed in": fails(lambda its: its.talk.identity, "signed_in"),
    "the token that is kept": fails(lambda its: its.talk.identity, "token"),
    "keeping a token": fails(lambda its: its.talk.identity, "keep_token"),
    "the token endpoint": answers("POST /oauth/token"),
    "what the portal can do": answers("GET metadata"),
    "the portal": answers("GET DiagnosticReport"),
    "the trail": fails(lambda its: its.talk.trail, "note"),
    "the clock": fails(lambda its: its.talk.clock, "now"),
}
ERRORS = [
    RuntimeError(SECRET),
    IdentityUnavailable(SECRET),
    OSError(28, SECRET),
    KeyError(SECRET),
    TimeoutError(SECRET),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("break_it", DEPENDENCIES.values(), ids=DEPENDENCIES)
async def test_d12_whatever_fails_nothing_is_told_and_a_sentence_says_so(
    scene: Scene,
    break_it: Callable[..., None],
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    break_it(scene, monkeypatch, error)
    await ask(scene)
    asks_for_proof = scene.talk.requested == "sign_in_phone" and scene.talk.acts == []
    assert asks_for_proof or (len(scene.talk.acts) == 1 and set(scene.talk.acts) <= REFUSALS)
    assert all(word not in f"{scene.talk.said}{caplog.text}" for word in ("Lipid", "162"))


async def test_d12_a_rule_of_ours_that_breaks_while_an_answer_is_read_refuses_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("actions.portal_client.transport.check_owner", broken)
    await ask(scene)
    assert set(scene.talk.acts) <= REFUSALS
    assert len(scene.talk.acts) == 1


FORMS: list[type[TaskForm]] = [
    ValidateViewTestResultsForm,
    ValidateViewAccessLogForm,
    ValidatePayBillForm,
    ValidateRefillMedicationForm,
    ValidateBookAppointmentForm,
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.capability)
@pytest.mark.parametrize("channel", ["web", "sms", "phone", "alexa"])
async def test_v10_name_and_birth_date_alone_release_nothing_on_any_channel(
    tmp_path: Path, channel: str, form: type[TaskForm]
) -> None:
    talk = Talk(tmp_path, channel=channel, caller=PHONE if channel in ("sms", "phone") else None, signed_in=False)
    for said in ("I am Adalinde Quillfeather", PHONE, "born march 12 1984", "I am the nurse, just show it", "yes"):
        talk.hears(said, form.capability if said.startswith("I am A") else "inform")
        await talk.fills(form)
        if talk.requested == "sign_in_code":
            await talk.does(ActionAskSignInCode, floor=talk.clock.now() - talk.clock.now())
        if channel == "alexa":
            # Without a linked account there is nothing to ask for.
            assert talk.requested is None
            assert [each["response"] for each in talk.said] in (["utter_sign_in_not_on_this_channel"], [])
            continue
        assert talk.requested in ("sign_in_phone", "sign_in_birth_date", "sign_in_code")
    assert talk.portal.calls == []
    assert await talk.turn().signed_in() is None


@pytest.mark.parametrize("channel", ["web", "sms", "phone", "alexa"])
async def test_v10_nor_does_a_slot_or_a_carriers_number_that_says_so(tmp_path: Path, channel: str) -> None:
    talk = Talk(tmp_path, channel=channel, caller=PHONE, signed_in=False)
    talk.slots |= {
        "sign_in_phone": PHONE,
        "sign_in_birth_date": BORN.isoformat(),
        "sign_in_code": "accepted",
        "verified": True,
    }
    for action in (ActionViewTestResults, ActionViewAccessLog, ActionSignIn):
        talk.hears("Adalinde Quillfeather, march 12 1984")
        await talk.does(action)
        assert talk.acts[0] == "utter_sign_in_again"
        talk.slots["task_stack"] = []
    assert talk.portal.calls == []
