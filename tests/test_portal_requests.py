"""What leaves the client: no more than is documented, and never about another patient than the one it is for."""

from __future__ import annotations

import json
import random
import re
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.billing.pay_bill import ActionPayBill, ValidatePayBillForm
from actions.medications.refill_medication import ActionRefillMedication
from actions.portal_client.ways import ways
from actions.results.view_test_results import ActionViewTestResults
from actions.sharing.switch_person import ActionAskSwitchPersonWhom, ActionSwitchPerson
from actions.turn import CarelineAction
from assistant.capabilities import Capabilities
from tests.demo_portal_case import Demo, demo, seeded_file, settings
from tests.family_case import Asked, Family, maria, revoke

__all__ = ["demo", "maria", "seeded_file", "settings"]
ROOT = Path(__file__).parent.parent
BUILT = [row.id for row in Capabilities.load().rows if not row.planned and row.id in ways()]

# What is said to go through a capability from end to end: words, intent, choice.
Said = tuple[str, str]
JOURNEYS: dict[str, list[list[Said]]] = {
    "book_appointment": [
        [("book a physical", "book_appointment"), ("dr chen", "inform"), ("at crescent next monday morning", "inform"), ("the first one", "inform"), ("yes", "affirm")],
        [("book a well child visit for leo", "book_appointment"), ("anyone", "inform"), ("tomorrow", "inform"), ("the first one", "inform"), ("yes", "affirm")],
    ],
    "view_test_results": [[("show my results", "view_test_results")], [("show me leo's results", "view_test_results")]],
    "refill_medication": [
        [("refill everything", "refill_medication"), ("lisinopril and sertraline", "inform"), ("oakway", "inform"), ("yes", "affirm")],
        [("refill the albuterol for leo", "refill_medication"), ("oakway", "inform"), ("yes", "affirm")],
    ],
    "pay_bill": [
        [("pay my bill", "pay_bill"), ("half", "inform"), ("visa", "inform"), ("yes", "affirm")],
        [("pay sofia's bill", "pay_bill"), ("all of it", "inform"), ("the bank", "inform"), ("yes", "affirm")],
    ],
    "switch_person": [[("switch to my son", "switch_person"), ("leo", "inform"), ("whose record is this", "switch_person"), ("back to me", "switch_person")]],
    "view_access_log": [[("who has looked at my record", "view_access_log")], [("who has looked at leo's record", "view_access_log")]],
    "sign_in": [[("sign me in", "sign_in"), ("541 555 0101", "inform"), ("march 12 1984", "inform")]],
    "change_language": [[("en español", "change_language")]],
}  # fmt: skip

# How the last reply of a journey begins, so that none of them stops half way.
ENDS = {
    "book_appointment": "utter_book_appointment_booked", "view_test_results": "utter_view_test_results", "refill_medication": "utter_refill_medication_",
    "pay_bill": "utter_pay_bill_paid", "switch_person": "utter_switch_person_own", "view_access_log": ("utter_view_access_log_", "utter_ask_view_access_log_more"), "sign_in": "utter_ask_sign_in_code_sent", "change_language": "",
}  # fmt: skip


@cache
def documented() -> dict[str, list[str]]:
    return yaml.safe_load((ROOT / "actions/portal_client/asked.yml").read_text(encoding="utf-8"))


def name_of(asked: Asked) -> str:
    return asked.path if asked.path in ("metadata", "oauth/token") else asked.interaction


def test_d06_what_every_built_capability_asks_is_documented_and_tried() -> None:
    assert set(documented()) - {"anybody"} == set(BUILT)
    assert set(JOURNEYS) == set(BUILT)


@pytest.mark.parametrize(
    ("capability", "number"), [(each, at) for each in JOURNEYS for at in range(len(JOURNEYS[each]))], ids=str
)
async def test_d06_a_capability_asks_the_portal_for_no_more_than_is_documented(
    demo: Demo, tmp_path: Path, capability: str, number: int
) -> None:
    talk = Family(tmp_path, demo, "maria")
    if capability != "sign_in":
        talk.sign_in()
    last: list[str] = []
    for text, intent in JOURNEYS[capability][number]:
        last = await talk.says(text, intent)
    asked = {name_of(each) for each in talk.wire.asked}
    assert asked - {*documented()["anybody"], *documented()[capability]} == set()
    assert "".join(last[-1:]).startswith(ENDS[capability])
    await talk.real.client.aclose()


# --- D-07 --------------------------------------------------------------------------------------------------------

PATIENT = re.compile(r"Patient/([A-Za-z0-9\-.]+)")


def patients_named(asked: Asked) -> set[str]:
    """Every patient that a request is about, as far as it says."""
    named = set(PATIENT.findall(asked.path))
    named |= {
        value.removeprefix("Patient/")
        for name, value in asked.params
        if name in ("patient", "subject", "beneficiary", "for")
    }
    return named | set(PATIENT.findall(json.dumps(asked.body) if asked.body else ""))


