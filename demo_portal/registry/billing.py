"""Money and insurance (FHIR R4, Financial)."""

from __future__ import annotations

from demo_portal.registry.served import Served, date, of_patient, ref, token

BILLING: tuple[Served, ...] = (
    of_patient(
        "Coverage", "beneficiary", ref("beneficiary", "beneficiary", "Patient"), token("status"), token("identifier")
    ),
    of_patient(
        "ExplanationOfBenefit",
        "patient",
        token("status"),
        token("identifier"),
        date("created"),
        ref("coverage", "insurance.coverage", "Coverage"),
        ref("encounter", "item.encounter", "Encounter"),
    ),
    of_patient("Account", "subject", token("status"), token("type"), token("identifier")),
    of_patient(
        "Invoice",
        "subject",
        ref("account", "account", "Account"),
        token("status"),
        token("identifier"),
        date("date"),
    ),
    of_patient(
        "ChargeItem",
        "subject",
        ref("account", "account", "Account"),
        ref("context", "context", "Encounter"),
        token("code"),
        date("occurrence", "occurrenceDateTime"),
    ),
)
