"""Guesses whether a message is English or Spanish, and decides when a conversation changes its language.

`python -m channels.language_training` makes the model from the assistant's own examples; figures and reasons are in
docs/decisions/0007-language-guess.md.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

MODEL = Path(__file__).parent.parent / "models" / "language.json"
LONGEST_GRAM = 4
CLEAR = 0.9
"""Score from which a message may change the language of a conversation."""
FIRST = 0.7
"""Score from which the first message decides the language; nothing is lost by it but a greeting."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NAMED = {"en": "en", "english": "en", "ingles": "en", "es": "es", "spanish": "es", "espanol": "es", "castellano": "es"}
# Words that may stand around the name of a language when nothing but the language is asked for.
_AROUND_WORDS = """
    in into to please switch change speak talk say write use can could would you we i want prefer like my me the now
    do only just language lets let s it all is a
    en al a por favor porfa porfavor cambie cambia cambiar cambiemos hable habla hablar hablemos hablas escriba prefiero quiero quisiera
    puede puedes podemos usted el la mi me ahora solo idioma lengua se un poco si no
"""
# Words that both languages have, that are said in any, or that stand in names.
_SAY_NOTHING_WORDS = """
    ok okay okey no si yes yeah yep nope ya hi hola hello bye adios gracias thanks thank you dr dra doctor doctora
    mr mrs ms miss sr sra senor senora san santa de la las los del el y da dos van von a m pm am mg ml
"""
_AROUND = frozenset(_AROUND_WORDS.split())
_SAY_NOTHING = frozenset(_SAY_NOTHING_WORDS.split())


class ModelMissing(Exception):
    """There are no weights to guess with; the message says how to make them."""


@dataclass(frozen=True)
class Guess:
    """How likely Spanish is (0 to 1), and how much there was to go by."""

    spanish: float
    words: int
    """Words that say something about the language; names of people that are known, numbers and "ok" do not count."""
    telling: Mapping[str, int]
    """For each language, how many words were among its commonest and are not in the other."""

    @property
    def language(self) -> str:
        return "es" if self.spanish >= 0.5 else "en"

    @property
    def score(self) -> float:
        """How sure the guess is, 0.5 to 1."""
        return max(self.spanish, 1 - self.spanish)


class LanguageModel:
    """Logistic regression over which letter groups occur; plain Python, well under a millisecond a message."""

    def __init__(self, weights: Mapping[str, float], bias: float, common: Mapping[str, Collection[str]]) -> None:
        self._weights = weights
        self._bias = bias
        self._common = {language: frozenset(words) for language, words in common.items()}

    @classmethod
    def load(cls, path: Path = MODEL) -> LanguageModel:
        """Read the weights.

        Raises:
            ModelMissing: They have not been made yet.
        """
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ModelMissing(
                f"The language model {path} is missing: run `make train` or `python -m channels.language_training`."
            ) from None
        return cls(kept["weights"], kept["bias"], kept["common"])

    def guess(self, text: str) -> Guess:
        """What the words of `text` sound like."""
        words = words_of(text)
        bare = [unaccented(word) for word in words]
        grams = set(letter_groups(words))
        total = sum(self._weights.get(gram, 0.0) for gram in grams) / math.sqrt(len(grams) or 1)
        return Guess(
            spanish=1 / (1 + math.exp(-(total + self._bias))),
            words=sum(word not in _SAY_NOTHING for word in bare),
            telling={
                language: sum(word in common and word not in _SAY_NOTHING for word in bare)
                for language, common in self._common.items()
            },
        )


def words_of(text: str) -> list[str]:
    """The words of `text` in lower case; no numbers, no signs."""
    return _WORD.findall(text.lower())


def letter_groups(words: list[str]) -> Iterator[str]:
    """Every group of one to four letters within each word; blanks mark where a word begins and ends."""
    for word in words:
        padded = f" {word} "
        for length in range(1, LONGEST_GRAM + 1):
            for start in range(len(padded) - length + 1):
                yield padded[start : start + length]


def unaccented(word: str) -> str:
    """The word without accents, as many people type it."""
    return "".join(c for c in unicodedata.normalize("NFD", word) if unicodedata.category(c) != "Mn")


def language_asked_for(text: str) -> str | None:
    """The language that a message asks for and asks for nothing else ("en español, por favor")."""
    bare = [unaccented(word) for word in words_of(text)]
    if not bare or len(bare) > 8:
        return None
    named = {_NAMED[word] for word in bare if word in _NAMED and len(word) > 2}
    others = [word for word in bare if word not in _NAMED or len(word) <= 2]
    return named.pop() if len(named) == 1 and all(word in _AROUND for word in others) else None


def first_language(guess: Guess) -> str:
    """The language to begin a conversation in when nobody has said which."""
    return guess.language if guess.score >= FIRST else "en"


def next_language(current: str, text: str, guess: Guess) -> str:
    """The language to go on in: the present one, unless the message clearly asks for the other or is written in it."""
    asked = language_asked_for(text)
    if asked is not None:
        return asked
    other = guess.language
    # A name is often spelt like the other language, but has none of its common words in it.
    clear = guess.score >= CLEAR and guess.words >= 2 and guess.telling[other] > guess.telling[current]
    return other if clear else current
