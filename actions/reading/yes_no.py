"""Yes and no as people say them, alone or at the head of a longer answer; what takes itself back or asks is neither."""

from __future__ import annotations

import re

from actions.reading.words import fold

LEAD = r"^(?:(?:um+|uh|oh|well|so|hey|pues|bueno|este|ah|ay|mm+|oiga|mire)\b ?)*"
VERB = r"(?:do|book|send|pay|submit|schedule|reserve)"
# Said to questions of any kind; what follows is looked at by DOUBT.
YES = re.compile(
    LEAD
    + r"(?:(?:y+e+s+|yeah+|yea|yeh|yas|yse|yep|yup|ye|yessir|s(?:h)?ure|o+k+(?:ay|ey|i+s?)?|okie dokie|al(?:l )?right(?: then)?|cor+ect|absolutely|definitely|certainly|of course|"
    r"perfect|exactly|indeed|agreed|confirm(?:ed)?|affirmative|uh huh|mhm+|mm hmm|why not|no problem|by all means|all good|you (?:got it|bet)|works for me|fine by me|looks good|"
    r"go (?:ahead|for it)|i (?:agree|confirm|do)|i(?:'d| would) (?:like|love) that|it is|(?:every|all) ?(?:thing)? is (?:correct|right|fine)|"
    r"(?:that|it|this)(?:'?s| is|'?ll| will)? (?:right|cor+ect|fine|ok(?:ay)?|good|great|perfect|works?|be fine|do)|sounds? (?:good|great|right)|"
    rf"(?:please )?{VERB} (?:it|that|them|so)|please do|let'?s (?:do (?:it|that)|go)|"
    r"s+i+p?|simon|claro|correcto|exacto|exactamente|afirmativo|efectivamente|de acuerdo|dale|dele|adelante|proceda|perfecto|por supuesto|(?:lo )?confirmo|confirmado|acepto|vale|andale|"
    r"asi es|eso (?:es(?! todo)|mismo)|tal cual|cierto|es (?:verdad|cierto|correcto)|c[uo]mo no(?=$| )|por ?que no(?=$| (?:por favor|gracias|si))|orale|no hay (?:problema|pedo)|me (?:parece|queda) bien|me sirve|(?:(?:yo )?(?:creo|supongo) que|por favor|muy bien) si|"
    r"desde luego|ajam?|segur(?:o|isimo)|estoy segur[oa]|(?:todo |asi |esa |ese )?(?:esta|ta) (?:muy )?(?:bien|bueno|perfecto|correcto)|"
    r"(?:reserve|agende|mande|haga|haz|aparte|envie|confirme|page|pague|pida|programe)(?:me)?l[oae]s?)(?=\b|$) ?)+"
)
# A yes only when hardly anything follows: each begins other sentences as well.
WEAK_YES = re.compile(
    LEAD + rf"(?:right|good|fine|great|please|true|k+|y|ya|va|sale|si|eso|bueno|listo|muy bien|me conviene|{VERB})"
    r"(?: (?:please|thanks|thank you|ok|yes|sir|ma'?am|miss|with me|for me|then|por favor|porfa|gracias|senorita|senor|pues|entonces|muy bien|and do it))*$"
)
NO = re.compile(
    LEAD
    + r"(?:(?:ok(?:ay)?|actually|wait|sorry|perdon|espere?|hombre|yeah|please|ahorita|creo que|claro que|por supuesto que|prefiero que|eso|asi|ya|mejor|aun|todavia|nombre|que|i'?d rather|"
    r"of course|definitely|absolutely|certainly|probably|maybe|i guess|i think|i'?m afraid) )*"
    r"(?:n+o+p?|n|nope|nah+|naw|n?uh uh|nel|nombe|negat(?:ive|ivo)|not|don'?t|do not|never ?mind|never|none|neither|wrong|false|falso|incorrect[oa]?|equivocad[oa]|nunca|jamas|tampoco|ningun[oa]?s?|"
    r"para nada|nada de eso|de ninguna manera|hold off|maybe later|i'?ll pass|i disagree|"
    r"i (?:don'?t|do not)(?: (?:want|think|like|agree)|$)|(?:that|it|this)(?:'?s| is|isn'?t|doesn'?t| isn'?t| doesn'?t| won'?t) (?:not|wrong|incorrect|right|work|mine)|(?:that|it|this)(?:'?s| is) (?:not|wrong|incorrect)|"
    r"(?:esta|ta) mal|cancel (?:it|that))"
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
    r"\b(?:but|except|instead|later|wrong|again|once more|otra vez|de nuevo|bye|by by|good ?bye?|bai|have? a (?:good|great|nice|nise|blessed)|i'?m (?:done|dun)|talk soon|gotta|(?:got|have) to go|adios|hasta|enough|todo por hoy|cancel\w*|reschedul\w*|stop|wait|hold on|no|not|don'?t|change|different|another|other|unless|if|pero|excepto|mejor|espere?|momento|cambi\w+|otr[oa]|luego|despues|"
    r"what|when is|where|who|which|how (?:much|long|many|do|about)|can (?:i|you)|could|would you|is (?:it|there|that)|do (?:i|you)|"
    r"cuant[oa]s?|donde|cuando es|cual|quien|a que hora|que (?:hora|dia|tal)|puedo|puede|pudiera|question)\b"
)
# "Correct my number", "está bien mi dirección": the yes was a verb, or about something else.
OBJECT = re.compile(r"(?:my|the|an|your|mi|mis|un|una|el|la|los|las)\b")
HARMLESS = re.compile(
    r"\b(?:no (?:problem|worries|hay (?:problema|pedo))|por ?que no|c[uo]mo no|why not|if you (?:can|could|please)|si puede)\b"
)
# Without its accent, "si" before these is "if".
IF = re.compile(
    r"^si (?:pud\w+|puede\w*|se puede|hay|hubiera|tiene\w*|tuviera|fuera|quiere|gusta|es posible|no|sobra|algo|alguien|ay|me pasa|se (?:abre|desocupa|cancela|libera))\b"
)
LONGEST_REST = 8
"""Words after a yes; whoever says more has said something else as well."""
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
    if (
        OBJECT.match(rest)
        or DOUBT.search(rest)
        or len(rest.split()) > LONGEST_REST
        or ("?" in text and not HARMLESS.search(folded))
    ):
        return None
    return True
