"""What may be asked of a portal about who works where."""

from __future__ import annotations

from typing import Protocol

from actions.portal_client.models.clinic import Place, Provider


class ClinicPort(Protocol):
    """Calls about who works where."""

    async def providers(self) -> list[Provider]:
        """List the people who see patients, by family name."""
        ...

    async def places(self) -> list[Place]:
        """List the clinics and hospitals, by name."""
        ...
