"""Speaks FHIR R4 over HTTP for one patient: the only place that looks at status codes.

A read is tried again once, within the same deadline, after a connection error or a server error. A write is never sent
twice: when its outcome is open it is looked for once by its key, and if that tells nothing the caller learns so.
Whatever is about a patient is noted before it is released; what cannot be noted is not read, and not begun.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import quote, urlencode
from uuid import uuid4

import httpx

from actions.portal_client.answers import FHIR_JSON, read_refusal, read_resource
from actions.portal_client.calls import Call, Params, Reply, Trace, checked_key, open_end, search_call
from actions.portal_client.compartment import check_owner
from actions.portal_client.errors import (
    NotRecorded,
    OutcomeUnknown,
    PortalUnavailable,
    Refused,
    SessionExpired,
    UnusableAnswer,
)
from actions.portal_client.fhir import Json, checked_id, dump_json, has_key, reading, reference_id
from actions.portal_client.noting import AccessTrail, Journey
from actions.portal_client.paging import CEILING, MOST_PAGES, PAGE, Found, looks_cut, next_link
from actions.portal_client.server import Capabilities, Server, read_capabilities
from actions.portal_client.vocabulary import REQUEST_KEY
from actions.portal_client.wire import DEADLINE, Answer, Lost, NotSent, TooLong, ask
from clock import Clock

logger = logging.getLogger(__name__)

AccessToken = Callable[[], Awaitable[str]]
# Types that have one identifier at most (FHIR R4).
ONE_IDENTIFIER = frozenset({"Composition", "QuestionnaireResponse"})


class FhirTransport:
    """FHIR interactions as one patient (or, with `patient_id` None, as nobody in particular)."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        patient_id: str | None,
        access_token: AccessToken,
        clock: Clock,
        server: Server,
        *,
        trail: AccessTrail,
    ) -> None:
        self._client = client
        self._patient_id = patient_id
        self._access_token = access_token
        self._clock = clock
        self._server = server
        self._trail = trail
        self._base = client.base_url.join(server.fhir_path)
        # One per portal object, hence per turn of a conversation, so that both sides' logs can be laid side by side.
        self._turn = uuid4().hex[:16]
        self._calls = 0

    def now(self) -> datetime:
        """The present, in UTC."""
        return self._clock.now()

    async def capabilities(self) -> Capabilities:
        """What the server says it can do; a server that publishes nothing can do nothing special."""
        return await self._server.capabilities.get(self.now(), self._ask_capabilities)

    async def read(self, rtype: str, rid: str) -> Reply:
        """One resource by id."""
        reply = await self._send(Call("GET", f"{rtype}/{checked_id(rid)}"))
        if reply.of_type(rtype).get("id") != rid:
            raise UnusableAnswer(f"the portal answered with another {rtype}")
        return reply

    def own_id(self, address: str, rtype: str) -> str | None:
        """The id in the address of something that this server keeps; None when it is no such address.

        Raises:
            UnusableAnswer: it is kept on another server, from which nothing is fetched.
        """
        return reference_id(self._same_origin(address), rtype) if address else None

    async def search(self, rtype: str, params: Params, at_most: int = CEILING) -> Found:
        """The matches, over as many pages as it takes."""
        capabilities = await self.capabilities()
        asked = [(name, value) for name, value in params if name != "_include" or capabilities.may_include(value)]
        asked.append(("_count", str(min(PAGE, at_most))))
        call = search_call(rtype, asked, can_post=rtype in capabilities.searchable)
        return await self._pages(call, rtype, at_most)

    async def operation(self, address: str, body: Json | None = None) -> Reply:
        """An operation that changes nothing."""
        return await self._send(Call("POST" if body else "GET", address, body=body))

    async def lapsing_operation(self, address: str, body: Json) -> Reply:
        """An operation whose effect lapses by itself, so that it needs no key and leaves nothing open."""
        try:
            return await self._send(Call("POST", address, body=body, writes=True))
        except OutcomeUnknown:
            raise PortalUnavailable from None

    async def update(self, resource: Json, etag: str | None, key: str) -> Reply:
        """Replace a resource if nobody has changed it since it was read."""
        with reading(resource["resourceType"]):
            version = etag or f'W/"{resource["meta"]["versionId"]}"'
        headers = {"If-Match": version, "Idempotency-Key": checked_key(key)}
        address = f"{resource['resourceType']}/{checked_id(resource['id'])}"
        return await self._send(Call("PUT", address, body=resource, headers=headers, writes=True))

    async def create[T](self, resource: Json, key: str, read: Callable[[Json], T]) -> T:
        """Create a resource, once per key; `read` says what to make of it."""
        rtype = resource["resourceType"]
        signature = {"system": REQUEST_KEY, "value": checked_key(key)}
        signed = {**resource, "identifier": signature if rtype in ONE_IDENTIFIER else [signature]}
        once = f"identifier={quote(f'{REQUEST_KEY}|{key}', safe='')}"
        headers = {"Idempotency-Key": key, "If-None-Exist": once}
        call = Call("POST", rtype, body=signed, headers=headers, writes=True)
        params = [("patient", self._patient_id or ""), ("identifier", f"{REQUEST_KEY}|{key}")]
        return await self._traced(call, Trace(rtype, params, lambda each: has_key(each, REQUEST_KEY, key)), read)

    async def keyed_operation[T](
        self, address: str, body: Json, key: str, trace: Trace, read: Callable[[Json], T]
    ) -> T:
        """An operation that makes one resource, once per key."""
        headers = {"Idempotency-Key": checked_key(key)}
        return await self._traced(Call("POST", address, body=body, headers=headers, writes=True), trace, read)

    async def _traced[T](self, call: Call, trace: Trace, read: Callable[[Json], T]) -> T:
        try:
            reply = await self._send(call)
            with reading(trace.rtype):
                return read(reply.of_type(trace.rtype))
        except (OutcomeUnknown, UnusableAnswer):
            logger.warning("the outcome of a write of %s is open; looking for it once", trace.rtype)
        left = await self._follow(trace)
        try:
            with reading(trace.rtype):
                return read(left)
        except UnusableAnswer:
            raise OutcomeUnknown from None

    async def _follow(self, trace: Trace) -> Json:
        try:
            found = await self.search(trace.rtype, trace.params)
            with reading(trace.rtype):
                hits = [each for each in found.matches if trace.left_by_it(each)]
        except Exception as error:
            # Whatever hinders the look, be it the caller's token, the write stays open and must be called so.
            logger.warning("looking for it failed: %s", type(error).__name__)
            raise OutcomeUnknown from None
        if len(hits) != 1:
            raise OutcomeUnknown
        return hits[0]

    async def _ask_capabilities(self) -> Capabilities:
        try:
            reply = await self._send(Call("GET", "metadata", open_to_all=True))
        except (Refused, SessionExpired):
            return Capabilities()
        return read_capabilities(reply.of_type("CapabilityStatement"))

    async def _pages(self, first: Call, rtype: str, at_most: int) -> Found:
        found = Found()
        seen: set[str] = set()
        call = first
        while True:
            bundle = (await self._send(call)).of_type("Bundle")
            with reading("Bundle"):
                found.take(bundle, rtype)
                link = next_link(bundle)
                cut = link is None and looks_cut(bundle, len(found.matches))
            if len(found.matches) >= at_most or link is None or link in seen or len(seen) >= MOST_PAGES:
                break
            seen.add(link)
            call = Call("GET", self._same_origin(link), searches=rtype)
        if cut and len(found.matches) < at_most:
            return await self._whole(first, rtype)
        if len(found.matches) >= CEILING or len(seen) >= MOST_PAGES:
            logger.warning("more %s than are read: the rest was left", rtype)
        return Found(found.matches[:at_most], found.included)

    async def _whole(self, first: Call, rtype: str) -> Found:
        """Ask once more for all at once: the server has more, but gives no link to it."""
        asked = [(name, value) for name, value in first.form or first.params if name != "_count"]
        call = search_call(rtype, [*asked, ("_count", str(CEILING))], can_post=first.form is not None)
        bundle = (await self._send(call)).of_type("Bundle")
        found = Found()
        with reading("Bundle"):
            found.take(bundle, rtype)
        return found

    def _same_origin(self, link: str) -> str:
        """A `next` link, which must lead back to the same server.

        Raises:
            UnusableAnswer: it leads elsewhere, where our token must not go.
        """
        try:
            url = self._base.join(link)
        except httpx.InvalidURL:
            raise UnusableAnswer("the portal sent a link that cannot be read") from None
        same = (url.scheme, url.host, url.port) == (self._base.scheme, self._base.host, self._base.port)
        if not same or url.userinfo or not url.path.startswith(self._base.path):
            raise UnusableAnswer("the portal sent a link to another server")
        return str(url)

    async def _send(self, call: Call) -> Reply:
        """Make one call, note it, and say what became of it in the words of the error tree.

        Raises:
            NotRecorded: a write was not begun, or what was read is not released.
        """
        token = None if call.open_to_all else await self._access_token()
        request = self._request(call, token)
        journey = Journey(call, request.headers["x-request-id"])
        if journey.is_noted and call.writes:
            await self._trail.ready()
        try:
            reply = self._judge(call, await self._answer(call, request, journey))
        except BaseException as error:
            journey.failed(error)
            await self._note_all_the_same(journey)
            raise
        journey.done(reply.resource)
        # A write that is done is called done, whatever becomes of its note.
        await (self._note_all_the_same(journey) if call.writes else self._note(journey))
        return reply

    async def _note(self, journey: Journey) -> None:
        if journey.rows:
            # Whoever asked may be gone; that it was asked is noted all the same.
            await asyncio.shield(self._trail.note(journey.rows))

    async def _note_all_the_same(self, journey: Journey) -> None:
        """Note what can no longer be held back; that it could not be noted is for the operator to know."""
        try:
            await self._note(journey)
        except Exception as error:
            reason = "unavailable" if isinstance(error, NotRecorded) else type(error).__name__
            for row in journey.rows:
                logger.error(
                    "event=not_recorded request=%s interaction=%s type=%s outcome=%s reason=%s",
                    *(row.request, row.interaction, row.rtype, row.outcome, reason),
                )

    async def _answer(self, call: Call, request: httpx.Request, journey: Journey) -> Answer:
        try:
            async with asyncio.timeout(DEADLINE):
                return await (ask(self._client, request) if call.writes else self._ask_twice(request, journey))
        except NotSent as error:
            journey.failed(error)
            raise PortalUnavailable("the portal cannot be reached") from None
        except (Lost, TooLong, TimeoutError) as error:
            journey.failed(error)
            raise open_end(call, PortalUnavailable()) from None

    async def _ask_twice(self, request: httpx.Request, journey: Journey) -> Answer:
        try:
            answer = await ask(self._client, request)
        except (NotSent, Lost) as error:
            journey.failed(error, again=True)
            return await ask(self._client, request)
        if answer.status in (500, 502, 503, 504) and answer.retry_after is None:
            journey.failed(PortalUnavailable(), again=True)
            return await ask(self._client, request)
        return answer

    def _request(self, call: Call, token: str | None) -> httpx.Request:
        self._calls += 1
        headers = {"Accept": FHIR_JSON, "X-Request-Id": f"{self._turn}.{self._calls}", **call.headers}
        content: bytes | None = None
        if call.body is not None:
            content = dump_json(call.body)
            headers |= {"Content-Type": FHIR_JSON, "Prefer": "return=representation"}
        if call.form is not None:
            content = urlencode(call.form).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        url, params = self._base.join(call.address), tuple(call.params) or None
        return self._client.build_request(call.method, url, params=params, content=content, headers=headers)

    def _judge(self, call: Call, answer: Answer) -> Reply:
        status = answer.status
        if 200 <= status < 300:
            return self._accept(call, answer)
        logger.info("%s answered with HTTP %d", call.method, status)
        if status == 401:
            raise SessionExpired
        if status in (408, 425, 429):
            raise PortalUnavailable("the portal asks us to wait", answer.retry_after)
        if 400 <= status < 500 or status == 501:
            raise read_refusal(answer)
        if status < 500:
            raise open_end(call, UnusableAnswer("the portal points elsewhere"))
        raise open_end(call, PortalUnavailable("the portal has a fault", answer.retry_after))

    def _accept(self, call: Call, answer: Answer) -> Reply:
        etag = answer.headers.get("etag")
        if not answer.body:
            return Reply(None, etag)
        try:
            resource = read_resource(answer)
            if self._patient_id is not None:
                check_owner(resource, self._patient_id, str(self._base))
        except UnusableAnswer as error:
            logger.error("%s", error)
            raise open_end(call, error) from None
        return Reply(resource, etag)
