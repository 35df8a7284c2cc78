"""Puts a body on file as a document: a Binary that belongs to the patient, and the DocumentReference that leads to it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import date, time
from typing import Any

from demo_portal.seed.clinic import ORGANIZATION
from demo_portal.seed.sheet import Letterhead
from demo_portal.seed.sources import Entry, Seed, resource
from demo_portal.vocabulary import DOCUMENT_KIND, Resource, concept, reference

CLINICAL_CATEGORY = "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category"


def letterhead(seed: Seed) -> Letterhead:
    place = seed.clinic["places"][0]
    address = place["address"]
    phone = place["phone"]
    return Letterhead(
        seed.clinic["name"],
        f"{address['line']}, {address['city']}, OR {address['postal_code']}",
        f"({phone[2:5]}) {phone[5:8]}-{phone[8:]}",
    )


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
