"""Finds the numbers of payment cards, however they are written, said or spread over messages."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from channels.number_runs import NumberRun, is_date, number_runs, ordinary_places, plain, words_around

CARD_LENGTHS = range(13, 20)
# First digits of card networks (ISO/IEC 7812), and how many digits their cards have; the wide rule for what is
# written in one piece is kinder to numbers that nobody has seen yet.
_FIRST = re.compile(r"[2-6]|8[12]|9792")
_NETWORKS = (
    (re.compile(r"4"), {13, 16, 19}),
    (re.compile(r"5\d|2[2-7]|8[12]|9792|35"), {16}),
    (re.compile(r"3[47]"), {15}),
    (re.compile(r"30|36|38|39"), {14}),
    (re.compile(r"6"), {16, 17, 18, 19}),
)
_CARD_WORDS = """
    card cards credit debit visa mastercard master amex american express discover diners jcb maestro unionpay
    tarjeta tarjetas credito debito plastico
"""
_PIECE_WORDS = """
    the a my your is its it s it's that this here and then rest next last first other part second third four five
    digits numbers number starts start begins begin with ends in goes continues ok okay yes so now are of
    remaining half middle more too sorry i m hit send enter early pressed cut off
    el la los las mi su es son este esta eso aqui y luego resto siguiente siguientes ultimo ultimos ultima primero
    primeros parte segundo segunda tercera tercero digitos numeros numero empieza comienza con termina en sigue siguen
    bueno si ahora faltan falta lo que demas de mitad perdon le va van
"""
_NAMES_A_CARD = frozenset(_CARD_WORDS.split())
_AROUND_A_PIECE = _NAMES_A_CARD | frozenset(_PIECE_WORDS.split())
_OTHER_CARDS = re.compile(
    r"\b(?:insurance|member|membership|health|medical|medicare|medicaid|id|vaccine|vaccination|appointment) cards?\b"
    r"|\btarjetas? (?:de |del )(?:el )?(?:seguro|medicare|medicaid|salud|citas|vacunas|vacunacion|miembro|afiliado)"
)
_SPOKEN_MOST = 40
"""Words of one spoken number that are looked at; a card with date and code has fewer."""


class Span(NamedTuple):
    """Where something stands in a text."""

    start: int
    end: int


def is_card_number(digits: str) -> bool:
    """Whether `digits` could be the number of a payment card: length, first digits (ISO/IEC 7812), Luhn's sum."""
    if len(digits) not in CARD_LENGTHS or not _FIRST.match(digits):
        return False
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(each - 9 if each > 9 else each for each in doubled)) % 10 == 0


def names_a_card(text: str) -> bool:
    """Whether a word in `text` is about a payment card."""
    return not _NAMES_A_CARD.isdisjoint(re.findall(r"[a-z]+", _OTHER_CARDS.sub(" ", plain(text))))


def card_spans(text: str) -> list[Span]:
    """Where numbers of cards stand; what follows in the same run of numbers goes with them (date, code)."""
    named = names_a_card(text)
    ordinary = ordinary_places(text)
    spans = (_in_run(run, named, ordinary) for run in number_runs(text))
    return [span for span in spans if span is not None]


def _in_run(run: NumberRun, named: bool, ordinary: frozenset[int]) -> Span | None:
    if not run.is_written:
        return _spoken(run, named)
    if run.is_ordinary:
        return None
    free = [token for token in run.tokens if token.start not in ordinary]
    if not free:
        return None
    first = _first_written(NumberRun(tuple(free), run.said), named)
    return None if first is None else Span(free[first].start, run.end)


def _first_written(run: NumberRun, named: bool) -> int | None:
    groups = [token.text for token in run.tokens]
    for first in range(len(groups)):
        digits = ""
        for last in range(first, len(groups)):
            digits += groups[last]
            if len(digits) >= CARD_LENGTHS.stop:
                break
            if len(digits) < CARD_LENGTHS.start or not is_card_number(digits):
                continue
            if named or _grouped_like_a_card(run.part(first, last + 1)):
                return first
    return None


