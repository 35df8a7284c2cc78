"""Words of kinship, and how people say that it is for somebody else, for themselves, or ask whose record it is."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Literal

from actions.reading.words import fold

NAMES = Path(__file__).with_name("given_names.txt")
KIN_EN = (
    r"(?:son|sons|daughter|daughters|kid|kids|child|children|baby|boy|girl|little one|husband|wife|spouse|partner|mom|mum|mother|dad|father|"
    r"parents?|brother|sister|grandma|grandmother|grandpa|grandfather|grandson|granddaughter|nephew|niece|aunt|uncle|friend|neighbou?r|"
    r"boyfriend|girlfriend|roommate|patient|client)"
)
KIN_ES = (
    r"(?:hij[oa]s?|hijit[oa]s?|nin[oa]s?|bebe|bebit[oa]|nen[ea]|muchach[oa]|espos[oa]|marido|mujer|pareja|mama|mami|madre|papa|papi|padre|suegr[oa]|"
    r"herman[oa]|abuel[oa]|abuelit[oa]|niet[oa]|sobrin[oa]|ti[oa]|amig[oa]|vecin[oa]|novi[oa])"
)
ANOTHER = re.compile(
    rf"\bfor (?:my|our|his|her|their) (?:\w+ ){{0,2}}?{KIN_EN}\b|\bmy (?:\w+ ){{0,2}}?{KIN_EN}(?:'s|s') |\bmy {KIN_EN}s? (?:needs?|has to|wants?|ran out|owes?|got|was seen|is out)\b"
    rf"|\b(?:bring|take|book|see|get) my (?:\w+ ){{0,2}}?{KIN_EN}\b|\bmy \w+[- ](?:year|month|week)s?[- ]old\b|\bon behalf of\b|\bfor (?:someone|somebody) else\b"
    rf"|\b(?:of|about|on) my {KIN_EN}\b|\bmy {KIN_EN}'?s (?:\w+ )?(?:results?|labs?|tests?|refills?|meds?|medicines?|medications?|inhaler|bills?|balance|visit|appointment|record|chart|shots?)\b"
    rf"|\b(?:para|pa|de|a|por) (?:mi|mis|nuestr[oa]) (?:\w+ )?{KIN_ES}\b|\bmi {KIN_ES} (?:necesita|ocupa|tiene que|quiere|se quedo|debe)\b|\b(?:llevar|traer) a mi (?:\w+ )?{KIN_ES}\b"
    r"|\bpara (?:otra persona|alguien mas)\b"
)
# "My mom told me to come in" and "my wife will pick it up" are still about oneself.
STILL_ONESELF = re.compile(
    r"\b(?:told me|said i|says i|made me|wants me|me dijo|me dice|quiere que yo|me mando|pick(?:s|ing)? (?:it|them) up|recoge|lo va a recoger)\b"
)

Group = Literal["child", "spouse", "parent", "sibling", "grandchild", "grandparent", "other"]
# What the speaker is to the people whom a word of that group names.
SPEAKER_IS: dict[Group, frozenset[str]] = {
    "child": frozenset(["MTH", "FTH", "PRN", "NMTH", "NFTH", "NPRN", "STPMTH", "STPFTH", "STPPRN", "ADOPTM", "ADOPTF", "ADOPTP", "MTHFOST", "FTHFOST", "PRNFOST", "GUARD"]),
    "spouse": frozenset(["WIFE", "HUSB", "SPS", "DOMPART", "SIGOTHR"]),
    "parent": frozenset(["SON", "DAU", "CHILD", "NCHILD", "DAUC", "SONC", "NDAUC", "NSONC", "SONADOPT", "DAUADOPT", "CHLDADOPT", "STPSON", "STPDAU", "STPCHLD"]),
    "sibling": frozenset(["BRO", "SIS", "SIB", "NBRO", "NSIS", "NSIB", "HBRO", "HSIS", "HSIB", "STPBRO", "STPSIS", "STPSIB"]),
    "grandchild": frozenset(["GRPRN", "GRMTH", "GRFTH", "MGRMTH", "MGRFTH", "PGRMTH", "PGRFTH", "MGRPRN", "PGRPRN"]),
    "grandparent": frozenset(["GRNDCHILD", "GRNDDAU", "GRNDSON"]),
    "other": frozenset(),
}  # fmt: skip
KIN: tuple[tuple[Group, str, str], ...] = (
    ("other", "", r"(?:mother|father|sister|brother|son|daughter)s?[- ]?in[- ]?laws?|suegr[oa]|yerno|nuera|cunad[oa]|aunt(?:ie)?|uncle|nephew|niece|sobrin[oa]|tio|tia|"
                  r"friend|amig[oa]|neighbou?r|vecin[oa]|boyfriend|girlfriend|novi[oa]|roommate|cousin|prim[oa]"),
    ("grandchild", "male", r"grandsons?|niet(?:o|ito)"),
    ("grandchild", "female", r"granddaughters?|niet(?:a|ita)"),
    ("grandchild", "", r"grand(?:kids?|child(?:ren)?|bab(?:y|ies))|nietos|nietas"),
    ("grandparent", "female", r"grand(?:ma|mother|mom)|granny|nana|abuel(?:a|ita)"),
    ("grandparent", "male", r"grand(?:pa|father|dad)|abuel(?:o|ito)"),
    ("child", "male", r"sons?|boys?|hijo|hijito|nino|ninito|nene|bebito|muchacho|chico|varon"),
    ("child", "female", r"daughters?|girls?|hija|hijita|nina|ninita|nena|bebita|muchacha|chica"),
    ("child", "", r"kids?|child(?:ren)?|baby|toddler|little one|teen(?:ager)?|twins?|hijos|hijas|ninos|ninas|bebe|gemelos|criatura|adolescente|kiddo"),
    ("spouse", "male", r"husband|hubby|esposo|marido|viejo"),
    ("spouse", "female", r"wife|esposa|mujer|senora"),
    ("spouse", "", r"spouse|partner|pareja|conyuge"),
    ("parent", "female", r"mom|mum|mommy|mother|mama|mami|madre|ama"),
    ("parent", "male", r"dad|daddy|father|papa|papi|padre|apa"),
    ("parent", "", r"parents?|papas"),
    ("sibling", "male", r"brothers?|hermano|hermanito"),
    ("sibling", "female", r"sisters?|hermana|hermanita"),
)  # fmt: skip
SEVERAL = re.compile(
    r"\b(?:kids|children|sons|daughters|twins|hijos|hijas|ninos|ninas|gemelos|parents|papas|nietos|nietas)\b"
)
# What is said to be over, or only says who speaks.
SET_ASIDE = re.compile(
    r"\b(?:done|finished|through) with (?:my )?\w+(?:'s \w+)?|\b(?:ya )?(?:acab\w+|termin\w+) con (?:mi |la |el )?\w+"
    r"|\b(?:i'?m|i am) (?:the|his|her|their) (?:mom|mum|mother|dad|father|guardian|wife|husband|son|daughter)\b"
    r"|\b(?:yo )?soy (?:la|el|su) (?:mama|papa|madre|padre|espos[oa]|hij[oa])\b"
    r"|\b(?:it'?s |is |this is |and )?not (?:\w+ )?(?:for |about |me$|myself)(?:me|myself)?\b|\bisn'?t (?:for|about) me\b|\bnot me\b|\bnot myself\b"
    r"|\b(?:y |este )?no (?:es |soy |era )?(?:para|pa|por|sobre|de) (?:mi mismo|mi|yo)(?= |$)(?! (?:hij|nin|nen|beb|espos|mama|papa|madre|padre))|\bno soy yo\b"
)
OF_ONESELF = re.compile(
    r"\b(?:back to|switch to|return to|go to|over to|change to|about) (?:me|myself|mine)\b|\bfor (?:myself|my self|mine)\b|\bfor me (?:not|instead|this time|now|personally)\b"
    r"|\b(?:back|switch|switch back|return|go|go back|take me back|change|change back) to (?:my|mine)(?: own)?(?: (?:record|chart|account|file|stuff|side|page|info|information))?(?= |$|[.,!?])(?! \w+'s)"
    r"|\bmy own (?:record|chart|account|file|stuff|self|info|information|bill|results?|medicines?|meds)\b|\bme again\b|\bnow (?:do )?(?:me|mine)\b|\bjust me\b|\bit'?s for me\b"
    r"|\b(?:conmigo|ahora yo|lo mio|a lo mio|lo propio|yo otra vez|yo de nuevo|yo mism[oa])\b"
    r"|\b(?:a|al|para|pa|por) (?:mi|el mio|la mia)(?: (?:mism[oa]|otra vez|de nuevo|ahora|solamente|nada mas|por favor|porfa|gracias))?(?=$|[.,;!?])"
    r"|\b(?:para|pa|por|a) mi(?: (?:mism[oa]|otra vez|de nuevo|y no\b|no\b))"
    r"|\b(?:regres\w+|volv\w+|vuelv\w+|cambi\w+|pas\w+|ir|vamos|ve|ponme)(?: otra vez| de nuevo| ahora)? (?:a|al|en|con) mi (?:propi[oa] )?(?:expediente|cuenta|record|chart|historial|archivo|perfil)\b"
    r"|\bmi propi[oa] (?:expediente|cuenta|record|historial)\b"
)
WHOSE = re.compile(
    r"\bwhose\b|\bwh(?:o'?s|o is|ich) (?:\w+ )?(?:record|chart|account|file|person|patient)\b|\bwho(?:m)? (?:am i|are we|are you) (?:\w+ )?(?:looking at|acting for|on|in|helping|working on|talking about|seeing|signed in for)\b"
    r"|\bam i (?:still )?(?:on|in|looking at|acting for)\b|\bare (?:we|you) (?:still )?(?:on|in|looking at) \w+"
    r"|\b(?:de|a|con|por) quien(?:es)?\b(?! (?:sea|sabe))|\ben (?:cual|que) (?:expediente|cuenta|record|archivo)\b|\bquien es (?:el|la) paciente\b|\b(?:sigo|seguimos|estoy|estamos) (?:todavia )?(?:en|con) (?:lo de|el expediente|la cuenta|mi expediente|mi cuenta)\b"
)
FOR_ME = re.compile(r"\bfor me\b")
ONLY_ONESELF = re.compile(r"(?:just |it's |the |el |la |lo |para |for |a )*(?:me|myself|mine|yo|mi|mi mismo|mio|mia)")
CHANGES = re.compile(r"\b(?:chang\w+|switch\w*|swap|cambi\w+|pon(?:me|ga|gan)?|pas[ae]\w*|instead)\b")
HAS_A_NEED = frozenset(
    [
        "needs",
        "has",
        "ran",
        "wants",
        "is",
        "was",
        "owes",
        "got",
        "necesita",
        "tiene",
        "quiere",
        "ocupa",
        "debe",
        "anda",
        "esta",
    ]
)
OTHER_ONE = re.compile(r"\b(?:other|another|different|otr[oa])\b")
OLDEST = re.compile(r"\b(?:oldest|eldest|older|big(?:gest)?|mayor|mas grande)\b")
YOUNGEST = re.compile(r"\b(?:youngest|younger|little(?:st)?|menor|mas chic[oa]|chiquit[oa]|pequen[oa]|baby|bebe)\b")
AGE = re.compile(
    r"\b(\d{1,2})[- ]?(?:years?|yrs?|yr|yo)(?:[- ]?old)?\b|\b(?:de|tiene) (\d{1,2})(?: ?anos?| ?anit\w+)\b"
)
NOT_A_PERSON = frozenset(
    [
        "dr",
        "dra",
        "doctor",
        "doctora",
        "doc",
        "nurse",
        "with",
        "con",
        "st",
        "saint",
        "san",
        "santa",
        "señor",
        "at",
        "en",
    ]
)
NAME_AFTER = frozenset(
    [
        "for",
        "to",
        "about",
        "with",
        "on",
        "behalf",
        "of",
        "para",
        "pa",
        "a",
        "de",
        "por",
        "sobre",
        "switch",
        "book",
        "see",
        "change",
        "it's",
        "its",
        "con",
        "open",
        "use",
        "act",
    ]
)
STRANGER_AFTER = frozenset(["for", "about", "para", "pa", "por"])
INTRODUCES = frozenset(["is", "i'm", "am", "soy", "llamo", "habla"])
SHOPS = frozenset(
    ["pharmacy", "pharmacies", "drug", "drugs", "drugstore", "store", "clinic", "street", "market", "farmacia"]
)
BELONGINGS = frozenset(
    [
        "resultado",
        "resultados",
        "cita",
        "citas",
        "cuenta",
        "cuentas",
        "medicina",
        "medicinas",
        "receta",
        "recetas",
        "vacuna",
        "vacunas",
        "examen",
        "examenes",
        "expediente",
        "historial",
        "pastillas",
        "inhalador",
        "resurtido",
    ]
)
# Given names that are everyday words too: only right behind such a word, or with 's.
AMBIGUOUS = frozenset(
    [
        "april",
        "may",
        "june",
        "summer",
        "autumn",
        "will",
        "bill",
        "mark",
        "grace",
        "hope",
        "faith",
        "joy",
        "rose",
        "lily",
        "art",
        "ray",
        "sol",
        "luz",
        "paz",
        "angel",
        "bob",
        "dale",
        "pat",
        "sue",
        "drew",
        "chase",
        "victor",
        "dolores",
        "socorro",
        "rosario",
        "clara",
        "blanca",
        "dulce",
        "consuelo",
        "mercedes",
        "pilar",
        "rocio",
        "alma",
        "amor",
        "nieves",
        "iris",
        "olive",
        "pearl",
        "ruby",
        "daisy",
        "hunter",
        "penny",
        "jack",
        "max",
        "miles",
        "reed",
        "sage",
        "wade",
        "grant",
        "frank",
        "guy",
        "rich",
        "gene",
        "earl",
        "leo",
    ]
)
NEVER_A_NAME = frozenset(
    ["needs", "need", "has", "had", "is", "was", "will", "to", "for", "and", "or", "on", "at", "in", "who", "that", "ran", "wants", "want", "please", "with", "next", "this", "today", "tomorrow", "now", "can", "could", "should", "because", "so", "but", "he", "she", "they", "his", "her", "their", "the", "a", "an", "of", "from", "about", "instead", "too", "also", "got", "owes", "takes", "took", "have", "got", "not", "me", "record", "chart", "account", "file", "file's", "results", "result", "labs", "lab", "bill", "bills", "visit", "appointment", "refill", "refills", "medicine", "medicines", "meds", "inhaler", "shot", "shots", "vaccine", "records", "year", "years", "old", "year's", "again", "here", "there", "first", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "morning", "afternoon", "don't", "doesn't", "didn't", "isn't", "necesita", "ocupa", "tiene", "quiere", "se", "con", "para", "pa", "el", "la", "los", "las", "un", "una", "de", "del", "que", "y", "o", "en", "por", "porfa", "favor", "a", "al", "su", "sus", "es", "esta", "fue", "ya", "no", "otra", "otro", "hoy", "manana", "ahora", "aqui", "chiquito", "chiquita", "menor", "mayor", "mismo", "misma", "grande", "lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo", "cual", "le", "les", "lo", "debe", "debo", "resultados", "resultado", "medicina", "medicinas", "cita", "citas", "cuenta", "receta", "vacuna", "vacunas", "expediente", "examen", "examenes"]
)  # fmt: skip


def asks_for_another(text: str) -> bool:
    """True when a text asks for something on somebody else's record."""
    folded = fold(text)
    return ANOTHER.search(folded) is not None and STILL_ONESELF.search(folded) is None


@cache
def given_names() -> frozenset[str]:
    lines = NAMES.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
