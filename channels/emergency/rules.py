"""Reads the danger patterns of one language and finds which of them a message meets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal

import yaml

from channels.emergency.context import Context, Manner, Scope, Verdict
from channels.emergency.message import Breaks, Message, read
from channels.emergency.phrase import Atoms, Filed, Phrase, Places, Span, find, parse
from channels.emergency.spelling import Spelling

Kind = Literal["emergency", "crisis", "poison", "violence", "ask"]
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Saying:
    """Phrases that must all stand somewhere in the message; `needs` joins what each cannot do without."""

    parts: tuple[Phrase, ...]
    needs: int


@dataclass(frozen=True)
class Rule:
    """One danger in words: any of `sayings`, unless one of `unless` stands in the same clause."""

    name: str
    category: str
    kind: Kind
    act: str
    manner: Manner
    sayings: tuple[Saying, ...]
    unless: tuple[Phrase, ...]
    sure: bool


@dataclass(frozen=True)
class Finding:
    """A rule that a message meets, and whether it fires or only asks."""

    rule: Rule
    verdict: Verdict


@dataclass(frozen=True)
class Heard:
    """What the patterns make of a message."""

    findings: list[Finding]
    set_aside: bool
    """Somewhere a danger is named, and the words around it say that it is none."""


@dataclass(frozen=True)
class Rulebook:
    """Everything the screen knows of one language."""

    language: str
    sayings: Filed[tuple[Rule, Saying]]
    """Rule by rule, in the order of the patterns file."""
    scope: Scope
    atoms: Atoms
    shorthand: Mapping[str, tuple[str, ...]]
    breaks: Breaks
    spelling: Spelling
    marks: frozenset[str]
    """Small words that show that a message is in this language."""

    @classmethod
    def load(cls, language: str, others_words: frozenset[str]) -> Rulebook:
        """Compile `patterns_<language>.yml` and `context_<language>.yml`.

        `others_words` are the danger words of the other language, which must not be "mended" into this one's.
        """
        patterns, context = _yaml(f"patterns_{language}.yml"), _yaml(f"context_{language}.yml")
        atoms = Atoms()
        sayings = Filed((saying.needs, (rule, saying)) for rule in rules_of(language, atoms) for saying in rule.sayings)
        scope = Scope.parse(context, _lexicon(patterns, context), atoms)
        breaks = Breaks(**{name: frozenset(words.split()) for name, words in context["breaks"].items()})
        shorthand = {short: tuple(long.split()) for short, long in context["shorthand"].items()}
        ordinary = others_words | frozenset(context["ordinary"].split())
        spelling = Spelling(
            words_of(atoms) | frozenset(context["mendable"].split()), ordinary, careful=context["careful_spelling"]
        )
        return cls(language, sayings, scope, atoms, shorthand, breaks, spelling, frozenset(context["marks"].split()))

    def hear(self, text: str, home: bool) -> Heard:
        """Every rule that fires or asks on the plain `text`.

        `home` is False when the message reads as the other language: misspellings are then not mended, and the mere
        name of an event ("sepsis", the same in both) only asks, since its context is read with the other's words.
        """
        message = read(text, self.shorthand, self.spelling if home else None, self.breaks)
        places = self.atoms.places(message)
        possible = self.sayings.possible(places)
        if not possible:
            return Heard([], False)
        context = self.scope.around(message, places)
        findings: list[Finding] = []
        dismissed: list[Span] = []
        for rule, pairs in groupby(possible, key=itemgetter(0)):
            verdict = max(_weigh(saying, rule, context, places, dismissed) for _, saying in pairs)
            if verdict:
                certain = rule.sure and (home or not rule.manner.named)
                findings.append(Finding(rule, verdict if certain else Verdict.ASK))
        return Heard(findings, bool(dismissed))


def words_of(atoms: Atoms) -> frozenset[str]:
    """All whole words that some phrase asks for."""
    return frozenset(word for key in atoms.by_key for word in key if word.isalpha())


def danger_words(language: str) -> frozenset[str]:
    """The words of a language's danger patterns, without compiling the rest."""
    atoms = Atoms()
    rules_of(language, atoms)
    return words_of(atoms)


def rules_of(language: str, atoms: Atoms | None = None) -> tuple[Rule, ...]:
    """The rules of one language, their words filed in `atoms`."""
    patterns, context = _yaml(f"patterns_{language}.yml"), _yaml(f"context_{language}.yml")
    return tuple(_rules(patterns["categories"], _lexicon(patterns, context), Atoms() if atoms is None else atoms))


def _lexicon(*files: Mapping[str, Any]) -> dict[str, list[str]]:
    return {name: words.split() for data in files for name, words in data["lexicon"].items()}


def _rules(categories: Mapping[str, Any], lexicon: Mapping[str, list[str]], atoms: Atoms) -> Iterator[Rule]:
    for category, group in categories.items():
        for name, said in group["rules"].items():
            rule = {**{key: group[key] for key in ("kind", "act", "kept") if key in group}, **said}
            yield Rule(
                name=name,
                category=category,
                kind=rule["kind"],
                act=rule["act"],
                manner=Manner(**{name: rule.get(name, False) for name in ("named", "kept", "short")}),
                sayings=tuple(_saying(text, lexicon, atoms) for text in rule["say"]),
                unless=tuple(parse(text, lexicon, atoms) for text in rule.get("unless", ())),
                sure=rule.get("sure", True),
            )


def _saying(text: str, lexicon: Mapping[str, list[str]], atoms: Atoms) -> Saying:
    parts = tuple(parse(part, lexicon, atoms) for part in text.split("&"))
    needs = 0
    for part in parts:
        needs |= part.needs
    return Saying(parts, needs)


def _weigh(saying: Saying, rule: Rule, context: Context, places: Places, dismissed: list[Span]) -> Verdict:
    found = [find(part, places, context.message) for part in saying.parts]
    if not all(found):
        return Verdict.NOTHING
    excuses = [span.mask for phrase in rule.unless for span in find(phrase, places, context.message)]
    weakest = Verdict.FIRE
    for spans in found:
        verdict, aside = _strongest(spans, rule, context, excuses)
        dismissed += aside
        weakest = min(weakest, verdict)
    return weakest


def _strongest(spans: Iterable[Span], rule: Rule, context: Context, excuses: list[int]) -> tuple[Verdict, list[Span]]:
    """What the surest of `spans` says, and those set aside; one that is certain makes the others matter no more."""
    strongest, aside = Verdict.NOTHING, []
    for span in spans:
        verdict = _judge(span, rule, context, excuses)
        if verdict is Verdict.FIRE:
            return verdict, []
        strongest = max(strongest, verdict)
        if not verdict:
            aside.append(span)
    return strongest, aside


def _judge(span: Span, rule: Rule, context: Context, excuses: list[int]) -> Verdict:
    return Verdict.NOTHING if _excused(span, excuses, context.message) else context.judge(span, rule.manner)


def _excused(span: Span, excuses: list[int], message: Message) -> bool:
    clause = message.clause_of(span.first) | message.clause_of(span.last)
    return any(excuse & clause for excuse in excuses)


def _yaml(name: str) -> dict[str, Any]:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
