"""The HTTP side of the actions, for the dialogue process and for nobody else.

Not the SDK's own server: that one has no authentication, answers any origin, inflates without limit, and sends the
whole conversation back when an action fails. The SDK's executor does the work all the same.
"""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Awaitable, Callable

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from rasa_sdk.types import ActionCall
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SECRET_HEADER = "X-Careline-Secret"
MAX_BODY = 8 * 1024 * 1024
"""Bytes; Rasa sends the whole domain and conversation with each call."""

logger = logging.getLogger(__name__)


def create_app(secret: str, ready: Callable[[], Awaitable[None]]) -> Starlette:
    """The application; `ready` raises when a store it needs does not answer."""
    executor = ActionExecutor()
    executor.register_package("actions")

    async def webhook(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), secret.encode()):
            return _refusal(401, "This door is for the dialogue process only.")
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            # Nothing is ever inflated here: a few bytes could become gigabytes.
            return _refusal(415, "Calls are not compressed.")
        body = await _limited_body(request)
        if body is None:
            return _refusal(413, "The call is larger than any conversation can be.")
        return await _run(executor, body)

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(_: Request) -> Response:
        try:
            await ready()
        except Exception as error:
            logger.warning("not ready: %s", type(error).__name__)
            return JSONResponse({"status": "not ready"}, status_code=503)
        return JSONResponse({"status": "ready"})

    return Starlette(
        routes=[Route("/webhook", webhook, methods=["POST"]), Route("/healthz", healthz), Route("/readyz", readyz)]
    )


async def _run(executor: ActionExecutor, body: bytes) -> Response:
    try:
        call: ActionCall = json.loads(body)
        return JSONResponse(await executor.run(call))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        return _refusal(400, "The call is not JSON.")
    except ActionExecutionRejection as rejection:
        return JSONResponse({"error": rejection.message, "action_name": rejection.action_name}, status_code=400)
    except ActionNotFoundException as missing:
        logger.error("no such action: %s", missing.action_name)
        return JSONResponse({"error": missing.message, "action_name": missing.action_name}, status_code=404)
    except Exception as error:
        # Nothing of the call may be in the answer: it would be logged on the other side.
        logger.error("action failed outside its frame: %s", type(error).__name__)
        return _refusal(500, "The action failed.")


async def _limited_body(request: Request) -> bytes | None:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return None
    return bytes(body)


def _refusal(status: int, sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status_code=status)
