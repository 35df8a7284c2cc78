"""Says what the words around a danger phrase make of it: happening, worth a question, or nothing of today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from channels.emergency.message import Message
from channels.emergency.phrase import Atoms, Filed, Phrase, Places, Span, find, parse

CUES = (
    "idiom",
    "past",
    "recent",
    "present",
    "now",
    "over",
    "relative",
    "admin",
    "about",
    "what_if",
    "quoted",
    "filed",
    "happening",
)
DENIED_AFTER = "denied after"
NEGATION_REACH = 8
ABOUT_REACH = 6
BARE = 5
"""A named event in a message of at most this many words, with no other matter in it, is taken as happening."""


class Verdict(IntEnum):
    """What a danger phrase comes to, weakest first."""

    NOTHING = 0
    ASK = 1
    FIRE = 2


@dataclass(frozen=True)
class Manner:
    """How a rule's phrases are to be taken.

    `named`: the name of an event (stroke, overdose), which people also write about on forms and bills.
    `kept`: may be lowered to a question, never dropped; for self-harm.
    `short`: counts only in a message of at most `BARE` words ("emergency").
    """

    named: bool = False
    kept: bool = False
    short: bool = False


@dataclass(frozen=True)
class Scope:
    """The cue phrases and negation words of one language."""

    cues: Filed[tuple[str, Phrase]]
    negators: frozenset[str]
    transparent: frozenset[str]

    @classmethod
    def parse(cls, data: Mapping[str, Any], lexicon: Mapping[str, list[str]], atoms: Atoms) -> Scope:
        """Compile the `cues` and `negation` parts of a context file."""
        negation = data["negation"]
        said = {**{name: data["cues"][name] for name in CUES}, DENIED_AFTER: negation["after"]}
        phrases = [(name, parse(text, lexicon, atoms)) for name, texts in said.items() for text in texts]
        return cls(
            Filed((phrase.needs, (name, phrase)) for name, phrase in phrases),
            frozenset(negation["negators"].split()),
            frozenset(negation["transparent"].split()),
        )

    def around(self, message: Message, places: Places) -> Context:
        """Find every cue of the message once."""
        spans: dict[str, list[Span]] = {name: [] for name in (*CUES, DENIED_AFTER)}
        for name, phrase in self.cues.possible(places):
            spans[name] += find(phrase, places, message)
        return Context(self, message, spans)


@dataclass(frozen=True)
class Context:
    """The cues of one message, ready to judge the danger phrases found in it."""

    scope: Scope
    message: Message
    spans: Mapping[str, list[Span]]

    def judge(self, span: Span, manner: Manner) -> Verdict:
        """What the phrase at `span` comes to."""
        if self._meets("idiom", span.mask) or (manner.short and len(self.message.words) > BARE):
            return Verdict.NOTHING
        if manner.kept:
            return self._kept(span, manner)
        if self._negated(span):
            return Verdict.NOTHING
        return self._named(span) if manner.named else self._felt(span)

    def _kept(self, span: Span, manner: Manner) -> Verdict:
        if self._negated(span):
            return Verdict.ASK
        if manner.named:
            return max(self._named(span), Verdict.ASK)
        clause = self.message.clause_of(span.first) | self.message.clause_of(span.last)
        if self._meets("present", clause):
            return Verdict.FIRE
        told = self._is_about(span, clause) or any(self._meets(cue, clause) for cue in ("quoted", "past", "relative"))
        return Verdict.ASK if told else Verdict.FIRE

    def _felt(self, span: Span) -> Verdict:
        clause = self.message.clause_of(span.first) | self.message.clause_of(span.last)
        if self._meets("present", clause):
            return Verdict.FIRE
        if self._meets("quoted", self.message.sentence_of(span.first)) or self._is_about(span, clause):
            return Verdict.NOTHING
        if self._meets("what_if", clause) or self._meets("filed", self.message.sentence_of(span.first)):
            return Verdict.ASK
        if self._meets("now", clause):
            return Verdict.FIRE
        if self._meets("past", clause) or self._meets("relative", clause):
            return Verdict.NOTHING
        over = self._meets("recent", clause) and self._meets("over", clause)
        return Verdict.ASK if over else Verdict.FIRE

    def _named(self, span: Span) -> Verdict:
        sentence = self.message.sentence_of(span.first)
        if self._meets("what_if", sentence):
            return Verdict.ASK
        if self._meets("past", sentence) or self._meets("relative", sentence):
            return Verdict.FIRE if self._meets("present", sentence) else Verdict.NOTHING
        if self._meets("happening", sentence) or self._meets("present", sentence):
            return Verdict.FIRE
        if (
            any(self._meets(cue, sentence) for cue in ("quoted", "filed"))
            or self._is_about(span, sentence)
            or self._said("admin")
        ):
            return Verdict.NOTHING
        return Verdict.FIRE if len(self.message.words) <= BARE else Verdict.ASK

    def _meets(self, cue: str, places: int) -> bool:
        return any(span.mask & places for span in self.spans[cue])

    def _said(self, cue: str) -> bool:
        return bool(self.spans[cue])

    def _is_about(self, span: Span, within: int) -> bool:
        cues = (cue for cue in self.spans["about"] if cue.mask & within)
        return any(0 < span.first - cue.last <= ABOUT_REACH for cue in cues)

    def _negated(self, span: Span) -> bool:
        sentence = self.message.sentence_of(span.first)
        if any(denial.mask & sentence and 0 < denial.first - span.last <= 2 for denial in self.spans[DENIED_AFTER]):
            return True
        for place in range(span.first - 1, max(-1, span.first - 1 - NEGATION_REACH), -1):
            if not sentence >> place & 1:
                return False
            if self.message.words[place] in self.scope.negators:
                return True
            if self.message.words[place] not in self.scope.transparent:
                return False
        return False
