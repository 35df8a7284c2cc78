"""The hand-written sentences of danger and near danger, and the assistant's ordinary examples, as tests read them."""

from __future__ import annotations

from functools import cache

from channels.emergency import Alarm, EmergencyScreen
from channels.emergency.training import emergencies, lines, ordinary

LANGUAGES = ("en", "es")
GRAVEST = frozenset(("heart", "stroke", "breathing", "poison_overdose", "suicide"))


@cache
def screen() -> EmergencyScreen:
    """One screen for all tests; it keeps nothing between messages."""
    return EmergencyScreen.load()


def heard(text: str, language: str = "en") -> Alarm | None:
    """What the screen hears in `text`."""
    return screen().check(text, language)


def kind(text: str, language: str = "en") -> str | None:
    """The kind of alarm in `text`, None for none."""
    alarm = heard(text, language)
    return alarm.kind if alarm else None


__all__ = ["GRAVEST", "LANGUAGES", "emergencies", "heard", "kind", "lines", "ordinary", "screen"]
