"""Every setting of the assistant's own processes, read once from the environment, refused in words when wrong.

`docs/settings.md` is generated from TABLE; the demo portal has settings of its own, since any FHIR server may take its place.
Each may also be given as a file, as containers do: `CARELINE_SECRET_FILE=/run/secrets/careline` in place of CARELINE_SECRET.
"""

from __future__ import annotations

import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

DEMO_SECRET = "for-the-demo-on-this-machine-only"
FILE = "_FILE"
PATIENT_DATA_CHANNELS = frozenset({"sms", "phone", "alexa"})
"""Channels on which a company outside the clinic carries what patients say."""
LONGEST_KEPT = 365
IDLE_ENDS = timedelta(hours=1)
"""A conversation in which nothing was said for so long has ended, where none is to be kept after its end."""


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, its default in demo mode, and what it means."""

    name: str
    demo: str
    meaning: str
    secret: bool = False
    may_be_empty: bool = False
    """A secret that there need not be."""


TABLE = (
    Setting(
        "CARELINE_DEMO",
        "0",
        "1 plays the demo: loopback only, demo people, a local carrier, a clock that can be moved.",
    ),
    Setting("CARELINE_HOST", "127.0.0.1", "Address the gateway listens on; everything else stays on loopback."),
    Setting("CARELINE_PORT", "8000", "Port of the gateway."),
    Setting("DIALOGUE_URL", "http://127.0.0.1:5005", "Where the gateway finds the dialogue process (Rasa)."),
    Setting("ACTIONS_URL", "http://127.0.0.1:5055", "Where the dialogue process finds the actions."),
    Setting(
        "PORTAL_URL", "http://127.0.0.1:8010", "Origin of the portal; FHIR is below /fhir, tokens at /oauth/token."
    ),
    Setting("PORTAL_CLIENT_ID", "careline", "Client id under which the portal knows the assistant."),
    Setting("PORTAL_CLIENT_SECRET", DEMO_SECRET, "Secret of that client; also signs who was verified.", secret=True),
    Setting(
        "CARELINE_SECRET", DEMO_SECRET, "Root of all keys of this installation; at least 32 characters.", secret=True
    ),
    Setting(
        "CARELINE_SECRET_OLDER",
        "",
        "The root before it, while the secret is being changed: what was kept under it can still be read.",
        secret=True,
        may_be_empty=True,
    ),
    Setting("CARELINE_API_KEYS", "demo", "Keys that may call /v1/turns, separated by commas.", secret=True),
    Setting(
        "TRUSTED_PROXIES",
        "127.0.0.1,::1",
        "Proxies, and servers that pass on messages of others, whose X-Forwarded-For is believed (addresses or networks, "
        "separated by commas). They must name whom they speak for, or nothing is counted by address.",
    ),
    Setting(
        "WIDGET_ORIGINS",
        "",
        "Origins of pages that may embed the chat and call the gateway from a browser, separated by commas (https://clinic.example).",
    ),
    Setting("REDIS_URL", "", "Where several gateways count messages together; empty: each counts alone."),
    Setting(
        "RATE_PER_CONVERSATION",
        "60",
        "Messages a minute in one conversation; a third of them at once, as for each rate.",
    ),
    Setting("RATE_PER_CALLER", "90", "Messages a minute from one telephone number."),
    Setting("RATE_PER_ADDRESS", "1200", "Messages a minute from one network address."),
    Setting("RATE_PER_KEY", "6000", "Messages a minute under one API key."),
    Setting("RATE_NEW_CONVERSATIONS", "120", "Conversations a minute that one network address may open."),
    Setting("DATABASE_URL", "sqlite:///var/careline.db", "Sessions, codes and answers already given (SQLAlchemy URL)."),
    Setting(
        "TRACKER_STORE_URL", "sqlite:///var/tracker.db", "What was said in each conversation, sealed (SQLAlchemy URL)."
    ),
    Setting(
        "TALK_KEPT_DAYS",
        "30",
        "Days, 0 to 365, after which what was said is deleted; 0: once the conversation ends or rests for an hour.",
    ),
    Setting(
        "CARELINE_BAA",
        "",
        "Channels (sms, phone, alexa; by commas) whose carrier has signed a business associate agreement; outside demo mode the others are refused.",
    ),
    Setting("AUDIT_YEARS", "6", "Years for which the audit trail in DATABASE_URL is kept; six or more, as HIPAA asks."),
    Setting("CLOCK_FILE", "var/clock", "File through which the demo's processes share a moved clock."),
    Setting("CLINIC_NAME", "Cascade Medical Group", "Name of the clinic, as texts and replies say it."),
    Setting("CLINIC_PHONE", "+15415550100", "Number a person is sent to when the assistant cannot help (E.164)."),
    Setting("TWILIO_ACCOUNT_SID", "ACdemo0000000000000000000000000000", "Twilio account that sends texts and calls."),
    Setting("TWILIO_AUTH_TOKEN", DEMO_SECRET, "Twilio auth token.", secret=True),
    Setting("TWILIO_FROM", "+15415550100", "Number that texts and calls come from (E.164)."),
    Setting(
        "TWILIO_API_URL",
        "http://127.0.0.1:8000/simulator/twilio",
        "Empty for Twilio itself; the demo uses a local carrier.",
    ),
    Setting(
        "ASSISTANTS_READ_PERSONAL",
        "0",
        "1 lets voice assistants read personal things out, after account linking and the person's passcode.",
    ),
    Setting("DEMO_KEY", DEMO_SECRET, "Key under which the gateway may reset the demo portal.", secret=True),
)


class SettingsError(Exception):
    """The environment does not describe an assistant that may start; the message says what to set."""


@dataclass(frozen=True)
class Settings:
    """The environment, checked; secrets do not show when it is printed."""

    values: Mapping[str, str] = field(repr=False)

    @property
    def demo(self) -> bool:
        return self.values["CARELINE_DEMO"] == "1"

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    @property
    def port(self) -> int:
        return int(self.values["CARELINE_PORT"])

    @property
    def api_keys(self) -> frozenset[str]:
        return frozenset(_listed(self.values["CARELINE_API_KEYS"]))

    @property
    def widget_origins(self) -> tuple[str, ...]:
        return _listed(self.values["WIDGET_ORIGINS"])

    def rate(self, name: str) -> int:
        """A rate of the table, messages a minute."""
        return int(self.values[name])

    @property
    def clock_file(self) -> Path:
        return Path(self.values["CLOCK_FILE"])

    @property
    def talk_kept(self) -> timedelta:
        """How long what was said is kept; nothing means until the conversation ends."""
        return timedelta(days=int(self.values["TALK_KEPT_DAYS"]))

    @property
    def conversations_kept(self) -> timedelta:
        """How long a conversation may rest before it is forgotten."""
        return max(self.talk_kept, IDLE_ENDS)

    @property
    def baa_channels(self) -> frozenset[str]:
        """Channels whose carrier may see patient data."""
        return frozenset(_listed(self.values["CARELINE_BAA"]))

    @property
    def root_secrets(self) -> tuple[str, ...]:
        """The root of all keys and, while it is being changed, the one before it."""
        return tuple(filter(None, (self.values["CARELINE_SECRET"], self.values["CARELINE_SECRET_OLDER"])))

    def secrets_for(self, use: str) -> tuple[str, ...]:
        """What the roots become for one use, so that no two stores share a key; the present one first."""
        return tuple(hmac.new(root.encode(), use.encode(), "sha256").hexdigest() for root in self.root_secrets)

    @property
    def private_secret(self) -> str:
        """What the processes behind the gateway show each other; derived, so that there is one secret to keep."""
        return self.secrets_for("private side")[0]

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read and check the environment.

        Raises:
            SettingsError: a value is missing, is a demo secret outside demo mode, or exposes the demo.
        """
        found = _with_files(os.environ if environ is None else environ)
        demo = found.get("CARELINE_DEMO", "0") == "1"
        values = {setting.name: found.get(setting.name, setting.demo) for setting in TABLE}
        _check_everywhere(values)
        _check_years(values["AUDIT_YEARS"])
        _check_limits(values)
        if demo:
            _check_demo(values)
            return cls(values)
        _check_production(values, found)
        return cls(values)


