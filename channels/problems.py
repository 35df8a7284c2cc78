"""Refusals as problem+json (RFC 9457), each with a sentence that says what happened and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from channels.wording import malformed, sentences

LANGUAGES = ("en", "es")


@dataclass(eq=False)
class Problem(Exception):
    """A request that is refused: which problem of sentences.yml, with what filled in."""

    name: str
    language: str | None = None
    """The person's, where it is known by now."""
    values: dict[str, Any] = field(default_factory=dict)
    what: str | None = None
    """For a malformed request: which mistake of sentences.yml."""
    retry_after: int | None = None
    """Seconds."""

    @property
    def status(self) -> int:
        return sentences()["problems"][self.name]["status"]

    def response(self, language: str, phone: str) -> JSONResponse:
        """The answer, in the person's language if it is known and in `language` if not."""
        spoken = self.language or language
        known = sentences()["problems"][self.name]
        values = {"phone": phone, **self.values}
        if self.what is not None:
            values["what"] = malformed(self.what, spoken, **self.values)
        body = {
            "type": f"urn:careline:problem:{self.name.replace('_', '-')}",
            "title": known["title"][spoken],
            "status": self.status,
            "detail": known["detail"][spoken].format(**values),
        }
        headers = {"Content-Language": spoken}
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return JSONResponse(body, self.status, headers, media_type="application/problem+json")


def reader_language(request: Request) -> str:
    """The language of whoever reads the answer, as far as the request's header says; English otherwise."""
    accepted = request.headers.get("accept-language", "").lower()
    places = {language: accepted.find(language) for language in LANGUAGES if language in accepted}
    return min(places, key=lambda language: places[language]) if places else "en"
