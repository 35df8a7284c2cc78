"""The sentences that tests of the emergency screen measure with; none of them was learned from."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from channels.emergency import Alarm, EmergencyScreen
from channels.emergency.sentences import LANGUAGES, ordinary, read_danger, read_lines

DATA = Path(__file__).parent / "data"


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


def emergencies(language: str) -> list[tuple[str, str]]:
    """Category and sentence of every emergency."""
    return read_danger(DATA / f"emergencies.{language}.txt")


def near_misses(language: str) -> list[str]:
    """Talk that holds a danger word, or sounds like danger, and is none."""
    return [text for _, text in read_danger(DATA / f"near_misses.{language}.txt")]


def requests(language: str) -> list[str]:
    """What people ordinarily ask a portal for."""
    return read_lines(DATA / f"ordinary_requests.{language}.txt")


__all__ = ["LANGUAGES", "emergencies", "heard", "kind", "near_misses", "ordinary", "requests", "screen"]
