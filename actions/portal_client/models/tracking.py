"""What the portal tells about home readings, connected trackers and questionnaires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

ReadingKind = Literal["weight", "blood-pressure", "glucose", "temperature", "pulse", "oxygen", "steps", "sleep"]


@dataclass(frozen=True)
class Reading:
    """Something measured at home."""

    id: str
    kind: ReadingKind
    values: tuple[Decimal, ...]
    """One; of a blood pressure two, systolic first."""
    unit: str
    """UCUM: `kg`, `[lb_av]`, `mm[Hg]`, `mg/dL`, `mmol/L`, `Cel`, `[degF]`, `/min`, `%`, `{steps}/d` or `h`."""
    at: datetime
    """Of a reading of which only the day is known, the beginning of that day."""


@dataclass(frozen=True)
class Tracker:
    """A tracker or health program that sends readings."""

    id: str
    name: str
    since: date | None
    """None when the portal does not say."""


QuestionKind = Literal["text", "yes-no", "number", "whole-number", "date", "choice", "open-choice", "display", "group"]
AnswerValue = bool | int | Decimal | date | str
"""Of a choice: the code of the option, or the person's own words where those are allowed."""
Answers = dict[str, tuple[AnswerValue, ...]]
"""By id of the question."""


@dataclass(frozen=True)
class Option:
    """One answer to choose from."""

    code: str
    system: str
    words: dict[str, str]
    """By language."""


OPERATORS = frozenset(("exists", "=", "!=", ">", "<", ">=", "<="))


@dataclass(frozen=True)
class Condition:
    """An earlier answer on which a question depends."""

    question: str
    operator: str
    """One of OPERATORS."""
    value: AnswerValue


@dataclass(frozen=True)
class Question:
    """One item of a questionnaire."""

    id: str
    """Its linkId."""
    kind: QuestionKind
    words: dict[str, str]
    """By language."""
    required: bool
    repeats: bool
    options: tuple[Option, ...]
    conditions: tuple[Condition, ...]
    any_condition: bool
    """True: one condition is enough; False: all must hold."""
    inside: tuple[str, ...]
    """Ids of the items around it, outermost first."""
    longest: int | None
    """Most characters; None means any."""
    least: Decimal | None
    most: Decimal | None
    """Bounds of a number; None means none."""
    unit: str
    """UCUM, of a number; empty when it has none."""
    loinc: str | None
    """Of the question, for example of one about self-harm; None when it has none."""


@dataclass(frozen=True)
class Questionnaire:
    """A questionnaire, its items in the order in which they are asked."""

    id: str
    address: str
    """Canonical address, which answers name."""
    title: dict[str, str]
    """By language."""
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class AssignedQuestionnaire:
    """A questionnaire that the clinic would like answered."""

    questionnaire_id: str
    title: str
    """As the portal writes it; empty when it does not."""
    until: date | None
    """None when the clinic sets no day."""


@dataclass(frozen=True)
class SavedAnswers:
    """Answers that the portal keeps."""

    id: str
    questionnaire_id: str
    finished: bool
    answers: Answers
    score: int | None
    """Points, of questionnaires that are scored, once finished."""
