"""How every process logs: one line an event, no patient data, libraries quiet."""

from __future__ import annotations

import logging

# httpx writes every URL at INFO, the twilio client every body, SQLAlchemy every row.
QUIET = (
    "httpx",
    "httpcore",
    "twilio",
    "sqlalchemy",
    "urllib3",
    "asyncio",
    "aiohttp",
    "sanic",
    "rasa",
    "rasa_sdk",
    "apscheduler",
)


def configure(level: int = logging.INFO) -> None:
    """Set the root logger and hold the libraries to warnings."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
