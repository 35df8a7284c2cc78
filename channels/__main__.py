"""Runs the gateway: `python -m channels`."""

from __future__ import annotations

from pathlib import Path

import uvicorn

import logs
from channels.app import create_app
from channels.bootstrap import build_gateway
from channels.emergency.learned import WEIGHTS
from channels.language import MODEL, ModelMissing
from checksums import Changed, verify
from settings import Settings, SettingsError


def verify_models(models: tuple[Path, ...] = (MODEL, WEIGHTS)) -> None:
    """Refuse models that are not what training wrote; one that is missing is somebody else's question.

    Raises:
        Changed: One of them is not.
    """
    for model in models:
        if model.exists():
            verify(model)


def main() -> None:
    """Serve until told to end."""
    logs.configure()
    try:
        settings = Settings.from_environment()
        verify_models()
        app = create_app(build_gateway(settings))
    except (SettingsError, ModelMissing, Changed) as error:
        raise SystemExit(str(error)) from None
    uvicorn.run(
        app,
        host=settings["CARELINE_HOST"],
        port=settings.port,
        # A line for each request would carry telephone numbers that are asked for in addresses.
        access_log=False,
        # Its own form of a line would show whole exceptions.
        log_config=None,
        log_level="warning",
        server_header=False,
        # The application itself believes the proxies that it was told of, and no others.
        proxy_headers=False,
        timeout_graceful_shutdown=15,
        h11_max_incomplete_event_size=16 * 1024,
    )


if __name__ == "__main__":
    main()
