"""Whose record somebody speaks of: their own, or that of one of the people they may act for; never a guess.

Names and kinship are read in both languages. `relationship` is what the speaker is to the other (HL7 v3 RoleCode), so
"my son" fits those to whom the speaker is mother, father or guardian.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from actions.reading.kinship import (
    AGE,
    AMBIGUOUS,
    BELONGINGS,
    CHANGES,
    FOR_ME,
    HAS_A_NEED,
    INTRODUCES,
    KIN,
    NAME_AFTER,
    NEVER_A_NAME,
    NOT_A_PERSON,
    OF_ONESELF,
    OLDEST,
    ONLY_ONESELF,
    OTHER_ONE,
    SET_ASIDE,
    SEVERAL,
    SHOPS,
    SPEAKER_IS,
    STILL_ONESELF,
    STRANGER_AFTER,
    WHOSE,
    YOUNGEST,
    asks_for_another,
    given_names,
)
from actions.reading.words import fold, tokens, with_digits


class Relative(Protocol):
    """Somebody whose record the speaker may open."""

    @property
    def given_name(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def relationship(self) -> str: ...
    @property
    def birth_date(self) -> date: ...
    @property
    def gender(self) -> str: ...


@dataclass(frozen=True)
class Speaker:
    """Who speaks, and when."""

    given_name: str
    today: date
    """The clinic's day."""
    current: int | None = None
    """Index of the person whose record is acted on; None for the speaker's own."""


@dataclass(frozen=True)
class Whom:
    """Of whom a text speaks."""

    kind: Literal["self", "other", "nobody", "whose"]
    """`nobody`: of somebody else, and none of those whom the speaker may act for. `whose`: it asks whose record this is."""
    fitting: tuple[int, ...] = ()
    """Indices of those it may mean; several have to be asked about."""
    sure: bool = True
    """False when it has to be asked about whatever it seems to mean."""


SELF, NOBODY, ASKS_WHOSE = Whom("self"), Whom("nobody"), Whom("whose")


def read_whom(text: str, people: Sequence[Relative], speaker: Speaker, *, about_people: bool = False) -> Whom | None:
    """Of whom a text speaks; None when it names nobody.

    With `about_people` the text answers "whose record?" or asks to change it, so that a bare name or "my son" counts.
    """
    if STILL_ONESELF.search(fold(text)):
        return None
    # Without its accent "mí" could not be told from "mi".
    folded = fold(re.sub(r"\b[Mm][íÍ]\b", "mi mismo", text))
    said = SET_ASIDE.sub(" ", folded)
    if about_people and WHOSE.search(said) and not CHANGES.search(said):
        return ASKS_WHOSE
    named = _named(said, people, about_people)
    if named:
        return Whom("other", tuple(named))
    kin = _kin(said, people, speaker) if about_people or asks_for_another(text) else None
    stranger = _stranger(said, speaker, about_people)
    if stranger == NOBODY or kin is not None:
        return stranger if stranger == NOBODY else kin
    if stranger is not None:
        return stranger
    if OF_ONESELF.search(said) or (about_people and ONLY_ONESELF.fullmatch(" ".join(tokens(said)))):
        return SELF
    if FOR_ME.search(said):
        # "Refill it for me" may only be a way of asking.
        return SELF if about_people else Whom("self", sure=False)
    return _some_other(said, people, speaker) if about_people else None


def _named(said: str, people: Sequence[Relative], about_people: bool) -> list[int]:
    """Those whose name is said; of two who share a given name the full one tells them apart."""
    words = [word.removesuffix("'s").removesuffix("s'") for word in _words(said)]
    found = [index for index, each in enumerate(people) if _says(words, _words(said), each.given_name, about_people)]
    fully = [index for index in found if _says_all(words, people[index].name)]
    return fully or found


def _says(words: list[str], raw: list[str], name: str, about_people: bool) -> bool:
    given = _words(fold(name))
    size = len(given)
    for at in range(len(words) - size + 1):
        if words[at : at + size] != given or (at and words[at - 1] in NOT_A_PERSON and words[at - 1] != "with"):
            continue
        if at and words[at - 1] == "with" and not about_people:
            continue
        close = (at and words[at - 1] in NAME_AFTER) or raw[at + size - 1].endswith("'s") or about_people
        close = close or words[at + size : at + size + 1] in [[verb] for verb in HAS_A_NEED]
        close = close or (at > 0 and _is_kin(words[at - 1]))
        if close or given[0] not in AMBIGUOUS:
            return True
    return False


def _says_all(words: list[str], name: str) -> bool:
    full = _words(fold(name))
    return all(part in words for part in (full[0], full[-1])) if full else False


