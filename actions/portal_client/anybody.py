"""The base of what may be asked while nobody is signed in, with the assistant's own token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx

from actions.portal_client.errors import PortalUnavailable, SessionExpired
from actions.portal_client.noting import AccessTrail
from actions.portal_client.server import Server
from actions.portal_client.tokens import TokenClient
from actions.portal_client.transport import FhirTransport


class AnybodysCalls:
    """Calls without a patient; the token opens nobody's record."""

    def __init__(
        self, client: httpx.AsyncClient, tokens: TokenClient, server: Server | None = None, *, trail: AccessTrail
    ) -> None:
        self._tokens = tokens
        self._server = server or Server()
        self._fhir = FhirTransport(client, None, tokens.own_token, tokens.clock, self._server, trail=trail)

    async def _asked[T](self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask, once more with a new token when the portal has forgotten the old one.

        Raises:
            PortalUnavailable: it does not accept the new one either.
        """
        try:
            return await ask()
        except SessionExpired:
            self._tokens.forget_own_token()
        try:
            return await ask()
        except SessionExpired:
            raise PortalUnavailable("the portal does not accept the assistant's token") from None
