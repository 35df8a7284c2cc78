"""A server may ignore what it is asked to filter by and say nothing: the client then says the same, or nothing at all."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
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
REFUSED = "an error, so nothing is told"


def _asks_for_nothing(method: Callable[..., Any]) -> bool:
    _, *rest = inspect.signature(method).parameters.values()
    return all(each.default is not each.empty for each in rest)


EVERY_READ: dict[str, Callable[[FhirPortal], Awaitable[Any]]] = {
    name: methodcaller(name)
    for name, method in inspect.getmembers(Portal, inspect.isfunction)
    if _asks_for_nothing(method)
} | READS


@pytest.mark.parametrize("call", EVERY_READ)
@pytest.mark.parametrize("patient", ["maria", "james", "priya"])
async def test_what_is_told_does_not_hang_on_filters(target: Target, patient: str, call: str) -> None:
    told = await _told(target, patient, call, None)
    assert await _told(target, patient, call, SHAPE | OWNER) in (told, REFUSED)


@pytest.mark.parametrize("call", EVERY_READ)
async def test_nothing_of_somebody_else_is_told(target: Target, call: str) -> None:
    told = await _told(target, "maria", call, None)
    assert await _told(target, "maria", call, SHAPE) in (told, REFUSED)


async def _told(target: Target, patient: str, call: str, heeds: frozenset[str] | None) -> str:
    """What a call tells when the server heeds these parameters only, in words that can be compared."""
    target.wire.heeds = heeds
    # A new one knows nothing from earlier, such as who works there.
    target.server = Server(target.server.fhir_path)
    try:
        return repr(await EVERY_READ[call](target.portal(patient)))
    except PortalError:
        return REFUSED
