"""The dialogue process as an application: one door for the gateway, and no start on anything but what is meant.

Not Rasa's own `configure_app`: that one answers strangers with its version and turns what is misconfigured into defaults
that forget (an unknown store becomes memory, a model that does not load an assistant without one).
"""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path

from rasa.core.agent import Agent, load_agent
from rasa.core.channels.channel import register
from rasa.core.run import close_resources, create_http_input_channels
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints
from sanic import HTTPResponse, Request, Sanic, response
from sanic.exceptions import SanicException

from assistant.runtime import TurnFailed
from assistant.tracker_store import SealedTrackerStore
from logs import place_of
from settings import Settings

logger = logging.getLogger(__name__)

ROOT = Path(__file__).parent.parent
MAX_BODY = 1024 * 1024
"""Bytes; the gateway sends one message of at most a thousand characters."""


class NotStarted(Exception):
    """The dialogue cannot be served as it is configured; the message says what to mend."""


def create_app(model: Path, settings: Settings, endpoints_file: Path = ROOT / "endpoints.yml") -> Sanic:
    """The application that serves `model`.

    Raises:
        NotStarted: `endpoints_file` names a store other than the sealed one.
    """
    # What endpoints.yml and credentials.yml refer to.
    os.environ.update({name: settings[name] for name in ("ACTIONS_URL", "TRACKER_STORE_URL")})
    os.environ["PRIVATE_SECRET"] = settings.private_secret
    endpoints = AvailableEndpoints.read_endpoints(str(endpoints_file))
    store = _sealed_store(endpoints)
    app = Sanic("careline_dialogue", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY
    app.error_handler.add(Exception, _refuse)
    register(create_http_input_channels(None, str(ROOT / "credentials.yml")), app, "/webhooks/")

    async def load(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        # Rasa takes a finished store as it takes the description of one.
        endpoints.tracker_store = store  # pyright: ignore[reportAttributeAccessIssue]
        agent = await load_agent(str(model), endpoints=endpoints, loop=loop)
        app.ctx.agent = failing_closed(agent, store)

    app.register_listener(load, "before_server_start")
    app.register_listener(close_resources, "after_server_stop")
    return app


def failing_closed(agent: Agent, store: TrackerStore) -> Agent:
    """The agent without Rasa's wrapper around its store, and with turns that fail rather than stop half-way.

    Raises:
        NotStarted: Rasa has not loaded the model; it goes on without one.
    """
    if agent.processor is None:
        raise NotStarted("The model could not be loaded. Run `make train`.")
    store.domain = agent.tracker_store.domain
    agent.tracker_store = agent.processor.tracker_store = store
    agent.processor.on_circuit_break = _give_up
    return agent


def _sealed_store(endpoints: AvailableEndpoints) -> TrackerStore:
    described = endpoints.tracker_store
    wanted = f"{SealedTrackerStore.__module__}.{SealedTrackerStore.__name__}"
    if described is None or described.type != wanted:
        raise NotStarted(f"endpoints.yml has to name {wanted} as its tracker_store: what is said is kept sealed.")
    return TrackerStore.create(described)


def _give_up(*_: object) -> None:
    """A turn that runs in circles is not saved: the conversation would never listen again."""
    raise TurnFailed("ActionLimitReached")


async def _refuse(_: Request, error: Exception) -> HTTPResponse:
    if isinstance(error, SanicException):
        return response.empty(error.status_code)
    logger.error("event=failed error=%s", place_of(error))
    return response.empty(500)
