"""How far a portal goes for each capability: it does it, its staff does it when asked, or it must be done elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from actions.portal_client.models.requests import Grade
from actions.portal_client.server import Capabilities

WAYS = Path(__file__).parent / "ways.yml"


@dataclass(frozen=True)
class Way:
    """What one capability asks of a portal."""

    calls: tuple[str, ...]
    """Methods of the ports that an action uses for it."""
    native: tuple[str, ...]
    """Interactions and operations that the portal must state, for example `Patient.update`, `Appointment.$book`."""
    request: str | None
    """Code of the Task by which the clinic is asked where the portal cannot; None when it is not asked."""
    fhir: str
    """What is asked, in one line."""


def grade(capability: str, portal: Capabilities) -> Grade:
    """How far a portal goes for a capability of the catalogue; one that needs no portal is always done."""
    way = ways().get(capability)
    if way is None or all(portal.offers(each) for each in way.native):
        return "native"
    return "request" if way.request is not None and portal.offers("Task.create") else "handoff"


@cache
def ways() -> dict[str, Way]:
    """The way of each capability that needs a portal, in the order of the catalogue."""
    rows = yaml.safe_load(WAYS.read_text(encoding="utf-8"))
    return {
        name: Way(tuple(row["calls"]), tuple(row.get("native", ())), row.get("request"), row["fhir"])
        for name, row in rows.items()
    }
