"""Builds the gateway from the settings; the only place where it chooses what it talks to."""

from __future__ import annotations

import httpx

from actions.wording import phone_words
from channels.app import Gateway
from channels.demo import Demo
from channels.dialogue import DialogueClient
from channels.emergency import EmergencyScreen
from channels.health import Check, asks, runs
from channels.language import LanguageModel
from channels.store import TurnStore
from channels.turn import World
from clock import Clock, DemoClock, SystemClock
from identity import Identity, Keys, Limits, open_engine
from settings import Settings
from simulator import CarrierStore


def build_gateway(settings: Settings) -> Gateway:
    """The gateway of this process.

    Raises:
        ModelMissing: The language model has not been trained yet.
    """
    demo_clock = DemoClock(settings.clock_file)
    clock: Clock = demo_clock if settings.demo else SystemClock()
    identity = Identity(
        open_engine(settings["DATABASE_URL"]),
        clock,
        Keys(*settings.root_secrets),
        Limits(conversations_kept=settings.conversations_kept),
    )
    dialogue, actions, portal = (
        httpx.AsyncClient(base_url=settings[name], follow_redirects=False)
        for name in ("DIALOGUE_URL", "ACTIONS_URL", "PORTAL_URL")
    )
    world = World(
        identity=identity,
        store=TurnStore(open_engine(settings["DATABASE_URL"]), Keys(*settings.secrets_for("gateway store")), clock),
        screen=EmergencyScreen.load(),
        dialogue=DialogueClient(dialogue, settings.private_secret),
        model=LanguageModel.load(),
        clock=clock,
        phone=phone_words(settings["CLINIC_PHONE"]),
    )
    checks: dict[str, Check] = {
        "sessions": runs(identity.ready),
        "answers": runs(world.store.ready),
        "dialogue": asks(dialogue, "/webhooks/careline/readyz"),
        "actions": asks(actions, "/readyz"),
    }
    demo = None
    if settings.demo:
        checks["portal"] = asks(portal, "/readyz")
        demo = _demo(settings, demo_clock, portal, world)
    closing = tuple(client.aclose for client in (dialogue, actions, portal))
    return Gateway(world, settings.api_keys, checks, demo, at_end=closing)


def _demo(settings: Settings, clock: DemoClock, portal: httpx.AsyncClient, world: World) -> Demo:
    return Demo(
        clock=clock,
        carrier=CarrierStore(),
        account_sid=settings["TWILIO_ACCOUNT_SID"],
        auth_token=settings["TWILIO_AUTH_TOKEN"],
        portal=portal,
        demo_key=settings["DEMO_KEY"],
        forget=lambda: _forget(world.identity, world.store),
    )


def _forget(identity: Identity, store: TurnStore) -> None:
    identity.reset()
    store.clear()
