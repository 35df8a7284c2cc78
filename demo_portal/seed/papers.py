"""Makes the bodies of documents: small PDF files with the clinic's letterhead, and plain text; the same bytes each time."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from demo_portal.seed.sheet import MARK, Language, Letterhead, Sheet

Section = tuple[str, Sequence[str]]
"""A heading and what stands under it, each a line or paragraph of its own."""

_COLUMNS = 78
_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip
_WORDS = {
    "statement": {"en": "Statement", "es": "Estado de cuenta"},
    "number": {"en": "Statement number", "es": "Número de estado de cuenta"},
    "account": {"en": "Account", "es": "Cuenta"},
    "issued": {"en": "Date", "es": "Fecha"},
    "due": {"en": "Please pay by", "es": "Pague antes del"},
    "day": {"en": "Day", "es": "Día"},
    "what": {"en": "What was done", "es": "Qué se hizo"},
    "amount": {"en": "Amount", "es": "Importe"},
    "balance": {"en": "You owe", "es": "Usted debe"},
    "credit": {"en": "We owe you", "es": "Le debemos"},
    "nothing": {"en": "Nothing was charged.", "es": "No hay cargos."},
    "patient": {"en": "Patient", "es": "Paciente"},
    "born": {"en": "Date of birth", "es": "Fecha de nacimiento"},
    "summary": {"en": "Summary of your visit", "es": "Resumen de su consulta"},
    "seen": {"en": "Seen by", "es": "Le atendió"},
    "place": {"en": "Place", "es": "Lugar"},
    "reason": {"en": "Reason", "es": "Motivo"},
    "about": {"en": "About", "es": "Asunto"},
    "vaccines": {"en": "Immunization record", "es": "Registro de vacunas"},
    "vaccine": {"en": "Vaccine", "es": "Vacuna"},
    "given": {"en": "Given on", "es": "Aplicada el"},
    "none": {"en": "No vaccines are on record.", "es": "No hay vacunas registradas."},
    "record": {
        "en": "This is what is on record at our clinic. Vaccines given elsewhere may be missing.",
        "es": "Esto es lo que consta en nuestra clínica. Pueden faltar vacunas aplicadas en otro lugar.",
    },
}


@dataclass(frozen=True)
class Amount:
    """One line of a statement."""

    on: date
    what: str
    cents: int
    """US cents; negative for what was paid or taken off."""


@dataclass(frozen=True)
class Statement:
    """An itemized bill."""

    head: Letterhead
    person: str
    number: str
    """Empty when it has none."""
    account: str
    issued: date
    due: date | None
    """None when nothing has to be paid by a day."""
    amounts: Sequence[Amount]
    """Oldest first; the balance is their sum."""
    closing: Sequence[str] = ()
    """Paragraphs under the balance, for example how to pay."""


@dataclass(frozen=True)
class Letter:
    """What somebody at the clinic wrote to or for a person."""

    head: Letterhead
    person: str
    born: date | None
    on: date
    subject: str
    paragraphs: Sequence[str]
    signed: Sequence[str]
    """Name of who signs, then for example their specialty."""


@dataclass(frozen=True)
class VisitSummary:
    """What a person takes home from a visit."""

    head: Letterhead
    person: str
    born: date | None
    on: date
    provider: str
    place: str
    reason: str
    sections: Sequence[Section]
    """In the order in which they are to be read, for example what was found, medicines, what to do next."""


@dataclass(frozen=True)
class Vaccination:
    """The doses of one vaccine."""

    vaccine: str
    days: Sequence[date]
    """First dose first."""


@dataclass(frozen=True)
class SchoolRecord:
    """The vaccines of a child, for a school."""

    head: Letterhead
    person: str
    born: date
    on: date
    vaccinations: Sequence[Vaccination]
    signed: Sequence[str]


def statement_pdf(statement: Statement, language: Language = "en") -> bytes:
    """An itemized bill as PDF, with the balance, on as many pages as it takes."""
    say = _sayings(language)
    sheet = Sheet(statement.head, say["statement"], statement.issued, language)
    number = [(say["number"], statement.number)] if statement.number else []
    due = [(say["due"], long_date(statement.due, language))] if statement.due else []
    issued = (say["issued"], long_date(statement.issued, language))
    sheet.facts([(say["patient"], statement.person), (say["account"], statement.account), *number, issued, *due])
    rows = [(short_date(each.on, language), each.what, dollars(each.cents)) for each in statement.amounts]
    sheet.table((say["day"], say["what"], say["amount"]), (0.18, 0.62, 0.2), rows, say["nothing"], numbers_last=True)
    balance = sum(each.cents for each in statement.amounts)
    sheet.total(say["credit" if balance < 0 else "balance"], dollars(abs(balance)))
    sheet.paragraphs(statement.closing)
    return sheet.finished()


def letter_pdf(letter: Letter, language: Language = "en") -> bytes:
    """A letter as PDF; its words are taken as they are."""
    say = _sayings(language)
    sheet = Sheet(letter.head, letter.subject, letter.on, language)
    born = [(say["born"], long_date(letter.born, language))] if letter.born else []
    sheet.facts([(say["issued"], long_date(letter.on, language)), (say["patient"], letter.person), *born])
    sheet.paragraphs(letter.paragraphs)
    sheet.signature(letter.signed)
    return sheet.finished()


def summary_pdf(summary: VisitSummary, language: Language = "en") -> bytes:
    """The summary of a visit as PDF."""
    sheet = Sheet(summary.head, _sayings(language)["summary"], summary.on, language)
    sheet.facts(_visit(summary, language))
    for heading, lines in summary.sections:
        sheet.section(heading, lines)
    return sheet.finished()


def school_record_pdf(record: SchoolRecord, language: Language = "en") -> bytes:
    """A child's vaccines as PDF, for a school or camp."""
    say = _sayings(language)
    sheet = Sheet(record.head, say["vaccines"], record.on, language)
    born = (say["born"], long_date(record.born, language))
    sheet.facts([(say["patient"], record.person), born, (say["issued"], long_date(record.on, language))])
    rows = [(each.vaccine, ", ".join(short_date(day, language) for day in each.days)) for each in record.vaccinations]
    sheet.table((say["vaccine"], say["given"]), (0.35, 0.65), rows, say["none"])
    sheet.paragraphs([say["record"]])
    sheet.signature(record.signed)
    return sheet.finished()


