"""Settings of the demo portal, read once from the environment; wrong ones stop the start with a sentence."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DEMO_SECRET = "for-the-demo-on-this-machine-only"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class SettingsError(Exception):
    """The environment does not describe a portal that may start; the message says what to set."""


@dataclass(frozen=True)
class Settings:
    """What the portal was told about where it runs; secrets do not show when it is printed."""

    host: str = "127.0.0.1"
    """Address to listen on; demo mode accepts loopback only."""
    port: int = 8010
    database_url: str = "sqlite:///var/portal.db"
    """SQLAlchemy URL: sqlite:///path or postgresql://..."""
    client_id: str = "careline"
    """The one client that may ask for tokens."""
    client_secret: str = field(default=DEMO_SECRET, repr=False)
    """Also the key that signs subject tokens (HS256)."""
    demo_key: str = field(default=DEMO_SECRET, repr=False)
    """Opens POST /demo/reset."""
    clock_file: Path = Path("var/clock")
    """Offset shared by all demo processes."""
    subscribers: tuple[str, ...] = ()
    """Origins that may be told of changes; in demo mode also everything on this machine."""
    demo: bool = True
    """Demo people, a clock that can be moved, and reset."""

    @property
    def origin(self) -> str:
        """Where a client on this machine finds the portal, without a slash at the end."""
        return f"http://{self.host}:{self.port}"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read and check the environment.

        Raises:
            SettingsError: a value cannot be used, or would put the demo on a network.
        """
        found = os.environ if environ is None else environ
        settings = cls(
            host=found.get("PORTAL_HOST", cls.host),
            port=_port(found.get("PORTAL_PORT", str(cls.port))),
            database_url=_database_url(found, cls.database_url),
            client_id=found.get("PORTAL_CLIENT_ID", cls.client_id),
            client_secret=found.get("PORTAL_CLIENT_SECRET", DEMO_SECRET),
            demo_key=found.get("DEMO_KEY", DEMO_SECRET),
            clock_file=Path(found.get("CLOCK_FILE", "var/clock")),
            subscribers=tuple(found.get("PORTAL_SUBSCRIBERS", "").split()),
            demo=found.get("CARELINE_DEMO", "1") == "1",
        )
        _check(settings)
        return settings


def _database_url(found: Mapping[str, str], default: str) -> str:
    """The portal's own store if it is named, else the PostgreSQL of the whole installation, else a file."""
    own, common = found.get("PORTAL_DATABASE_URL"), found.get("DATABASE_URL", "")
    return own or (common if common.startswith("postgresql") else default)


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise SettingsError("PORTAL_PORT must be a number from 1 to 65535.")
    return int(text)


def _check(settings: Settings) -> None:
    if len(settings.client_secret.encode()) < 32:
        raise SettingsError("PORTAL_CLIENT_SECRET must have at least 32 characters, as HS256 asks.")
    if settings.demo and settings.host not in LOOPBACK:
        raise SettingsError(
            "Demo mode listens on this machine only: set PORTAL_HOST to 127.0.0.1, or CARELINE_DEMO to 0."
        )
    if not settings.demo and settings.client_secret == DEMO_SECRET:
        raise SettingsError("Set PORTAL_CLIENT_SECRET: the demo's secret is not accepted outside demo mode.")