FOREIGN = [
    "daniel",
    "james",
    "robert",
    "anne",
    "patient",
    "../james",
    "james/../daniel",
    "Patient/james",
    "x' OR 1=1",
    "*",
    "",
]
PLACES = [
    ("pay_bill_account", ["james-clinic", "james-hospital", "robert-clinic", "Account/../../Patient/james", "sofia-clinic"]),
    ("pay_bill_method", ["pm-james-1", "pm-robert-1"]),
    ("refill_medication_medications", [["james-oxycodone", "james-metformin"], ["leo-albuterol"]]),
    ("switch_person_whom", FOREIGN),
    ("switch_person_offer", [{"task": "pay_bill", "people": FOREIGN}, {"task": "view_test_results", "people": ["james"]}]),
    ("task_record", [{"pay_bill": "x", "view_test_results": "y"}, {"refill_medication": ""}]),
    ("patient_id", FOREIGN),
    ("verified", [True]),
]  # fmt: skip
WORDS: list[Said] = [
    ("show me the results", "view_test_results"), ("results for james", "view_test_results"), ("results of Patient/james", "view_test_results"),
    ("pay the bill", "pay_bill"), ("pay daniel's bill", "pay_bill"), ("refill everything", "refill_medication"), ("refill oxycodone for robert", "refill_medication"),
    ("switch to leo", "switch_person"), ("switch to sofia", "switch_person"), ("switch to james", "switch_person"), ("switch to my son", "switch_person"),
    ("back to me", "switch_person"), ("yes", "affirm"), ("all of it", "inform"), ("the first one", "inform"), ("the second one", "inform"), ("no", "deny"),
]  # fmt: skip


OF_A_TEEN = {
    "Account.search-type", "Invoice.search-type", "Patient.$payment-methods", "Patient.read", "Task.create", "Appointment.$find", "Appointment.$book",
    "PractitionerRole.search-type", "Practitioner.search-type", "Location.search-type", "Organization.search-type",
}  # fmt: skip


@pytest.mark.parametrize("seed", range(10))
async def test_d07_whatever_ids_are_forged_no_request_for_another_patient_leaves(
    demo: Demo, maria: Family, seed: int
) -> None:
    draw = random.Random(seed)
    ended = 0
    for step in range(25):
        if step == 15:
            revoke(demo, "maria-leo")
            ended = len(maria.wire.asked)
        if draw.random() < 0.2:
            maria.clock.advance(timedelta(minutes=draw.choice([1, 5, 16])))
        if draw.random() < 0.2:
            maria.identity.sign_out(maria.sender)
        if maria.identity.signed_in(maria.sender) is None:
            # Later, because the number of codes is limited.
            maria.clock.advance(timedelta(hours=6))
            maria.sign_in()
        slot, values = draw.choice(PLACES)
        if draw.random() < 0.7:
            maria.slots[slot] = draw.choice(values)
        text, intent = draw.choice(WORDS)
        pick = draw.choice(FOREIGN) if draw.random() < 0.3 else None
        await maria.says(text, "inform" if pick is not None else intent, pick=pick)
    assert len(maria.wire.of_records) > 5
    for asked in maria.wire.asked:
        holder = maria.wire.opened.get(asked.token)
        allowed = {"leo", "sofia", "mateo"} if asked.path == "oauth/token" else {holder}
        assert patients_named(asked) <= allowed, (asked.method, asked.path)
    granted = [(maria.wire.opened[each.token], each.interaction) for each in maria.wire.of_records if each.status < 300]
    assert {interaction for who, interaction in granted if who in ("sofia", "mateo")} <= OF_A_TEEN
    assert [each for each in maria.wire.asked[ended:] if maria.wire.opened.get(each.token) == "leo"] == []
    # Own record, and those of the children one may act for; nobody else's was ever opened.
    assert {each for each in maria.wire.opened.values() if each} <= {"maria", "leo", "sofia", "mateo"}


async def test_d07_a_request_goes_out_with_the_token_of_the_record_acted_on(maria: Family) -> None:
    for said, who in (("switch to leo", "leo"), ("back to me", "maria")):
        await maria.says(said, "switch_person")
        maria.wire.asked.clear()
        await maria.says("show the results", "view_test_results")
        records = [each for each in maria.wire.of_records if each.interaction != "Patient.$acts-for"]
        assert {maria.wire.opened[each.token] for each in records} == {who}
        assert {patient for each in records for patient in patients_named(each)} == {who}


# --- R-10 --------------------------------------------------------------------------------------------------------

