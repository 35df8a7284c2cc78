"""Makes what a person typed plain text, and plain text only: nothing in it can be taken for a command."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 1000
"""Characters of one message after cleaning."""
MOST_HEARD = 4000
"""Characters of a message that is too long to be answered in which danger is listened for."""

# Unicode's Default_Ignorable_Code_Point characters that are not of category Cf: they take no room either.
_UNSEEN = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2065\u3164\uffa0"
    + "".join(chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r" ?\n[ \n]*")


def clean(text: str) -> str:
    """The text in composed standard characters (NFKC), without control, unseen and private characters.

    Blanks of every kind become one space; line breaks stay, because a list of symptoms may be written in lines.
    """
    # Lone halves of surrogate pairs make normalising fail on some platforms, so characters go first and last.
    seen = "".join(_kept(character) for character in unicodedata.normalize("NFKC", text))
    # What stood around a removed character may now belong together.
    composed = unicodedata.normalize("NFKC", seen)
    return _EMPTY_LINES.sub("\n", _BLANKS.sub(" ", composed)).strip()


def clean_cut(text: str) -> tuple[str, bool]:
    """The text cleaned, and whether it was so long that its middle was left out unread.

    The time that this takes is bounded: what is cut is not looked at, and one character may become eighteen.
    """
    within, is_cut = _ends(text)
    # What was short may have swollen.
    swollen, is_cut_again = _ends(unicodedata.normalize("NFKC", within))
    return clean(swollen)[:MOST_HEARD], is_cut or is_cut_again


def _ends(text: str) -> tuple[str, bool]:
    half = MOST_HEARD // 2
    return (text, False) if len(text) <= MOST_HEARD else (f"{text[: half - 1]}\n{text[-half:]}", True)


def neutralise(text: str) -> str:
    """The text in a form that Rasa cannot take for a typed intent; always the last step before Rasa."""
    # The same strip as Rasa's own, which knows Unicode's blanks.
    return f"· {text}" if text.strip().startswith("/") else text


def _kept(character: str) -> str:
    if character in "\n\r\t\v\f\u2028\u2029\x85":
        return "\n" if character in "\n\r\u2028\u2029\x85" else " "
    if character in _UNSEEN or unicodedata.category(character) in _UNSEEN_CATEGORIES:
        return ""
    # Digits of every script, so that nothing which looks for numbers has to know them all.
    return str(unicodedata.decimal(character, character))