def text_body(
    clinic: str, title: str, facts: Sequence[tuple[str, str]], sections: Sequence[Section], language: Language = "en"
) -> str:
    """The same kind of document as plain text of short lines, for example a note of a visit."""
    blocks = ["\n".join([clinic, title]), "\n".join(f"{name}: {value}" for name, value in facts)]
    for heading, lines in sections:
        blocks.append("\n".join([heading.upper(), *(textwrap.fill(line, _COLUMNS) for line in lines)]))
    return "\n\n".join([*(block for block in blocks if block), MARK[language]]) + "\n"


def summary_text(summary: VisitSummary, language: Language = "en") -> str:
    """The summary of a visit as plain text."""
    title = _sayings(language)["summary"]
    return text_body(summary.head.clinic, title, _visit(summary, language), summary.sections, language)


def dollars(cents: int) -> str:
    """Money as a statement writes it, for example $1,204.50 or -$30.00."""
    return f"{'-' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def long_date(day: date, language: Language) -> str:
    """A day in words: March 2, 2026 or 2 de marzo de 2026."""
    if language == "es":
        return f"{day.day} de {_MONTHS[day.month - 1]} de {day.year}"
    return f"{day:%B} {day.day}, {day.year}"


def short_date(day: date, language: Language) -> str:
    """A day for a table: 03/02/2026, or 2 mar 2026 in Spanish, which nobody can take for the third of February."""
    return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}" if language == "es" else f"{day:%m/%d/%Y}"


def _visit(summary: VisitSummary, language: Language) -> list[tuple[str, str]]:
    say = _sayings(language)
    born = [(say["born"], long_date(summary.born, language))] if summary.born else []
    when = (say["issued"], long_date(summary.on, language))
    seen = [(say["seen"], summary.provider), (say["place"], summary.place), (say["reason"], summary.reason)]
    return [(say["patient"], summary.person), *born, when, *(fact for fact in seen if fact[1])]


def _sayings(language: Language) -> dict[str, str]:
    return {name: said[language] for name, said in _WORDS.items()}
