"""Builds what every action needs, once per process; the only place where an adapter is chosen."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import httpx

from actions.acting import Acting, ActingTrail
from actions.portal_client import Directory, FhirDirectory, FhirPortal, Portal, Server, TokenClient, portal_http_client
from audit import SignIns, Trail
from clock import CLINIC_ZONE, Clock, DemoClock, SystemClock
from identity import CodeNotSent, CodeSender, Delivery, Identity, Keys, SignedIn, open_engine
from identity.twilio_delivery import TwilioAccount, TwilioCodeSender
from identity.wording import CodeWording
from settings import Settings

logger = logging.getLogger(__name__)


class NotSignedIn(Exception):
    """Portal data was asked for in a conversation where nobody is signed in."""


@dataclass(frozen=True)
class Services:
    """What the world is to an action; a test passes fakes."""

    identity: Identity
    directory: Directory
    sender: CodeSender
    clock: Clock
    settings: Settings
    client: httpx.AsyncClient
    tokens: TokenClient
    server: Server
    """What the process has learnt of the portal: its CapabilityStatement and its staff."""
    trail: Trail
    """Where every request about a patient is noted."""

    @property
    def sign_ins(self) -> SignIns:
        """Proofs of who somebody is, and their end, noted."""
        return SignIns(self.identity, self.trail)

    async def signed_in(self, sender_id: str) -> SignedIn | None:
        return await asyncio.to_thread(self.identity.signed_in, sender_id)

    async def portal_for(self, sender_id: str, act: str, channel: str) -> Portal:
        """The portal as the person signed in to this conversation may see it, each request noted for `act`.

        Raises:
            NotSignedIn: nobody is, or the sign-in has run out.
        """
        who = await self.signed_in(sender_id)
        if who is None:
            raise NotSignedIn
        actor = patient = who.patient_id
        return FhirPortal(
            self.client,
            patient,
            lambda: self._token(sender_id, who),
            self.clock,
            CLINIC_ZONE,
            server=self.server,
            trail=ActingTrail(self.trail, Acting(act, channel, sender_id, actor, patient)),
        )

    async def _token(self, sender_id: str, who: SignedIn) -> str:
        kept = await asyncio.to_thread(self.identity.token, sender_id)
        if kept is not None:
            return kept
        token = await self.tokens.exchange(who.patient_id, who.verified_at)
        until = self.clock.now() + timedelta(seconds=token.expires_in - 30)
        await asyncio.to_thread(self.identity.keep_token, sender_id, token.access_token, until)
        return token.access_token

    async def forget_token(self, sender_id: str) -> None:
        """Drop the kept portal token, so that the next call asks for a new one."""
        await asyncio.to_thread(self.identity.keep_token, sender_id, "", self.clock.now())

    async def send_code(self, delivery: Delivery) -> None:
        """Hand a code to the carrier; a failure is logged without the number and the person can ask again."""
        try:
            await asyncio.to_thread(self.sender.send, delivery)
        except Exception as error:
            # Only CodeNotSent is known to say nothing about the person.
            logger.error("code not sent: %s", error if isinstance(error, CodeNotSent) else type(error).__name__)


@cache
def services() -> Services:
    """The services of this process, from the environment."""
    settings = Settings.from_environment()
    clock: Clock = DemoClock(settings.clock_file) if settings.demo else SystemClock()
    client, server = portal_http_client(settings["PORTAL_URL"]), Server()
    tokens = TokenClient(client, settings["PORTAL_CLIENT_ID"], settings["PORTAL_CLIENT_SECRET"], clock)
    engine, keys = open_engine(settings["DATABASE_URL"]), Keys(settings["CARELINE_SECRET"])
    trail = Trail(engine, clock, keys)
    # While nobody is signed in, somebody is looked for only in order to send them a code.
    looking = ActingTrail(trail, Acting("sign_in", ""))
    return Services(
        identity=Identity(engine, clock, keys),
        directory=FhirDirectory(client, tokens, server=server, trail=looking),
        sender=code_sender(settings),
        clock=clock,
        settings=settings,
        client=client,
        tokens=tokens,
        server=server,
        trail=trail,
    )


def code_sender(settings: Settings) -> CodeSender:
    """Twilio, or the carrier at TWILIO_API_URL that speaks its interface."""
    account = TwilioAccount(
        settings["TWILIO_ACCOUNT_SID"],
        settings["TWILIO_AUTH_TOKEN"],
        settings["TWILIO_FROM"],
        base_url=settings["TWILIO_API_URL"],
    )
    return TwilioCodeSender(account, CodeWording(settings["CLINIC_NAME"]))
