"""Builds the gateway from the settings; the only place where it chooses what it talks to."""

from __future__ import annotations

import httpx
from sqlalchemy.engine import Engine

from actions.wording import phone_words
from assistant.talk_store import Talk
from audit import SignIns, Trail
from channels.app import Gateway
from channels.clients import networks
from channels.demo import Demo
from channels.dialogue import DialogueClient
from channels.emergency import EmergencyScreen
from channels.health import Check, asks, runs
from channels.keeping import Answers, Keeping, Kept
from channels.language import LanguageModel
from channels.limits import Limits, MemoryCounts, RedisCounts, Subject
from channels.store import TurnStore
from channels.turn import World
from channels.turn_request import CHANNELS
from clock import Clock, DemoClock, clock_of
from identity import Identity, Keys, open_engine
from identity import Limits as IdentityLimits
from settings import PATIENT_DATA_CHANNELS, Settings
from simulator import CarrierStore


def build_gateway(settings: Settings) -> Gateway:
    """The gateway of this process.

    Raises:
        ModelMissing: The language model has not been trained yet.
    """
    clock, engine = clock_of(settings.demo, settings.clock_file), open_engine(settings["DATABASE_URL"])
    identity, store = _identity(settings, engine, clock), _turn_store(settings, engine, clock)
    dialogue, actions, portal = (
        httpx.AsyncClient(base_url=settings[name], follow_redirects=False)
        for name in ("DIALOGUE_URL", "ACTIONS_URL", "PORTAL_URL")
    )
    world = World(
        identity=identity,
        sign_ins=SignIns(identity, Trail(engine, clock, Keys(*settings.root_secrets))),
        store=store,
        screen=EmergencyScreen.load(),
        dialogue=DialogueClient(dialogue, settings.private_secret),
        model=LanguageModel.load(),
        clock=clock,
        phone=phone_words(settings["CLINIC_PHONE"]),
        keeping=_keeping(settings, identity, store, (engine, clock)),
        channels=open_channels(settings),
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
        demo = _demo(settings, portal, world)
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


def keeping_of(settings: Settings) -> Keeping:
    """What deletes in all stores, for whoever runs it beside the gateway."""
    clock, engine = clock_of(settings.demo, settings.clock_file), open_engine(settings["DATABASE_URL"])
    identity, store = _identity(settings, engine, clock), _turn_store(settings, engine, clock)
    return _keeping(settings, identity, store, (engine, clock))


def open_channels(settings: Settings) -> frozenset[str]:
    """The channels on which patients may be heard: outside demo mode only those whose carrier has signed for it."""
    everybody = frozenset(CHANNELS)
    return everybody if settings.demo else everybody - PATIENT_DATA_CHANNELS | settings.baa_channels


def _identity(settings: Settings, engine: Engine, clock: Clock) -> Identity:
    personal = settings["ASSISTANTS_READ_PERSONAL"] == "1"
    limits = IdentityLimits(conversations_kept=settings.conversations_kept, personal_on_assistants=personal)
    return Identity(engine, clock, Keys(*settings.root_secrets), limits)


def _turn_store(settings: Settings, engine: Engine, clock: Clock) -> TurnStore:
    return TurnStore(engine, Keys(*settings.secrets_for("gateway store")), clock)


def _keeping(settings: Settings, identity: Identity, store: TurnStore, over: tuple[Engine, Clock]) -> Keeping:
    engine, clock = over
    return Keeping(
        identity,
        store,
        Answers(engine),
        Talk(open_engine(settings["TRACKER_STORE_URL"]), clock),
        Kept(settings.talk_kept, settings.conversations_kept),
    )


def _demo(settings: Settings, portal: httpx.AsyncClient, world: World) -> Demo:
    return Demo(
        clock=DemoClock(settings.clock_file),
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
