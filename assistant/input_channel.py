"""The one door into the dialogue: the gateway posts a message here and gets Rasa's replies back as data.

Request, JSON, with the secret in `X-Careline-Secret`: `{"sender", "channel", "language", "medium", "message_id", "text"}`,
and for a choice that the gateway offered, or something that only the gateway knows (a code was checked),
`"intent"` with `"entities"` instead of words to understand. Answer: `{"replies": [...]}` in the order they were said,
each with `text`, `act` (the reply's name), `values`, `parts` and `choices`.
"""

import hmac
import json
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, HTTPResponse, Request, response

from assistant.runtime import TurnFailed
from logs import place_of

logger = logging.getLogger(__name__)

SECRET_HEADER = "X-Careline-Secret"
PAYLOAD = re.compile(r"/(?P<intent>\w+)(?P<entities>\{.*\})?")


class RepliesChannel(CollectingOutputChannel):
    """Collects what Rasa says in one turn, whole: words, name of the reply, values, parts, choices."""

    @classmethod
    def name(cls) -> str:
        return "careline"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.messages.append(
            {
                "text": message.get("text") or "",
                "act": message.get("act", ""),
                "values": message.get("values", {}),
                "parts": message.get("parts", []),
                "choices": [choice_of(button) for button in message.get("buttons") or []],
            }
        )


def choice_of(button: dict[str, Any]) -> dict[str, Any]:
    """A button of a reply as the gateway offers it: its title, and what picking it means."""
    payload = PAYLOAD.fullmatch(button["payload"])
    if payload is None:
        raise ValueError(f"The button {button['title']!r} has a payload that is not an intent.")
    entities = json.loads(payload["entities"] or "{}")
    return {"title": button["title"], "intent": payload["intent"], "entities": entities}


def without_slash(text: str) -> str:
    """The text in a form that Rasa cannot take for a typed intent; words are not changed otherwise."""
    # Rasa strips Unicode blanks before it looks for the slash, so the same strip is used here.
    return f"· {text}" if text.strip().startswith("/") else text


class CarelineInput(InputChannel):
    """Takes messages from the gateway and from nobody else."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    @classmethod
    def name(cls) -> str:
        return "careline"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        if not credentials or not credentials.get("secret"):
            cls.raise_missing_credentials_exception()
        return cls(credentials["secret"])

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        routes = Blueprint("careline_input", strict_slashes=False)

        @routes.get("/healthz")
        async def healthz(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.get("/readyz")
        async def readyz(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            if agent is None or not agent.is_ready():
                return response.json({"status": "loading"}, status=503)
            try:
                await agent.tracker_store.ready()
            except Exception as error:
                logger.warning("event=not_ready error=%s", place_of(error))
                return response.json({"status": "not ready"}, status=503)
            return response.json({"status": "ready"})

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), self._secret.encode()):
                return response.json({"error": "This door is for the gateway only."}, status=401)
            if request.headers.get("Content-Encoding", "identity").lower() != "identity":
                return response.json({"error": "Messages are not compressed."}, status=415)
            replies = RepliesChannel()
            try:
                message = _user_message(json.loads(request.body), replies)
            except (KeyError, TypeError, AttributeError, ValueError, RecursionError):
                return response.json({"error": "This is not a message of the gateway."}, status=400)
            try:
                await on_new_message(message)
            except (Exception, TurnFailed) as error:
                # Nothing of this turn was saved, so it can be sent again.
                reason = str(error) if isinstance(error, TurnFailed) else place_of(error)
                logger.error("event=turn_failed error=%s", reason)
                return response.json({"error": "The turn failed; nothing of it was kept."}, status=503)
            return response.json({"replies": replies.messages})

        return routes


def _user_message(body: dict[str, Any], replies: RepliesChannel) -> UserMessage:
    metadata = {key: body[key] for key in ("channel", "language", "medium") if key in body}
    metadata.update(body.get("known") or {})
    common = {
        "output_channel": replies,
        "sender_id": body["sender"],
        "input_channel": body["channel"],
        "message_id": body.get("message_id"),
        "metadata": metadata,
    }
    if "intent" not in body:
        return UserMessage(text=without_slash(body["text"]), **common)
    entities = {**body.get("entities", {}), "language": body["language"], "medium": body["medium"]}
    parse_data = {
        "text": body.get("text", ""),
        "intent": {"name": body["intent"], "confidence": 1.0},
        "intent_ranking": [],
        "entities": [{"entity": name, "value": value} for name, value in entities.items()],
    }
    return UserMessage(text=body.get("text", ""), parse_data=parse_data, **common)
