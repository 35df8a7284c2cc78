"""Documents of the demo portal are real PDF files that say what they were given, alike each time."""

from __future__ import annotations

import re
import zlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo_portal.seed.papers import (
    Amount,
    Letter,
    SchoolRecord,
    Statement,
    Vaccination,
    VisitSummary,
    dollars,
    letter_pdf,
    long_date,
    school_record_pdf,
    short_date,
    statement_pdf,
    summary_pdf,
    summary_text,
    text_body,
)
from demo_portal.seed.sheet import Letterhead

DAY = date(2026, 3, 2)
HEAD = Letterhead("Cascade Medical Group", "1500 Crescent Way, Eugene, OR 97401", "(541) 555-0100")
AMOUNTS = [Amount(DAY - timedelta(days=34), "Office visit", 26000), Amount(DAY, "Paid by your insurance", -12000)]
STATEMENT = Statement(HEAD, "James O’Connor", "ST-1", "Clinic", DAY, DAY + timedelta(days=12), AMOUNTS, ["Pay here."])
LETTER = Letter(HEAD, "Rosa Martínez", date(1951, 7, 20), DAY, "Work excuse", ["Please excuse her."], ["Amy Chen, MD"])
SUMMARY = VisitSummary(
    HEAD, "Rosa Martínez", date(1951, 7, 20), DAY, "Luis Rivera, DO", "Southgate Clinic", "Presión alta",
    [("Qué sigue", ["¿Dudas? Llámenos mañana."])],
)  # fmt: skip
RECORD = SchoolRecord(HEAD, "Leo Lopez", date(2017, 4, 18), DAY, [Vaccination("MMR", [DAY, DAY])], ["Samuel Okafor"])
ALL = {
    "statement": statement_pdf(STATEMENT),
    "letter": letter_pdf(LETTER),
    "summary": summary_pdf(SUMMARY, "es"),
    "school record": school_record_pdf(RECORD),
}


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", pdf))


def texts(pdf: bytes) -> list[str]:
    """Every piece of text in the file, in order, as a reader of PDF gets it."""
    found: list[str] = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        for shown in re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", zlib.decompress(stream)):
            found.append(re.sub(rb"\\(.)", rb"\1", shown).decode("cp1252"))
    return found


@pytest.mark.parametrize("kind", ALL)
def test_a_document_is_a_small_pdf_with_letterhead_and_mark(kind: str) -> None:
    pdf, said = ALL[kind], " ".join(texts(ALL[kind]))

    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert len(pdf) < 15_000
    assert pages(pdf) == 1
    assert re.search(rb"/MediaBox \[0 0 612(\.00)? 792(\.00)?\]", pdf)
    assert "Cascade Medical Group" in said
    assert "(541) 555-0100" in said
    assert "Made-up data for demonstration" in said or "Datos inventados para demostración" in said


def test_the_same_input_gives_the_same_bytes() -> None:
    assert statement_pdf(STATEMENT) == ALL["statement"]
    assert letter_pdf(LETTER) == ALL["letter"]
    assert summary_pdf(SUMMARY, "es") == ALL["summary"]
    assert school_record_pdf(RECORD) == ALL["school record"]


def test_a_statement_tells_each_amount_and_their_sum() -> None:
    said = texts(ALL["statement"])

    assert "James O'Connor" in said
    assert said[said.index("Office visit") + 1] == "$260.00"
    assert said[said.index("Paid by your insurance") + 1] == "-$120.00"
    assert said[said.index("You owe") + 1] == "$140.00"
    assert said[said.index("Please pay by") + 1] == "March 14, 2026"
    assert "Pay here." in said


def test_a_statement_without_number_or_day_does_not_speak_of_them() -> None:
    said = texts(statement_pdf(Statement(HEAD, "Tom Becker", "", "Clinic", DAY, None, [])))

    assert "Statement number" not in said
    assert "Please pay by" not in said
    assert "Nothing was charged." in said
    assert said[said.index("You owe") + 1] == "$0.00"


def test_a_statement_says_when_the_clinic_owes() -> None:
    said = texts(statement_pdf(Statement(HEAD, "Rosa Martínez", "", "Clínica", DAY, None, AMOUNTS[1:]), "es"))

    assert said[said.index("Le debemos") + 1] == "$120.00"


