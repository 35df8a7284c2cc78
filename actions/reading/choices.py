"""Which of the things just shown is meant: by number, by place in the list, or by name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from actions.reading.days import MONTHS, WEEKDAYS
from actions.reading.words import ORDINALS, fold, tokens, with_digits

SURE, LIKELY, FAMILIAR = 90, 80, 72
"""Similarities out of 100; below LIKELY nothing is taken, below SURE the name is read back before anything is done."""
SHORTEST, LONG = 4, 7
"""Letters: shorter names have to be exact, because one letter makes another of them; longer ones may be half heard."""
VOWELS = "aeiou"
ANY = re.compile(
    r"\b(?:any(?:one|body|thing| of (?:them|those|the)| (?:doctor|provider|is|will|works|would))|^any$|no (?:tengo )?prefer\w+|sin preferencia|either|"
    r"who(?:m)?ever(?:'?s)?|whichever|(?:doesn'?t|does not|don'?t|do not) (?:really )?(?:matter|care|mind)|first available|(?:no one|nobody) in particular|"
    r"all the same(?: to me)?|not picky|you (?:choose|pick)|surprise me|"
    r"[ck]ual(?:quier[ao]?|kier[ao]?|esquiera)|(?:con )?[qk]u?ien (?:sea|este|tenga|haya|pueda)\w*|cual sea|"
    r"(?:la|el|lo) (?:primer[ao] )?que (?:sea|este|haya|tenga\w*|usted diga|quiera|guste)|"
    r"me (?:da|es) (?:igual|lo mismo)|(?:da|es) lo mismo|(?:no|ni) (?:me )?importa)(?=\b|$)"
)
ALL = re.compile(
    r"\b(?:all(?: of (?:it|them|those|my))?|everything|both|every one|tod(?:it)*[oa]s?|everyone|(?:l[oa]s|all) (?:two|three|four|five|dos|tres|cuatro|cinco)|amb[oa]s|the whole (?:thing|lot))\b"
)
NOT_ALL = re.compile(
    r"\b(?:that(?:'?s| is| was| will be|'?ll be)? (?:all|everything)|(?:eso |ya )*(?:es|seria|fue) todo|(?:not|no|ni|not at|at|after|all in) (?:all|todo|toda|todos|todas|both|everything)|"
    r"all (?:right|set|good|done|day|the time)|todo (?:el|bien|listo)|a las (?:dos|tres|cuatro|cinco))\b"
)
# Words that hold an ordinal and pick nothing: a date, a moment, a way to begin.
NO_PICK = re.compile(
    rf"\b(?:(?:a|one|just a|un|este) (?:second|segundo)|second (?:thought|opinion)s?|first (?:thing|time|name|of all|i|let|week)|at first|"
    r"last (?:week|month|year|night|time|name|visit|one i)|(?:primera|ultima|segunda) (?:vez|hora|semana)|y cuarto|cuarto (?:para|de)|menos cuarto|"
    rf"(?:(?:{'|'.join(MONTHS)}|{'|'.join(WEEKDAYS)}) (?:the |el )?\w+|(?:\w+) (?:of|de) (?:{'|'.join(MONTHS)})))\b"
)
PICKING = (
    r"(?:i'?ll|i will|i|we'?ll|take|want|choose|pick|like|do|give me|let'?s|go|going|with|make it|how about|what about|yes|yeah|no|ok|okay|then|maybe|um|uh|"
    r"dame|deme|quiero|quisiera|prefiero|mejor|me quedo con|escojo|elijo|tomo|agarro|si|pues|bueno|que sea|seria|the|option|number|choice|opcion|numero|la|el|#)"
)
PICKED = r"(?:one|works|is|good|fine|ok|okay|great|perfect|please|por favor|porfa|thanks|thank you|gracias|esta bien|me sirve|sounds good)"
BARE = re.compile(rf"(?:{PICKING} )*(\d)(?: {PICKED})*")
EARLIEST = re.compile(r"\b(?:earliest|soonest|earlier|temprano|pronto)\b")
ENDS = re.compile(
    rf"(?:{PICKING} )*(?:earliest|soonest|earlier|latest|later|mas temprano|mas pronto|mas tarde)(?: {PICKED})*"
)
SHORT_ORDINAL = re.compile(r"\b([1-9])(?:st|nd|rd|th|ra|ro|era|er|da|do|ta|to)\b")


def read_place_in_list(text: str, count: int) -> int | None:
    """The index (from 0) that a text picks of `count` things: "2", "the second one", "la última"; None without one."""
    folded = NO_PICK.sub(" ", fold(text))
    said = tokens(folded)
    if len(said) > 8 or count < 1:
        return None
    if {"last", "ultima", "ultimo", "bottom"} & set(said):
        return count - 1
    if ENDS.fullmatch(" ".join(said)):
        return 0 if EARLIEST.search(folded) else count - 1
    if {"middle", "medio", "enmedio"} & set(said):
        return count // 2 if count % 2 else None
    short = SHORT_ORDINAL.search(folded)
    bare = BARE.fullmatch(with_digits(folded))
    numbers = [ORDINALS[word] for word in said if word in ORDINALS]
    numbers += [1] if "top" in said else []
    numbers += [int(found[1]) for found in (short, bare) if found]
    return next((number - 1 for number in numbers if 1 <= number <= count), None)


def wants_any(text: str) -> bool:
    """True when the person says that it does not matter."""
    return ANY.search(fold(text)) is not None


def wants_all(text: str) -> bool:
    """True for all of what was offered; "that's all" is the end of an answer, not one."""
    return ALL.search(NOT_ALL.sub(" ", fold(text))) is not None


def matching_names(text: str, names: Sequence[str], cutoff: int = LIKELY) -> list[int]:
    """Indices of the names a text mentions, best first, misspellings and mishearings allowed; of equal names the first.

    A name is compared word by word and joined ("listen a pril" with "lisinopril").
    """
    said = tokens(text)
    spans = [range(at, at + size) for size in (1, 2, 3, 4) for at in range(len(said) - size + 1)]
    hits = [
        (score, index, span)
        for span in spans
        for index, name in enumerate(names)
        if (score := _similarity([said[at] for at in span], name)) >= cutoff
    ]
    # Words that were taken for a name are used up: what merely looks like it is not meant as well.
    found: list[int] = []
    used: set[int] = set()
    for _, index, span in sorted(hits, key=lambda hit: (-hit[0], len(hit[2]))):
        if index not in found and not used & set(span):
            found.append(index)
            used |= set(span)
    return found


def _similarity(window: list[str], name: str) -> float:
    """How much some words sound or look like a name, out of 100; common words that merely resemble it stay below LIKELY."""
    joined, folded = "".join(window), "".join(tokens(name))
    if joined == folded:
        return 100.0
    sound, named = _sounds(joined), _sounds(folded)
    if min(len(joined), len(folded)) < SHORTEST or not _begin_alike(sound, named):
        return 0.0
    alike, spelt = fuzz.ratio(sound, named), fuzz.ratio(joined, folded)
    near = max(spelt, alike - 3)
    if len(folded) >= LONG:
        # A recogniser that does not know a long name gets its consonants right and its vowels wrong.
        return max(near, fuzz.ratio(_consonants(sound), _consonants(named)) - 8 if alike >= FAMILIAR else 0.0)
    # One letter of five makes another word ("papel" is no Patel), and two common words soon join into a short name.
    return (near if near > LIKELY else 0.0) if len(window) == 1 else (spelt if spelt > SURE else 0.0)


def _begin_alike(sound: str, named: str) -> bool:
    return sound[:1] == named[:1] or (sound[:1] in VOWELS and named[:1] in VOWELS)


def _consonants(word: str) -> str:
    return re.sub(r"[aeiou]", "", word)


def _sounds(word: str) -> str:
    """A spelling in which what sounds alike in English or Spanish looks alike."""
    for pattern, sound in (
        ("ph", "f"),
        ("ck|qu|c(?![eih])|k", "k"),
        ("c(?=[ei])|z|ss", "s"),
        ("th", "t"),
        ("v", "b"),
        ("y|ee|ea", "i"),
        ("ll", "l"),
        ("h", ""),
    ):
        word = re.sub(pattern, sound, word)
    return re.sub(r"(.)\1", r"\1", word)
