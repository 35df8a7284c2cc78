"""A portal and a directory made of plain lists, for tests of whatever stands in front of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, time
from typing import Any

from actions.portal_client.errors import Refused, SlotTaken
from actions.portal_client.models import (
    AccountBalance,
    Appointment,
    Medication,
    OpenSlot,
    Payment,
    PaymentMethod,
    Person,
    Pharmacy,
    Place,
    Provider,
    RefillRequest,
    SlotWish,
    TestResult,
)
from actions.portal_client.models.requests import Receipt
from actions.portal_client.models.scheduling import CancelReason, Moved
from actions.portal_client.models.sharing import Dependent
from actions.portal_client.port import Portal, PublicPortal
from clock import CLINIC_ZONE
from tests.fakes.base import Failures, Fake, answering

# The calls that `answering` adds are out of a type checker's sight.
_Rest: Any = object


@answering(Portal)
@dataclass
class FakePortal(Fake, _Rest):
    """A portal that remembers what it was told; satisfies `Portal`."""

    who: Person | None = None
    slots: list[OpenSlot] = field(default_factory=list)
    booked: list[Appointment] = field(default_factory=list)
    all_providers: list[Provider] = field(default_factory=list)
    all_places: list[Place] = field(default_factory=list)
    taking: list[Medication] = field(default_factory=list)
    all_pharmacies: list[Pharmacy] = field(default_factory=list)
    results: list[TestResult] = field(default_factory=list)
    accounts: list[AccountBalance] = field(default_factory=list)
    methods: list[PaymentMethod] = field(default_factory=list)
    family: list[Dependent] = field(default_factory=list)
    """Whose records may be opened."""
    held: dict[str, str] = field(default_factory=dict)
    """Slot id to reference of the hold."""
    refills: list[RefillRequest] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)

    async def person(self) -> Person:
        self._enter("person")
        if self.who is None:
            raise Refused("not-found")
        return self.who

    async def open_slots(self, wish: SlotWish) -> list[OpenSlot]:
        self._enter("open_slots", wish)
        suitable = [slot for slot in self.slots if _suits(slot, wish)]
        return sorted(suitable, key=lambda slot: slot.start.astimezone(UTC))[: wish.limit]

    async def hold_slot(self, slot_id: str, visit_type: str) -> str:
        self._enter("hold_slot", slot_id, visit_type)
        self._slot(slot_id)
        return self.held.setdefault(slot_id, f"Appointment/hold-{next(self._numbers)}")

    async def book_appointment(self, slot_id: str, visit_type: str, key: str) -> Appointment:
        self._enter("book_appointment", slot_id, visit_type, key)
        return self._once(key, lambda: self._book(slot_id, visit_type))

    async def appointments(self) -> list[Appointment]:
        self._enter("appointments")
        return sorted(self.booked, key=lambda appointment: appointment.start.astimezone(UTC))

    async def cancel_appointment(
        self, appointment_id: str, key: str, reason: CancelReason = "patient", words: str = ""
    ) -> Receipt:
        self._enter("cancel_appointment", appointment_id, key, reason, words)
        if key not in self._done and all(appointment.id != appointment_id for appointment in self.booked):
            raise Refused("not-found")
        self._done[key] = None
        self.booked = [appointment for appointment in self.booked if appointment.id != appointment_id]
        return Receipt(appointment_id, "native", "cancelled")

    async def reschedule_appointment(self, appointment_id: str, slot_id: str, visit_type: str, key: str) -> Moved:
        self._enter("reschedule_appointment", appointment_id, slot_id, visit_type, key)
        return self._once(key, lambda: self._move(appointment_id, slot_id, visit_type))

    async def providers(self) -> list[Provider]:
        self._enter("providers")
        return list(self.all_providers)

    async def places(self) -> list[Place]:
        self._enter("places")
        return list(self.all_places)

    async def medications(self) -> list[Medication]:
        self._enter("medications")
        return list(self.taking)

    async def pharmacies(self) -> list[Pharmacy]:
        self._enter("pharmacies")
        return sorted(self.all_pharmacies, key=lambda pharmacy: not pharmacy.preferred)

    async def request_refill(self, medication_id: str, pharmacy_id: str | None, key: str) -> RefillRequest:
        self._enter("request_refill", medication_id, pharmacy_id, key)
        return self._once(key, lambda: self._refill(medication_id))

    async def test_results(self) -> list[TestResult]:
        self._enter("test_results")
        return sorted(self.results, key=lambda result: result.on, reverse=True)

    async def dependents(self) -> list[Dependent]:
        self._enter("dependents")
        return list(self.family)

    async def balances(self) -> list[AccountBalance]:
        self._enter("balances")
        return list(self.accounts)

    async def payment_methods(self) -> list[PaymentMethod]:
        self._enter("payment_methods")
        return list(self.methods)

    async def pay(self, account_id: str, cents: int, method_id: str, key: str) -> Payment:
        self._enter("pay", account_id, cents, method_id, key)
        return self._once(key, lambda: self._pay(account_id, cents, method_id))

    def _slot(self, slot_id: str) -> OpenSlot:
        found = next((slot for slot in self.slots if slot.id == slot_id), None)
        if found is None:
            raise SlotTaken
        return found

    def _book(self, slot_id: str, visit_type: str) -> Appointment:
        slot = self._slot(slot_id)
        number = f"appointment-{next(self._numbers)}"
        appointment = Appointment(number, slot.start, slot.end, visit_type, "booked", slot.provider, slot.place)
        self.slots.remove(slot)
        self.booked.append(appointment)
        return appointment

    def _move(self, appointment_id: str, slot_id: str, visit_type: str) -> Moved:
        if all(each.id != appointment_id for each in self.booked):
            raise Refused("not-found")
        booked = self._book(slot_id, visit_type)
        self.booked = [each for each in self.booked if each.id != appointment_id]
        return Moved(booked, old_is_gone=True)

    def _refill(self, medication_id: str) -> RefillRequest:
        prescribed = [medication for medication in self.taking if not medication.over_the_counter]
        medication = next((each for each in prescribed if each.id == medication_id), None)
        if medication is None:
            raise Refused("not-found")
        needs_approval = medication.refills_left == 0
        number = f"refill-{next(self._numbers)}"
        request = RefillRequest(number, "requested", needs_approval, already_open=medication.open_request)
        if not medication.open_request:
            self.taking[self.taking.index(medication)] = replace(medication, open_request=True)
            self.refills.append(request)
        return request

    def _pay(self, account_id: str, cents: int, method_id: str) -> Payment:
        account = next((each for each in self.accounts if each.id == account_id), None)
        if account is None or all(method.id != method_id for method in self.methods):
            raise Refused("not-found")
        if not 0 < cents <= account.cents:
            raise Refused("business-rule")
        self.accounts[self.accounts.index(account)] = replace(account, cents=account.cents - cents)
        payment = Payment(f"R-{next(self._numbers):04}", cents, self.clock.now().astimezone(CLINIC_ZONE))
        self.payments.append(payment)
        return payment


@answering(PublicPortal)
@dataclass
class FakePublicPortal(Fake, _Rest):
    """The portal as anybody sees it; satisfies `PublicPortal`."""


@dataclass
class FakeDirectory(Failures):
    """A directory of (person, birth date); satisfies `Directory`."""

    people: list[tuple[Person, date]] = field(default_factory=list)

    async def find_person(self, phone_e164: str, birth_date: date) -> Person | None:
        self._enter("find_person", phone_e164, birth_date)
        found = [person for person, born in self.people if person.phone == phone_e164 and born == birth_date]
        return found[0] if len(found) == 1 else None


def _suits(slot: OpenSlot, wish: SlotWish) -> bool:
    local = slot.start.astimezone(CLINIC_ZONE)
    if wish.provider_id not in (None, slot.provider.id) or wish.place_id not in (None, slot.place.id):
        return False
    if not wish.earliest.astimezone(UTC) <= slot.start.astimezone(UTC) < wish.latest.astimezone(UTC):
        return False
    if wish.weekdays and local.weekday() not in wish.weekdays:
        return False
    ranges = wish.time_ranges
    return not ranges or any(
        first <= local.time() and (local.time() < last or last == time(0)) for first, last in ranges
    )
