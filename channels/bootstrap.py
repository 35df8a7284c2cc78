"""Builds the gateway from the settings; the only place where it chooses what it talks to."""

from __future__ import annotations

import hmac

import httpx

from actions.wording import phone_words
from channels.app import Gateway
from channels.clients import networks
from channels.demo import Demo
from channels.dialogue import DialogueClient
from channels.emergency import EmergencyScreen
from channels.health import Check, asks, runs
from channels.language import LanguageModel
from channels.limits import Limits, MemoryCounts, RedisCounts, Subject
from channels.store import TurnStore
from channels.turn import World
from clock import Clock, DemoClock, SystemClock
from identity import Identity, Keys, open_engine
from settings import Settings
from simulator import CarrierStore


def build_gateway(settings: Settings) -> Gateway:
    """The gateway of this process.

    Raises:
        ModelMissing: The language model has not been trained yet.
    """
    demo_clock = DemoClock(settings.clock_file)
    clock: Clock = demo_clock if settings.demo else SystemClock()
    identity = Identity(open_engine(settings["DATABASE_URL"]), clock, Keys(settings["CARELINE_SECRET"]))
    dialogue, actions, portal = (
        httpx.AsyncClient(base_url=settings[name], follow_redirects=False)
        for name in ("DIALOGUE_URL", "ACTIONS_URL", "PORTAL_URL")
    )
    world = World(
        identity=identity,
        store=TurnStore(open_engine(settings["DATABASE_URL"]), Keys(_store_secret(settings)), clock),
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
    counts = RedisCounts.at(settings["REDIS_URL"]) if settings["REDIS_URL"] else MemoryCounts()
    closing = [client.aclose for client in (dialogue, actions, portal)]
    if isinstance(counts, RedisCounts):
        closing.append(counts.close)
    return Gateway(
        world,
        settings.api_keys,
        checks,
        demo,
        limits=Limits(_rates(settings), counts),
        trusted_proxies=networks(settings["TRUSTED_PROXIES"]),
        widget_origins=settings.widget_origins,
        at_end=tuple(closing),
    )


def _rates(settings: Settings) -> dict[Subject, int]:
    return {
        "conversation": settings.rate("RATE_PER_CONVERSATION"),
        "caller": settings.rate("RATE_PER_CALLER"),
        "address": settings.rate("RATE_PER_ADDRESS"),
        "key": settings.rate("RATE_PER_KEY"),
        "new_conversations": settings.rate("RATE_NEW_CONVERSATIONS"),
    }


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


def _store_secret(settings: Settings) -> str:
    return hmac.new(settings["CARELINE_SECRET"].encode(), b"gateway store", "sha256").hexdigest()
