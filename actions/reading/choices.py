"""Which of the things just shown is meant: by number, by place in the list, or by name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from actions.reading.words import ORDINALS, fold, tokens, with_digits

SURE, LIKELY = 90, 80
"""Similarities out of 100; below LIKELY nothing is taken, below SURE the name is read back before anything is done."""
LAST = frozenset({"last", "ultima", "ultimo"})
ANY = re.compile(
    r"\b(?:any(?:one|body|thing| of (?:them|those)| doctor| provider)?|no preference|either|whoever|whichever|doesn'?t matter|don'?t care|"
    r"don'?t mind|first available|no one in particular|nobody in particular|cualquier(?:a|[oa])?|quien sea|la que sea|el que sea|me da igual|"
    r"no importa|sin preferencia|cual sea|da lo mismo|el que (?:este|haya)|whomever|whoever'?s (?:free|available)|not picky|you (?:choose|pick))\b"
)
ALL = re.compile(
    r"\b(?:all(?: of (?:it|them|those))?|everything|both|todas?|todos?|everyone|las dos|los dos|ambas|ambos|the whole (?:thing|lot))\b"
)


def read_place_in_list(text: str, count: int) -> int | None:
    """The index (from 0) that a text picks of `count` things: "2", "the second one", "la última"; None without one."""
    said = tokens(text)
    if len(said) > 8:
        return None
    if LAST & set(said):
        return count - 1
    for word in said:
        if word in ORDINALS and ORDINALS[word] <= count:
            return ORDINALS[word] - 1
    bare = re.fullmatch(
        r"(?:the |option |number |opcion |numero |la |el |choice |# ?)*(\d)(?: one)?(?: please| por favor)?",
        with_digits(text),
    )
    if bare and 1 <= int(bare[1]) <= count:
        return int(bare[1]) - 1
    return None


def wants_any(text: str) -> bool:
    """True when the person says that it does not matter."""
    return ANY.search(fold(text)) is not None


def wants_all(text: str) -> bool:
    return ALL.search(fold(text)) is not None


def matching_names(text: str, names: Sequence[str], cutoff: int = LIKELY) -> list[int]:
    """Indices of the names a text mentions, best first, misspellings and mishearings allowed; of equal names the first.

    A name is compared word by word and joined ("listen a pril" with "lisinopril"); words shorter than four letters
    have to be exact, because one letter makes another of them.
    """
    said = tokens(text)
    spans = [range(at, at + size) for size in (1, 2, 3) for at in range(len(said) - size + 1)]
    hits = [
        (score, index, span)
        for span in spans
        for index, name in enumerate(names)
        if (score := _similarity("".join(said[at] for at in span), name)) >= cutoff
    ]
    # Words that were taken for a name are used up: what merely looks like it is not meant as well.
    found: list[int] = []
    used: set[int] = set()
    for _, index, span in sorted(hits, key=lambda hit: (-hit[0], len(hit[2]))):
        if index not in found and not used & set(span):
            found.append(index)
            used |= set(span)
    return found


def _similarity(window: str, name: str) -> float:
    folded = "".join(tokens(name))
    if len(window) < 4 or len(folded) < 4:
        return 100.0 if window == folded else 0.0
    sound, named = _sounds(window), _sounds(folded)
    heard = fuzz.ratio(sound, named) - 3
    if min(len(window), len(folded)) < 7:
        return max(fuzz.ratio(window, folded), heard)
    # A recogniser that does not know a long name gets its consonants right and its vowels wrong.
    return max(fuzz.ratio(window, folded), heard, fuzz.ratio(_consonants(sound), _consonants(named)) - 8)


def _consonants(word: str) -> str:
    return re.sub(r"[aeiou]", "", word)


def _sounds(word: str) -> str:
    """A spelling in which what sounds alike in English or Spanish looks alike."""
    for pattern, sound in (
        ("ph", "f"),
        ("ck|qu|c(?=[aou])|k", "k"),
        ("c(?=[ei])|z|ss", "s"),
        ("th", "t"),
        ("v", "b"),
        ("y|ee|ea", "i"),
        ("ll", "l"),
        ("h", ""),
    ):
        word = re.sub(pattern, sound, word)
    return re.sub(r"(.)\1", r"\1", word)
