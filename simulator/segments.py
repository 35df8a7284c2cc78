"""How many segments a text message takes, which is what carriers count and charge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# GSM 03.38 (3GPP TS 23.038), section 6.2.1 and its extension table.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")

_GSM_ALONE, _GSM_PART = 160, 153
_UCS_ALONE, _UCS_PART = 70, 67


@dataclass(frozen=True)
class Segments:
    """What a text takes: its alphabet, its units in that alphabet and the segments they fill."""

    alphabet: Literal["GSM-7", "UCS-2"]
    units: int
    count: int


def count_segments(text: str) -> Segments:
    """Count as carriers do; an empty text is one segment."""
    if all(character in _BASIC or character in _EXTENSION for character in text):
        sizes = [2 if character in _EXTENSION else 1 for character in text]
        return Segments("GSM-7", sum(sizes), _segments(sizes, _GSM_ALONE, _GSM_PART))
    # Outside the basic plane (emoji) a character is a pair of units.
    sizes = [2 if ord(character) > 0xFFFF else 1 for character in text]
    return Segments("UCS-2", sum(sizes), _segments(sizes, _UCS_ALONE, _UCS_PART))


def _segments(sizes: list[int], alone: int, part: int) -> int:
    if sum(sizes) <= alone:
        return 1
    count, used = 1, 0
    for size in sizes:
        # A character of two units is never split between two parts.
        if used + size > part:
            count, used = count + 1, 0
        used += size
    return count
