"""Serves the actions on loopback: `python -m actions HOST PORT`."""

from __future__ import annotations

import asyncio
import sys

import uvicorn

import logs
from actions import bootstrap
from actions.server import create_app
from settings import SettingsError


async def ready() -> None:
    """Raise when the session store does not answer."""
    await asyncio.to_thread(bootstrap.services().identity.ready)


def main() -> None:
    logs.configure()
    host, port = sys.argv[1], int(sys.argv[2])
    try:
        services = bootstrap.services()
    except SettingsError as error:
        raise SystemExit(str(error)) from None
    app = create_app(services.settings.private_secret, ready)
    uvicorn.run(app, host=host, port=port, log_config=None, access_log=False)


if __name__ == "__main__":
    main()