def _grouped_like_a_card(run: NumberRun) -> bool:
    """Groups of four or more with a shorter rest, or digits one by one or in pairs; blood pressures come otherwise."""
    sizes = [len(token.text) for token in run.tokens]
    if min(sizes[:-1], default=4) >= 4:
        return True
    # Times of day come in pairs as well, with two kinds of signs between them; doses in round numbers.
    is_even = max(sizes) <= 2 and len(set(sizes[:-1])) == 1 and run.has_signs_of_one_kind
    return is_even and any(token.text[-1] not in "05" for token in run.tokens)


def _spoken(run: NumberRun, named: bool) -> Span | None:
    if len(run.tokens) < 5:
        # Fewer words than this say at most twelve digits.
        return None
    for part in _parts(run, named):
        if any(_is_network(each) and is_card_number(each) for each in part.readings):
            return Span(part.start, run.end)
    # Heard wrongly, it adds up no more, but nobody says that many digits of a card for another reason.
    if named and len(run.digits) >= CARD_LENGTHS.start - 1:
        return Span(run.start, run.end)
    return None


def _parts(run: NumberRun, named: bool) -> Iterator[NumberRun]:
    """The run itself, and without what may follow; where a card is named, without what came before as well."""
    most = min(len(run.tokens), _SPOKEN_MOST)
    for first in range(most if named else 1):
        for last in range(min(len(run.tokens), first + 20), first + 4, -1):
            yield run.part(first, last)


def _is_network(digits: str) -> bool:
    return any(first.match(digits) and len(digits) in lengths for first, lengths in _NETWORKS)


@dataclass(frozen=True)
class Piece:
    """What one message may add to a number: every way to read it, and where it stands."""

    at: datetime
    readings: tuple[str, ...]
    span: Span
    is_phone: bool


@dataclass
class _Heard:
    pieces: list[Piece] = field(default_factory=list)
    others: int = 0
    """Messages without a piece since the last one."""


class SplitCards:
    """Notices a card number that comes in pieces, a message each; keeps the pieces in memory only."""

    def __init__(self, pieces: int = 3, within: timedelta = timedelta(minutes=5), conversations: int = 10_000) -> None:
        self._pieces = pieces
        self._within = within
        self._most = conversations
        self._heard: OrderedDict[str, _Heard] = OrderedDict()

    def completed_by(self, sender_id: str, text: str, now: datetime) -> Span | None:
        """Where the digits stand in `text` that complete a card number begun in the messages before; else None."""
        heard = self._heard.pop(sender_id, _Heard())
        before = [piece for piece in heard.pieces if piece.at > now - self._within]
        piece = _piece(text, now)
        if piece is None:
            if before and heard.others + 1 < self._pieces:
                self._keep(sender_id, _Heard(before, heard.others + 1))
            return None
        pieces = [*before, piece][-self._pieces :]
        if any(_make_a_card(pieces[start:]) for start in range(len(pieces) - 1)):
            return piece.span
        self._keep(sender_id, _Heard(pieces))
        return None

    def _keep(self, sender_id: str, heard: _Heard) -> None:
        self._heard[sender_id] = heard
        if len(self._heard) > self._most:
            self._heard.popitem(last=False)


def _piece(text: str, now: datetime) -> Piece | None:
    """The piece in a message that says little else; None for dates, which people are asked for."""
    around = words_around(text)
    runs = number_runs(text)
    if not runs or not (_AROUND_A_PIECE.issuperset(around) or names_a_card(text)):
        return None
    longest = max(runs, key=lambda run: len(run.digits))
    readings = tuple(each for each in longest.readings[:8] if each) if not longest.is_written else (longest.digits,)
    ordinary = ordinary_places(text)
    is_ordinary = longest.start in ordinary and longest.end - 1 in ordinary
    is_phone = is_ordinary and len(longest.digits) in (10, 11)
    if not readings or len(longest.digits) > CARD_LENGTHS.stop or (is_ordinary and not is_phone):
        return None
    if len(longest.digits) == 8 and is_date(longest.digits):
        return None
    return Piece(now, readings, Span(longest.start, longest.end), is_phone)


def _make_a_card(pieces: list[Piece]) -> bool:
    # A telephone number and a birth date are what people are asked for one after the other.
    if any(piece.is_phone for piece in pieces) and any(is_date(piece.readings[0]) for piece in pieces):
        return False
    wholes = [""]
    for piece in pieces:
        wholes = [whole + reading for whole in wholes for reading in piece.readings]
    return any(_is_network(whole) and is_card_number(whole) for whole in wholes)
