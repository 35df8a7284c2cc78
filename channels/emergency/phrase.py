"""Small language for danger phrases and its matcher, whose time grows only with the length of the message.

`a/b/c` alternatives; `breast_bone` one alternative of two words; `@pain` a list of the lexicon; `bleed*` any ending;
`100.4..108` a number in a range; `word?` may be missing; `~` up to three words between, `~5` up to five.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from operator import itemgetter

from channels.emergency.message import Message

USUAL_GAP = 3
PREFIX_KEY = 3


class PhraseError(Exception):
    """A phrase in a pattern file cannot be read; the message names it."""


@dataclass(frozen=True)
class Step:
    """One place of a phrase: any of `singles` (an atom, -1 for none) or of the longer `runs`, after a gap."""

    singles: int
    runs: tuple[tuple[int, ...], ...]
    gap: int
    optional: bool


@dataclass(frozen=True)
class Phrase:
    """Steps in order; bit n of `needs` is set when the phrase cannot be found without atom n."""

    steps: tuple[Step, ...]
    needs: int


@dataclass(frozen=True)
class Places:
    """For every atom the mask of places where it stands in one message; bit n of `absent` is set when atom n stands nowhere."""

    masks: list[int]
    present: Set[int]
    absent: int


@dataclass
class Atoms:
    """Every distinct set of words that some phrase asks for, numbered, with the way from a word to its sets."""

    by_key: dict[frozenset[str], int] = field(default_factory=dict)
    by_word: dict[str, list[int]] = field(default_factory=dict)
    by_prefix: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    ranges: list[tuple[float, float, int]] = field(default_factory=list)

    def number(self, words: Iterable[str]) -> int:
        """The number of this set of words, new or known."""
        key = frozenset(words)
        if key in self.by_key:
            return self.by_key[key]
        atom = self.by_key[key] = len(self.by_key)
        for word in key:
            self._file(word, atom)
        return atom

    def _file(self, word: str, atom: int) -> None:
        if ".." in word:
            low, high = word.split("..")
            self.ranges.append((float(low), float(high), atom))
        elif word.endswith("*"):
            self.by_prefix.setdefault(word[:PREFIX_KEY], []).append((word[:-1], atom))
        else:
            self.by_word.setdefault(word, []).append(atom)

    def places(self, message: Message) -> Places:
        """Where each atom stands in the message."""
        masks = [0] * len(self.by_key)
        stands: dict[str, int] = {}
        for place, readings in enumerate(message.readings):
            for word in readings:
                stands[word] = stands.get(word, 0) | 1 << place
        present: set[int] = set()
        for word, mask in stands.items():
            for atom in self._atoms_of(word):
                masks[atom] |= mask
                present.add(atom)
        return Places(masks, present, ~_mask_of(present))

    def _atoms_of(self, word: str) -> list[int]:
        if word[0].isdigit():
            value = float(word)
            return [*self.by_word.get(word, ()), *(atom for low, high, atom in self.ranges if low <= value <= high)]
        begun = [atom for prefix, atom in self.by_prefix.get(word[:PREFIX_KEY], ()) if word.startswith(prefix)]
        return [*self.by_word.get(word, ()), *begun]


class Filed[Item]:
    """Things to be looked for, each under the atom it needs that the fewest others need: most never come into question."""

    def __init__(self, items: Iterable[tuple[int, Item]]) -> None:
        """File `items`, each with the mask of the atoms that it cannot do without."""
        entries = list(enumerate(items))
        wanted = Counter(atom for _, (needs, _) in entries for atom in _bits(needs))
        self._by_atom: dict[int | None, list[tuple[int, int, Item]]] = {}
        for order, (needs, item) in entries:
            rarest = min(_bits(needs), key=lambda atom: wanted[atom], default=None)
            self._by_atom.setdefault(rarest, []).append((order, needs, item))

    def possible(self, places: Places) -> list[Item]:
        """What the message has all the needed atoms for, in the order of filing."""
        found = [
            (order, item)
            for atom in (None, *places.present)
            for order, needs, item in self._by_atom.get(atom, ())
            if not needs & places.absent
        ]
        return [item for _, item in sorted(found, key=itemgetter(0))]


@dataclass(frozen=True)
class Span:
    """First and last place of a found phrase."""

    first: int
    last: int

    @property
    def mask(self) -> int:
        """Places from first to last."""
        return (1 << (self.last + 1)) - (1 << self.first)


def parse(text: str, lexicon: Mapping[str, list[str]], atoms: Atoms) -> Phrase:
    """Read one phrase.

    Raises:
        PhraseError: it is empty, names an unknown list, or begins with what may be missing.
    """
    steps: list[Step] = []
    gap = 0
    for piece in text.split():
        if piece.startswith("~"):
            gap = int(piece[1:] or USUAL_GAP)
            continue
        steps.append(_step(piece, gap, lexicon, atoms))
        gap = 0
    if not steps or steps[0].optional or gap:
        raise PhraseError(f"The phrase {text!r} is empty, or begins or ends with what may be missing.")
    needed = {step.singles for step in steps if not step.runs and not step.optional}
    return Phrase(tuple(steps), _mask_of(needed))


def _step(piece: str, gap: int, lexicon: Mapping[str, list[str]], atoms: Atoms) -> Step:
    options = expand(piece.rstrip("?"), lexicon)
    singles = [option for option in options if "_" not in option]
    runs = tuple(tuple(atoms.number([word]) for word in option.split("_")) for option in options if "_" in option)
    return Step(atoms.number(singles) if singles else -1, runs, gap, piece.endswith("?"))


def expand(piece: str, lexicon: Mapping[str, list[str]]) -> list[str]:
    """All alternatives of one piece, lists of the lexicon written out."""
    options: list[str] = []
    for option in piece.split("/"):
        if not option.startswith("@"):
            options.append(option)
        elif option[1:] in lexicon:
            options.extend(word for entry in lexicon[option[1:]] for word in expand(entry.replace(" ", "_"), lexicon))
        else:
            raise PhraseError(f"The list {option} is not in the lexicon.")
    return options


def find(phrase: Phrase, places: Places, message: Message) -> list[Span]:
    """Every ending of `phrase` in the message with its nearest beginning, in order."""
    if phrase.needs & places.absent:
        return []
    everywhere = (1 << len(message.words)) - 1
    reached = everywhere
    for index, step in enumerate(phrase.steps):
        window = everywhere if index == 0 else _later(reached, step.gap, message)
        hit = _take(step, window, places.masks, message)
        reached = hit | reached if step.optional else hit
        if not reached:
            return []
    return [Span(_beginning(phrase, last, places.masks, message), last) for last in _bits(reached)]


def _take(step: Step, window: int, masks: list[int], message: Message) -> int:
    ends = window & masks[step.singles] if step.singles >= 0 else 0
    for run in step.runs:
        end = window & masks[run[0]]
        for atom in run[1:]:
            end = _later(end, 0, message) & masks[atom]
        ends |= end
    return ends


def _later(places: int, gap: int, message: Message) -> int:
    if not places:
        return 0
    step = (places << 1) & ~message.sentence_starts
    reached = step
    for _ in range(gap):
        step = (step << 1) & ~message.sentence_starts
        reached |= step
    return reached


def _earlier(places: int, gap: int, message: Message) -> int:
    step = (places & ~message.sentence_starts) >> 1
    reached = step
    for _ in range(gap):
        step = (step & ~message.sentence_starts) >> 1
        reached |= step
    return reached


def _beginning(phrase: Phrase, last: int, masks: list[int], message: Message) -> int:
    reached = 1 << last
    gap = -1
    for step in reversed(phrase.steps):
        window = reached if gap < 0 else _earlier(reached, gap, message)
        starts = _take_back(step, window, masks, message)
        if starts:
            reached, gap = starts, step.gap
        elif not step.optional:
            break
    return reached.bit_length() - 1


def _take_back(step: Step, window: int, masks: list[int], message: Message) -> int:
    starts = window & masks[step.singles] if step.singles >= 0 else 0
    for run in step.runs:
        start = window & masks[run[-1]]
        for atom in reversed(run[:-1]):
            start = _earlier(start, 0, message) & masks[atom]
        starts |= start
    return starts


def _mask_of(bits: Iterable[int]) -> int:
    mask = 0
    for bit in bits:
        mask |= 1 << bit
    return mask


def _bits(mask: int) -> list[int]:
    places: list[int] = []
    while mask:
        low = mask & -mask
        places.append(low.bit_length() - 1)
        mask ^= low
    return places
