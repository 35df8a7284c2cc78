"""The carrier's side: Twilio's REST interface for messages and calls, and what was sent, for all to read.

Mounted in demo mode only: whoever may read it reads every code.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from threading import Lock
from typing import Any
from xml.etree import ElementTree

import phonenumbers
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from clock import Clock
from simulator.segments import count_segments

_API = "2010-04-01"
_LONGEST_BODY = 1600


@dataclass(frozen=True)
class SentText:
    """A text that the carrier took."""

    at: datetime
    to: str
    sender: str
    body: str


@dataclass(frozen=True)
class PlacedCall:
    """A call that the carrier placed."""

    at: datetime
    to: str
    sender: str
    said: str
    """The words of every <Say>; empty for a call that is led by webhook."""


class CarrierStore:
    """The newest texts and calls, in memory, oldest first; safe to use from several threads."""

    def __init__(self, most: int = 1000) -> None:
        self._texts: deque[SentText] = deque(maxlen=most)
        self._calls: deque[PlacedCall] = deque(maxlen=most)
        self._lock = Lock()

    def keep(self, sent: SentText | PlacedCall) -> None:
        """Keep one more; beyond the most that are kept the oldest goes."""
        with self._lock:
            if isinstance(sent, SentText):
                self._texts.append(sent)
            else:
                self._calls.append(sent)

    def texts(self, to: str | None = None) -> list[SentText]:
        """Texts sent to a number (E.164), or all."""
        with self._lock:
            return [text for text in self._texts if to in (None, text.to)]

    def calls(self, to: str | None = None) -> list[PlacedCall]:
        """Calls placed to a number (E.164), or all."""
        with self._lock:
            return [call for call in self._calls if to in (None, call.to)]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._texts.clear()
            self._calls.clear()


class _Refusal(Exception):
    """A request that Twilio would refuse: the HTTP status, and Twilio's own code and words."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        more = f"https://www.twilio.com/docs/errors/{code}"
        self._status = status
        self._body = {"code": code, "message": message, "more_info": more, "status": status}

    def response(self) -> Response:
        return JSONResponse(self._body, self._status)


def carrier_routes(store: CarrierStore, account_sid: str, auth_token: str, clock: Clock) -> list[Route]:
    """The routes under /simulator that take texts and calls for one account and show them."""
    carrier = _Carrier(store, account_sid, auth_token, clock)
    account = f"/simulator/twilio/{_API}/Accounts/{{sid}}"
    return [
        Route(f"{account}/Messages.json", carrier.take_text, methods=["POST"]),
        Route(f"{account}/Calls.json", carrier.take_call, methods=["POST"]),
        Route("/simulator/sms", carrier.show_texts, methods=["GET"]),
        Route("/simulator/calls", carrier.show_calls, methods=["GET"]),
    ]


