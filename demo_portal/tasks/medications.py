"""Requests of the area medications."""

from __future__ import annotations

from demo_portal.tasks.kind import Kind, for_staff, ours
from demo_portal.tasks.refill import refill
from demo_portal.vocabulary import TASK_CODE

KINDS: dict[tuple[str, str], Kind] = {
    (TASK_CODE, "fulfill"): Kind(refill),
    (TASK_CODE, "approve"): Kind(refill),
    ours("reconcile-medication"): for_staff({"said": "valueString"}, focus=("MedicationRequest",)),
    ours("pharmacy-change"): for_staff({"pharmacy": "valueReference"}),
}
