"""What the portal tells about documents, letters, directives and articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from actions.portal_client.models.account import Language


@dataclass(frozen=True)
class Document:
    """One document on file."""

    id: str
    kind: str
    """Our code or LOINC, for example `letter`, `statement`, `summary`, `42348-3` for a directive."""
    title: str
    on: date
    author: str
    """Empty when the portal does not say."""
    content_type: str
    """For example `application/pdf`."""


@dataclass(frozen=True)
class DocumentBody:
    """What is in a document."""

    title: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class HealthCareAgent:
    """Somebody who decides when the person cannot."""

    id: str
    name: str
    phone: str
    """Empty when there is none."""
    rank: str
    """`first` or `alternate`; empty when the portal does not say."""


@dataclass(frozen=True)
class Article:
    """One article of the health library."""

    id: str
    title: str
    short: str
    """One or two sentences that can be read out."""
    body: str
    """Markdown."""
    language: Language
    source: str
    source_url: str
