"""Checking in at home: a Task with a step for each thing to confirm (FHIR R4 Task, `partOf`)."""

from __future__ import annotations

from typing import get_args

from actions.portal_client.asking import AskingCalls
from actions.portal_client.errors import NotOffered
from actions.portal_client.fhir import Json, checked_id, codes, id_of, reading, reference_id, text_in
from actions.portal_client.models.requests import Receipt
from actions.portal_client.models.scheduling import CheckIn, CheckInStep, StepKind, StepProof
from actions.portal_client.requests import task_about, task_input
from actions.portal_client.vocabulary import PORTAL_REQUEST

ECHECKIN = "echeckin"
_OVER = ("cancelled", "rejected", "failed", "entered-in-error")
_STEPS: tuple[StepKind, ...] = get_args(StepKind)


class CheckInCalls(AskingCalls):
    """Checking in at home, for the patient in context."""

    async def echeckin(self, appointment_id: str) -> CheckIn | None:
        asked = [("patient", self._patient_id), ("focus", f"Appointment/{checked_id(appointment_id)}")]
        found = await self._fhir.search("Task", asked)
        with reading("Task"):
            mine = [each for each in found.matches if task_about(each, "Appointment") == appointment_id]
            parents = [each for each in mine if _code(each) == ECHECKIN and each["status"] not in _OVER]
            return _to_checkin(parents[-1], mine, appointment_id) if parents else None

    async def start_echeckin(self, appointment_id: str, key: str) -> Receipt:
        if not await self._states("Task.create") or not await self._states("Task.update"):
            raise NotOffered
        return await self._request(ECHECKIN, key, focus=f"Appointment/{checked_id(appointment_id)}")

    async def complete_echeckin_step(self, step_id: str, proof: StepProof, key: str) -> None:
        if not await self._states("Task.update"):
            raise NotOffered
        found = await self._fhir.read("Task", step_id)
        task = found.of_type("Task")
        if task.get("status") == "completed":
            return
        with reading("Task"):
            output = _output(_code(task).removeprefix(f"{ECHECKIN}-"), proof)
        done = {**task, "status": "completed", **({"output": output} if output else {})}
        await self._fhir.update(done, found.etag, key)


def _code(task: Json) -> str:
    return next(iter(codes(task.get("code"), PORTAL_REQUEST)), "")


def _to_checkin(parent: Json, tasks: list[Json], appointment_id: str) -> CheckIn:
    inside = [each for each in tasks if id_of(parent) in _parents(each)]
    kinds = {_code(each).removeprefix(f"{ECHECKIN}-"): each for each in inside}
    steps = [
        CheckInStep(id_of(kinds[kind]), kind, kinds[kind]["status"] == "completed") for kind in _STEPS if kind in kinds
    ]
    return CheckIn(id_of(parent), appointment_id, tuple(steps), text_in(parent, "status") == "completed")


def _parents(task: Json) -> set[str | None]:
    return {reference_id(each, "Task") for each in task.get("partOf", [])}


def _output(step: str, proof: StepProof) -> list[Json]:
    if step == "consent":
        return [task_input("signature", "valueString", proof.signature)]
    if step == "questionnaire" and proof.response_id:
        answers = {"reference": f"QuestionnaireResponse/{checked_id(proof.response_id)}"}
        return [task_input("response", "valueReference", answers)]
    if step == "copay" and proof.receipt:
        return [task_input("receipt", "valueString", proof.receipt)]
    return [task_input("at-desk", "valueBoolean", True)] if step == "copay" else []
