"""Builds the patients: who they are, who may act for them, how they are insured and how they pay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from demo_portal.seed.clinic import LANGUAGE, LANGUAGES, ORGANIZATION
from demo_portal.seed.sources import Entry, Seed, resource
from demo_portal.store.moments import years_after
from demo_portal.vocabulary import (
    DEDUCTIBLE_MET,
    INTERPRETER_NEEDED,
    PORTAL_ACCOUNT_SINCE,
    PREFERRED_PHARMACY,
    PRONOUNS,
    ROLE_CODE,
    Resource,
    concept,
    money,
    reference,
)

CONTACT_ROLE = "http://terminology.hl7.org/CodeSystem/v2-0131"
COPAY = "http://terminology.hl7.org/CodeSystem/coverage-copay-type"
COVERAGE_CLASS = "http://terminology.hl7.org/CodeSystem/coverage-class"
METHOD_NAMES = {"visa": "Visa", "mastercard": "Mastercard", "bank-account": "Bank account"}


def patients(seed: Seed) -> Iterator[Resource]:
    """Patients, RelatedPersons and Coverages of everybody."""
    for person in seed.people:
        yield _patient(seed, person)
        for proxy in person.get("proxies", []):
            yield _proxy(seed, person, proxy)
        if "insurance" in person:
            yield _coverage(seed, person)


def birth_date(seed: Seed, person: Entry) -> date:
    """The birth date of a person of the seed."""
    return person["born"] if "born" in person else seed.calendar.born(person["birthday"], person["age"])


def full_name(person: Entry) -> str:
    """Given names and family name."""
    return f"{' '.join(person['given'])} {person['family']}"


def payment_methods(seed: Seed) -> list[Entry]:
    """Rows of the payment_method table."""
    return [
        {
            "token": f"pm-{person['key']}-{position}",
            "patient_id": person["key"],
            "position": position,
            "kind": method["kind"],
            "display": f"{METHOD_NAMES[method['kind']]} ending in {method['ending']}",
            "ending": method["ending"],
        }
        for person in seed.people
        for position, method in enumerate(person.get("payment_methods", []), start=1)
    ]


def _patient(seed: Seed, person: Entry) -> Resource:
    language = person.get("language", "en")
    links = [
        f"{person['key']}-{p['key']}" for p in seed.people for x in p.get("proxies", []) if x["who"] == person["key"]
    ]
    return resource(
        "Patient",
        person["key"],
        active=True,
        extension=_extensions(seed, person) or None,
        name=_names(person),
        telecom=_telecom(seed, person) or None,
        address=[_address(person["address"])] if "address" in person else None,
        contact=[_contact(entry) for entry in person.get("emergency_contacts", [])] or None,
        gender=person.get("gender"),
        birthDate=birth_date(seed, person).isoformat(),
        communication=[{"language": concept(LANGUAGE, language, LANGUAGES[language]), "preferred": True}],
        generalPractitioner=[seed.practitioner(person["pcp"])] if "pcp" in person else None,
        managingOrganization=reference("Organization", ORGANIZATION, seed.clinic["name"]),
        link=[{"other": reference("RelatedPerson", rid), "type": "seealso"} for rid in links] or None,
    )


def _names(person: Entry) -> list[Resource]:
    legal = {"use": "official", "text": full_name(person), "given": person["given"], "family": person["family"]}
    preferred = person.get("preferred_name")
    return [legal, {"use": "usual", "given": [preferred]}] if preferred else [legal]


def _address(entry: Entry) -> Resource:
    place = {"city": entry["city"], "state": "OR", "postalCode": entry["postal_code"], "country": "US"}
    return {"use": "home", "line": [entry["line"]], **place}


def _contact(entry: Entry) -> Resource:
    return {
        "relationship": [concept(CONTACT_ROLE, "C", entry["relationship"])],
        "name": {"text": entry["name"]},
        "telecom": [{"system": "phone", "value": entry["phone"]}],
    }


def _extensions(seed: Seed, person: Entry) -> list[Resource]:
    found: list[Resource] = []
    if "pharmacy" in person:
        found.append({"url": PREFERRED_PHARMACY, "valueReference": seed.pharmacy(person["pharmacy"])})
    if "signed_up" in person:
        since = seed.calendar.day(person["signed_up"]).isoformat()
        found.append({"url": PORTAL_ACCOUNT_SINCE, "valueDate": since})
    if "interpreter" in person:
        found.append({"url": INTERPRETER_NEEDED, "valueBoolean": person["interpreter"]})
    if "pronouns" in person:
        found.append({"url": PRONOUNS, "valueString": person["pronouns"]})
    return found


def _telecom(seed: Seed, person: Entry) -> list[Resource]:
    found: list[Resource] = []
    if "phone" in person:
        since = person.get("phone_since")
        period = {"period": {"start": seed.calendar.day(since).isoformat()}} if since else {}
        found.append({"system": "phone", "value": person["phone"], "use": "mobile", **period})
    if "landline" in person:
        found.append({"system": "phone", "value": person["landline"], "use": "home"})
    if "email" in person:
        found.append({"system": "email", "value": person["email"]})
    return found


def _proxy(seed: Seed, person: Entry, proxy: Entry) -> Resource:
    """Who may act for the person, until when; whether they still may is for the reader to judge by the period."""
    who = next(entry for entry in seed.people if entry["key"] == proxy["who"])
    until = _until(seed, person, proxy)
    return resource(
        "RelatedPerson",
        f"{proxy['who']}-{person['key']}",
        active=until > seed.calendar.today,
        patient=reference("Patient", person["key"]),
        relationship=[concept(ROLE_CODE, proxy["relationship"])],
        name=[{"text": full_name(who), "given": who["given"], "family": who["family"]}],
        telecom=_telecom(seed, who) or None,
        birthDate=birth_date(seed, who).isoformat(),
        period={"end": until.isoformat()},
    )


def _until(seed: Seed, person: Entry, proxy: Entry) -> date:
    if "until_age" in proxy:
        return years_after(birth_date(seed, person), proxy["until_age"])
    return seed.calendar.day(proxy["until"])


def _coverage(seed: Seed, person: Entry) -> Resource:
    plan = person["insurance"]
    ended = seed.calendar.day(plan["ended"]).isoformat() if "ended" in plan else None
    costs = [
        {"type": concept(COPAY, name), "valueMoney": money(round(plan[name] * 100))}
        for name in ("copay", "deductible")
        if name in plan
    ]
    met = [{"url": DEDUCTIBLE_MET, "valueMoney": money(round(plan["met"] * 100))}] if "met" in plan else None
    named = (
        [{"type": concept(COVERAGE_CLASS, "plan"), "value": plan["plan"], "name": plan["plan"]}]
        if "plan" in plan
        else None
    )
    return resource(
        "Coverage",
        f"{person['key']}-1",
        extension=met,
        status="cancelled" if ended else "active",
        subscriberId=plan.get("member"),
        beneficiary=reference("Patient", person["key"]),
        period={"end": ended} if ended else None,
        payor=[{"display": "Cascade Choice"}],
        costToBeneficiary=costs or None,
        **{"class": named},
    )
