"""Medicines, pharmacies and refills over FHIR."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx
import pytest

from actions.portal_client import Medication, OutcomeUnknown, Refused
from tests.portal_client_fakes import MARIA, OURS, FhirServer, bundle, fhir, order, outcome, portal, sent, task


def a_server(*orders: dict, dispensed: list[dict] | None = None, stated: list[dict] | None = None) -> FhirServer:
    server = FhirServer().on("GET MedicationRequest", bundle(*orders)).on("GET Task", bundle())
    server.on("GET MedicationDispense", bundle(*(dispensed or [])))
    return server.on("GET MedicationStatement", bundle(*(stated or [])))


def dispense(
    handed_over: str | None, days: int | None = 30, status: str = "completed", of: str = "m1"
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "resourceType": "MedicationDispense",
        "id": "d",
        "status": status,
        "subject": {"reference": MARIA},
        "authorizingPrescription": [{"reference": f"MedicationRequest/{of}"}],
    }
    if handed_over:
        found["whenHandedOver"] = handed_over
    if days:
        found["daysSupply"] = {"value": days, "unit": "d"}
    return found


async def only(server: FhirServer) -> Medication:
    found = await portal(server).medications()
    assert len(found) == 1
    return found[0]


async def test_a_prescription_is_read_whole() -> None:
    assert await only(a_server(order())) == Medication(
        id="m1",
        name="lisinopril",
        strength="10 mg",
        text="lisinopril 10 mg tablet",
        instructions="Take 1 tablet once a day.",
        refills_left=2,
        prescriber="Amy Chen, MD",
        over_the_counter=False,
        controlled=False,
        next_refill_on=None,
        pharmacy_id="willamette",
        open_request=False,
    )


async def test_a_prescription_that_says_little_is_read_too() -> None:
    found = await only(a_server(order(dosageInstruction=[], requester={}, dispenseRequest={})))
    assert (found.instructions, found.refills_left, found.prescriber, found.pharmacy_id) == ("", None, "", None)


@pytest.mark.parametrize(
    ("text", "name", "strength"),
    [
        ("metformin 1000 mg tablet", "metformin", "1000 mg"),
        ("amoxicillin 400 mg/5 mL suspension", "amoxicillin", "400 mg/5 mL"),
        ("levothyroxine 0.05 mg", "levothyroxine", "0.05 mg"),
        ("hydrocortisone 2.5% cream", "hydrocortisone", "2.5%"),
        ("albuterol inhaler", "albuterol inhaler", ""),
        ("vitamin B12 1,000 mcg tablet", "vitamin B12", "1,000 mcg"),
    ],
)
async def test_name_and_strength_are_told_apart(text: str, name: str, strength: str) -> None:
    found = await only(a_server(order(medicationCodeableConcept={"text": text})))
    assert (found.name, found.strength, found.text) == (name, strength, text)


async def test_a_medicine_named_in_a_resource_of_its_own_is_found() -> None:
    code = {"text": "warfarin 5 mg tablet"}
    apart = {name: value for name, value in order().items() if name != "medicationCodeableConcept"}
    included = {"resourceType": "Medication", "id": "w", "code": code}
    server = a_server().on(
        "GET MedicationRequest",
        bundle(apart | {"medicationReference": {"reference": "Medication/w"}}, included=[included]),
    )
    assert (await only(server)).name == "warfarin"
    inside = apart | {"medicationReference": {"reference": "#w"}, "contained": [included]}
    assert (await only(a_server(inside))).name == "warfarin"


async def test_a_medicine_bought_without_prescription_needs_no_refill() -> None:
    stated = {
        "resourceType": "MedicationStatement",
        "id": "m1",
        "status": "active",
        "subject": {"reference": MARIA},
        "medicationCodeableConcept": {"text": "cetirizine 10 mg tablet"},
        "dosage": [{"text": "As needed."}],
    }
    prescribed, bought = await portal(a_server(order(), stated=[stated])).medications()
    assert (prescribed.over_the_counter, bought.over_the_counter) == (False, True)
    assert (bought.name, bought.refills_left, bought.instructions) == ("cetirizine", None, "As needed.")
    assert bought.id != prescribed.id


async def test_a_controlled_substance_is_marked() -> None:
    mark = {"url": f"{OURS}/StructureDefinition/controlled-substance", "valueBoolean": True}
    assert (await only(a_server(order(extension=[mark])))).controlled


async def test_orders_that_ended_are_left_out_whatever_the_server_says() -> None:
    server = a_server(order("m2", status="stopped"), order())
    assert (await only(server)).id == "m1"


# It is Tuesday, 17 March 2026, 10:00 at the clinic.
@pytest.mark.parametrize(
    ("fill", "expected"),
    [
        (dispense("2026-03-10T10:00:00-07:00"), date(2026, 4, 2)),
        (dispense("2026-03-10T23:00:00-07:00"), date(2026, 4, 2)),
        (dispense("2026-03-10"), date(2026, 4, 2)),
        (dispense("2026-03-11T03:00:00Z"), date(2026, 4, 2)),
        (dispense("2026-02-22T10:00:00-08:00"), None),
        (dispense("2026-02-21T10:00:00-08:00"), None),
        (dispense("2026-02-23T10:00:00-08:00"), date(2026, 3, 18)),
        (dispense("2026-03-01T10:00:00-08:00", days=90), date(2026, 5, 8)),
        (dispense("2026-03-01T10:00:00-08:00", days=28), date(2026, 3, 22)),
        (dispense("2026-03-10T10:00:00-07:00", days=None), None),
        (dispense(None), None),
        (dispense("2026-03-10T10:00:00-07:00", status="cancelled"), None),
        (dispense("2026-03-10T10:00:00-07:00", of="other"), None),
    ],
)
async def test_the_next_refill_makes_sense_when_three_quarters_are_used(fill: dict, expected: date | None) -> None:
    assert (await only(a_server(order(), dispensed=[fill]))).next_refill_on == expected


async def test_the_newest_fill_counts() -> None:
    fills = [dispense("2026-03-10T10:00:00-07:00"), dispense("2026-01-10T10:00:00-08:00", days=90)]
    assert (await only(a_server(order(), dispensed=fills))).next_refill_on == date(2026, 4, 2)


async def test_the_supply_may_be_written_on_the_order_instead() -> None:
    supply = {"expectedSupplyDuration": {"value": 30, "unit": "days"}}
    server = a_server(order(dispenseRequest=supply), dispensed=[dispense("2026-03-10T10:00:00-07:00", days=None)])
    assert (await only(server)).next_refill_on == date(2026, 4, 2)


async def test_a_medicine_with_an_open_request_is_marked() -> None:
    focus = {"reference": "MedicationRequest/m1"}
    server = a_server(order(), order("m2"))
    server.on("GET Task", bundle(task("fulfill", focus=focus), task("pay", focus={"reference": "Account/m2"})))
    assert {each.id: each.open_request for each in await portal(server).medications()} == {"m1": True, "m2": False}


async def test_a_request_that_is_finished_does_not_count_as_open() -> None:
    done = task("fulfill", "completed", focus={"reference": "MedicationRequest/m1"})
    assert not (await only(a_server(order()).on("GET Task", bundle(done)))).open_request


async def test_the_preferred_pharmacy_comes_first() -> None:
    kind = [{"coding": [{"code": "pharmacy"}]}]
    names = ("oakway", "abc", "willamette")
    shops = [{"resourceType": "Organization", "id": each, "name": each.title(), "type": kind} for each in names]
    # From a server that does not heed what kind is asked for.
    shops.append({"resourceType": "Organization", "id": "clinic", "name": "Clinic", "type": [{"text": "Clinic"}]})
    preferred = {"url": f"{OURS}/StructureDefinition/preferred-pharmacy"}
    preferred["valueReference"] = {"reference": "Organization/willamette"}  # pyright: ignore[reportArgumentType]
    maria = {"resourceType": "Patient", "id": "maria", "extension": [preferred]}
    server = FhirServer().on("GET Organization", bundle(*shops)).on("GET Patient/maria", fhir(maria))
    found = await portal(server).pharmacies()
    assert [(each.name, each.preferred) for each in found] == [("Willamette", True), ("Abc", False), ("Oakway", False)]


@pytest.mark.parametrize(("left", "code"), [(2, "fulfill"), (None, "fulfill"), (0, "approve")])
async def test_a_refill_without_any_left_asks_for_approval(left: int | None, code: str) -> None:
    prescribed = order(dispenseRequest={} if left is None else {"numberOfRepeatsAllowed": left})
    server = FhirServer().on("GET MedicationRequest/m1", fhir(prescribed)).on("POST Task", fhir(task(code), 201))
    asked_for = await portal(server).request_refill("m1", "oakway", "k1")
    assert (asked_for.id, asked_for.needs_approval, asked_for.already_open) == ("t1", code == "approve", False)
    wanted = sent(server.calls("POST Task")[0])
    assert wanted["code"]["coding"][0]["code"] == code
    assert wanted["focus"] == {"reference": "MedicationRequest/m1"}
    assert wanted["for"] == {"reference": MARIA}
    assert wanted["input"][0]["valueReference"] == {"reference": "Organization/oakway"}


async def test_a_refill_to_the_usual_pharmacy_names_none() -> None:
    server = FhirServer().on("GET MedicationRequest/m1", fhir(order())).on("POST Task", fhir(task("fulfill"), 201))
    await portal(server).request_refill("m1", None, "k1")
    assert "input" not in sent(server.calls("POST Task")[0])


def already_asked(reference: str | None = "Task/t1") -> httpx.Response:
    url = f"{OURS}/StructureDefinition/existing-request"
    found = {"extension": [{"url": url, "valueReference": {"reference": reference}}]} if reference else {}
    return outcome("duplicate", 409, "open-request-exists", **found)


async def test_a_refill_asked_for_before_is_told_and_not_sent_again() -> None:
    server = FhirServer().on("GET MedicationRequest/m1", fhir(order())).on("POST Task", already_asked())
    server.on("GET Task/t1", fhir(task("fulfill", "in-progress", "k0")))
    found = await portal(server).request_refill("m1", None, "k1")
    assert (found.id, found.status, found.already_open) == ("t1", "in-progress", True)
    assert len(server.calls("POST Task")) == 1


async def test_a_refill_asked_for_before_is_told_even_when_it_cannot_be_read() -> None:
    server = FhirServer().on("GET MedicationRequest/m1", fhir(order())).on("POST Task", already_asked())
    found = await portal(server).request_refill("m1", None, "k1")
    assert (found.id, found.status, found.already_open) == ("t1", "requested", True)


async def test_a_duplicate_that_names_nothing_is_a_refusal() -> None:
    server = FhirServer().on("GET MedicationRequest/m1", fhir(order())).on("POST Task", already_asked(None))
    with pytest.raises(Refused, match="duplicate"):
        await portal(server).request_refill("m1", None, "k1")


async def test_a_refill_without_an_answer_is_found_by_its_key() -> None:
    server = FhirServer().on("GET MedicationRequest/m1", fhir(order())).on("POST Task", httpx.ReadTimeout("slow"))
    server.on("GET Task", bundle(task("fulfill")))
    found = await portal(server).request_refill("m1", None, "k1")
    assert (found.id, found.already_open) == ("t1", False)


async def test_a_refill_created_without_a_body_is_found_by_its_key() -> None:
    server = FhirServer().on("GET MedicationRequest/m1", fhir(order())).on("POST Task", httpx.Response(201))
    server.on("GET Task", bundle(task("fulfill")))
    assert (await portal(server).request_refill("m1", None, "k1")).id == "t1"


@pytest.mark.parametrize("answered", [fhir(task("fulfill", "rejected"), 201), httpx.ReadTimeout("slow")])
async def test_a_refill_that_was_rejected_at_once_is_refused(answered: httpx.Response | Exception) -> None:
    server = FhirServer().on("GET MedicationRequest/m1", fhir(order())).on("POST Task", answered)
    server.on("GET Task", bundle(task("fulfill", "rejected")))
    with pytest.raises(Refused, match="business-rule"):
        await portal(server).request_refill("m1", None, "k1")


async def test_a_refill_in_an_unknown_state_stays_open() -> None:
    server = FhirServer().on("GET MedicationRequest/m1", fhir(order()))
    server.on("POST Task", fhir(task("fulfill", "entered-in-error"), 201)).on("GET Task", bundle())
    with pytest.raises(OutcomeUnknown):
        await portal(server).request_refill("m1", None, "k1")


async def test_what_is_not_on_prescription_cannot_be_refilled() -> None:
    with pytest.raises(Refused, match="not-found"):
        await portal(FhirServer()).request_refill("MedicationStatement/m1", None, "k1")
