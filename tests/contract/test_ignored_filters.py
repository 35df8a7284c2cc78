"""A server may ignore what it is asked to filter by and say nothing: the client then says the same, or nothing at all."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from contextlib import suppress
from operator import methodcaller
from typing import Any

import pytest

from actions.portal_client import FhirPortal, Portal, PortalError, Server
from tests.contract.targets import Target
from tests.portal_client_fakes import READS

# How much is sent, in which order and with what else: these decide how an answer looks and not what is in it.
SHAPE = frozenset({"_count", "_sort", "_include", "_revinclude", "page"})
# How a search names whose record is meant.
OWNER = frozenset({"patient", "subject", "beneficiary", "actor", "recipient"})
# They are another each time: every look is itself in the log, and every summary is made anew.
NEVER_ALIKE = ("access_log", "summary_document")


def _asks_for_nothing(method: Callable[..., Any]) -> bool:
    _, *rest = inspect.signature(method).parameters.values()
    return all(each.default is not each.empty for each in rest)


_PLAIN = [name for name, method in inspect.getmembers(Portal, inspect.isfunction) if _asks_for_nothing(method)]
EVERY_READ: dict[str, Callable[[FhirPortal], Awaitable[Any]]] = {
    **{name: methodcaller(name) for name in _PLAIN if name not in NEVER_ALIKE},
    **READS,
}


@pytest.mark.parametrize("patient", ["maria", "james", "priya"])
async def test_what_is_told_does_not_hang_on_filters(target: Target, patient: str) -> None:
    await _cancel_a_visit(target.portal(patient))
    everything = await _told(target, patient, None)
    assert len(everything) > len(EVERY_READ) / 2
    without_filters = await _told(target, patient, SHAPE | OWNER)
    assert without_filters.items() <= everything.items()


async def test_nothing_of_somebody_else_is_told(target: Target) -> None:
    everything = await _told(target, "maria", None)
    without_filters = await _told(target, "maria", SHAPE)
    assert without_filters.items() <= everything.items()


async def _cancel_a_visit(its: FhirPortal) -> None:
    """Leave something behind that a filter would keep back."""
    for visit in (await its.appointments())[:1]:
        await its.cancel_appointment(visit.id, "key-1")


async def _told(target: Target, patient: str, heeds: frozenset[str] | None) -> dict[str, str]:
    """What each call tells when the server heeds these parameters only; calls that end in an error tell nothing."""
    target.wire.heeds = heeds
    # A new one knows nothing from earlier, such as who works there.
    target.server = Server(target.server.fhir_path)
    its = target.portal(patient)
    found: dict[str, str] = {}
    for name, call in EVERY_READ.items():
        with suppress(PortalError):
            found[name] = repr(await call(its))
    return found
