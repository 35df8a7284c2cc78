"""Makes the bodies of the demo's documents: small PDF files with the clinic's letterhead, the same bytes each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from fpdf import FPDF
from fpdf.enums import XPos, YPos

MARK = "Made-up data for demonstration"


@dataclass(frozen=True)
class Paper:
    """What stands on a document."""

    clinic: str
    address: str
    title: str
    person: str
    on: date
    paragraphs: Sequence[str] = ()
    rows: Sequence[tuple[str, str]] = ()
    """Lines with a value at the right, for example what was done and what it costs."""


def pdf(paper: Paper) -> bytes:
    """The document as PDF, US Letter, as many pages as it takes."""
    page = _Page(paper)
    page.add_page()
    for text in (f"{paper.person}", f"{paper.on:%B} {paper.on.day}, {paper.on.year}"):
        page.line_of(text)
    page.ln(4)
    for text in paper.paragraphs:
        page.multi_cell(0, 6, _latin(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        page.ln(2)
    for name, value in paper.rows:
        page.row(name, value)
    return bytes(page.output())


def dollars(cents: int) -> str:
    """Money as a statement writes it."""
    return f"${cents // 100:,}.{cents % 100:02d}"


class _Page(FPDF):
    def __init__(self, paper: Paper) -> None:
        super().__init__(format="Letter")
        self._paper = paper
        # Otherwise the bytes would differ from run to run.
        self.set_creation_date(datetime.combine(paper.on, time(12), UTC))
        self.set_title(_latin(paper.title))
        self.set_margins(22, 20)
        self.set_auto_page_break(True, 25)
        self.set_font("Helvetica", size=11)

    def header(self) -> None:
        self.set_font("Helvetica", "B", 13)
        self.line_of(self._paper.clinic)
        self.set_font("Helvetica", size=9)
        self.line_of(self._paper.address)
        self.set_draw_color(120)
        self.line(self.l_margin, self.get_y() + 2, self.w - self.r_margin, self.get_y() + 2)
        self.ln(8)
        self.set_font("Helvetica", "B", 15)
        self.line_of(self._paper.title)
        self.ln(2)
        self.set_font("Helvetica", size=11)

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("Helvetica", "I", 8)
        self.cell(0, 5, f"{MARK} - page {self.page_no()}", align="C")
        self.set_font("Helvetica", size=11)

    def line_of(self, text: str) -> None:
        self.cell(0, 6, _latin(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def row(self, name: str, value: str) -> None:
        width = self.w - self.l_margin - self.r_margin
        self.cell(width * 0.75, 7, _latin(name), border="B")
        self.cell(width * 0.25, 7, _latin(value), border="B", align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _latin(text: str) -> str:
    """What the built-in fonts can show; accents of Spanish and French are in it."""
    return text.encode("latin-1", "replace").decode("latin-1")
