"""Checks every message for danger in both languages and holds the reviewed answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from channels.emergency import oblique
from channels.emergency.context import Verdict
from channels.emergency.message import plain
from channels.emergency.oblique import Oblique
from channels.emergency.rules import Finding, Kind, Rulebook, danger_words

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "es")
RESPONSES = Path(__file__).parents[2] / "assistant" / "responses"
ASKS = {"crisis": "utter_report_crisis_ask", "violence": "utter_report_crisis_violence_ask"}
ASK = "utter_report_emergency_ask"
URGENCY: dict[Kind, int] = {"ask": 0, "violence": 1, "poison": 2, "crisis": 3, "emergency": 4}
UNDER_WAY = "utter_report_crisis_now"
"""An attempt on one's life that has begun: the answer says 911 first and 988 with it, so nothing outranks it."""


@dataclass(frozen=True)
class Alarm:
    """What was heard: which answer it needs, and which rule heard it (for counting; never the words)."""

    kind: Kind
    category: str
    rule: str
    act: str
    language: Language
    """Language of the pattern that heard it; the answer is given in this one."""


class EmergencyScreen:
    """Hears red flags in one message at a time; keeps nothing between messages."""

    def __init__(
        self,
        rulebooks: Mapping[Language, Rulebook],
        texts: Mapping[Language, Mapping[str, str]],
        roundabout: Mapping[str, Oblique],
    ) -> None:
        self._rulebooks = rulebooks
        self._texts = texts
        self._roundabout = roundabout

    @classmethod
    def load(cls) -> EmergencyScreen:
        """Read and compile the pattern files and the reviewed texts, once at start."""
        words = {language: danger_words(language) for language in LANGUAGES}
        rulebooks: dict[Language, Rulebook] = {
            language: Rulebook.load(language, frozenset().union(*(words[o] for o in LANGUAGES if o != language)))
            for language in LANGUAGES
        }
        return cls(rulebooks, {language: _texts(language) for language in LANGUAGES}, oblique.load())

    def check(self, text: str, language: str) -> Alarm | None:
        """The gravest danger heard in `text`, None for none; `language` is that of the conversation.

        Both languages are searched whatever `language` says; it only decides between equal findings.
        """
        bare = plain(text)
        home = self._home(bare)
        heard = {each: self._rulebooks[each].hear(bare, each in home) for each in LANGUAGES}
        found: list[tuple[Finding, Language]] = [(f, each) for each in LANGUAGES for f in heard[each].findings]
        if found:
            return _alarm(*max(found, key=lambda one: (*_weight(one[0]), one[1] == language)))
        rest = min((heard[each].rest for each in LANGUAGES), key=len)
        return self._by_hunch(rest, sorted(home, key=lambda each: each != language))

    def _home(self, bare: str) -> list[Language]:
        """The languages that the message may be in: the one with most of its small words, or all when equal."""
        words = set(bare.split())
        signs = {each: len(words & self._rulebooks[each].marks) for each in LANGUAGES}
        return [each for each in LANGUAGES if signs[each] == max(signs.values())]

    def _by_hunch(self, rest: str, languages: list[Language]) -> Alarm | None:
        for each in languages:
            hunch = self._roundabout[each].hunch(rest) if each in self._roundabout else None
            if hunch and hunch.chance >= oblique.SURE:
                return Alarm("ask", "unclear", f"{each}.oblique.{hunch.kind}", ASKS.get(hunch.kind, ASK), each)
        return None

    def replies(self, alarm: Alarm, language: str) -> str:
        """The reviewed answer, in the language in which the danger was heard, not in the `language` of the talk."""
        return self.text(alarm.act, alarm.language)

    def text(self, act: str, language: str) -> str:
        """Any of the reviewed texts by its key, such as `utter_report_emergency_resume`."""
        return self._texts["es" if language == "es" else "en"][act]

    def texts(self, language: str) -> dict[str, str]:
        """All reviewed texts of one language by key."""
        return dict(self._texts["es" if language == "es" else "en"])


def _weight(finding: Finding) -> tuple[int, int]:
    grave = 9 if finding.rule.act == UNDER_WAY else URGENCY[finding.rule.kind]
    return int(finding.verdict), grave


def _alarm(finding: Finding, language: Language) -> Alarm:
    rule = finding.rule
    name = f"{language}.{rule.category}.{rule.name}"
    if finding.verdict is Verdict.ASK:
        return Alarm("ask", rule.category, name, ASKS.get(rule.kind, ASK), language)
    return Alarm(rule.kind, rule.category, name, rule.act, language)


def _texts(language: str) -> dict[str, str]:
    path = RESPONSES / language / "safety.yml"
    responses = yaml.safe_load(path.read_text(encoding="utf-8"))["responses"]
    return {key: variants[0]["text"] for key, variants in responses.items()}