def _kin(said: str, people: Sequence[Relative], speaker: Speaker) -> Whom | None:
    """Those whom "my son" fits; `nobody` when there is such a word and it fits none."""
    for group, gender, pattern in KIN:
        hit = re.search(rf"\b(?:{pattern})\b(?:'s)?", said)
        if hit is None:
            continue
        if group == "sibling" and re.search(r"\b(?:his|her|their|su)\s+\w*\s*$", said[: hit.start()]):
            group = "child"  # a child's brother is another of one's children
            speaker_current = speaker.current
        else:
            speaker_current = speaker.current if OTHER_ONE.search(said) else None
        unknown = [index for index, each in enumerate(people) if not each.relationship]
        fitting = [
            index
            for index, each in enumerate(people)
            if each.relationship in SPEAKER_IS[group] and gender in ("", each.gender or gender)
        ]
        fitting = [index for index in fitting if index != speaker_current]
        fitting, told_apart = _by_age(said, fitting, people, speaker.today)
        if not fitting:
            return Whom("other", tuple(unknown), sure=False) if unknown and not told_apart else NOBODY
        named = not hit[0].endswith("'s") and _name_follows(said[hit.end() :])
        sure = not SEVERAL.search(said) and not named
        return Whom("other", tuple(fitting), sure)
    return _of_age(said, people, speaker)


def _of_age(said: str, people: Sequence[Relative], speaker: Speaker) -> Whom | None:
    """Somebody named by age alone: "my eight year old"."""
    children = [index for index, each in enumerate(people) if each.relationship in SPEAKER_IS["child"]]
    fitting, told_apart = _by_age(said, children, people, speaker.today)
    if not told_apart:
        return None
    return Whom("other", tuple(fitting)) if fitting else NOBODY


def _by_age(said: str, fitting: list[int], people: Sequence[Relative], today: date) -> tuple[list[int], bool]:
    """Those of the age that was said, and whether one was."""
    age = AGE.search(with_digits(said.replace("-", " ")))
    if age is not None:
        years = int(age[1] or age[2])
        return [index for index in fitting if _age(people[index].birth_date, today) == years], True
    if len(fitting) < 2:
        return fitting, False
    by_birth = sorted(fitting, key=lambda index: people[index].birth_date)
    if OLDEST.search(said):
        return by_birth[:1], True
    if YOUNGEST.search(said):
        return by_birth[-1:], True
    return fitting, False


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _name_follows(rest: str) -> bool:
    """True when a name stands behind "my daughter": nobody's of those known, or it would have been found."""
    following = re.match(r"\s+([a-z]{2,})(?:'s)?\b", rest)
    return following is not None and following[1] not in NEVER_A_NAME


def _stranger(said: str, speaker: Speaker, about_people: bool) -> Whom | None:
    """Somebody named whom the speaker may not act for, or the speaker by name."""
    raw = _words(said)
    for at, word in enumerate(raw):
        name = word.removesuffix("'s")
        if name in AMBIGUOUS or not _is_of_somebody(raw, at, about_people):
            continue
        if [name] == _words(fold(speaker.given_name))[:1]:
            return SELF
        if name in given_names():
            return NOBODY
    return None


def _is_of_somebody(raw: list[str], at: int, about_people: bool) -> bool:
    """True where a name, if it is one, says whose the thing is: "for daniel", "daniel's", "mi hijo daniel"."""
    before, after = raw[max(at - 2, 0) : at], raw[at + 1 : at + 2]
    if before[-1:] and before[-1] in NOT_A_PERSON:
        return False
    if raw[at].endswith("'s"):
        return after not in [[each] for each in SHOPS]
    if before[-1:] and (before[-1] in STRANGER_AFTER or _is_kin(before[-1])):
        return True
    if before[-1:] == ["de"]:
        return about_people or (len(before) > 1 and before[0] in BELONGINGS)
    # "This is Ana" only says who speaks.
    return about_people and not set(before[-1:]) & INTRODUCES


def _is_kin(word: str) -> bool:
    return any(re.fullmatch(pattern, word) for _, _, pattern in KIN)


def _some_other(said: str, people: Sequence[Relative], speaker: Speaker) -> Whom | None:
    """All whom a wish to change without a name may mean: "switch patient"."""
    fitting = [index for index in range(len(people)) if index != speaker.current]
    by_age, told_apart = _by_age(said, fitting, people, speaker.today)
    if told_apart:
        return Whom("other", tuple(by_age)) if by_age else NOBODY
    return None


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+(?:'[a-z]+)?|\d+", text)
