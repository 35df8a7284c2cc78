"""How every process logs: one line an event, no patient data, libraries quiet and without a word of their own.

What our own code logs is written by us, key by key. What a library logs is not: Rasa, Sanic and SQLAlchemy put message
texts, rows and whole exceptions into theirs. Of those a line keeps where it came from and the kind of error, no more.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

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
OWN = frozenset(
    {
        "__main__",
        "actions",
        "assistant",
        "audit",
        "channels",
        "demo_portal",
        "deploy",
        "identity",
        "logs",
        "settings",
        "simulator",
    }
)
"""Whose lines are written as they are: what lies in this repository."""
PLAIN = frozenset({"uvicorn", "uvicorn.error"})
"""Libraries that log how a server starts and ends, and nothing of a request."""
_EVENT_NAME = re.compile(r"[a-z0-9_.]{1,80}")


class SafeFormatter(logging.Formatter):
    """A line without tracebacks and messages of exceptions, and of libraries without their words."""

    def format(self, record: logging.LogRecord) -> str:
        safe = logging.makeLogRecord(record.__dict__)
        # A formatter before this one may have left its own in the record.
        safe.exc_text = safe.exc_info = safe.stack_info = None
        safe.msg, safe.args = self._words(record), None
        return super().format(safe)

    def _words(self, record: logging.LogRecord) -> str:
        known = record.name.partition(".")[0] in OWN or record.name in PLAIN
        said = record.getMessage().replace("\r", " ").replace("\n", " ") if known else "event=library"
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            return f"{said} error={place_of(error)}"
        return said if known else f"{said} at={record.filename}:{record.lineno}"


def configure(level: int = logging.INFO) -> None:
    """Set the root logger, hold the libraries to warnings, and Python's own warnings to the same form."""
    logging.basicConfig(level=level, force=True)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(SafeFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # A warning's text may quote what a person said.
    logging.captureWarnings(True)


def place_of(error: BaseException) -> str:
    """The kind of an error and the line it came from, without its message, which may quote a patient."""
    trace = traceback.extract_tb(error.__traceback__)
    place = f"{trace[-1].filename.rsplit('/', 1)[-1]}:{trace[-1].lineno}" if trace else "?"
    return f"{type(error).__name__} at {place}"


def event_alone(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    """The last step of structlog, which Rasa logs through: the event's name and the kind of error, no other field."""
    name = str(event.get("event", ""))
    # A name is a constant of the code; a sentence may have been put together from anything.
    said = f"event={name if _EVENT_NAME.fullmatch(name) else 'library'}"
    error = _error_of(event.get("exc_info"))
    return f"{said} error={place_of(error)}" if error is not None else said


def _error_of(found: Any) -> BaseException | None:
    if found is True:
        return sys.exc_info()[1]
    if isinstance(found, tuple):
        return found[1]
    return found if isinstance(found, BaseException) else None
