"""Reads the danger patterns of one language and finds which of them a message meets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from channels.emergency.context import Manner, Scope, Verdict
from channels.emergency.message import Breaks, Message, read
from channels.emergency.phrase import Atoms, Phrase, Span, find, parse
from channels.emergency.spelling import Spelling

Kind = Literal["emergency", "crisis", "poison", "violence", "ask"]
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Rule:
    """One danger in words: any of `sayings`, each of whose parts must stand somewhere in the message."""

    name: str
    category: str
    kind: Kind
    act: str
    manner: Manner
    sayings: tuple[tuple[Phrase, ...], ...]
    unless: tuple[Phrase, ...]
    sure: bool


@dataclass(frozen=True)
class Finding:
    """A rule that a message meets, and whether it fires or only asks."""

    rule: Rule
    verdict: Verdict


@dataclass(frozen=True)
class Rulebook:
    """Everything the screen knows of one language."""

    language: str
    rules: tuple[Rule, ...]
    scope: Scope
    atoms: Atoms
    shorthand: Mapping[str, tuple[str, ...]]
    breaks: Breaks
    spelling: Spelling

    @classmethod
    def load(cls, language: str, others_words: frozenset[str]) -> Rulebook:
        """Compile `patterns_<language>.yml` and `context_<language>.yml`.

        `others_words` are the danger words of the other language, which must not be "mended" into this one's.
        """
        patterns, context = _yaml(f"patterns_{language}.yml"), _yaml(f"context_{language}.yml")
        lexicon = _lexicon(patterns, context)
        atoms = Atoms()
        rules = tuple(_rules(patterns["categories"], lexicon, atoms))
        scope = Scope.parse(context, lexicon, atoms)
        breaks = Breaks(**{name: frozenset(words.split()) for name, words in context["breaks"].items()})
        shorthand = {short: tuple(long.split()) for short, long in context["shorthand"].items()}
        spelling = Spelling(words_of(atoms), others_words | frozenset(context["ordinary"].split()))
        return cls(language, rules, scope, atoms, shorthand, breaks, spelling)

    def findings(self, text: str) -> Iterator[Finding]:
        """Every rule that fires or asks on the plain `text`."""
        message = read(text, self.shorthand, self.spelling, self.breaks)
        masks = self.atoms.places(message)
        context = self.scope.around(message, masks)
        for rule in self.rules:
            met = [saying for saying in rule.sayings if all(_possible(phrase, masks) for phrase in saying)]
            verdict = max((_weigh(saying, rule, context, masks) for saying in met), default=Verdict.NOTHING)
            if verdict and not any(find(phrase, masks, message) for phrase in rule.unless):
                yield Finding(rule, verdict if rule.sure else Verdict.ASK)


def words_of(atoms: Atoms) -> frozenset[str]:
    """All whole words that some phrase asks for."""
    return frozenset(word for key in atoms.by_key for word in key if word.isalpha())


def danger_words(language: str) -> frozenset[str]:
    """The words of a language's danger patterns, without compiling the rest."""
    patterns, context = _yaml(f"patterns_{language}.yml"), _yaml(f"context_{language}.yml")
    atoms = Atoms()
    for _ in _rules(patterns["categories"], _lexicon(patterns, context), atoms):
        pass
    return words_of(atoms)


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
                manner=Manner(named=rule.get("named", False), kept=rule.get("kept", False)),
                sayings=tuple(_saying(text, lexicon, atoms) for text in rule["say"]),
                unless=tuple(parse(text, lexicon, atoms) for text in rule.get("unless", ())),
                sure=rule.get("sure", True),
            )


def _saying(text: str, lexicon: Mapping[str, list[str]], atoms: Atoms) -> tuple[Phrase, ...]:
    return tuple(parse(part, lexicon, atoms) for part in text.split("&"))


def _possible(phrase: Phrase, masks: list[int]) -> bool:
    return all(step.optional or step.runs or masks[step.singles] for step in phrase)


def _weigh(saying: tuple[Phrase, ...], rule: Rule, context: Any, masks: list[int]) -> Verdict:
    weakest = Verdict.FIRE
    for phrase in saying:
        spans: list[Span] = find(phrase, masks, context.message)
        weakest = min(weakest, max((context.judge(span, rule.manner) for span in spans), default=Verdict.NOTHING))
        if not weakest:
            return weakest
    return weakest


def _yaml(name: str) -> dict[str, Any]:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
