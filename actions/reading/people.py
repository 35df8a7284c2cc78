"""Whether somebody asks for themselves or for somebody else."""

from __future__ import annotations

import re

from actions.reading.words import fold

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
    rf"\bfor (?:my|our|his|her|their) (?:\w+ ){{0,2}}?{KIN_EN}\b|\bmy (?:\w+ ){{0,2}}?{KIN_EN}(?:'s|s') |\bmy {KIN_EN}s? (?:needs?|has to|wants?|ran out)\b"
    rf"|\b(?:bring|take|book|see) my (?:\w+ ){{0,2}}?{KIN_EN}\b|\bmy \w+[- ](?:year|month|week)s?[- ]old\b|\bon behalf of\b|\bfor (?:someone|somebody) else\b"
    rf"|\b(?:para|de|a) (?:mi|mis|nuestr[oa]) (?:\w+ )?{KIN_ES}\b|\bmi {KIN_ES} (?:necesita|ocupa|tiene que|quiere|se quedo)\b|\b(?:llevar|traer) a mi (?:\w+ )?{KIN_ES}\b"
    r"|\bpara (?:otra persona|alguien mas)\b"
)
# "My mom told me to come in" and "my wife will pick it up" are still about oneself.
STILL_ONESELF = re.compile(
    r"\b(?:told me|said i|says i|made me|wants me|me dijo|me dice|quiere que yo|me mando|pick(?:s|ing)? (?:it|them) up|recoge|lo va a recoger)\b"
)


def asks_for_another(text: str) -> bool:
    """True when a text asks for something on somebody else's record."""
    folded = fold(text)
    return ANOTHER.search(folded) is not None and STILL_ONESELF.search(folded) is None
