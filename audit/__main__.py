"""Looks after the trail: `python -m audit verify` (ends with 1 at the first break), `python -m audit retain`."""

from __future__ import annotations

import sys
from datetime import timedelta

import logs
from audit.trail import Trail, TrailUnavailable
from clock import clock_of
from identity import Keys, open_engine
from settings import Settings, SettingsError

USAGE = "Say what to do: `python -m audit verify` or `python -m audit retain`."


def main(arguments: list[str]) -> int:
    """Do what is asked; 0 when all is well, 1 when the trail does not hold, 2 when it could not be looked at."""
    logs.configure()
    task = {"verify": verify, "retain": retain}.get(" ".join(arguments))
    if task is None:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        settings = Settings.from_environment()
        clock = clock_of(settings.demo, settings.clock_file)
        trail = Trail(open_engine(settings["DATABASE_URL"]), clock, Keys(*settings.root_secrets))
        return task(trail, settings)
    except (SettingsError, TrailUnavailable) as error:
        print(error, file=sys.stderr)
        return 2


def verify(trail: Trail, _settings: Settings) -> int:
    """Say whether the trail holds, and where not."""
    breaks = trail.verify()
    for each in breaks:
        print(
            f"Chain {each.chain}, row {each.number} does not hold: {each.why}."
            if each.number
            else f"Chain {each.chain} does not hold: {each.why}."
        )
    if not breaks:
        print(f"The audit trail holds: {trail.count()} rows.")
    return 1 if breaks else 0


def retain(trail: Trail, settings: Settings) -> int:
    """Drop what has been kept long enough."""
    dropped = trail.retain(timedelta(days=366 * int(settings["AUDIT_YEARS"])))
    print(f"Dropped {dropped} rows that were older than {settings['AUDIT_YEARS']} years.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
