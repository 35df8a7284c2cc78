"""Lays a document of the clinic out on Letter pages: letterhead, facts, tables, paragraphs, signature, page numbers."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal

from fpdf import FPDF
from fpdf.enums import XPos, YPos

Language = Literal["en", "es"]
MARK: dict[Language, str] = {"en": "Made-up data for demonstration", "es": "Datos inventados para demostración"}

_INK, _GRAY, _ACCENT, _SHADE = (33, 37, 41), (110, 116, 122), (15, 92, 110), (238, 243, 245)
_LINE = 5.4
"""Height of a line of text, in millimeters."""
# What the built-in fonts lack and Unicode does not take apart, in the way a typewriter has it.
_PLAIN = str.maketrans("‘’“”–—•\u202fŁłĐđı", "''\"\"--- LlDdi", "") | {ord("…"): "..."}


@dataclass(frozen=True)
class Letterhead:
    """Who the document is from."""

    clinic: str
    address: str
    """On one line."""
    phone: str
    """As people read it, for example (541) 555-0100."""


class Sheet:
    """One document that is filled from top to bottom; a page that is full is followed by another."""

    def __init__(self, head: Letterhead, title: str, on: date, language: Language) -> None:
        self._page = _Pages(head, _latin(title), on, MARK[language])
        self._page.add_page()
        self._line(title, 17, "B", height=9)
        self._page.ln(2)

    def facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Short facts, each with its name before it."""
        for name, value in facts:
            self._font(10, color=_GRAY)
            self._page.cell(50, _LINE + 0.6, _latin(name))
            self._font(11)
            self._wrapped(value)
        self._page.ln(5)

    def section(self, heading: str, lines: Sequence[str]) -> None:
        """A heading with lines under it; it is never left alone at the foot of a page."""
        if self._page.will_page_break(4 * _LINE):
            self._page.add_page()
        self._line(heading, 12, "B", color=_ACCENT, height=7)
        self.paragraphs(lines, gap=1)
        self._page.ln(3)

    def paragraphs(self, texts: Sequence[str], gap: float = 3) -> None:
        """Running text, with some millimeters after each paragraph."""
        self._font(11)
        for text in texts:
            self._wrapped(text)
            self._page.ln(gap)

    def table(
        self,
        heads: Sequence[str],
        shares: Sequence[float],
        rows: Sequence[Sequence[str]],
        instead: str,
        numbers_last: bool = False,
    ) -> None:
        """A table whose columns take those shares of the width; without rows, what is said instead."""
        if not rows:
            self.paragraphs([instead])
            return
        align = ["L"] * (len(heads) - 1) + ["R" if numbers_last else "L"]
        self._head(heads, shares, align)
        for row in rows:
            cells = [self._folded(text, share) for text, share in zip(row, shares, strict=True)]
            if self._page.will_page_break(max(len(cell) for cell in cells) * _LINE + 2):
                self._page.add_page()
                self._head(heads, shares, align)
            self._row(cells, shares, align)
        self._page.ln(3)

    def total(self, name: str, value: str) -> None:
        """What a table comes to."""
        self._font(12, "B")
        self._page.set_fill_color(*_SHADE)
        self._page.cell(self._page.epw * 0.7, 9, _latin(name), fill=True)
        self._page.cell(self._page.epw * 0.3, 9, _latin(value), align="R", fill=True, **_NEXT)
        self._page.ln(5)

    def signature(self, lines: Sequence[str]) -> None:
        """Who signs, all on one page."""
        if self._page.will_page_break(10 + len(lines) * _LINE):
            self._page.add_page()
        self._page.ln(8)
        for place, line in enumerate(lines):
            self._line(line, 11, "" if place else "B")

    def finished(self) -> bytes:
        """The PDF file."""
        return bytes(self._page.output())

    def _head(self, heads: Sequence[str], shares: Sequence[float], align: Sequence[str]) -> None:
        self._font(9, "B", _GRAY)
        for name, share, side in zip(heads, shares, align, strict=True):
            self._page.cell(self._page.epw * share, 7, _latin(name), border="B", align=side)
        self._page.ln(7)
        self._font(10.5)

    def _row(self, cells: Sequence[list[str]], shares: Sequence[float], align: Sequence[str]) -> None:
        """One row, as high as its longest cell."""
        left, top, lines = self._page.l_margin, self._page.get_y() + 1, max(len(cell) for cell in cells)
        for cell, share, side in zip(cells, shares, align, strict=True):
            for place, text in enumerate(cell):
                self._page.set_xy(left, top + place * _LINE)
                self._page.cell(self._page.epw * share, _LINE, text, align=side)
            left += self._page.epw * share
        bottom = top + lines * _LINE + 1
        self._page.line(self._page.l_margin, bottom, self._page.w - self._page.r_margin, bottom)
        self._page.set_xy(self._page.l_margin, bottom)

    def _folded(self, text: str, share: float) -> list[str]:
        """The lines that a text takes in a column."""
        width = self._page.epw * share
        lines = self._page.multi_cell(width, _LINE, _latin(text), dry_run=True, output="LINES", align="L")
        return lines if isinstance(lines, list) else []

    def _line(
        self, text: str, size: float, style: str = "", color: tuple[int, int, int] = _INK, height: float = _LINE
    ) -> None:
        self._font(size, style, color)
        self._page.multi_cell(0, height, _latin(text), align="L", **_NEXT)

    def _wrapped(self, text: str) -> None:
        self._page.multi_cell(0, _LINE + 0.6, _latin(text), align="L", **_NEXT)

    def _font(self, size: float, style: str = "", color: tuple[int, int, int] = _INK) -> None:
        self._page.set_font("Helvetica", style, size)
        self._page.set_text_color(*color)


class _Pages(FPDF):
    """Letter pages with the clinic's name above and what every page must say below."""

    def __init__(self, head: Letterhead, title: str, on: date, mark: str) -> None:
        super().__init__(format="Letter")
        self._head, self._mark = head, mark
        # Otherwise the bytes would differ from run to run.
        self.set_creation_date(datetime.combine(on, time(12), UTC))
        self.set_title(title)
        self.set_author(_latin(head.clinic))
        self.set_margins(22, 18)
        self.set_auto_page_break(True, 24)
        self.set_draw_color(205, 212, 216)

    def header(self) -> None:
        self.set_font("Helvetica", "B", 14)
        self.set_text_color(*_ACCENT)
        self.cell(0, 7, _latin(self._head.clinic), **_NEXT)
        self.set_font("Helvetica", size=9)
        self.set_text_color(*_GRAY)
        self.cell(0, 5, _latin(f"{self._head.address}  |  {self._head.phone}"), **_NEXT)
        self.line(self.l_margin, self.get_y() + 2, self.w - self.r_margin, self.get_y() + 2)
        self.ln(10)

    def footer(self) -> None:
        self.set_y(-16)
        self.set_font("Helvetica", "I", 8)
        self.set_text_color(*_GRAY)
        self.cell(0, 5, f"{self._mark}  |  {self.page_no()} / {{nb}}", align="C")


_NEXT = {"new_x": XPos.LMARGIN, "new_y": YPos.NEXT}


def _latin(text: str) -> str:
    """What the built-in fonts can show: Spanish as it is, other letters without the signs that are not in Latin-1."""
    shown = []
    for sign in unicodedata.normalize("NFC", text.translate(_PLAIN)):
        bare = unicodedata.normalize("NFKD", sign)[0]
        shown.append(next((each for each in (sign, bare) if ord(each) < 256), "?"))
    return "".join(shown)
