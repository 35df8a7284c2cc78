"""Requests of the area scheduling: a time to be found by the clinic, and checking in at home."""

from __future__ import annotations

from demo_portal.tasks import echeckin
from demo_portal.tasks.kind import Kind, for_staff, ours

KINDS: dict[tuple[str, str], Kind] = {
    ours("appointment-request"): for_staff({"reason": "valueString", "days": "valueString", "phone": "valueString"}),
    # What is asked of a clinic whose portal cannot do it by itself.
    ours("appointment-reschedule"): for_staff({"wish": "valueString"}, ("Appointment",), one_open=True),
    ours("appointment-cancel"): for_staff(focus=("Appointment",), one_open=True),
    ours("waitlist-join"): for_staff(focus=("Appointment",), one_open=True),
    **echeckin.KINDS,
}
