"""Who may act for whom, decided anew at each request for a token (FHIR R4 RelatedPerson and Consent).

The relationship must be active and within its time; then the age decides: a parent has all of a child up to 11, a
little of a teenager from 12 to 17, and of an adult only what that adult has granted. A grant can narrow, never widen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from demo_portal.registry import TYPES
from demo_portal.store import criteria, searching
from demo_portal.store.moments import interval, milliseconds, years_after
from demo_portal.store.resources import Resources
from demo_portal.vocabulary import ACCESS_LEVEL, CONSENT_CATEGORY, Resource, codes_in

Band = Literal["child", "teen", "adult"]
TEEN_FROM, ADULT_FROM = 12, 18
# What a parent still does for a teenager: vaccines, what is owed, booking. No list of visits, no medicines, no results, and
# of a bill its amount alone: what was done stands in the charge items.
TEEN_SCOPES = (
    "patient/Patient.r",
    "patient/Immunization.rsc",
    "patient/ImmunizationRecommendation.rs",
    "patient/Account.rs",
    "patient/Invoice.rs",
    "patient/Appointment.c",
    "patient/Task.c",
    *(f"patient/{served.rtype}.rs" for served in TYPES if served.shared),
)
TEEN_REQUESTS = ("pay", "schedule-request")
READING = ("patient/*.rs",)
LEVELS = ("full", "view", "scheduling", "billing")
_BY_LEVEL = {
    "view": READING,
    "scheduling": (
        "patient/Patient.r",
        "patient/Appointment.rscu",
        "patient/Task.cs",
        *(f"patient/{served.rtype}.rs" for served in TYPES if served.shared),
    ),
    "billing": ("patient/Patient.r", "patient/Account.rs", "patient/Invoice.rs", "patient/ChargeItem.rs",
                "patient/Coverage.rs", "patient/ExplanationOfBenefit.rs", "patient/Task.cs"),
}  # fmt: skip
# Even all of an adult's record is not the record's owner: who else has access is theirs alone to say.
NEVER_FOR_OTHERS = ("Consent", "RelatedPerson", "Basic")


@dataclass(frozen=True)
class Standing:
    """What somebody may do on somebody else's record, now."""

    person: str
    """Reference of the RelatedPerson through whom they act."""
    band: Band
    level: str
    """`full`, `limited`, or the level that was granted."""
    scopes: tuple[str, ...]
    until: datetime
    """When this must be decided again at the latest: the next birthday that counts, or an end that was set."""


def standing(whole: Resources, actor: str, patient: str) -> Standing | None:
    """What the patient `actor` may do for another patient; None for nothing at all, for whatever reason."""
    them = whole.find("Patient", patient)
    related = _relationship(whole, actor, patient)
    if them is None or related is None or "birthDate" not in them:
        return None
    now, zone = whole.now.astimezone(whole.zone), whole.zone
    born = _first_possible(them["birthDate"])
    band = band_of(born, now.date())
    reference = f"RelatedPerson/{related['id']}"
    ends = [end for end in (_next_change(born, band, zone), _end_of(related, zone)) if end is not None]
    if band == "child":
        return Standing(reference, band, "full", scopes_of_all(), min(ends))
    if band == "teen":
        return Standing(reference, band, "limited", TEEN_SCOPES, min(ends))
    grant = _grant(whole, patient, reference)
    if grant is None:
        return None
    level = next(
        (code for each in grant.get("provision", {}).get("code", []) for code in codes_in(each, ACCESS_LEVEL)), "view"
    )
    ends += [end for end in (_end_of(grant.get("provision", {}), zone),) if end is not None]
    scopes = scopes_of_all() if level == "full" else _BY_LEVEL.get(level, READING)
    return Standing(reference, band, level, scopes, min(ends, default=now + timedelta(days=1)))


def band_of(born: date, today: date) -> Band:
    """In which age somebody is on a day, clinic-local; a birthday counts from its first moment."""
    if today < years_after(born, TEEN_FROM):
        return "child"
    return "teen" if today < years_after(born, ADULT_FROM) else "adult"


