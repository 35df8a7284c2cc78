"""Checks every message for danger in both languages and holds the reviewed answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from channels.emergency import learned
from channels.emergency.context import Verdict
from channels.emergency.learned import Hunch, LearnedEar
from channels.emergency.message import plain
from channels.emergency.rules import Finding, Kind, Rulebook, danger_words

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "es")
RESPONSES = Path(__file__).parents[2] / "assistant" / "responses"
ASKS = {"crisis": "utter_report_crisis_ask", "violence": "utter_report_crisis_violence_ask"}
ASK = "utter_report_emergency_ask"
ANSWERS: dict[str, tuple[Kind, str]] = {
    "emergency": ("emergency", "utter_report_emergency"),
    "poison": ("poison", "utter_report_emergency_poison"),
    "pregnancy": ("emergency", "utter_report_emergency_pregnancy"),
    "crisis": ("crisis", "utter_report_crisis"),
    "postpartum": ("crisis", "utter_report_crisis_postpartum"),
    "violence": ("violence", "utter_report_crisis_violence"),
}
"""What is answered to each kind that the learned ear tells apart."""
NEVER = 2.0
ALL_THERE_IS = 8
"""Up to so many words, a danger that the patterns name or set aside is all that was said."""
FIRES = {Verdict.NOTHING: 0.9, Verdict.ASK: NEVER, Verdict.FIRE: 0.2}
"""Chance of danger from which on the answer is given, by what the patterns say."""
ASKS_FROM = {Verdict.NOTHING: 0.5, Verdict.ASK: 0.2, Verdict.FIRE: 0.15}
"""Chance from which on it is asked whether it is happening."""
FIRES_ASIDE, ASKS_ASIDE = 0.98, 0.95
"""The same where the patterns found a danger and set it aside (denied, long ago, on a bill)."""
CRISIS_FIRES, CRISIS_ASKS = 0.85, 0.4
"""The same for thoughts of suicide, which are better heard too often than once too little."""
KEPT_ASKS = 0.01
"""The same where a pattern of self-harm holds, whatever the words around make of it."""
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
        ear: LearnedEar | None,
    ) -> None:
        self._rulebooks = rulebooks
        self._texts = texts
        self._ear = ear

    @classmethod
    def load(cls) -> EmergencyScreen:
        """Read and compile the pattern files and the reviewed texts, once at start."""
        words = {language: danger_words(language) for language in LANGUAGES}
        rulebooks: dict[Language, Rulebook] = {
            language: Rulebook.load(language, frozenset().union(*(words[o] for o in LANGUAGES if o != language)))
            for language in LANGUAGES
        }
        return cls(rulebooks, {language: _texts(language) for language in LANGUAGES}, learned.load())

    def check(self, text: str, language: str) -> Alarm | None:
        """The gravest danger heard in `text`, None for none; `language` is that of the conversation.

        Both languages are searched whatever `language` says; it only decides between equal findings.
        """
        bare = plain(text)
        home = self._home(bare)
        heard = {each: self._rulebooks[each].hear(bare, each in home) for each in LANGUAGES}
        found: list[tuple[Finding, Language]] = [(f, each) for each in LANGUAGES for f in heard[each].findings]
        strongest = max(found, key=lambda one: (*_weight(one[0]), one[1] == language)) if found else None
        is_short = len(bare.split()) <= ALL_THERE_IS
        # A danger by its name and hardly a word beside it: the ear cannot know better, least of all a misspelt one.
        is_bare = strongest is not None and strongest[0].verdict is Verdict.FIRE and is_short
        if self._ear is None or is_bare:
            return _alarm(*strongest) if strongest else None
        own: Language = "es" if language == "es" else "en"
        set_aside = any(each.set_aside for each in heard.values())
        told = _Told(strongest, set_aside, own if own in home else home[0], is_short)
        return _both_ears(told, self._ear.hunch(bare))

    def _home(self, bare: str) -> list[Language]:
        """The languages that the message may be in: the one with most of its small words, or all when equal."""
        words = set(bare.split())
        signs = {each: len(words & self._rulebooks[each].marks) for each in LANGUAGES}
        return [each for each in LANGUAGES if signs[each] == max(signs.values())]

    def replies(self, alarm: Alarm, language: str) -> str:
        """The reviewed answer, in the language in which the danger was heard, not in the `language` of the talk."""
        return self.text(alarm.act, alarm.language)

    def text(self, act: str, language: str) -> str:
        """Any of the reviewed texts by its key, such as `utter_report_emergency_resume`."""
        return self._texts["es" if language == "es" else "en"][act]

    def texts(self, language: str) -> dict[str, str]:
        """All reviewed texts of one language by key."""
        return dict(self._texts["es" if language == "es" else "en"])


@dataclass(frozen=True)
class _Told:
    """What the patterns say of a message."""

    pattern: tuple[Finding, Language] | None
    set_aside: bool
    """A danger is named in it, and the words around say that it is none."""
    language: Language
    is_short: bool

    @property
    def verdict(self) -> Verdict:
        return self.pattern[0].verdict if self.pattern else Verdict.NOTHING


def _both_ears(told: _Told, hunch: Hunch) -> Alarm | None:
    """What the patterns and the learned ear make of a message together; either alone must be surer than both."""
    kind, act = ANSWERS.get(hunch.kind, ANSWERS["emergency"])
    crisis = kind == "crisis"
    if told.set_aside and not told.pattern and told.is_short and not crisis:
        # What was set aside is all that was said.
        return None
    fires = FIRES_ASIDE if told.set_aside and not told.verdict else FIRES[told.verdict]
    if hunch.chance >= (min(fires, CRISIS_FIRES) if crisis and not told.set_aside else fires):
        if told.pattern and told.verdict is Verdict.FIRE:
            return _alarm(*told.pattern)
        return _learned(kind, hunch, act, told.language)
    if told.pattern and hunch.chance >= (KEPT_ASKS if told.pattern[0].rule.manner.kept else ASKS_FROM[told.verdict]):
        return _asking(*told.pattern)
    if hunch.chance >= (CRISIS_ASKS if crisis else ASKS_ASIDE if told.set_aside else ASKS_FROM[Verdict.NOTHING]):
        return _learned("ask", hunch, ASKS.get(kind, ASK), told.language)
    return None


def _learned(kind: Kind, hunch: Hunch, act: str, language: Language) -> Alarm:
    return Alarm(kind, "learned", f"{language}.learned.{hunch.kind}", act, language)


def _weight(finding: Finding) -> tuple[int, int]:
    grave = 9 if finding.rule.act == UNDER_WAY else URGENCY[finding.rule.kind]
    return int(finding.verdict), grave


def _alarm(finding: Finding, language: Language) -> Alarm:
    if finding.verdict is Verdict.ASK:
        return _asking(finding, language)
    return _by_rule(finding.rule.kind, finding, finding.rule.act, language)


def _asking(finding: Finding, language: Language) -> Alarm:
    return _by_rule("ask", finding, ASKS.get(finding.rule.kind, ASK), language)


def _by_rule(kind: Kind, finding: Finding, act: str, language: Language) -> Alarm:
    rule = finding.rule
    return Alarm(kind, rule.category, f"{language}.{rule.category}.{rule.name}", act, language)


def _texts(language: str) -> dict[str, str]:
    path = RESPONSES / language / "safety.yml"
    responses = yaml.safe_load(path.read_text(encoding="utf-8"))["responses"]
    return {key: variants[0]["text"] for key, variants in responses.items()}
