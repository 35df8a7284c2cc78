"""Whether the gateway and everything behind it can work, found out by asking."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx

type Check = Callable[[], Awaitable[None]]
"""Returns when all is well and raises otherwise."""

_PATIENCE = 3.0
"""Seconds for each check."""


def asks(client: httpx.AsyncClient, path: str) -> Check:
    """A check that another process says it is ready."""

    async def check() -> None:
        answer = await client.get(path, timeout=_PATIENCE)
        answer.raise_for_status()

    return check


def runs(work: Callable[[], object]) -> Check:
    """A check that something that blocks does not fail."""

    async def check() -> None:
        await asyncio.to_thread(work)

    return check


async def not_ready(checks: dict[str, Check]) -> list[str]:
    """The names of the checks that failed or took too long, in their order."""
    failed = await asyncio.gather(*(_fails(check) for check in checks.values()))
    return [name for name, bad in zip(checks, failed, strict=True) if bad]


async def _fails(check: Check) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE):
            await check()
    except Exception:  # noqa: BLE001 - why it failed stands in the log of whatever failed
        return True
    return False
