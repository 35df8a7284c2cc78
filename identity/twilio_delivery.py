"""Codes over Twilio, or over anything that speaks its REST interface: a text, or a call for a landline."""

from __future__ import annotations

from dataclasses import dataclass, field
from logging import getLogger
from typing import Any

import httpx
from twilio.base.exceptions import TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client
from twilio.twiml.voice_response import VoiceResponse

from identity.delivery import CodeNotSent, Delivery, Notice, OptedOut, may_receive_codes
from identity.wording import CodeWording

_TWILIO = "https://api.twilio.com"
_TIMEOUT_SECONDS = 10.0
# Twilio's error for a number whose owner has said STOP.
_OPTED_OUT = 21610
_VOICES = {"en": "en-US", "es": "es-MX"}


@dataclass(frozen=True)
class TwilioAccount:
    """Where to send and as whom."""

    account_sid: str
    auth_token: str = field(repr=False)
    """The account's token, or better an API key's secret."""
    from_number: str
    """E.164, ours."""
    api_key: str | None = None
    """SID of the API key that `auth_token` is the secret of; None when it is the account's own token."""
    base_url: str = ""
    """Address of a carrier that stands in for Twilio; empty for Twilio itself."""


class TwilioCodeSender:
    """A CodeSender over the Twilio client."""

    def __init__(self, account: TwilioAccount, wording: CodeWording, http: httpx.Client | None = None) -> None:
        self._wording = wording
        self._from = account.from_number
        self._client = twilio_client(account, http)

    def send(self, delivery: Delivery) -> None:
        """Send the text or place the call; raises CodeNotSent."""
        say = self._wording.text if delivery.by == "text" else self._wording.speech
        self._hand_over(delivery.to, delivery.by, delivery.language, say(delivery.code, delivery.language))

    def send_notice(self, notice: Notice) -> None:
        """Send the text or place the call; raises CodeNotSent."""
        say = self._wording.notice_text if notice.by == "text" else self._wording.notice_speech
        self._hand_over(notice.to, notice.by, notice.language, say(notice.language))

    def _hand_over(self, to: str, by: str, language: str, words: str) -> None:
        if not may_receive_codes(to):
            raise CodeNotSent("the number may not receive codes", temporary=False)
        try:
            self._create(to, by, language, words)
        except TwilioRestException as error:
            if error.code == _OPTED_OUT:
                raise OptedOut from None
            temporary = error.status == httpx.codes.TOO_MANY_REQUESTS or error.status >= 500
            # Twilio's own sentence repeats the number.
            raise CodeNotSent(f"the carrier answered with error {error.code}", temporary=temporary) from None
        except httpx.HTTPError as error:
            raise CodeNotSent(f"the carrier was not reached, {type(error).__name__}", temporary=True) from None

    def _create(self, to: str, by: str, language: str, words: str) -> None:
        if by == "text":
            self._client.messages.create(to=to, from_=self._from, body=words)
            return
        spoken = VoiceResponse()
        spoken.say(words, language=_VOICES.get(language, _VOICES["en"]))
        self._client.calls.create(to=to, from_=self._from, twiml=str(spoken))


def twilio_client(account: TwilioAccount, http: httpx.Client | None = None) -> Client:
    """A Twilio client that talks to `account.base_url` over `http`."""
    return Client(
        account.api_key or account.account_sid,
        account.auth_token,
        account.account_sid,
        http_client=_HttpxClient(account.base_url or _TWILIO, http or httpx.Client(timeout=_TIMEOUT_SECONDS)),
    )


class _HttpxClient(HttpClient):
    """Twilio's requests over httpx, to another address when asked."""

    def __init__(self, base_url: str, http: httpx.Client) -> None:
        super().__init__(getLogger(__name__), is_async=False)
        self._base_url = base_url.rstrip("/")
        self._http = http

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Send one request; the parameters are Twilio's."""
        options: dict[str, Any] = {"params": params or None, "data": data, "headers": headers}
        options |= {"auth": auth, "timeout": timeout or _TIMEOUT_SECONDS, "follow_redirects": False}
        answer = self._http.request(method, uri.replace(_TWILIO, self._base_url, 1), **options)
        return Response(answer.status_code, answer.text, answer.headers)
