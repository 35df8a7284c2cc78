"""Builds visits that are over, with their summaries (PDF and text) and notes (text)."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from demo_portal.seed.calendar import clock_time
from demo_portal.seed.papers import VisitSummary, summary_pdf, summary_text, text_body
from demo_portal.seed.paperwork import CLINICAL_CATEGORY, document, letterhead
from demo_portal.seed.patients import birth_date, full_name
from demo_portal.seed.sources import Entry, Seed, resource
from demo_portal.vocabulary import ACT_CODE, LOINC, RECORD_TAG, VISIT_TYPE, Resource, concept, reference

CLASSES = {"office": ("AMB", "ambulatory"), "video": ("VR", "virtual"), "emergency": ("EMER", "emergency"),
           "hospital": ("IMP", "inpatient encounter")}  # fmt: skip
SUMMARY, NOTE = "visit-summary", "visit-note"
SUMMARY_CODE, NOTE_CODE = ("34133-9", "Summary of episode note"), ("11506-3", "Progress note")
NOTE_WORDS = {"en": ("Patient", "Seen by", "Reason"), "es": ("Paciente", "Le atendió", "Motivo")}


def past_visits(seed: Seed, person: Entry) -> Iterator[Resource]:
    """A person's visits that are over, each before its documents."""
    for entry in person.get("past_visits", []):
        visit = _visit(seed, person, entry)
        yield visit
        if "summary" in entry:
            yield from _summary(seed, person, entry, visit)
        if "note" in entry:
            yield from _note(seed, person, entry, visit)


def _visit(seed: Seed, person: Entry, entry: Entry) -> Resource:
    start = _began(seed, entry)
    end = start + timedelta(minutes=entry["minutes"])
    code, display = CLASSES[entry.get("kind", "office")]
    visit = resource(
        "Encounter",
        f"{person['key']}-visit-{start:%Y%m%d}",
        status="finished",
        type=[concept(VISIT_TYPE, entry["type"], seed.clinic["visit_types"][entry["type"]])]
        if "type" in entry
        else None,
        subject=reference("Patient", person["key"]),
        participant=[{"individual": seed.practitioner(entry["with"])}] if "with" in entry else None,
        appointment=[reference("Appointment", entry["appointment"])] if "appointment" in entry else None,
        period={"start": start.isoformat(), "end": end.isoformat()},
        reasonCode=[{"text": entry["reason"]}],
        location=[{"location": seed.place(_place(seed, entry))}],
        **{"class": {"system": ACT_CODE, "code": code, "display": display}},
    )
    if entry.get("hidden"):
        visit["meta"]["tag"].append({"system": RECORD_TAG, "code": "legacy-hidden"})
    return visit


def _began(seed: Seed, entry: Entry) -> datetime:
    """When it began; what is years ago has a date of its own, because the record begins on a fixed day."""
    day, _, hour = entry["at"].partition(" ")
    on = date.fromisoformat(day) if day[:1].isdigit() else seed.calendar.day(day)
    return seed.calendar.local(on, clock_time(hour))


def _place(seed: Seed, entry: Entry) -> str:
    return entry["place"] if "place" in entry else seed.provider(entry["with"])["place"]


def _summary(seed: Seed, person: Entry, entry: Entry, visit: Resource) -> Iterator[Resource]:
    """The summary that the person takes home, as a file and as words that can be read out."""
    language, paper = person.get("language", "en"), _paper(seed, person, entry)
    title = "Resumen de su consulta" if language == "es" else "Summary of your visit"
    rid = f"{visit['id']}-summary"
    text = summary_text(paper, language)
    binary, found = document(seed, person, rid, (SUMMARY, title), paper.on, summary_pdf(paper, language),
                             **_about(seed, entry, visit))  # fmt: skip
    words = _words(person, f"{rid}-words", text)
    attachment = {"contentType": "text/plain", "url": f"Binary/{words['id']}", "title": title}
    found["content"].append({"attachment": attachment})
    yield from (binary, words, _coded(found, SUMMARY_CODE))


def _note(seed: Seed, person: Entry, entry: Entry, visit: Resource) -> Iterator[Resource]:
    """What the clinician wrote down and shared."""
    language = person.get("language", "en")
    seen_by = visit["participant"][0]["individual"]["display"]
    facts = list(zip(NOTE_WORDS[language], (full_name(person), seen_by, entry["reason"]), strict=True))
    title = f"Nota de la consulta: {entry['reason']}" if language == "es" else f"Visit note: {entry['reason']}"
    text = text_body(seed.clinic["name"], title, facts, _sections(entry["note"]), language)
    day = _began(seed, entry).date()
    binary, found = document(seed, person, f"{visit['id']}-note", (NOTE, title), day, text,
                             **_about(seed, entry, visit))  # fmt: skip
    yield from (binary, _coded(found, NOTE_CODE))


def _about(seed: Seed, entry: Entry, visit: Resource) -> dict[str, object]:
    """Who wrote a document, of which visit, and that patients may read it as a clinical note."""
    author = {"author": [seed.practitioner(entry["with"])]} if "with" in entry else {}
    about = {"encounter": [reference("Encounter", visit["id"])], "period": visit["period"]}
    return {"category": [concept(CLINICAL_CATEGORY, "clinical-note", "Clinical Note")], "context": about, **author}


def _coded(found: Resource, code: tuple[str, str]) -> Resource:
    """The document with LOINC's code of its kind too."""
    coding = [*found["type"]["coding"], {"system": LOINC, "code": code[0], "display": code[1]}]
    return {**found, "type": {**found["type"], "coding": coding}}


def _words(person: Entry, rid: str, text: str) -> Resource:
    data = base64.b64encode(text.encode()).decode()
    owner = reference("Patient", person["key"])
    return resource("Binary", rid, contentType="text/plain", securityContext=owner, data=data)


def _paper(seed: Seed, person: Entry, entry: Entry) -> VisitSummary:
    provider = seed.practitioner(entry["with"])["display"] if "with" in entry else ""
    place = seed.place(_place(seed, entry))["display"]
    day = _began(seed, entry).date()
    sections, born = _sections(entry["summary"]), birth_date(seed, person)
    return VisitSummary(letterhead(seed), full_name(person), born, day, provider, place, entry["reason"], sections)


def _sections(entry: Entry) -> list[tuple[str, list[str]]]:
    """Headings with the lines under them, in the order of the file."""
    return [(heading, list(lines)) for heading, lines in entry.items()]
