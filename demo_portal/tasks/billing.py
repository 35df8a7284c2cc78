"""Requests of the area billing."""

from __future__ import annotations

from demo_portal.tasks.assistance import apply
from demo_portal.tasks.kind import Kind, for_staff, ours
from demo_portal.tasks.payment import pay
from demo_portal.tasks.plans import end_plan, start_plan

KINDS: dict[tuple[str, str], Kind] = {
    ours("pay"): Kind(pay),
    ours("payment-plan"): Kind(start_plan),
    ours("payment-plan-change"): for_staff({"monthly": "valueMoney"}, focus=("Basic",), one_open=True),
    ours("payment-plan-end"): Kind(end_plan),
    ours("financial-assistance"): Kind(apply),
    ours("statement-delivery"): for_staff({"paperless": "valueBoolean"}),
}
