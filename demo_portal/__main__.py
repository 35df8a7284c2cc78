"""Runs the demo portal: `python -m demo_portal`."""

from __future__ import annotations

import logging
import sys

import uvicorn

from clock import clock_of
from demo_portal.app import create_app
from demo_portal.settings import Settings, SettingsError


def main() -> None:
    """Read the settings, fill an empty demo, serve until stopped."""
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        sys.exit(str(error))
    logging.basicConfig(level=logging.WARNING)
    clock = clock_of(settings.demo, settings.clock_file)
    app = create_app(settings, clock)
    # The access log would hold addresses with patient ids and search values.
    uvicorn.run(app, host=settings.host, port=settings.port, access_log=False, log_level="warning", server_header=False)


if __name__ == "__main__":
    main()
