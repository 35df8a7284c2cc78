"""Keeps faults of the portal inside it: an OperationOutcome goes out, no stack trace and no data in a log."""

from __future__ import annotations

import logging

from sqlalchemy.exc import OperationalError, TimeoutError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo_portal import wire
from demo_portal.outcomes import Broken, Busy, Refused

_log = logging.getLogger(__name__)


class FaultBarrier:
    """Answers for whatever exception no one expected."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; the exception itself may hold patient data, so only its type is logged."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            _log.error("Request failed with %s", type(error).__name__)
            if not begun and scope["type"] == "http":
                await wire.refuse(_said(error))(scope, receive, send)


def _said(error: Exception) -> Refused:
    if isinstance(error, OperationalError | TimeoutError):
        return Busy()
    return Broken("The portal has a fault. Try again in a moment.", "fault")
