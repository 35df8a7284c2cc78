"""One transaction per question to the session store; whatever goes wrong in it becomes a refusal."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Engine

from clock import Clock
from identity.store import Connection, empty_files, reading, writing

logger = logging.getLogger(__name__)


class IdentityUnavailable(Exception):
    """The session store cannot answer; nobody is let in and nothing was decided."""


@dataclass(frozen=True)
class At:
    """A transaction and the time at which it decides."""

    connection: Connection
    now: datetime


class Transactions:
    """What opens and ends them."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def _empty_write_ahead_log(self) -> None:
        # Dropped rows would otherwise stay readable in SQLite's second file until it is next overwritten.
        with refusing():
            empty_files(self._engine)

    @contextmanager
    def _writing(self) -> Iterator[At]:
        with refusing(), writing(self._engine) as connection:
            yield At(connection, self._clock.now())

    @contextmanager
    def _reading(self) -> Iterator[At]:
        with refusing(), reading(self._engine) as connection:
            yield At(connection, self._clock.now())


@contextmanager
def refusing() -> Iterator[None]:
    """Turn whatever goes wrong, of any kind, into a refusal that carries nothing of what was asked."""
    try:
        yield
    except IdentityUnavailable:
        raise
    except Exception as error:
        # The place says where to look; the message of the error may repeat what a person said.
        place = traceback.extract_tb(error.__traceback__)[-1]
        logger.error("The session store failed: %s at %s:%s", type(error).__name__, place.filename, place.lineno)
        raise IdentityUnavailable("The session store cannot answer. Try again in a moment.") from None
