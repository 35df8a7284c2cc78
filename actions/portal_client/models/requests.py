"""What came of asking the portal, or the clinic, for something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Grade = Literal["native", "request", "handoff"]
"""How far a portal goes: it does it; its staff does it when asked; it must be done elsewhere."""


@dataclass(frozen=True)
class Receipt:
    """What came of a write, from the portal's own answer."""

    id: str
    """FHIR id of what was written or filed; for later reference, not for saying."""
    grade: Grade
    """`native`: it is done. `request`: the clinic was asked and will do it."""
    status: str
    """As the portal says: `requested`, `in-progress`, `completed`, `active` ..."""
    already_open: bool = False
    """It had been asked for before and is not finished; nothing new was sent."""


@dataclass(frozen=True)
class RequestStatus:
    """Something the person asked the clinic for, and how far it is."""

    id: str
    kind: str
    """Code of the request, for example `proxy-request`."""
    status: str
    """FHIR R4 Task.status: `requested`, `accepted`, `in-progress`, `completed`, `rejected` ..."""
    said: str
    """What the clinic wrote about its state; empty when it wrote nothing."""
    asked_at: datetime
