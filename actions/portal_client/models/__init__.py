"""What the portal tells the assistant, free of FHIR: frozen, with times in the clinic's zone and money in cents."""

from __future__ import annotations

from actions.portal_client.models.account import Language, Person
from actions.portal_client.models.billing import AccountBalance, Payment, PaymentMethod
from actions.portal_client.models.clinic import Place, Provider
from actions.portal_client.models.medications import Medication, Pharmacy, RefillRequest
from actions.portal_client.models.results import ResultStatus, ResultValue, TestResult
from actions.portal_client.models.scheduling import Appointment, OpenSlot, SlotWish

__all__ = [
    "AccountBalance",
    "Appointment",
    "Language",
    "Medication",
    "OpenSlot",
    "Payment",
    "PaymentMethod",
    "Person",
    "Pharmacy",
    "Place",
    "Provider",
    "RefillRequest",
    "ResultStatus",
    "ResultValue",
    "SlotWish",
    "TestResult",
]
