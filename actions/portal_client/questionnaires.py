"""Questionnaires: which wait for answers, what they ask, and keeping answers (FHIR R4 QuestionnaireResponse)."""

from __future__ import annotations

from datetime import date

from actions.portal_client.asking import AskingCalls
from actions.portal_client.branching import only_asked
from actions.portal_client.errors import NotOffered
from actions.portal_client.fhir import Json, checked_id, codes, reading, reference_id, text_in, to_day, to_instant
from actions.portal_client.models.tracking import Answers, AssignedQuestionnaire, Questionnaire, SavedAnswers
from actions.portal_client.questions import to_items, to_questionnaire, to_saved
from actions.portal_client.requests import OPEN
from actions.portal_client.vocabulary import PORTAL_REQUEST

_ASSIGNED = "complete-questionnaire"


class QuestionnaireCalls(AskingCalls):
    """Questionnaires of the patient in context."""

    async def assigned_questionnaires(self) -> list[AssignedQuestionnaire]:
        asked = [
            ("patient", self._patient_id),
            ("code", f"{PORTAL_REQUEST}|{_ASSIGNED}"),
            ("status", ",".join(sorted(OPEN))),
        ]
        found = await self._fhir.search("Task", asked)
        with reading("Task"):
            tasks = [each for each in found.matches if each["status"] in OPEN and _ASSIGNED in codes(each["code"])]
            listed = [self._to_assigned(task) for task in tasks]
        known = [each for each in listed if each is not None]
        return sorted(known, key=lambda each: (each.until or date.max, each.title))

    async def questionnaire(self, questionnaire_id: str) -> Questionnaire:
        found = await self._fhir.read("Questionnaire", questionnaire_id)
        with reading("Questionnaire"):
            return to_questionnaire(found.of_type("Questionnaire"), self._zone)

    async def saved_answers(self, questionnaire_id: str) -> SavedAnswers | None:
        questionnaire = await self.questionnaire(questionnaire_id)
        kept = await self._unfinished(questionnaire)
        with reading("QuestionnaireResponse"):
            return to_saved(kept, questionnaire, self._zone) if kept else None

    async def save_answers(self, questionnaire_id: str, answers: Answers, key: str, finished: bool) -> SavedAnswers:
        creates = await self._states("QuestionnaireResponse.create")
        if not creates or not await self._states("QuestionnaireResponse.update"):
            raise NotOffered
        questionnaire = await self.questionnaire(questionnaire_id)
        kept = await self._unfinished(questionnaire)
        status, items = (
            "completed" if finished else "in-progress",
            to_items(questionnaire, only_asked(questionnaire, answers)),
        )
        said: Json = {"status": status, **({"item": items} if items else {})}
        if kept is None:
            return await self._keep_first(questionnaire, said, key)
        plain = {name: value for name, value in kept.items() if name != "item"}
        with reading("QuestionnaireResponse"):
            rid = text_in(kept, "id")
        written = await self._change(
            "QuestionnaireResponse", rid, lambda now: {**plain, **said, "meta": now["meta"]}, key
        )
        with reading("QuestionnaireResponse"):
            return to_saved(written, questionnaire, self._zone)

    async def _keep_first(self, questionnaire: Questionnaire, said: Json, key: str) -> SavedAnswers:
        response: Json = {
            "resourceType": "QuestionnaireResponse",
            "questionnaire": questionnaire.address,
            "subject": {"reference": self._patient},
            "authored": to_instant(self._clock.now()),
            **said,
        }
        return await self._fhir.create(response, key, lambda kept: to_saved(kept, questionnaire, self._zone))

    async def _unfinished(self, questionnaire: Questionnaire) -> Json | None:
        asked = [("patient", self._patient_id), ("status", "in-progress")]
        found = await self._fhir.search("QuestionnaireResponse", asked)
        names = (questionnaire.address, f"Questionnaire/{questionnaire.id}")
        with reading("QuestionnaireResponse"):
            begun = [each for each in found.matches if each["status"] == "in-progress"]
            mine = [each for each in begun if text_in(each, "questionnaire").partition("|")[0] in names]
            return max(mine, key=lambda each: text_in(each, "authored"), default=None)

    def _to_assigned(self, task: Json) -> AssignedQuestionnaire | None:
        rid = reference_id(task.get("focus"), "Questionnaire")
        if rid is None:
            return None
        end = task.get("restriction", {}).get("period", {}).get("end")
        title = text_in(task["focus"], "display") or text_in(task, "description")
        return AssignedQuestionnaire(checked_id(rid), title, to_day(end, self._zone) if end else None)
