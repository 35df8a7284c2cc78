"""What may be asked of a portal about insurance."""

from __future__ import annotations

from typing import Protocol


class InsurancePort(Protocol):
    """Calls about insurance."""
