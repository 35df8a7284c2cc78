"""Yes and no as people say them, alone or at the head of a longer answer; what takes itself back or asks is neither."""

from __future__ import annotations

import re

from actions.reading.words import fold

LEAD = r"^(?:(?:um+|uh|oh|well|so|hey|pues|bueno|este|ah|ay|mm+|oiga|mire)\b ?)*"
# Said to questions of any kind; what follows is looked at by DOUBT alone.
YES = re.compile(
    LEAD
    + r"(?:(?:y+e+s+|yeah+|yea|yep|yup|ye|yessir|sure|o+k+(?:ay|ey|i+s?)?|k+|correct|absolutely|definitely|of course|"
    r"perfect|great|exactly|confirm(?:ed)?|affirmative|uh huh|mhm+|mm hmm|why not|no problem|by all means|all good|you got it|works for me|go (?:ahead|for it)|"
    r"(?:that|it|this)(?:'?s| is|'?ll| will)? (?:right|correct|fine|ok(?:ay)?|good|great|perfect|works?|be fine|do)|sounds? (?:good|great|right)|i confirm|i do|"
    r"(?:please )?(?:do|book|send|pay|submit|schedule|reserve)(?: (?:it|that|them|so))?|please do|let'?s (?:do (?:it|that)|go)|"
    r"s+i+p?|simon|claro|correcto|exacto|de acuerdo|dale|adelante|perfecto|por supuesto|confirmo|confirmado|vale|andale|asi es|eso es|"
    r"c[uo]mo no|por ?que no|orale|no hay (?:problema|pedo)|me (?:parece|queda) bien|me sirve|desde luego|aja|seguro|(?:esta|ta) (?:muy )?(?:bien|bueno|perfecto|correcto)|"
    r"(?:reserve|agende|mande|haga|haz|aparte|envie|confirme|page|pague|pida|programe)(?:me)?l[oa]s?)(?=\b|$) ?)+"
)
# A yes only when hardly anything follows: each begins other sentences as well.
WEAK_YES = re.compile(
    LEAD + r"(?:right|good|fine|please|ya|va|sale|ok|si)"
    r"(?: (?:please|thanks|thank you|ok|yes|sir|ma'?am|miss|with me|for me|then|por favor|porfa|gracias|senorita|senor|pues|entonces|muy bien|and do it))*$"
)
NO = re.compile(
    LEAD
    + r"(?:(?:ok(?:ay)?|actually|wait|sorry|perdon|espere?|hombre|yeah|please|by favor|ahorita|creo que|claro que|por supuesto que|eso|asi|ya|mejor|aun|todavia|nombre|i'?d rather|"
    r"of course|definitely|absolutely|certainly|probably|maybe|i guess|i think) )*"
    r"(?:n+o+p?|nope|nah+|naw|nel|negat(?:ive|ivo)|not|don'?t|do not|never ?mind|never|wrong|incorrect[oa]?|equivocad[oa]|nunca|para nada|hold off|"
    r"i (?:don'?t|do not) (?:want|think|like|agree)|(?:that|it|this)(?:'?s| is) (?:not|wrong|incorrect)|(?:esta|ta) mal|cancel (?:it|that))"
    r"(?=\b|$)"
)
# Said to say nothing: neither yes nor no, though they begin like one of them.
UNSURE = re.compile(
    LEAD
    + r"(?:(?:i )?(?:don'?t|do not|didn'?t|cannot|can'?t) (?:know|understand|remember|get|hear|catch)|(?:i'?m )?not sure|not certain|no idea|"
    r"no (?:l[eo] |te |me )?(?:se|entiend\w+|entendi|comprend\w+|acuerd\w+|recuerd\w+|oig\w+|oi|escuch\w+|estoy segur[oa])\b|"
    r"(?:yes|si) (?:or|o) no|nothing|nada mas)"
)
# A yes that takes itself back ("yes but change the day"), waits or asks something is none.
DOUBT = re.compile(
    r"\b(?:but|except|instead|later|wait|hold on|no|not|don'?t|change|different|another|other|unless|if|pero|excepto|mejor|espere?|momento|cambi\w+|otr[oa]|luego|despues|"
    r"what|when is|where|who|which|how (?:much|long|many|do|about)|can (?:i|you)|could|would you|is (?:it|there|that)|do (?:i|you)|"
    r"cuant[oa]s?|donde|cuando es|cual|quien|a que hora|que (?:hora|dia|tal)|puedo|puede|pudiera|question)\b"
)
HARMLESS = re.compile(
    r"\b(?:no (?:problem|worries|hay (?:problema|pedo))|por ?que no|c[uo]mo no|why not|if you (?:can|could|please)|si puede)\b"
)
# Without its accent, "si" before these is "if".
IF = re.compile(r"^si (?:pud\w+|puede\w*|se puede|hay|hubiera|tiene\w*|tuviera|fuera|quiere|gusta|es posible|no)\b")
THUMBS = {"👍": True, "✅": True, "👌": True, "👎": False, "❌": False}


def read_yes_no(text: str) -> bool | None:
    """True for yes, False for no, None when it is neither."""
    thumb = next((THUMBS[sign] for sign in text if sign in THUMBS), None)
    if thumb is not None:
        return thumb
    folded = re.sub(r"\s+", " ", re.sub(r"[^\w' ]", " ", fold(text))).strip()
    if UNSURE.match(folded) or (IF.match(folded) and "sí" not in text.casefold()):
        return None
    agreed = YES.match(folded)
    if agreed is None:
        return True if WEAK_YES.match(folded) else False if NO.match(folded) else None
    rest = HARMLESS.sub(" ", folded[agreed.end() :])
    if re.fullmatch(r"\s*(?:que )?(?:no|not)(?: (?:thanks|thank you|gracias|sorry|perdon))?\s*", rest):
        return False  # "claro que no", "yeah no"
    if DOUBT.search(rest) or ("?" in text and not HARMLESS.search(folded)):
        return None
    return True
