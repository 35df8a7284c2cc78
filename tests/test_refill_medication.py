"""Asking for a refill: which medicines, where to, a yes, and what stands in the way."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from actions.medications.refill_medication import (
    ActionAskRefillMedicationConfirmed,
    ActionAskRefillMedicationMedications,
    ActionAskRefillMedicationPharmacy,
    ActionRefillMedication,
    ValidateRefillMedicationForm,
)
from actions.portal_client import DuplicateRequest, OutcomeUnknown, Pharmacy, PortalUnavailable, RefillRequest
from tests.turns import LISINOPRIL, OAKWAY, SERTRALINE, WILLAMETTE, Talk, medication

METFORMIN = medication("metformin", strength="")
OXYCODONE = medication("oxycodone", controlled=True)
CETIRIZINE = medication("cetirizine", over_the_counter=True, refills_left=None)
EARLY = medication("losartan", next_refill_on=date(2026, 4, 2))
ASKED = medication("amlodipine", open_request=True)


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    talk = Talk(tmp_path)
    talk.portal.taking = [LISINOPRIL, SERTRALINE, METFORMIN, OXYCODONE, CETIRIZINE, EARLY, ASKED]
    talk.portal.all_pharmacies = [WILLAMETTE, OAKWAY]
    return talk


async def fill(talk: Talk, words: str, intent: str = "inform", **more: Any) -> str | None:
    talk.hears(words, intent, **more)
    await talk.fills(ValidateRefillMedicationForm)
    return talk.requested


async def refill(talk: Talk, words: str) -> None:
    await fill(talk, words, "refill_medication")
    await fill(talk, "yes", "affirm")
    await talk.does(ActionRefillMedication)


async def test_the_medicines_on_prescription_are_offered(talk: Talk) -> None:
    assert await fill(talk, "i need a refill", "refill_medication") == "refill_medication_medications"
    await talk.does(ActionAskRefillMedicationMedications)
    assert talk.acts == ["utter_ask_refill_medication_medications"]
    assert talk.value("medications") == "lisinopril, sertraline, metformin, oxycodone, losartan and amlodipine"
    assert CETIRIZINE.id not in talk.picks()


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("lisinopril", ["lisinopril"]),
        ("lysinoprel and metforming", ["lisinopril", "metformin"]),
        ("the second one", ["sertraline"]),
        ("2", ["sertraline"]),
        ("la segunda", ["sertraline"]),
        ("the third", ["metformin"]),
        ("that's all", None),
        ("i don't know", None),
        ("the blue ones", None),
    ],
)
async def test_a_medicine_is_chosen_by_name_or_place(talk: Talk, words: str, names: list[str] | None) -> None:
    await fill(talk, "i need a refill", "refill_medication")
    await talk.does(ActionAskRefillMedicationMedications)
    await fill(talk, words)
    chosen = talk.slots.get("refill_medication_medications")
    assert (chosen and sorted(chosen)) == (names and [f"med-{name}" for name in names])


async def test_a_medicine_is_chosen_by_its_button(talk: Talk) -> None:
    await fill(talk, "i need a refill", "refill_medication")
    await talk.does(ActionAskRefillMedicationMedications)
    await fill(talk, "Metformin", pick=talk.picks()[2])
    assert talk.slots["refill_medication_medications"] == [METFORMIN.id]


@pytest.mark.parametrize("pick", ["med-of-somebody-else", "med-lisinopril,med-oxycodone", "pharm-oakway"])
async def test_r04_a_button_that_is_no_medicine_of_the_person_chooses_nothing(talk: Talk, pick: str) -> None:
    await fill(talk, "i need a refill", "refill_medication")
    assert await fill(talk, "x", pick=pick) == "refill_medication_medications"


async def test_all_my_medicines_are_those_that_can_be_asked_for(talk: Talk) -> None:
    await fill(talk, "refill all my prescriptions", "refill_medication")
    assert talk.slots["refill_medication_medications"] == [LISINOPRIL.id, SERTRALINE.id, METFORMIN.id]


async def test_without_a_preferred_pharmacy_it_is_asked(talk: Talk) -> None:
    talk.portal.all_pharmacies = [OAKWAY, Pharmacy("pharm-mail", "Mail order", preferred=False)]
    assert await fill(talk, "lisinopril refill", "refill_medication") == "refill_medication_pharmacy"
    await talk.does(ActionAskRefillMedicationPharmacy)
    assert (talk.acts, talk.value("pharmacies")) == (
        ["utter_ask_refill_medication_pharmacy"],
        "Oakway Drugs or Mail order",
    )


@pytest.mark.parametrize(
    ("words", "pick", "chosen"),
    [
        ("oakway", None, "pharm-oakway"),
        ("okeway", None, "pharm-oakway"),
        ("oak way drugs please", None, "pharm-oakway"),
        ("the second one", None, "pharm-mail"),
        ("by mail", None, "pharm-mail"),
        ("x", "pharm-mail", "pharm-mail"),
        ("x", "pharm-unknown", None),
        ("walgreens", None, None),
        ("the usual", None, None),
    ],
)
async def test_a_pharmacy_is_chosen_by_name_place_or_button(
    talk: Talk, words: str, pick: str | None, chosen: str | None
) -> None:
    talk.portal.all_pharmacies = [OAKWAY, Pharmacy("pharm-mail", "Mail order", preferred=False)]
    await fill(talk, "lisinopril refill", "refill_medication")
    await fill(talk, words, pick=pick)
    assert (talk.slots.get("refill_medication_pharmacy") or {}).get("id") == chosen


async def test_what_will_be_sent_is_read_back(talk: Talk) -> None:
    await fill(talk, "lisinopril and metformin refill", "refill_medication")
    await talk.does(ActionAskRefillMedicationConfirmed)
    assert talk.acts == ["utter_ask_refill_medication_confirmed"]
    assert (talk.value("medications"), talk.value("pharmacy")) == (
        "lisinopril 10 mg and metformin",
        "Willamette Pharmacy",
    )


async def test_what_will_not_be_sent_is_said_before_the_rest_is_read_back(talk: Talk) -> None:
    await fill(talk, "oxycodone and lisinopril refill", "refill_medication")
    await talk.does(ActionAskRefillMedicationConfirmed)
    assert talk.acts == ["utter_refill_medication_controlled", "utter_ask_refill_medication_confirmed"]
    assert talk.said[1]["medications"] == "lisinopril 10 mg"


async def test_after_a_no_it_asks_what_to_change(talk: Talk) -> None:
    await fill(talk, "lisinopril refill", "refill_medication")
    await fill(talk, "no", "deny")
    await talk.does(ActionAskRefillMedicationConfirmed)
    assert talk.acts == ["utter_ask_refill_medication_change"]


async def test_a_refill_is_sent_with_a_receipt(talk: Talk) -> None:
    await refill(talk, "lisinopril refill")
    assert (talk.acts, talk.value("medications")) == (["utter_refill_medication_sent"], "lisinopril 10 mg")
    assert talk.value("parts") == [
        {"type": "receipt", "medications": ["lisinopril 10 mg"], "pharmacy": "Willamette Pharmacy"}
    ]
    assert [arguments[:2] for arguments in talk.portal.called("request_refill")] == [(LISINOPRIL.id, WILLAMETTE.id)]


async def test_without_refills_left_the_doctor_is_asked(talk: Talk) -> None:
    await refill(talk, "sertraline refill")
    assert (talk.acts, talk.value("parts")[0]["needs_approval"]) == (["utter_refill_medication_needs_approval"], True)


async def test_one_sent_and_one_for_approval_are_told_apart(talk: Talk) -> None:
    await refill(talk, "lisinopril and sertraline refill")
    assert talk.acts == ["utter_refill_medication_sent", "utter_refill_medication_needs_approval"]


@pytest.mark.parametrize(
    ("words", "act", "values"),
    [
        ("oxycodone refill", "utter_refill_medication_controlled", {"medication": "oxycodone"}),
        ("more cetirizine", "utter_refill_medication_over_the_counter", {"medication": "cetirizine"}),
        (
            "losartan refill",
            "utter_refill_medication_too_early",
            {"medication": "losartan", "day": "Thursday, April 2"},
        ),
        ("amlodipine refill", "utter_refill_medication_already_open", {"medication": "amlodipine"}),
    ],
)
async def test_what_cannot_be_asked_for_is_said_with_what_to_do(
    talk: Talk, words: str, act: str, values: dict[str, str]
) -> None:
    await fill(talk, words, "refill_medication")
    assert talk.acts == [act]
    assert {name: talk.said[0][name] for name in values} == values
    assert (talk.loop, talk.slots.get("refill_medication_medications")) == (None, None)


async def test_several_that_cannot_be_asked_for_are_each_said(talk: Talk) -> None:
    await fill(talk, "oxycodone and losartan refill", "refill_medication")
    assert sorted(talk.acts) == ["utter_refill_medication_controlled", "utter_refill_medication_too_early"]


async def test_without_medicines_that_is_said(talk: Talk) -> None:
    talk.portal.taking = []
    await fill(talk, "i need a refill", "refill_medication")
    assert (talk.acts, talk.loop) == (["utter_refill_medication_none"], None)


@pytest.mark.parametrize("portal_says", ["duplicate", "already open"])
async def test_a_refill_that_somebody_else_has_asked_for_meanwhile_is_not_called_sent(
    talk: Talk, portal_says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def request_refill(*_: Any) -> RefillRequest:
        if portal_says == "duplicate":
            raise DuplicateRequest
        return RefillRequest("refill-1", "requested", needs_approval=False, already_open=True)

    monkeypatch.setattr(talk.portal, "request_refill", request_refill)
    await refill(talk, "lisinopril refill")
    assert talk.acts == ["utter_refill_medication_already_open"]


async def test_a_medicine_that_was_asked_for_between_the_yes_and_now_is_said_to_be(talk: Talk) -> None:
    await fill(talk, "lisinopril refill", "refill_medication")
    await fill(talk, "yes", "affirm")
    talk.portal.taking = [medication("lisinopril", open_request=True)]
    await talk.does(ActionRefillMedication)
    assert talk.acts == ["utter_refill_medication_already_open"]
    assert talk.portal.called("request_refill") == []


async def test_when_only_a_part_was_sent_it_is_not_said_that_nothing_was_changed(talk: Talk) -> None:
    await fill(talk, "lisinopril and sertraline refill", "refill_medication")
    await fill(talk, "yes", "affirm")
    sending = talk.portal.request_refill

    async def breaks_after_the_first(medication_id: str, pharmacy_id: str | None, key: str) -> RefillRequest:
        if medication_id == SERTRALINE.id:
            raise PortalUnavailable
        return await sending(medication_id, pharmacy_id, key)

    talk.portal.request_refill = breaks_after_the_first  # type: ignore[method-assign]
    await talk.does(ActionRefillMedication)
    assert talk.acts == ["utter_refill_medication_sent", "utter_outcome_unknown"]
    assert talk.slots["task_stack"] == ["refill_medication"]


async def test_trying_again_after_an_unknown_outcome_asks_under_the_same_key(talk: Talk) -> None:
    talk.portal.fail("request_refill", OutcomeUnknown(), times=1)
    await refill(talk, "lisinopril refill")
    assert talk.acts == ["utter_outcome_unknown"]
    await fill(talk, "yes", "affirm")
    await talk.does(ActionRefillMedication)
    keys = [key for _, _, key in talk.portal.called("request_refill")]
    assert len(keys) == 2
    assert len(set(keys)) == 1


async def test_each_medicine_has_a_key_of_its_own(talk: Talk) -> None:
    await refill(talk, "lisinopril and metformin refill")
    keys = [key for _, _, key in talk.portal.called("request_refill")]
    assert len(keys) == len(set(keys)) == 2