def _with_files(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment with what files hold in the place of their names; a line end after it does not belong to it."""
    found = dict(environ)
    for setting in TABLE:
        file = environ.get(setting.name + FILE)
        if file is None:
            continue
        if setting.name in environ:
            raise SettingsError(f"Set {setting.name} or {setting.name}{FILE}, not both.")
        try:
            found[setting.name] = Path(file).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"{setting.name}{FILE} names a file that cannot be read ({type(error).__name__})."
            ) from None
    return found


def _listed(value: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in value.split(",") if each.strip())


def _check_everywhere(values: Mapping[str, str]) -> None:
    days = values["TALK_KEPT_DAYS"]
    if not (days.isascii() and days.isdecimal() and int(days) <= LONGEST_KEPT):
        raise SettingsError(f"Set TALK_KEPT_DAYS to a whole number from 0 to {LONGEST_KEPT}.")
    unknown = set(_listed(values["CARELINE_BAA"])) - PATIENT_DATA_CHANNELS
    if unknown:
        raise SettingsError(f"CARELINE_BAA names {', '.join(sorted(unknown))}; it may hold sms, phone and alexa.")


def _check_years(years: str) -> None:
    if not (years.isascii() and years.isdecimal() and 6 <= int(years) <= 100):
        raise SettingsError("Set AUDIT_YEARS to a whole number of years from 6 on.")


def _check_limits(values: Mapping[str, str]) -> None:
    for name in (setting.name for setting in TABLE if setting.name.startswith("RATE_")):
        if not values[name].isdecimal() or int(values[name]) < 1:
            raise SettingsError(f"Set {name} to a whole number of at least 1; no limit can be switched off.")
    for origin in _listed(values["WIDGET_ORIGINS"]):
        if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d+)?", origin):
            raise SettingsError(f"Set WIDGET_ORIGINS to origins such as https://clinic.example; {origin!r} is none.")
    for proxy in _listed(values["TRUSTED_PROXIES"]):
        try:
            network = ip_network(proxy, strict=False)
        except ValueError:
            raise SettingsError(f"Set TRUSTED_PROXIES to addresses or networks; {proxy!r} is none.") from None
        if network.prefixlen == 0:
            raise SettingsError(
                "TRUSTED_PROXIES cannot hold every address: anybody could then say where they come from."
            )


def _check_demo(values: Mapping[str, str]) -> None:
    if values["CARELINE_HOST"] not in ("127.0.0.1", "localhost", "::1"):
        raise SettingsError(
            "Demo mode listens on this machine only: set CARELINE_HOST to 127.0.0.1, or CARELINE_DEMO to 0."
        )
    if values["TWILIO_API_URL"] == "":
        raise SettingsError("Demo mode never sends real texts: leave TWILIO_API_URL unset, or set CARELINE_DEMO to 0.")


def _check_production(values: Mapping[str, str], found: Mapping[str, str]) -> None:
    for setting in TABLE:
        if setting.secret and not setting.may_be_empty and setting.name != "DEMO_KEY":
            _check_secret(setting, found.get(setting.name, setting.demo))
    if values["CARELINE_SECRET_OLDER"] == DEMO_SECRET:
        raise SettingsError("Leave CARELINE_SECRET_OLDER empty: nothing of the demo is to be read outside demo mode.")
    if len(values["CARELINE_SECRET"]) < 32:
        raise SettingsError("Set CARELINE_SECRET to at least 32 characters, for example from `openssl rand -hex 32`.")
    if 0 < len(values["CARELINE_SECRET_OLDER"]) < 32:
        raise SettingsError(
            "CARELINE_SECRET_OLDER is too short to have been a CARELINE_SECRET: at least 32 characters."
        )
    if "TWILIO_API_URL" not in found:
        raise SettingsError("Set TWILIO_API_URL: empty for Twilio itself, or the address of a local carrier.")


def _check_secret(setting: Setting, value: str) -> None:
    if value == setting.demo:
        raise SettingsError(
            f"Set {setting.name}: {setting.meaning} The demo's value is not accepted outside demo mode."
        )
    if not value.strip(" ,"):
        raise SettingsError(f"Set {setting.name}: {setting.meaning} It is empty.")
