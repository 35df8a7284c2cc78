"""Builds what every action needs, once per process; the only place where an adapter is chosen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial

import httpx

from actions.acting import Acting, ActingTrail
from actions.portal_client import Directory, FhirDirectory, FhirPortal, Portal, Server, TokenClient, portal_http_client
from actions.wording import phone_words
from audit import SignIns, Trail
from clock import CLINIC_ZONE, Clock, clock_of
from identity import (
    ActingFor,
    CodeNotSent,
    CodeSender,
    Delivery,
    Identity,
    IdentityUnavailable,
    Keys,
    Limits,
    LookingUpSender,
    NumberLookup,
    OptedOut,
    SignedIn,
    open_engine,
)
from identity.twilio_delivery import TwilioAccount, TwilioCodeSender
from identity.wording import CodeWording
from settings import Settings

logger = logging.getLogger(__name__)
DECIDED_ANEW = timedelta(seconds=60)
"""Longest that a portal's word on somebody else's record is relied on."""


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
        """The portal as the person signed in may see the record they act on, their own or somebody else's.

        Each request is noted in the audit trail as done for the capability `act`.

        Raises:
            NotSignedIn: nobody is, or the sign-in has run out.
        """
        who = await self._who(sender_id)
        record = await self.acting_for(sender_id)
        if record is None:
            acting = Acting(act, channel, sender_id, who.patient_id, who.patient_id)
            return self._portal(acting, lambda: self._token(sender_id, who))
        acting = Acting(act, channel, sender_id, who.patient_id, record.patient_id)
        return self._portal(acting, lambda: self._record_token(sender_id, who, record.patient_id))

    async def own_portal_for(self, sender_id: str, act: str, channel: str) -> Portal:
        """The portal for the own record of the person signed in, on whosever record they act.

        Raises:
            NotSignedIn: nobody is, or the sign-in has run out.
        """
        who = await self._who(sender_id)
        acting = Acting(act, channel, sender_id, who.patient_id, who.patient_id)
        return self._portal(acting, lambda: self._token(sender_id, who))

    async def acting_for(self, sender_id: str) -> ActingFor | None:
        """The other record that is acted on; None for one's own."""
        return await asyncio.to_thread(self.identity.acting_for, sender_id)

    async def _who(self, sender_id: str) -> SignedIn:
        who = await self.signed_in(sender_id)
        if who is None:
            raise NotSignedIn
        return who

    def _portal(self, acting: Acting, token: Callable[[], Awaitable[str]]) -> Portal:
        assert acting.patient is not None
        trail = ActingTrail(self.trail, acting)
        return FhirPortal(self.client, acting.patient, token, self.clock, CLINIC_ZONE, server=self.server, trail=trail)

    async def _token(self, sender_id: str, who: SignedIn) -> str:
        kept = await asyncio.to_thread(self.identity.token, sender_id)
        if kept is not None:
            return kept
        token = await self.tokens.exchange(who.patient_id, who.verified_at)
        until = self.clock.now() + timedelta(seconds=token.expires_in - 30)
        await asyncio.to_thread(self.identity.keep_token, sender_id, token.access_token, until)
        return token.access_token

    async def _record_token(self, sender_id: str, who: SignedIn, patient_id: str) -> str:
        kept = await asyncio.to_thread(self.identity.record_token, sender_id, patient_id)
        if kept is not None:
            return kept
        asked_at = self.clock.now()
        token = await self.tokens.exchange(who.patient_id, who.verified_at, for_patient=patient_id)
        # Counted from before the portal decided: a birthday may fall into the time its answer took.
        until = asked_at + min(timedelta(seconds=token.expires_in), DECIDED_ANEW)
        await asyncio.to_thread(self.identity.keep_record_token, sender_id, patient_id, token.access_token, until)
        return token.access_token

    async def forget_token(self, sender_id: str) -> None:
        """Drop the kept portal tokens, so that the next call asks for a new one."""
        await asyncio.to_thread(self.identity.keep_token, sender_id, "", self.clock.now())
        record = await self.acting_for(sender_id)
        if record is not None:
            now = self.clock.now()
            await asyncio.to_thread(self.identity.keep_record_token, sender_id, record.patient_id, "", now)

    async def send_code(self, delivery: Delivery) -> None:
        """Hand a code to the carrier; a failure is logged without the number and the person can ask again."""
        await asyncio.to_thread(self._hand_over, delivery.to, lambda: self.sender.send(delivery))

    async def send_notices(self) -> None:
        """Hand the notices that are due to the carrier; a failure is logged without the number."""
        try:
            due = await asyncio.to_thread(self.identity.take_notices)
        except IdentityUnavailable:
            return
        for notice in due:
            await asyncio.to_thread(self._hand_over, notice.to, partial(self.sender.send_notice, notice))

    def _hand_over(self, to: str, send: Callable[[], None]) -> None:
        try:
            send()
        except OptedOut as error:
            logger.warning("code not sent: %s", error)
            with suppress(IdentityUnavailable):
                self.identity.opt_out(to)
        except Exception as error:
            # Only CodeNotSent is known to say nothing about the person.
            logger.error("code not sent: %s", error if isinstance(error, CodeNotSent) else type(error).__name__)


@cache
def services() -> Services:
    """The services of this process, from the environment."""
    settings = Settings.from_environment()
    clock = clock_of(settings.demo, settings.clock_file)
    client, server = portal_http_client(settings["PORTAL_URL"]), Server()
    tokens = TokenClient(client, settings["PORTAL_CLIENT_ID"], settings["PORTAL_CLIENT_SECRET"], clock)
    engine, keys = open_engine(settings["DATABASE_URL"]), Keys(*settings.root_secrets)
    trail = Trail(engine, clock, keys)
    # While nobody is signed in, somebody is looked for only in order to send them a code.
    looking = ActingTrail(trail, Acting("sign_in", ""))
    return Services(
        identity=Identity(
            engine,
            clock,
            keys,
            Limits(personal_on_assistants=settings["ASSISTANTS_READ_PERSONAL"] == "1"),
        ),
        directory=FhirDirectory(client, tokens, server=server, trail=looking),
        sender=code_sender(settings),
        clock=clock,
        settings=settings,
        client=client,
        tokens=tokens,
        server=server,
        trail=trail,
    )


def code_sender(settings: Settings, lookup: NumberLookup | None = None) -> CodeSender:
    """Twilio, or the carrier at TWILIO_API_URL that speaks its interface.

    `lookup` is an operator's service that knows which numbers changed hands; None sends without asking one.
    """
    account = TwilioAccount(
        settings["TWILIO_ACCOUNT_SID"],
        settings["TWILIO_AUTH_TOKEN"],
        settings["TWILIO_FROM"],
        base_url=settings["TWILIO_API_URL"],
    )
    wording = CodeWording(settings["CLINIC_NAME"], phone=phone_words(settings["CLINIC_PHONE"]))
    sender = TwilioCodeSender(account, wording)
    return sender if lookup is None else LookingUpSender(sender, lookup)