class _Carrier:
    def __init__(self, store: CarrierStore, account_sid: str, auth_token: str, clock: Clock) -> None:
        self._store = store
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._clock = clock

    async def take_text(self, request: Request) -> Response:
        return await self._answer(request, self._text)

    async def take_call(self, request: Request) -> Response:
        return await self._answer(request, self._call)

    async def show_texts(self, request: Request) -> Response:
        texts = self._store.texts(_asked_number(request))
        return JSONResponse([_shown(text.at, text.to) | _counted(text.body) for text in texts])

    async def show_calls(self, request: Request) -> Response:
        calls = self._store.calls(_asked_number(request))
        return JSONResponse([_shown(call.at, call.to) | {"said": call.said} for call in calls])

    async def _answer(self, request: Request, take: Callable[[FormData], dict[str, Any]]) -> Response:
        try:
            self._check_account(request)
            return JSONResponse(take(await request.form()), 201)
        except _Refusal as refusal:
            return refusal.response()

    def _check_account(self, request: Request) -> None:
        user, password = _basic_auth(request)
        known = hmac.compare_digest(user.encode(), self._account_sid.encode())
        # Both are compared in every case, in constant time, as a carrier would.
        if not (hmac.compare_digest(password.encode(), self._auth_token.encode()) and known):
            raise _Refusal(401, 20003, "Authenticate")
        if request.path_params["sid"] != self._account_sid:
            raise _Refusal(404, 20404, f"The requested resource {request.url.path} was not found")

    def _text(self, form: FormData) -> dict[str, Any]:
        to = _number(form, "To", missing=21604, invalid=21211)
        sender = _number(form, "From", missing=21603, invalid=21212)
        body = str(form.get("Body", ""))
        if not body:
            raise _Refusal(400, 21602, "Message body is required.")
        if len(body) > _LONGEST_BODY:
            raise _Refusal(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
        sent = SentText(self._clock.now(), to, sender, body)
        self._store.keep(sent)
        return self._common("SM", "Messages", sent) | _as_message(sent)

    def _call(self, form: FormData) -> dict[str, Any]:
        to = _number(form, "To", missing=21201, invalid=21211)
        sender = _number(form, "From", missing=21213, invalid=21212)
        twiml, url = str(form.get("Twiml", "")), str(form.get("Url", ""))
        if not (twiml or url):
            raise _Refusal(400, 21205, "Url parameter is required.")
        placed = PlacedCall(self._clock.now(), to, sender, _said(twiml) if twiml else "")
        self._store.keep(placed)
        return self._common("CA", "Calls", placed) | _as_call(placed)

    def _common(self, prefix: str, kind: str, sent: SentText | PlacedCall) -> dict[str, Any]:
        sid = prefix + secrets.token_hex(16)
        moment = format_datetime(sent.at)
        return {
            "sid": sid,
            "account_sid": self._account_sid,
            "api_version": _API,
            "to": sent.to,
            "from": sent.sender,
            "status": "queued",
            "date_created": moment,
            "date_updated": moment,
            "price": None,
            "price_unit": "USD",
            "uri": f"/{_API}/Accounts/{self._account_sid}/{kind}/{sid}.json",
            "subresource_uris": {},
        }


def _as_message(sent: SentText) -> dict[str, Any]:
    return {
        "body": sent.body,
        "num_segments": str(count_segments(sent.body).count),
        "num_media": "0",
        "direction": "outbound-api",
        "date_sent": None,
        "error_code": None,
        "error_message": None,
        "messaging_service_sid": None,
    }


def _as_call(placed: PlacedCall) -> dict[str, Any]:
    return {
        "direction": "outbound-api",
        "to_formatted": placed.to,
        "from_formatted": placed.sender,
        "parent_call_sid": None,
        "phone_number_sid": None,
        "start_time": None,
        "end_time": None,
        "duration": None,
        "answered_by": None,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": "0",
        "trunk_sid": None,
    }


def _number(form: FormData, name: str, *, missing: int, invalid: int) -> str:
    given = str(form.get(name, "")).strip()
    if not given:
        raise _Refusal(400, missing, f"A '{name}' phone number is required.")
    refusal = _Refusal(400, invalid, f"Invalid '{name}' Phone Number: {given}")
    try:
        number = phonenumbers.parse(given, "US")
    except phonenumbers.NumberParseException:
        raise refusal from None
    if not phonenumbers.is_possible_number(number):
        raise refusal
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _said(twiml: str) -> str:
    try:
        document = ElementTree.fromstring(twiml)
    except ElementTree.ParseError:
        raise _Refusal(400, 12100, "Document parse failure") from None
    return " ".join("".join(say.itertext()).strip() for say in document.iter("Say"))


def _basic_auth(request: Request) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password


def _asked_number(request: Request) -> str | None:
    """The number in the query; a bare plus sign arrives as a blank."""
    asked = request.query_params.get("to", "").strip()
    return f"+{asked.removeprefix('+')}" if asked else None


def _shown(at: datetime, to: str) -> dict[str, Any]:
    return {"at": at.isoformat(), "to": to}


def _counted(body: str) -> dict[str, Any]:
    return {"body": body, "segments": count_segments(body).count}
