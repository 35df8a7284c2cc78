"""Yes and no as people say them, alone or at the head of a longer answer."""

from __future__ import annotations

import re

from actions.reading.words import fold

YES = re.compile(
    r"^(?:(?:um+|uh|oh|ok(?:ay)?|well|pues|bueno|este|ah|ay)[, ]+)*"
    r"(?:y+e+s+|yeah+|yea|yep|yup|ye|ya|yessir|sure|ok(?:ay|ey)?|k|kk|correct|right|that'?s right|that works|that'?s fine|sounds good|"
    r"perfect|absolutely|definitely|of course|go ahead|do it|book it|send it|pay it|please do|yes please|confirm(?:ed)?|fine|good(?! (?:morning|afternoon|evening|night|day))|great|"
    r"uh huh|mhm+|mm hmm|affirmative|let'?s do (?:it|that)|"
    r"s+i+|sip|simon|claro|correcto|exacto|esta bien|ta bien|de acuerdo|dale|adelante|hagalo|hazlo|perfecto|por supuesto|"
    r"confirmo|confirmado|va|vale|sale|andale|asi es|eso es|como no|orale|mandelo|pagelo|paguelo|okis|me parece bien|desde luego)"
    r"(?:\b|$)"
)
NO = re.compile(
    r"^(?:(?:um+|uh|oh|ok(?:ay)?|well|pues|bueno|este|ah|ay|actually|wait|sorry|perdon|espere?)[, ]+)*"
    r"(?:n+o+|nope|nah|naw|not (?:that|this|now|yet|right|really)|don'?t|do not|never ?mind|negative|wrong|incorrect|cancel (?:it|that)|"
    r"todavia no|aun no|mejor no|para nada|nel|negativo|incorrecto|no gracias|equivocado|nunca)"
    r"(?:\b|$)"
)
# A yes that takes itself back ("yes but change the day") is neither.
BUT = re.compile(r"\b(?:but|except|instead|pero|excepto|mejor)\b")


def read_yes_no(text: str) -> bool | None:
    """True for yes, False for no, None when it is neither."""
    folded = re.sub(r"[^\w' ,]", " ", fold(text)).strip()
    folded = re.sub(r"\s+", " ", folded)
    if NO.match(folded):
        return False
    if YES.match(folded) and not BUT.search(folded):
        return True
    return None