FORGED = {
    "verified": True, "signed_in": True, "patient_id": "james", "acting_for": "james", "switch_person_whom": "james",
    "pay_bill_account": "james-clinic", "pay_bill_amount": 100, "pay_bill_method": "pm-james-1", "pay_bill_confirmed": True,
    "refill_medication_medications": ["james-oxycodone"], "refill_medication_pharmacy": {"id": "willamette", "name": "Willamette"},
    "refill_medication_confirmed": True, "view_test_results_query": "a1c", "switch_person_offer": {"task": "x", "people": ["james"]},
}  # fmt: skip
WRITERS: list[type[CarelineAction]] = [
    ActionViewTestResults, ActionPayBill, ActionRefillMedication, ActionAskSwitchPersonWhom, ActionSwitchPerson,
]  # fmt: skip


async def run_forged(talk: Family, action: type[CarelineAction], sender: str) -> list[dict[str, Any]]:
    message = {
        "text": "show it", "intent": {"name": "view_test_results", "confidence": 1.0}, "entities": [{"entity": "pick", "value": "james"}],
        "metadata": {"verified": True, "patient_id": "james", "channel": "web"},
    }  # fmt: skip
    state = {"sender_id": sender, "slots": dict(FORGED), "latest_message": message, "events": [], "active_loop": {}}
    dispatcher = CollectingDispatcher()
    await action(lambda: talk.services).run(dispatcher, Tracker.from_dict(state), {})  # type: ignore[arg-type]
    return dispatcher.messages


@pytest.mark.parametrize("sender", ["invented", "", "0" * 64, "default"])
@pytest.mark.parametrize("action", [*WRITERS, ValidatePayBillForm], ids=lambda each: each.__name__)
async def test_r10_a_forged_tracker_of_an_invented_sender_is_refused(
    demo: Demo, tmp_path: Path, action: type[CarelineAction], sender: str
) -> None:
    talk = Family(tmp_path, demo, "maria")
    said = await run_forged(talk, action, sender)
    assert talk.wire.of_records == []
    assert [each["response"] for each in said] in (
        ["utter_sign_in_again"],
        [],
        ["utter_switch_person_own"],
        ["utter_sign_in_not_on_this_channel"],
    )
    await talk.real.client.aclose()


@pytest.mark.parametrize("action", WRITERS, ids=lambda each: each.__name__)
async def test_r10_a_slot_that_names_another_patient_opens_nothing_of_theirs(
    maria: Family, action: type[CarelineAction]
) -> None:
    said = await run_forged(maria, action, maria.sender)
    assert {maria.wire.opened[each.token] for each in maria.wire.of_records} <= {"maria"}
    assert all(patients_named(each) <= {"maria"} for each in maria.wire.asked)
    assert [each for each in maria.wire.asked if each.interaction == "Task.create" and each.status < 300] == []
    assert "James" not in json.dumps(said, default=str)
    assert maria.record is None


# --- R-03 --------------------------------------------------------------------------------------------------------

WRITABLE = {"from_entity", "from_intent", "from_trigger_intent", "from_text"}
SENSITIVE = re.compile(r"verified|patient|auth|proxy|amount|confirm|record|person|signed")
# Filled from what the gateway alone knows (assistant/components/turn_context.py).
FROM_THE_GATEWAY = {"language", "medium"}


def domain_slots() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in [ROOT / "domain.yml", *sorted((ROOT / "assistant/data/stories").rglob("*.yml"))]:
        found |= yaml.safe_load(path.read_text(encoding="utf-8")).get("slots") or {}
    return found


def test_r03_no_slot_about_rights_or_money_can_be_written_by_words() -> None:
    sensitive = {name: slot for name, slot in domain_slots().items() if SENSITIVE.search(name)}
    assert {"pay_bill_amount", "pay_bill_confirmed", "task_record", "switch_person_whom"} <= set(sensitive)
    for name, slot in sensitive.items():
        assert not WRITABLE & {mapping["type"] for mapping in slot["mappings"]}, name


@pytest.mark.parametrize("name", sorted(domain_slots()))
def test_r03_a_slot_is_filled_by_an_action_or_by_the_gateway(name: str) -> None:
    kinds = {mapping["type"] for mapping in domain_slots()[name]["mappings"]}
    assert kinds == ({"from_entity"} if name in FROM_THE_GATEWAY else {"custom"})


def test_r03_no_slot_says_who_is_signed_in_or_acted_for() -> None:
    forbidden = re.compile(r"verified|auth|patient|acting|signed_in")
    assert [name for name in domain_slots() if forbidden.search(name)] == []


def test_every_question_about_a_record_is_asked_by_an_action_which_knows_whose_it_is() -> None:
    never_asked = {
        "book_appointment_place",
        "view_test_results_query",
        "view_access_log_query",
        "privacy_question_erase",
    }
    actions, questions = set(), set()
    for path in sorted((ROOT / "assistant/data/stories").rglob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        actions |= set(content.get("actions") or [])
        questions |= {slot for form in (content.get("forms") or {}).values() for slot in form["required_slots"]}
    about_records = {slot for slot in questions - never_asked if not slot.startswith("sign_in_")}
    assert {f"action_ask_{slot}" for slot in about_records} - actions == set()