def test_a_long_statement_goes_on_and_loses_nothing() -> None:
    amounts = [Amount(DAY, f"Visit {number} and what else was done then, told at some length " * 2, 100 * number)
               for number in range(1, 61)]  # fmt: skip
    pdf = statement_pdf(Statement(HEAD, "James O'Connor", "", "Clinic", DAY, None, amounts))
    said = texts(pdf)

    assert pages(pdf) > 1
    assert len(pdf) < 15_000
    assert said.count("Amount") == pages(pdf)
    assert [f"{dollars(each.cents)}" in said for each in amounts] == [True] * 60
    assert said[said.index("You owe") + 1] == "$1,830.00"
    assert re.search(rf"1 / +{pages(pdf)}", " ".join(said))


def test_no_page_runs_over_its_foot() -> None:
    amounts = [Amount(DAY, f"Line {number}", 100) for number in range(200)]
    pdf = statement_pdf(Statement(HEAD, "James O'Connor", "", "Clinic", DAY, None, amounts))

    lowest = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        heights = re.findall(rb"BT [\d.]+ ([\d.]+) Td[^\n]*\(Line", zlib.decompress(stream))
        lowest += [min(float(height) for height in heights)] if heights else []

    assert len(lowest) > 3
    assert min(lowest) > 24 * 72 / 25.4


def test_a_letter_has_its_words_and_who_signs() -> None:
    said = texts(ALL["letter"])

    assert "Work excuse" in said
    assert "Rosa Martínez" in said
    assert "July 20, 1951" in said
    assert said.index("Please excuse her.") < said.index("Amy Chen, MD")


def test_a_letter_without_birth_date_does_not_speak_of_it() -> None:
    letter = Letter(HEAD, "Tom Becker", None, DAY, "Letter", ["Hello."], [])

    assert "Date of birth" not in texts(letter_pdf(letter))


def test_a_summary_is_told_in_spanish_with_its_accents() -> None:
    said = texts(ALL["summary"])

    assert "Resumen de su consulta" in said
    assert "Presión alta" in said
    assert "20 de julio de 1951" in said
    assert said.index("Qué sigue") < said.index("¿Dudas? Llámenos mañana.")


def test_a_school_record_tells_every_dose() -> None:
    said = texts(ALL["school record"])

    assert said[said.index("MMR") + 1] == "03/02/2026, 03/02/2026"
    empty = SchoolRecord(HEAD, "Leo Lopez", date(2017, 4, 18), DAY, [], [])
    assert "No vaccines are on record." in texts(school_record_pdf(empty))


def test_letters_that_the_font_lacks_are_shown_without_their_signs() -> None:
    letter = Letter(HEAD, "Łukasz Nguyễn", None, DAY, "“Letter” – 1", ["Ñandú… 漢"], ["Zoë"])
    said = texts(letter_pdf(letter))

    assert "Lukasz Nguyen" in said
    assert '"Letter" - 1' in said
    assert "Ñandú... ?" in said
    assert "Zoë" in said


@given(text=st.text(max_size=200))
def test_any_words_make_a_document(text: str) -> None:
    letter = Letter(HEAD, text, None, DAY, text, [text], [text])

    assert letter_pdf(letter).startswith(b"%PDF-")


def test_plain_text_has_short_lines_and_the_mark() -> None:
    body = text_body("Clinic", "Note", [("Patient", "Leo")], [("Plan", ["Rest and drink water. " * 20])])

    assert body.startswith("Clinic\nNote\n\nPatient: Leo\n\nPLAN\nRest")
    assert max(len(line) for line in body.splitlines()) <= 78
    assert body.endswith("Made-up data for demonstration\n")


def test_a_summary_as_text_says_the_same_as_the_pdf() -> None:
    text = summary_text(SUMMARY, "es")

    assert "Resumen de su consulta" in text
    assert "Le atendió: Luis Rivera, DO" in text
    assert "QUÉ SIGUE\n¿Dudas? Llámenos mañana." in text
    assert text.endswith("Datos inventados para demostración\n")


@pytest.mark.parametrize(("cents", "said"), [(0, "$0.00"), (5, "$0.05"), (-3000, "-$30.00"), (123456, "$1,234.56")])
def test_money_is_written_as_on_a_bill(cents: int, said: str) -> None:
    assert dollars(cents) == said


def test_days_are_written_as_each_language_does() -> None:
    assert long_date(DAY, "en") == "March 2, 2026"
    assert long_date(DAY, "es") == "2 de marzo de 2026"
    assert short_date(DAY, "en") == "03/02/2026"
    assert short_date(DAY, "es") == "2 mar 2026"