def scopes_of_all() -> tuple[str, ...]:
    """Everything but what only the record's owner decides."""
    offered = [each for each in TYPES if not each.assistants and each.rtype not in NEVER_FOR_OTHERS]
    return tuple(f"patient/{each.rtype}.rs{each.writes}" for each in offered)


def acted_for(whole: Resources, actor: str) -> Iterable[tuple[Resource, Resource, Standing]]:
    """Everybody for whom a patient may act: the other Patient, the RelatedPerson, and the standing."""
    own = whole.read("Patient", actor)
    for link in own.get("link", []):
        rid = link["other"].get("reference", "").removeprefix("RelatedPerson/")
        related = whole.find("RelatedPerson", rid)
        if related is None:
            continue
        patient = related["patient"]["reference"].removeprefix("Patient/")
        found = standing(whole, actor, patient)
        if found is not None and found.person == f"RelatedPerson/{rid}":
            yield whole.read("Patient", patient), related, found


def proves_who_it_is(whole: Resources, patient: Resource, phone: str) -> bool:
    """Whether a code sent to that number shows that it is the patient: not a teenager's on a phone of who acts for them."""
    today = whole.now.astimezone(whole.zone).date()
    if band_of(_first_possible(patient["birthDate"]), today) != "teen":
        return True
    asked = criteria.parse("RelatedPerson", [("patient", f"Patient/{patient['id']}"), ("_count", "50")])
    theirs = {f"RelatedPerson/{each['id']}" for each in searching.matches(whole, asked)}
    holders = searching.matches(whole, criteria.parse("Patient", [("telecom", f"phone|{phone}"), ("_count", "50")]))
    return theirs.isdisjoint(link["other"].get("reference") for each in holders for link in each.get("link", []))


def payers(whole: Resources, patient: str, person: str) -> list[str]:
    """Patients whose cards and accounts on file a bill of `patient` may be paid with: theirs, and whoever acts for them.

    `person` is the reference of who signed in.
    """
    asked = criteria.parse("Patient", [("link", person)]) if person.startswith("RelatedPerson/") else None
    return [patient, *(each["id"] for each in (searching.matches(whole, asked) if asked else []))]


def _relationship(whole: Resources, actor: str, patient: str) -> Resource | None:
    """The relationship that is active now and that the actor's own record points to."""
    own = whole.find("Patient", actor)
    linked = {link["other"].get("reference") for link in (own or {}).get("link", [])}
    asked = criteria.parse("RelatedPerson", [("patient", f"Patient/{patient}"), ("active", "true"), ("_count", "50")])
    for each in searching.matches(whole, asked):
        if f"RelatedPerson/{each['id']}" in linked and _is_within(each.get("period", {}), whole):
            return each
    return None


def _grant(whole: Resources, patient: str, person: str) -> Resource | None:
    """The active consent of an adult for that person."""
    pairs = [("patient", f"Patient/{patient}"), ("status", "active"), ("actor", person)]
    asked = criteria.parse("Consent", [*pairs, ("category", f"{CONSENT_CATEGORY}|family-access")])
    found = searching.matches(whole, asked)
    return next((each for each in found if _is_within(each.get("provision", {}).get("period", {}), whole)), None)


def _is_within(period: Resource, whole: Resources) -> bool:
    now = milliseconds(whole.now)
    begun = "start" not in period or interval(period["start"], whole.zone)[0] <= now
    return begun and ("end" not in period or interval(period["end"], whole.zone)[1] > now)


def _end_of(element: Resource, zone: ZoneInfo) -> datetime | None:
    end = element.get("period", {}).get("end")
    return datetime.combine(date.fromisoformat(end[:10]) + timedelta(days=1), time(0), zone) if end else None


def _next_change(born: date, band: Band, zone: ZoneInfo) -> datetime | None:
    age = {"child": TEEN_FROM, "teen": ADULT_FROM}.get(band)
    return datetime.combine(years_after(born, age), time(0), zone) if age else None


def _first_possible(born: str) -> date:
    """A birth date; of a month or a year alone its first day, so that the stricter rule holds as early as it may."""
    year, month, day = (*born.split("-"), "1", "1")[:3]
    return date(int(year), int(month), int(day))
