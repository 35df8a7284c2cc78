"""What the portal serves; routing, search, indexes, compartment and CapabilityStatement all read this one table."""

from __future__ import annotations

from demo_portal.registry.billing import BILLING
from demo_portal.registry.clinical import CLINICAL
from demo_portal.registry.documents import DOCUMENTS
from demo_portal.registry.people import PEOPLE
from demo_portal.registry.scheduling import SCHEDULING
from demo_portal.registry.served import Param, Served
from demo_portal.registry.sharing import SHARING

TYPES: tuple[Served, ...] = (*PEOPLE, *SCHEDULING, *CLINICAL, *DOCUMENTS, *BILLING, *SHARING)
SERVED: dict[str, Served] = {served.rtype: served for served in TYPES}
SHARED_TYPES: tuple[str, ...] = tuple(served.rtype for served in TYPES if served.shared)
ASSISTANTS_TYPES: tuple[str, ...] = tuple(served.rtype for served in TYPES if served.assistants)

__all__ = ["ASSISTANTS_TYPES", "SERVED", "SHARED_TYPES", "TYPES", "Param", "Served"]
