"""What a patient may write about visits."""

from __future__ import annotations

from demo_portal.operations import visits
from demo_portal.writes.attempt import Rule

RULES: dict[str, Rule] = {
    "Appointment": Rule(update=visits.change),
}
