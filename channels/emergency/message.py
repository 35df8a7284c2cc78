"""Turns what a person typed or said into plain words whose places can be searched with bit masks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from channels.emergency.spelling import Spelling

LONGEST = 1000
SENTENCE_ENDS = frozenset(".!?;:\n|")
SHORT_LEAD = 4
"""A comma after fewer words than this ("in 2016, ...") does not begin a new clause."""

_TOKEN = re.compile(r"\d+(?:\.\d+)?|[a-z]+|[.!?;:\n|,]")
_STRETCHED = re.compile(r"(.)\1{2,}")
_APOSTROPHES = re.compile(r"(?<=\w)['\u2019\u2018`\u00b4](?=\w)")


@dataclass(frozen=True)
class Breaks:
    """Words that cut a message into clauses, and words that carry no meaning for the search."""

    contrast: frozenset[str]
    joiners: frozenset[str]
    subjects: frozenset[str]
    fillers: frozenset[str]


@dataclass(frozen=True)
class Message:
    """Words in order, each with all its readings (a misspelling may have several); in the masks, bit n belongs to word n."""

    words: tuple[str, ...]
    readings: tuple[tuple[str, ...], ...]
    sentence_starts: int
    clause_starts: int

    def sentence_of(self, place: int) -> int:
        """Mask of all places in the same sentence."""
        return _stretch(self.sentence_starts, place, len(self.words))

    def clause_of(self, place: int) -> int:
        """Mask of all places in the same clause."""
        return _stretch(self.sentence_starts | self.clause_starts, place, len(self.words))


def plain(text: str) -> str:
    """Lower case, no accents, no apostrophes, no stretched letters; at most `LONGEST` characters are read."""
    text = unicodedata.normalize("NFKC", text[:LONGEST]).lower()
    text = _APOSTROPHES.sub("", text)
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    return _STRETCHED.sub(r"\1", bare)[: 2 * LONGEST]


def read(text: str, shorthand: Mapping[str, tuple[str, ...]], spelling: Spelling | None, breaks: Breaks) -> Message:
    """The words of `text` in one language, shorthand written out and, with a `spelling`, misspellings mended."""
    pieces = _TOKEN.findall(text)
    words: list[str] = []
    readings: list[tuple[str, ...]] = []
    sentences = clauses = 0
    fresh, comma, clause_length = True, False, 0
    for piece in pieces:
        if piece in SENTENCE_ENDS:
            fresh = True
            continue
        if piece == ",":
            comma = True
            continue
        for reading in _readings(piece, shorthand, spelling):
            word = reading[0]
            if word in breaks.fillers:
                continue
            bit = 1 << len(words)
            if fresh:
                sentences |= bit
            cut = fresh or _begins_clause(words, word, comma and clause_length >= SHORT_LEAD, breaks)
            clauses |= bit if cut else 0
            clause_length = 1 if cut else clause_length + 1
            fresh = comma = False
            words.append(word)
            readings.append(reading)
    return Message(tuple(words), tuple(readings), sentences, clauses)


def _readings(piece: str, shorthand: Mapping[str, tuple[str, ...]], spelling: Spelling | None) -> list[tuple[str, ...]]:
    if piece in shorthand:
        return [(word,) for word in shorthand[piece]]
    return [spelling.mend(piece) if spelling else (piece,)]


def _begins_clause(words: list[str], word: str, comma: bool, breaks: Breaks) -> bool:
    if word in breaks.contrast:
        return True
    joined = comma or (bool(words) and words[-1] in breaks.joiners)
    return joined and word in breaks.subjects


def _stretch(starts: int, place: int, length: int) -> int:
    before = starts & ((2 << place) - 1)
    first = before.bit_length() - 1 if before else 0
    after = starts >> (place + 1)
    last = place + ((after & -after).bit_length() if after else length - place)
    return ((1 << last) - 1) & ~((1 << first) - 1)
