"""Gets access tokens: the assistant's own (client credentials), and one patient's by token exchange (RFC 8693).

Tokens live in memory only; whoever exchanges a patient's token decides where it is kept.
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import jwt

from actions.portal_client.errors import NoAccess, PortalUnavailable, SessionExpired, UnusableAnswer
from actions.portal_client.fhir import reading
from actions.portal_client.wire import DEADLINE, Answer, Lost, NotSent, TooLong, ask
from clock import Clock

logger = logging.getLogger(__name__)

TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt"
# What belongs to nobody, the search for who somebody is, and a few kinds of request: nothing of anybody's record.
OWN_SCOPES = " ".join(
    (
        "system/Patient.match",
        *(
            f"system/{rtype}.rs"
            for rtype in (
                "Practitioner",
                "PractitionerRole",
                "Location",
                "Organization",
                "HealthcareService",
                "Library",
                "Questionnaire",
            )
        ),
        "system/Task.c",
        "system/Invoice.guest",
    )
)
# What the person has shown: a code sent to their phone, and their birth date (RFC 8176 names for the methods).
_METHODS = ["sms", "kba"]
_ACR = "https://careline.example.org/acr/code-and-birth-date"
_ASSERTION_LASTS = timedelta(minutes=1)
_RENEW_BEFORE = timedelta(seconds=30)


@dataclass(frozen=True)
class AccessToken:
    """An access token as the portal gave it."""

    access_token: str = field(repr=False)
    expires_in: int
    """Seconds from now."""
    scope: str = ""
    patient_id: str | None = None
    """None for the assistant's own token."""


class TokenClient:
    """The portal's token endpoint; make one per process."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        client_id: str,
        client_secret: str,
        clock: Clock,
        token_path: str = "oauth/token",
    ) -> None:
        self._client = client
        self._client_id = client_id
        self._client_secret = client_secret
        self.clock = clock
        self._url = client.base_url.join(token_path)
        self._own: tuple[datetime, AccessToken] | None = None
        self._lock = asyncio.Lock()

    async def own_token(self) -> str:
        """The assistant's own token, which opens nobody's record; kept until shortly before it lapses.

        Raises:
            PortalUnavailable: there is none to be had.
        """
        async with self._lock:
            now = self.clock.now()
            if self._own is None or not self._own[0] <= now < self._renewal(*self._own):
                asked = {"grant_type": "client_credentials", "scope": OWN_SCOPES}
                try:
                    self._own = (now, _to_token(await self._ask(asked)))
                except SessionExpired:
                    raise PortalUnavailable("the portal gives the assistant no token") from None
            return self._own[1].access_token

    def forget_own_token(self) -> None:
        """Ask for a new one next time: the portal no longer takes this one."""
        self._own = None

    async def exchange(
        self, patient_id: str, verified_at: datetime, channel: str = "web", for_patient: str | None = None
    ) -> AccessToken:
        """Get a token for a person who was verified by us at that moment, over that channel.

        Args:
            patient_id: Who was verified.
            verified_at: When.
            channel: "web", "sms", "phone" or "alexa".
            for_patient: Whose record the token is to open; their own when None. The portal decides at each exchange.

        Raises:
            SessionExpired: the portal does not take our word for it; verify again.
            NoAccess: there is no access to that other record, or no longer.
            PortalUnavailable: no answer, or our own client is not accepted.
        """
        asked = {
            "grant_type": TOKEN_EXCHANGE,
            "subject_token": self._vouch(patient_id, verified_at, channel),
            "subject_token_type": JWT_TYPE,
        }
        if for_patient in (None, patient_id):
            return await self._exchanged(asked, patient_id)
        try:
            return await self._exchanged({**asked, "patient": for_patient}, for_patient)
        except SessionExpired:
            # RFC 8693 has one error for both; whether it was our word for the person shows on their own record.
            raise NoAccess from None

    async def _exchanged(self, asked: dict[str, str], patient_id: str) -> AccessToken:
        token = _to_token(await self._ask(asked))
        if token.patient_id != patient_id:
            raise UnusableAnswer("the portal gave a token for somebody else")
        return token

    def _vouch(self, patient_id: str, verified_at: datetime, channel: str) -> str:
        """A signed statement, good for one exchange, that this person was verified."""
        now = self.clock.now()
        claims = {
            "iss": self._client_id,
            "aud": str(self._url),
            "sub": patient_id,
            "acr": _ACR,
            "amr": _METHODS,
            "auth_time": int(verified_at.timestamp()),
            "channel": channel,
            "jti": uuid4().hex,
            "iat": int(now.timestamp()),
            "exp": int((now + _ASSERTION_LASTS).timestamp()),
        }
        return jwt.encode(claims, self._client_secret, algorithm="HS256")

    def _renewal(self, since: datetime, token: AccessToken) -> datetime:
        return since + timedelta(seconds=token.expires_in) - _RENEW_BEFORE

    async def _ask(self, form: dict[str, str]) -> dict[str, Any]:
        secret = {"client_id": self._client_id, "client_secret": self._client_secret}
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        content = urlencode({**form, **secret}).encode()
        request = self._client.build_request("POST", self._url, content=content, headers=headers)
        try:
            async with asyncio.timeout(DEADLINE):
                answer = await ask(self._client, request)
        except (NotSent, Lost, TooLong, TimeoutError):
            raise PortalUnavailable("the portal gives no token in time") from None
        return _judge(answer)


def _judge(answer: Answer) -> dict[str, Any]:
    """The token response, or what an error of RFC 6749, section 5.2, means to us."""
    if answer.status == 429 or not 200 <= answer.status < 500:
        raise PortalUnavailable("the portal gives no token", answer.retry_after)
    body = _json(answer)
    if answer.status == 200:
        return body
    error = str(body.get("error"))[:40]
    logger.error("token refused: %s", error)
    if error == "invalid_grant":
        raise SessionExpired
    raise PortalUnavailable("the portal does not accept the assistant: check PORTAL_CLIENT_ID and PORTAL_CLIENT_SECRET")


def _json(answer: Answer) -> dict[str, Any]:
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        body = None
    if answer.media_type != "application/json" or not isinstance(body, dict):
        raise UnusableAnswer("the portal's token answer cannot be read")
    return body


def _to_token(body: dict[str, Any]) -> AccessToken:
    with reading("token"):
        token, kind, lasts = body["access_token"], body["token_type"], int(body["expires_in"])
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or kind.lower() != "bearer":
            raise ValueError("no bearer token")
        return AccessToken(token, lasts, str(body.get("scope", "")), body.get("patient"))
