"""The one gate: every capability against every age, and the proxy decision table against the real portal, cell by cell."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from actions import bootstrap, gate
from actions.bootstrap import Services
from actions.medications.refill_medication import ActionAskRefillMedicationPharmacy
from actions.portal_client import Dependent, FhirPortal, NoAccess, Refused
from actions.turn import CarelineAction, Event, Turn
from assistant.capabilities import Capabilities, Capability
from clock import CLINIC_ZONE
from demo_portal.store.resources import WHOLE
from identity import ActingFor
from tests.demo_portal_case import Demo, demo, seeded_file, settings
from tests.family_case import Family, maria, revoke
from tests.portal_client_fakes import Notes
from tests.turns import NOW, Talk

__all__ = ["demo", "maria", "seeded_file", "settings"]
NEUTRAL = "utter_not_for_this_person"
ROWS = Capabilities.load().rows
AGES = {"child": 8, "teen": 13, "adult": 40}
LEVELS = {"child": "full", "teen": "limited", "adult": "full"}


class ActionProbe(CarelineAction):
    """Stands for an action of any capability; says whose record it was let onto."""

    def __init__(
        self,
        services: Callable[[], Services] = bootstrap.services,
        action: str = "action_probe",
        does: Callable[[Turn], Any] | None = None,
    ) -> None:
        super().__init__(services)
        self.action, self.does = action, does

    def name(self) -> str:
        return self.action

    async def act(self, turn: Turn) -> list[Event]:
        if self.does is not None:
            await self.does(turn)
        turn.utter("utter_probe", on=turn.acts_on.patient_id if turn.acts_on else "own")
        return []


def kin(band: str, level: str = "", until: date | None = None) -> Dependent:
    born = date(NOW.year - AGES[band], 1, 1)
    return Dependent(f"patient-{band}", "Canary Person", "Canary", born, "MTH", level or LEVELS[band], until)  # type: ignore[arg-type]


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    return Talk(tmp_path)


def acts_for(talk: Talk, person: Dependent, *, still: bool = True) -> None:
    """The session acts on that record; `still` whether the portal goes on giving access."""
    band = person.patient_id.removeprefix("patient-")
    talk.portal.family = [person] if still else []
    talk.identity.act_for(talk.sender, ActingFor(person.patient_id, person.given_name, f"{band} {person.level}"))


async def probe(talk: Talk, action: str, does: Callable[[Turn], Any] | None = None) -> list[str]:
    talk.hears("do it")
    await talk.runs(ActionProbe(lambda: talk.services, action, does))
    return talk.acts


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_b16_an_action_belongs_to_the_capability_whose_stem_it_bears(row: Capability) -> None:
    names = [f"action_{row.id}", f"action_ask_{row.id}_something", f"validate_{row.id}_form", f"action_{row.id}_more"]
    assert {gate.capability_of(name) for name in names} == {row}


def test_b16_an_action_of_no_capability_is_let_onto_no_other_record() -> None:
    assert [
        gate.capability_of(name)
        for name in ("action_not_understood", "action_code_checked", "action_planned_capability")
    ] == [None] * 3


@pytest.mark.parametrize("band", [*AGES, "self"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
async def test_b16_every_capability_opens_for_the_ages_of_its_row_and_for_no_other(
    talk: Talk, row: Capability, band: str
) -> None:
    if band != "self":
        acts_for(talk, kin(band))
    acts = await probe(talk, f"action_{row.id}")
    if band == "self" or not gate.concerns_a_record(row):
        # What concerns no record sees one's own at most.
        assert (acts, talk.value("on")) == (["utter_probe"], "own")
    elif band in row.acts_for:
        assert (acts, talk.value("on")) == (["utter_probe"], f"patient-{band}")
    else:
        assert acts == [NEUTRAL]
        assert talk.identity.acting_for(talk.sender) is not None


@pytest.mark.parametrize("row", [row for row in ROWS if gate.concerns_a_record(row)], ids=lambda row: row.id)
async def test_b18_no_capability_opens_when_the_access_has_ended(talk: Talk, row: Capability) -> None:
    acts_for(talk, kin("child"), still=False)
    assert await probe(talk, f"action_{row.id}") == [NEUTRAL, "utter_switch_person_back"]
    assert talk.identity.acting_for(talk.sender) is None


def test_b16_what_concerns_no_record_is_what_anybody_may_ask_and_the_way_back() -> None:
    open_to_all = {row.id for row in ROWS if not gate.concerns_a_record(row)}
    assert open_to_all == {row.id for row in ROWS if row.access == "public"} | {"switch_person"}


@pytest.mark.parametrize(
    ("level", "opens"),
    [("view", {"view_test_results"}), ("billing", {"pay_bill"}), ("scheduling", {"book_appointment"}), ("limited", set()),
     ("full", {"view_test_results", "pay_bill", "book_appointment", "refill_medication"})],
)  # fmt: skip
async def test_b16_a_grant_opens_what_its_level_says(talk: Talk, level: str, opens: set[str]) -> None:
    acts_for(talk, kin("adult", level))
    tried = ["view_test_results", "pay_bill", "book_appointment", "refill_medication"]
    assert {each for each in tried if await probe(talk, f"action_{each}") == ["utter_probe"]} == opens


async def test_b18_a_grant_whose_last_day_is_over_opens_nothing(talk: Talk) -> None:
    acts_for(talk, kin("adult", "full", NOW.date() - timedelta(days=1)))
    assert await probe(talk, "action_view_test_results") == [NEUTRAL]


async def test_b16_the_refusal_is_the_same_sentence_with_the_same_values_for_every_reason(talk: Talk) -> None:
    said = []
    for person in (kin("teen"), kin("adult", "billing")):
        acts_for(talk, person)
        await probe(talk, "action_view_test_results")
        said.append(talk.said)
    assert said[0] == said[1]
    assert "Canary" not in str(said)


async def test_b16_a_task_that_is_closed_half_way_is_left_and_what_it_knew_is_forgotten(talk: Talk) -> None:
    acts_for(talk, kin("teen"))
    talk.loop = "refill_medication_form"
    talk.slots |= {
        "requested_slot": "refill_medication_pharmacy",
        "refill_medication_medications": ["of somebody"],
        "pay_bill_amount": 5,
    }
    talk.hears("and now")
    await talk.does(ActionAskRefillMedicationPharmacy)
    assert (talk.acts, talk.loop, talk.requested) == ([NEUTRAL], None, None)
    assert (talk.slots["refill_medication_medications"], talk.slots["pay_bill_amount"]) == (None, 5)


@pytest.mark.parametrize("band", AGES)
async def test_d12_a_portal_that_cannot_say_who_acts_for_whom_opens_nothing(talk: Talk, band: str) -> None:
    acts_for(talk, kin(band))
    talk.portal.fail("dependents", RuntimeError("gone"))
    assert await probe(talk, "action_book_appointment") == ["utter_failed"]


# --- against the real portal -------------------------------------------------------------------------------------


async def test_b17_what_the_portals_token_does_not_give_is_refused_in_the_same_words(maria: Family) -> None:
    await maria.says("switch to sofia", "switch_person")

    async def look(turn: Turn) -> None:
        await (await turn.portal()).test_results()

    maria.hears("do it")
    await maria.runs(ActionProbe(lambda: maria.services, "action_book_appointment", look))
    assert maria.acts == [NEUTRAL]
    assert [each.status for each in maria.wire.asked if each.interaction == "DiagnosticReport.search-type"] == [403]


async def test_b18_an_access_that_ends_between_the_gate_and_the_token_is_refused_too(demo: Demo, maria: Family) -> None:
    await maria.says("switch to leo", "switch_person")

    async def look(turn: Turn) -> None:
        revoke(demo, "maria-leo")
        await (await turn.portal()).test_results()

    maria.hears("do it")
    await maria.runs(ActionProbe(lambda: maria.services, "action_view_test_results", look))
    assert maria.acts == [NEUTRAL, "utter_switch_person_back"]
    assert maria.record is None


OFFERED: dict[str, Callable[[FhirPortal], Any]] = {
    "results": lambda portal: portal.test_results(),
    "medicines": lambda portal: portal.medications(),
    "messages": lambda portal: portal.messages(),
    "notes": lambda portal: portal.clinical_notes(),
    "past visits": lambda portal: portal.past_visits(),
    "visits": lambda portal: portal.appointments(),
    "history": lambda portal: portal.medical_history(),
    "issues": lambda portal: portal.health_issues(),
    "allergies": lambda portal: portal.allergies(),
    "growth": lambda portal: portal.growth(),
    "documents": lambda portal: portal.documents(),
    "immunizations": lambda portal: portal.immunizations(),
    "what is owed": lambda portal: portal.balances(),
    "ways to pay": lambda portal: portal.payment_methods(),
    "who works here": lambda portal: portal.providers(),
}
EVERYTHING = set(OFFERED)
# Stricter than the default table in three places: growth, allergies and the list of visits stay closed from 12 on.
OF_A_TEEN = {"immunizations", "what is owed", "ways to pay", "who works here"}
TABLE = [
    ("a parent of a child", "maria", "leo", EVERYTHING),
    ("a parent of a teenager", "maria", "sofia", OF_A_TEEN),
    ("a parent of a teenager with a phone", "maria", "mateo", OF_A_TEEN),
    ("a parent of an adult without a grant", "maria", "daniel", None),
    ("a parent without access, of a child", "frank", "leo", None),
    ("a parent without access, of a teenager", "frank", "sofia", None),
    ("a parent without access, of an adult", "frank", "daniel", None),
    ("a wife with a grant", "linda-oconnor", "james", EVERYTHING),
    ("a husband without one", "james", "linda-oconnor", None),
    ("the patient, a teenager", "mateo", "mateo", EVERYTHING),
    ("the patient, an adult", "daniel", "daniel", EVERYTHING),
]


@pytest_asyncio.fixture
async def anybody(demo: Demo, tmp_path: Path) -> AsyncIterator[Family]:
    talk = Family(tmp_path / "anybody", demo, "maria")
    yield talk
    await talk.real.client.aclose()


@pytest.mark.parametrize(("viewer", "actor", "patient", "opens"), TABLE, ids=[row[0] for row in TABLE])
async def test_b16_b17_the_decision_table_holds_at_the_portal(
    anybody: Family, viewer: str, actor: str, patient: str, opens: set[str] | None
) -> None:
    del viewer
    services = anybody.real

    async def token() -> str:
        return (await services.tokens.exchange(actor, anybody.clock.now(), for_patient=patient)).access_token

    portal = FhirPortal(
        services.client, patient, token, services.clock, CLINIC_ZONE, server=services.server, trail=Notes()
    )
    found: set[str] = set()
    refusals: set[str] = set()
    for name, ask in OFFERED.items():
        try:
            await ask(portal)
            found.add(name)
        except Refused as refused:
            refusals.add("no access" if isinstance(refused, NoAccess) else refused.code)
    assert found == (opens or set())
    # Every refusal is of one kind, whatever there is to hide.
    assert refusals <= ({"no access"} if opens is None else {"forbidden"})


@pytest.mark.parametrize("patient", ["leo", "sofia"])
async def test_b16_a_parent_books_for_a_child_and_for_a_teenager(maria: Family, patient: str) -> None:
    await maria.says(f"book a well child visit for {patient} as soon as possible with dr okafor", "book_appointment")
    assert (maria.record, maria.requested) == (patient, "book_appointment_slot")
    await maria.says("the first one")
    assert maria.said_of("utter_ask_book_appointment_confirmed")["record"] == patient.title()
    assert await maria.says("yes", "affirm") == ["utter_book_appointment_booked"]
    booked = next(each for each in maria.wire.asked if each.interaction == "Appointment.$book")
    assert maria.wire.opened[booked.token] == patient


async def test_b16_a_parent_books_for_a_teenager_without_learning_of_their_visits(maria: Family) -> None:
    await maria.says("book a well child visit for sofia", "book_appointment")
    assert maria.said_of("utter_ask_book_appointment_provider")["record"] == "Sofia"
    assert [button["title"] for button in maria.said_of("utter_ask_book_appointment_provider")["buttons"]] == ["Anyone"]


async def test_b16_a_parent_pays_what_a_teenager_owes_with_a_card_of_their_own(maria: Family) -> None:
    for said in ("pay sofia's bill", "all of it", "visa", "yes"):
        await maria.says(said, "pay_bill" if "bill" in said else "inform")
    assert maria.said_of("utter_pay_bill_paid")["amount"] == "$40.00"
    (paid,) = [each for each in maria.wire.asked if each.interaction == "Task.create"]
    assert (paid.status, paid.body["for"]["reference"], maria.wire.opened[paid.token]) == (
        201,
        "Patient/sofia",
        "sofia",
    )


async def test_b17_a_teenager_reads_the_own_record_whole_with_the_own_phone(demo: Demo, tmp_path: Path) -> None:
    born = (await (await demo.sign_in("mateo")).get("Patient/mateo")).json()["birthDate"]
    talk = Family(tmp_path, demo, "mateo")
    found = await talk.real.directory.find_person("+15415550111", date.fromisoformat(born))
    assert found is not None
    assert found.id == "mateo"
    talk.sign_in()
    assert await talk.says("show me my test results", "view_test_results") == ["utter_view_test_results_none"]
    assert "record" not in talk.said_of("utter_view_test_results_none")
    assert {talk.wire.opened[each.token] for each in talk.wire.of_records} == {"mateo"}
    await talk.real.client.aclose()


@pytest.mark.parametrize("known_phone", ["+15415550101"])
async def test_b17_a_phone_shared_with_a_parent_is_no_proof_of_a_teenager(
    demo: Demo, maria: Family, known_phone: str
) -> None:
    with demo.app.state.portal.database.writing() as conn:
        whole = demo.app.state.portal.resources(conn, WHOLE)
        for child in ("leo", "sofia"):
            line = {"system": "phone", "use": "mobile", "value": known_phone}
            whole.amend({**whole.read("Patient", child), "telecom": [line]})
        born = {child: date.fromisoformat(whole.read("Patient", child)["birthDate"]) for child in ("leo", "sofia")}
    found = {child: await maria.real.directory.find_person(known_phone, born[child]) for child in born}
    assert (found["leo"] is not None, found["sofia"]) == (True, None)
