"""Which sentences the gateway answers itself, because its emergency screen hears danger, so that no model is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from channels.cleaning import clean
from channels.emergency import EmergencyScreen
from evaluation.nlu.sentences import Sentence

DANGER = frozenset({"report_emergency", "report_crisis"})
MOST_SHOWN = 50


def alarms(sentences: Sequence[Sentence], languages: Sequence[str]) -> dict[str, Any]:
    """How many lines that expect danger are heard, and which others are taken for it."""
    screen = EmergencyScreen.load()
    # The gateway listens before it takes secrets out.
    heard = [screen.check(clean(line.text), language) for line, language in zip(sentences, languages, strict=True)]
    danger = [alarm for line, alarm in zip(sentences, heard, strict=True) if line.intent in DANGER]
    others = [
        {"text": line.text, "intent": line.intent, "act": alarm.act}
        for line, alarm in zip(sentences, heard, strict=True)
        if alarm is not None and line.intent not in DANGER
    ]
    return {
        "danger_lines": len(danger),
        "danger_heard": sum(alarm is not None for alarm in danger),
        "other_lines": len(sentences) - len(danger),
        "other_heard": len(others),
        "others": others[:MOST_SHOWN],
    }
