"""Puts a body on file as a document: a Binary that belongs to the patient, and the DocumentReference that leads to it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from datetime import date, time
from typing import Any

from demo_portal.seed.bodies import Paper
from demo_portal.seed.clinic import ORGANIZATION
from demo_portal.seed.sources import Entry, Seed, resource
from demo_portal.vocabulary import DOCUMENT_KIND, Resource, concept, reference

CLINICAL_CATEGORY = "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category"


def letterhead(
    seed: Seed, person: Entry, title: str, on: date, paragraphs: Sequence[str], rows: Sequence[tuple[str, str]] = ()
) -> Paper:
    """A paper of the clinic about a person."""
    place = seed.clinic["places"][0]
    address = place["address"]
    where = f"{address['line']}, {address['city']}, OR {address['postal_code']}"
    name = f"{' '.join(person['given'])} {person['family']}"
    return Paper(seed.clinic["name"], where, title, name, on, paragraphs, rows)


def document(
    seed: Seed,
    person: Entry,
    rid: str,
    kind: tuple[str, str],
    on: date,
    body: bytes | str,
    **more: Any,
) -> Iterator[Resource]:
    """A document of a kind (code and title), as PDF when the body is bytes, else as plain text."""
    patient, (code, title) = person["key"], kind
    content_type, raw = ("application/pdf", body) if isinstance(body, bytes) else ("text/plain", body.encode())
    yield resource(
        "Binary",
        f"{rid}-body",
        contentType=content_type,
        securityContext=reference("Patient", patient),
        data=base64.b64encode(raw).decode(),
    )
    attachment = {"contentType": content_type, "url": f"Binary/{rid}-body", "title": title, "size": len(raw)}
    yield resource(
        "DocumentReference",
        rid,
        status="current",
        type=concept(DOCUMENT_KIND, code, title),
        category=more.pop("category", None),
        subject=reference("Patient", patient),
        date=seed.calendar.local(on, time(12)).isoformat(timespec="seconds"),
        author=more.pop("author", [reference("Organization", ORGANIZATION, seed.clinic["name"])]),
        description=title,
        content=[{"attachment": attachment}],
        **more,
    )
