"""Takes out of a message, before anything keeps it, what no clinic needs: card and social security numbers, codes, passwords.

Telephone numbers, dates, amounts and the ids that patients are asked for (member, record and statement numbers) stay.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.card_numbers import Span, SplitCards, card_spans
from channels.number_runs import NumberRun, number_runs, ordinary_places
from channels.said_secrets import code_spans, password_spans, ssn_spans

CARD = "[card]"
SSN = "[ssn]"
CODE = "[code]"
PASSWORD = "[password]"
NUMBER = "[number]"

_LONG = 13
_SECURITY_CODE = re.compile(
    r"(\b(?:cvv2?|cvc2?|cvn|cid|security code|c[oó]digo de seguridad|three digits on the back|tres d[ií]gitos de atr[aá]s)\b\D{0,15})"
    r"\d{3,4}(?!\d)",
    re.IGNORECASE,
)
_EXPIRY = re.compile(
    r"(\b(?:exp|expir\w{0,6}|good through|valid thru|valid through|vence|vencimiento|expira|caduca|v[aá]lida hasta)\b\D{0,15})"
    r"\d{1,2}\s{0,2}[/-]?\s{0,2}\d{2,4}(?!\d)",
    re.IGNORECASE,
)
_BARE_DETAILS = re.compile(r"\W*(?:0?[1-9]|1[0-2])\s?[/-]\s?(?:\d\d|20\d\d)(?:\W+\d{3,4})?\W*|\W*\d{3,4}\W*")
_KEPT_NAME = re.compile(
    r"\b(?:member|group|policy|subscriber|claim|mrn|record|tracking|rx|prescription|npi|serial|confirmation|reference"
    r"|referral|miembro|afiliado|poliza|reclamo|expediente|seguimiento|receta|serie|confirmacion|referencia|folio)\b"
)


@dataclass(frozen=True)
class Redacted:
    """What is left of a message, and whether there was a card number in it."""

    text: str
    card: bool


def redact(text: str) -> Redacted:
    """The message with its secrets replaced by what they were."""
    left = _without(text, password_spans(text), PASSWORD)
    left = _without(left, ssn_spans(left), SSN)
    cards = card_spans(left)
    left = _without(left, cards, CARD)
    left = _SECURITY_CODE.sub(rf"\g<1>{NUMBER}", left)
    if cards:
        left = _EXPIRY.sub(rf"\g<1>{NUMBER}", left)
    left = _without(left, _long_numbers(left), NUMBER)
    return Redacted(_without(left, code_spans(left), CODE), bool(cards))


class Redactor:
    """Redacts the messages of conversations, with an eye on what was said just before; in memory only."""

    def __init__(self, after_card: timedelta = timedelta(minutes=5), conversations: int = 10_000) -> None:
        self._after_card = after_card
        self._most = conversations
        self._split = SplitCards()
        self._cards_at: OrderedDict[str, datetime] = OrderedDict()

    def redact(self, sender_id: str, text: str, now: datetime) -> Redacted:
        """The message without secrets, also without what completes a card number that was begun before."""
        completing = self._split.completed_by(sender_id, text, now)
        redacted = redact(text)
        if completing is not None:
            redacted = Redacted(redact(_without(text, [completing], CARD)).text, True)
        elif not redacted.card and self._had_card(sender_id, now) and _BARE_DETAILS.fullmatch(text):
            redacted = Redacted(NUMBER, False)
        if redacted.card:
            self._note_card(sender_id, now)
        return redacted

    def _had_card(self, sender_id: str, now: datetime) -> bool:
        at = self._cards_at.get(sender_id)
        return at is not None and now - at < self._after_card

    def _note_card(self, sender_id: str, now: datetime) -> None:
        self._cards_at[sender_id] = now
        self._cards_at.move_to_end(sender_id)
        if len(self._cards_at) > self._most:
            self._cards_at.popitem(last=False)


def _long_numbers(text: str) -> list[Span]:
    ordinary = ordinary_places(text)
    return [Span(run.start, run.end) for run in number_runs(text) if _is_long(run, ordinary)]


def _is_long(run: NumberRun, ordinary: frozenset[int]) -> bool:
    if not run.is_written or run.is_ordinary or any(token.start in ordinary for token in run.tokens):
        return False
    sizes = [len(token.text) for token in run.tokens]
    if sum(sizes) >= _LONG:
        # Somebody's member or claim number may be as long; lists of readings have shorter groups.
        return _in_one_grouping(sizes) and not _KEPT_NAME.search(run.before)
    # Three groups of four by themselves are a card that was begun.
    return sizes == [4, 4, 4] and run.said.strip() == run.said[run.start : run.end]


def _in_one_grouping(sizes: list[int]) -> bool:
    """Whether all groups are as long as the first but a shorter rest, or as on cards of 14 and 15 digits."""
    return sizes in ([4, 6, 4], [4, 6, 5]) or (sizes[0] >= 4 and len(set(sizes[:-1])) <= 1 and sizes[-1] <= sizes[0])


def _without(text: str, spans: Iterable[Span], instead: str) -> str:
    pieces, done = [], 0
    for start, end in sorted(spans):
        pieces += [text[done:start], instead]
        done = end
    return "".join([*pieces, text[done:]])
